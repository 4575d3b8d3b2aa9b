"""Results: preview, release, and the apprentice's own result."""

from __future__ import annotations

from flask import Blueprint

from sjt.pages.guard import Desk, requires
from sjt.pages.replies import Reply, show

pages = Blueprint("results", __name__, url_prefix="/results")


@pages.get("/")
@requires("results.read")
def sittings(desk: Desk) -> Reply:
    """Sittings with results."""
    return show("results/sittings.html")


@pages.get("/mine")
@requires("results.read_own")
def mine(desk: Desk) -> Reply:
    """The apprentice's own results."""
    return show("results/mine.html")
