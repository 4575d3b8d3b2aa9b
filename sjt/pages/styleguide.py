"""Every component of the look on one page, for those who build and review pages."""

from __future__ import annotations

from flask import Blueprint

from sjt.pages.guard import product, public
from sjt.pages.replies import Reply, show
from sjt.rules.refusals import NotFound

pages = Blueprint("styleguide", __name__)


@pages.get("/styleguide")
@public("components with sample data; not served by a live installation")
def guide() -> Reply:
    """The page of components."""
    if product().settings.kind == "live":
        raise NotFound("error.words.404")
    return show("styleguide.html")
