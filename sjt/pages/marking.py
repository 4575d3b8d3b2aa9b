"""The marker's desk: the queue by question and one response at a time."""

from __future__ import annotations

from flask import Blueprint

from sjt.pages.guard import Desk, requires
from sjt.pages.replies import Reply, show

pages = Blueprint("marking", __name__, url_prefix="/marking")


@pages.get("/")
@requires("marking.queue")
def queue(desk: Desk) -> Reply:
    """What there is to mark."""
    return show("marking/queue.html")
