"""The invigilator's desk: register, gate and live board."""

from __future__ import annotations

from flask import Blueprint

from sjt.pages.guard import Desk, requires
from sjt.pages.replies import Reply, show

pages = Blueprint("invigilation", __name__, url_prefix="/invigilation")


@pages.get("/")
@requires("invigilation.list")
def sittings(desk: Desk) -> Reply:
    """The sittings that this person invigilates."""
    return show("invigilation/sittings.html")
