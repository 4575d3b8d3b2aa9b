"""The item writer's desk: scenarios and questions, drafts, review and publication."""

from __future__ import annotations

from flask import Blueprint

from sjt.pages.guard import Desk, requires
from sjt.pages.replies import Reply, show

pages = Blueprint("authoring", __name__, url_prefix="/bank")


@pages.get("/")
@requires("bank.read")
def bank(desk: Desk) -> Reply:
    """All scenarios."""
    return show("authoring/bank.html")
