"""The auditor's view: reads everything, changes nothing."""

from __future__ import annotations

from flask import Blueprint

from sjt.pages.guard import Desk, requires
from sjt.pages.replies import Reply, show

pages = Blueprint("audit", __name__, url_prefix="/evidence")


@pages.get("/")
@requires("audit.read")
def sittings(desk: Desk) -> Reply:
    """Sittings and their evidence."""
    return show("audit/sittings.html")
