"""Candidates by file: upload, every fault at once, preview, confirm."""

from __future__ import annotations

from sjt.pages.guard import Desk, requires
from sjt.pages.registration.desk import pages, said, uploaded
from sjt.pages.registration.forms import ConfirmForm
from sjt.pages.replies import Reply, go, show
from sjt.rules import entries
from sjt.services.registration import imports
from sjt.services.registration.csv_files import BadTable
from sjt.services.registration.imports import ImportPlan
from sjt.words import say


@pages.get("/candidates/import")
@requires("candidates.change")
def import_candidates(desk: Desk) -> Reply:
    """Choose a file."""
    return show("registration/import.html", columns=entries.COLUMNS, faults=[])


@pages.post("/candidates/import")
@requires("candidates.change")
def preview_candidates(desk: Desk) -> Reply:
    """Check a file and show what it would do; nothing is changed yet."""
    data = uploaded()
    if data is None:
        return _faulty([(say("csv.where_file"), say("csv.missing"))])
    try:
        planned = imports.plan(desk.conn, data)
    except BadTable as bad:
        return _faulty(said(bad.faults))
    return _preview(planned, data.decode("utf-8-sig"))


@pages.post("/candidates/import/confirm")
@requires("candidates.change")
def confirm_candidates(desk: Desk) -> Reply:
    """Do exactly what the preview showed; if that is not what would happen now, show the new preview."""
    form = ConfirmForm()
    content = form.content.data or ""
    try:
        planned = imports.plan(desk.conn, content.encode())
    except BadTable as bad:
        return _faulty(said(bad.faults))
    if not form.validate_on_submit() or form.mark.data != planned.mark:
        return _preview(planned, content, 409)
    imports.carry_out(desk.conn, planned, desk.person, desk.now)
    words = say("csv.imported", added=len(planned.added), changed=len(planned.changed))
    return go("registration.candidates", words)


def _faulty(faults: list[tuple[str, str]]) -> Reply:
    return show("registration/import.html", 400, columns=entries.COLUMNS, faults=faults)


def _preview(planned: ImportPlan, content: str, status: int = 200) -> Reply:
    form = ConfirmForm(formdata=None, data={"content": content, "mark": planned.mark})
    return show("registration/import_preview.html", status, planned=planned, form=form, meanwhile=status == 409)
