"""The apprentice's desk: from the keycode to the receipt."""

from __future__ import annotations

from flask import Blueprint

from sjt.pages.guard import public
from sjt.pages.replies import Reply, show

pages = Blueprint("delivery", __name__, url_prefix="/sit")


@pages.get("/")
@public("the keycode form comes before everything else")
def here() -> Reply:
    """Where this candidate is: the keycode form, or on to their attempt."""
    return show("delivery/keycode.html")
