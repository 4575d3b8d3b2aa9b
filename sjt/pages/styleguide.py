"""Every component of the look on one page, and sample screens, for those who build and review pages."""

from __future__ import annotations

from flask import Blueprint

from sjt.db import ROOT
from sjt.pages.guard import product, public
from sjt.pages.replies import Reply, show
from sjt.rules.refusals import NotFound

pages = Blueprint("styleguide", __name__, url_prefix="/styleguide")
SCREENS = {path.stem for path in (ROOT / "templates" / "styleguide").glob("*.html")}


@pages.get("")
@public("components with sample data; not served by a live installation")
def guide() -> Reply:
    """The page of components."""
    _not_live()
    return show("styleguide.html")


@pages.get("/<screen>")
@public("a sample screen with sample data; not served by a live installation")
def sample(screen: str) -> Reply:
    """One sample screen."""
    _not_live()
    if screen not in SCREENS:
        raise NotFound("error.words.404")
    return show(f"styleguide/{screen}.html")


def _not_live() -> None:
    if product().settings.kind == "live":
        raise NotFound("error.words.404")
