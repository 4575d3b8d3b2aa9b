"""The session report: as a page to print, as a PDF, and as a file for spreadsheets."""

from __future__ import annotations

from flask import Response, make_response

from sjt.pages.guard import Desk, requires
from sjt.pages.invigilation.loading import Room, may_act, pages, sitting_of
from sjt.pages.replies import Document, Reply, show
from sjt.services import documents, invigilation
from sjt.services.invigilation import SECTIONS
from sjt.words import say


@pages.get("/<ref>/session")
@requires("invigilation.watch", on=sitting_of)
def session_report(desk: Desk, room: Room) -> Reply:
    """The report as a page to print."""
    made = invigilation.report(desk.conn, room.sitting, desk.now)
    return show(
        "invigilation/session.html", room=room, made=made, titles=_titles(), as_pdf=documents.available(),
        may_act=may_act(desk, room),
    )  # fmt: skip


@pages.get("/<ref>/session.pdf")
@requires("invigilation.watch", on=sitting_of)
def session_document(desk: Desk, room: Room) -> Reply:
    """The report as a PDF."""
    made = invigilation.report(desk.conn, room.sitting, desk.now)
    name = f"session-{room.sitting.starts_at:%Y-%m-%d}"
    return Document("invigilation/session_document.html", {"made": made, "titles": _titles()}, name)


@pages.get("/<ref>/session.csv")
@requires("invigilation.watch", on=sitting_of)
def session_table(desk: Desk, room: Room) -> Response:
    """The report as a file for spreadsheets."""
    response = make_response(invigilation.as_csv(invigilation.report(desk.conn, room.sitting, desk.now)))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="session-{room.sitting.starts_at:%Y-%m-%d}.csv"'
    return response


def _titles() -> dict[str, str]:
    return {section: say(f"report.section.{section}") for section in SECTIONS}
