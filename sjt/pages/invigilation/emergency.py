"""Emergency files of a seat: brought, compared with what the server holds, entered by a named person.

Whoever looks at a candidate's words leaves a record, so the page that shows them is asked for by POST.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from flask import request

from proctoring.emergency import LARGEST_FILE
from sjt.pages.guard import Desk, Loaded, requires
from sjt.pages.invigilation.forms import RequestForm
from sjt.pages.invigilation.loading import AtSeat, actor, pages, seat_of
from sjt.pages.replies import Page, Reply, go, show
from sjt.rules.attempt import CLOSED, state
from sjt.rules.authoring.changes import word_diff
from sjt.rules.refusals import BadInput, NotFound, NotNow, Stale
from sjt.services import emergency as service
from sjt.stores import attempts, people
from sjt.stores import emergency as stored
from sjt.stores.attempts import Attempt
from sjt.stores.emergency import StoredFile
from sjt.words import say


@dataclass(frozen=True)
class AtFile:
    """A file of the attempt at a seat."""

    at: AtSeat
    attempt: Attempt
    file: StoredFile


def file_of(desk: Desk, ref: str, seat: str, file: str) -> Loaded:
    """The file that an address names, at the seat that it names."""
    loaded = seat_of(desk, ref, seat)
    attempt = attempts.by_seat(desk.conn, loaded.object.seat.id)
    found = stored.by_ref(desk.conn, file, attempt.id) if attempt else None
    if attempt is None or found is None:
        raise NotFound("error.words.404")
    return Loaded(AtFile(loaded.object, attempt, found), loaded.relations)


@pages.get("/<ref>/seats/<seat>/emergency")
@requires("invigilation.act", on=seat_of)
def emergency(desk: Desk, at: AtSeat) -> Reply:
    """Bring an emergency file, and the files that were brought."""
    return _files_page(desk, at)


@pages.post("/<ref>/seats/<seat>/emergency")
@requires("invigilation.act", on=seat_of)
def bring_emergency(desk: Desk, at: AtSeat) -> Reply:
    """Check a file, keep it, and show it beside what the server holds. With a fault nothing is kept."""
    attempt = attempts.by_seat(desk.conn, at.seat.id)
    if attempt is None:
        raise NotNow("seat.paper.missing", number=at.seat.number, name=at.seat.candidate.name)
    try:
        by = actor(desk, at.room)
        file = service.bring(desk.conn, desk.product, at.seat, attempt, _uploaded(), by, desk.now)
        service.note_opening(desk.conn, at.seat, file, by, desk.now)
    except BadInput as wrong:
        return _files_page(desk, at, [say(code, params) for _, code, params in wrong.faults], 400)
    except NotNow as refusal:
        return _files_page(desk, at, [say(refusal.code, refusal.params)], 409)
    return _file_page(desk, AtFile(at, attempt, file), RequestForm(formdata=None))


def _uploaded() -> bytes:
    sent = request.files.get("file")
    if sent is None:
        raise BadInput([("file", "emergency.no_file", {})])
    with closing(sent):  # a large one stands in a temporary file
        data: bytes = sent.read(LARGEST_FILE + 1)
    if not data:
        raise BadInput([("file", "emergency.no_file", {})])
    return data


@pages.post("/<ref>/seats/<seat>/emergency/<file>/open")
@requires("invigilation.act", on=file_of)
def open_emergency(desk: Desk, here: AtFile) -> Reply:
    """Look at a file that was brought. That it was looked at is recorded."""
    service.note_opening(desk.conn, here.at.seat, here.file, actor(desk, here.at.room), desk.now)
    return _file_page(desk, here, RequestForm(formdata=None))


@pages.post("/<ref>/seats/<seat>/emergency/<file>/enter")
@requires("invigilation.act", on=file_of)
def enter_emergency(desk: Desk, here: AtFile) -> Reply:
    """Enter the ticked answers of a file into the script."""
    form, chosen = RequestForm(), request.form.getlist("question")
    if not form.validate_on_submit():
        return _again(desk, here, form)
    reason, number, kind = form.reason.data or "", form.request.data or "", "success"
    try:
        with desk.conn.begin_nested():
            by = actor(desk, here.at.room)
            done = service.enter(
                desk.conn, here.at.seat, here.attempt, here.file, chosen, reason, by, number, desk.now
            )  # fmt: skip
            words = _entered(desk, here) if done else say("emergency.entered_before")
    except BadInput as wrong:
        return _again(desk, here, form, [say(code, params) for _, code, params in wrong.faults])
    except (NotNow, Stale) as refusal:
        words, kind = say(refusal.code, refusal.params), "error"
    return go("invigilation.emergency", words, kind, ref=here.at.room.sitting.ref, seat=here.at.seat.ref)


def _entered(desk: Desk, here: AtFile) -> str:
    closed = state(attempts.locked(desk.conn, here.attempt.id).facts, desk.now) in CLOSED
    return say("emergency.entered" if closed else "emergency.entered_running")


def _again(desk: Desk, here: AtFile, form: RequestForm, faults: list[str] | None = None) -> Reply:
    """The same page with what was wrong; it is looked at once more, which is recorded as any look is."""
    service.note_opening(desk.conn, here.at.seat, here.file, actor(desk, here.at.room), desk.now)
    return _file_page(desk, here, form, faults, 400)


# ------------------------------------------------------------------------------------------------------ pages
def _files_page(desk: Desk, at: AtSeat, faults: list[str] | None = None, status: int = 200) -> Page:
    attempt = attempts.by_seat(desk.conn, at.seat.id)
    files = stored.of_attempt(desk.conn, attempt.id) if attempt else []
    return show(
        "invigilation/emergency.html", status, at=at, attempt=attempt, files=files, faults=faults or [],
        names=_names(desk, files),
    )  # fmt: skip


def _file_page(desk: Desk, here: AtFile, form: RequestForm, faults: list[str] | None = None, status: int = 200) -> Page:
    lines = service.compare(desk.conn, here.attempt, here.file)
    differ = sum(not line.same for line in lines)
    refused = service.why_not_entered(here.attempt, desk.now)
    ticked = set(request.form.getlist("question")) if faults or form.errors else None
    return show(
        "invigilation/emergency_file.html", status, here=here, at=here.at, form=form, faults=faults or [], lines=lines,
        summary=say("emergency.differ", differ=differ, count=len(lines)) if differ else say("emergency.all_same"),
        standing=say(refused or "emergency.can_enter", number=here.at.seat.number), differ=differ,
        may_enter=refused is None and here.file.entered_at is None and differ > 0, word_diff=word_diff,
        ticked=ticked if ticked is not None else {line.code for line in lines if not line.same and not line.overtaken},
        names=_names(desk, [here.file]),
    )  # fmt: skip


def _names(desk: Desk, files: list[StoredFile]) -> dict[int, str]:
    ids = {by for file in files for by in (file.brought_by, file.entered_by) if by is not None}
    return {person.id: person.name for person in people.by_ids(desk.conn, ids).values()}
