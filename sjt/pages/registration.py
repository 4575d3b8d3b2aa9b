"""The manager's desk: today, candidates with their gateway, sittings and bookings."""

from __future__ import annotations

from flask import Blueprint

from sjt.pages.guard import Desk, requires
from sjt.pages.replies import Reply, show

pages = Blueprint("registration", __name__, url_prefix="/manage")


@pages.get("/")
@requires("today.read")
def today(desk: Desk) -> Reply:
    """What needs a manager today."""
    return show("registration/today.html")


@pages.get("/candidates")
@requires("candidates.read")
def candidates(desk: Desk) -> Reply:
    """All candidates."""
    return show("registration/candidates.html")


@pages.get("/sittings")
@requires("sittings.read")
def sittings(desk: Desk) -> Reply:
    """All sittings."""
    return show("registration/sittings.html")
