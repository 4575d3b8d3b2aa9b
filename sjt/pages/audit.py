"""The auditor's view: reads everything, changes nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request
from wtforms import DateField, Form, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Optional

from item_bank.formats import FORMATS, staff_view
from sjt.pages.guard import Desk, Loaded, requires
from sjt.pages.invigilation.forms import ReasonForm
from sjt.pages.replies import Reply, show
from sjt.pages.shown import day, time_with_seconds
from sjt.rules.local_time import midnight
from sjt.rules.refusals import NotFound
from sjt.services import bundles, sealing
from sjt.services import evidence as service
from sjt.services.evidence import Evidence, Happened
from sjt.stores import attempts, evidence, people, seats, sittings
from sjt.stores.evidence import Line, RecordSearch
from sjt.stores.seats import Seat
from sjt.stores.sittings import Sitting
from sjt.words import WORDS, say

pages = Blueprint("audit", __name__, url_prefix="/evidence")
A_PAGE = 50
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Place:
    """A seat in its sitting."""

    sitting: Sitting
    seat: Seat


def sitting_of(desk: Desk, ref: str) -> Loaded:
    """The sitting that an address names."""
    sitting = sittings.by_ref(desk.conn, ref)
    if sitting is None:
        raise NotFound("error.words.404")
    return Loaded(sitting)


def seat_of(desk: Desk, ref: str, seat: str) -> Loaded:
    """The seat that an address names, in the sitting that it names."""
    sitting = sitting_of(desk, ref).object
    found = seats.by_ref(desk.conn, seat, sitting.id)
    if found is None:
        raise NotFound("error.words.404")
    return Loaded(Place(sitting, found))


def _page() -> int:
    return max(1, min(request.args.get("page", 1, type=int), 10_000))


@pages.get("/", endpoint="sittings")
@requires("audit.read")
def all_sittings(desk: Desk) -> Reply:
    """All sittings: those to come on the first page, then the past, latest first."""
    page = _page()
    past = sittings.past(desk.conn, desk.now, A_PAGE + 1, (page - 1) * A_PAGE)
    coming = sittings.coming(desk.conn, desk.now) if page == 1 else []
    return show("audit/sittings.html", coming=coming, past=past[:A_PAGE], page=page, more=len(past) > A_PAGE)


@pages.get("/<ref>")
@requires("audit.read", on=sitting_of)
def sitting(desk: Desk, found: Sitting) -> Reply:
    """A sitting: who was named for it, and every seat with its state."""
    staff = sittings.staff_of(desk.conn, found.id)
    lines = service.of_sitting(desk.conn, found, desk.now)
    return show("audit/sitting.html", sitting=found, staff=staff, lines=lines, say=say)


@pages.get("/<ref>/seats/<seat>")
@requires("audit.read", on=seat_of)
def attempt(desk: Desk, place: Place) -> Reply:
    """Everything about one attempt, with the check of its chain."""
    return _attempt_page(desk, place, ReasonForm())


def _attempt_page(desk: Desk, place: Place, form: ReasonForm, status: int = 200) -> Reply:
    found = _evidence(desk, place)
    saves = request.args.get("saves") != "no"
    events = [e for e in found.events if saves or e.linked.kind != "saved"] if found else []
    return show(
        "audit/attempt.html", status, place=place, found=found, say=say, saves=saves, verdict=_verdict(found),
        timeline=[_told(event) for event in events], noted=_noted(desk, place.seat), in_words=_in_words, form=form,
    )  # fmt: skip


@pages.get("/<ref>/seats/<seat>/evidence.json")
@requires("audit.read", on=seat_of)
def download(desk: Desk, place: Place) -> Reply:
    """One attempt's evidence as a file; the payloads stand in it byte for byte."""
    found = _evidence(desk, place)
    if found is None:
        raise NotFound("evidence.no_attempt")
    body = json.dumps(service.bundle(found), ensure_ascii=False, indent=2)
    name = f"evidence-{found.attempt.ref}.json"
    return Response(
        body, mimetype="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@pages.post("/<ref>/seats/<seat>/bundle")
@requires("audit.export", on=seat_of)
def export(desk: Desk, place: Place) -> Reply:
    """One attempt's evidence as a signed bundle. Who took it, and what for, is kept."""
    held = attempts.by_seat(desk.conn, place.seat.id)
    if held is None:
        raise NotFound("evidence.no_attempt")
    form = ReasonForm()
    if not form.validate_on_submit():
        return _attempt_page(desk, place, form, 400)
    body = bundles.export(desk.conn, desk.product, held, desk.person.roles, desk.now)
    bundles.note_export(desk.conn, held, desk.person.id, form.reason.data or "", desk.now)
    name = f"evidence-{held.ref}.jsonl"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, mimetype="application/jsonl", headers=disposition)


@pages.get("/key")
@requires("audit.read")
def key(desk: Desk) -> Reply:
    """The public key that bundles are checked against; it is to be kept elsewhere, before it is needed."""
    lines = [f"{public.hex()}  {number}\n" for number, public in sealing.public_keys(desk.product).items()]
    disposition = {"Content-Disposition": 'attachment; filename="evidence-key.txt"'}
    return Response("".join(lines), mimetype="text/plain", headers=disposition)


def _evidence(desk: Desk, place: Place) -> Evidence | None:
    held = attempts.by_seat(desk.conn, place.seat.id)
    return service.of_attempt(desk.conn, held, desk.person.roles, desk.now) if held else None


def _in_words(line: Line, answer: str) -> tuple[str, ...]:
    """A choice in words; none of an answer that was written, which is shown as it stands."""
    form = FORMATS[line.format]
    return staff_view(form, line.body, answer).answer if form.keyed else ()


def _noted(desk: Desk, seat: Seat) -> dict[int, str]:
    """Names of those who noted something of the seat in the register."""
    ids = {seat.identity_by, seat.admitted_by, seat.refused_by, seat.absent_by} - {None}
    return {person.id: person.name for person in people.by_ids(desk.conn, [i for i in ids if i]).values()}


# ----------------------------------------------------------------------------------------- events in words
@dataclass(frozen=True)
class Told:
    """An event as the page shows it."""

    seq: int
    at: dt.datetime
    what: str
    who: str
    details: tuple[tuple[str, str], ...]


def _verdict(found: Evidence | None) -> str:
    if found is None:
        return say("evidence.no_attempt")
    if found.first_break is None:
        return say("evidence.whole", count=len(found.events))
    return say("evidence.broken", number=found.first_break)


def _told(event: Happened) -> Told:
    who = say(f"evidence.who.{event.who}") if f"evidence.who.{event.who}" in WORDS else event.who
    what = _words("evidence.event", event.linked.kind)
    details = tuple((_words("evidence.field", name), _shown(name, value)) for name, value in event.detail.items())
    return Told(event.linked.seq, event.linked.at, what, who, details)


def _words(family: str, name: str) -> str:
    """The words of a code; one that this page does not know yet is shown as it is."""
    code = f"{family}.{name}"
    return say(code) if code in WORDS else name.replace("_", " ").capitalize()


def _shown(name: str, value: Any) -> str:
    if name in ("deadline", "finished_at") and value:
        at = dt.datetime.fromisoformat(value)
        return f"{day(at)}, {time_with_seconds(at)}"
    if name == "document":
        return _words("document", value)
    if name == "seconds":
        minutes, seconds = divmod(int(value), 60)
        return say("evidence.seconds", minutes=minutes, seconds=seconds)
    if name == "answers":
        return "; ".join(say("evidence.answers", question=code, revision=revision) for code, revision, _ in value)
    return _plain(value)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


# ------------------------------------------------------------------------------------------ the staff's record
class RecordForm(Form):
    """What the staff's record is narrowed to."""

    person = SelectField("Person", validators=[Optional()])
    act = SelectField("Act", validators=[Optional()])
    about = StringField("About (reference)", [Optional()])
    since = DateField("From", [Optional()])
    until = DateField("To", [Optional()])


@pages.get("/records")
@requires("audit.read")
def records(desk: Desk) -> Reply:
    """What staff did, newest first."""
    form = _record_form(desk)
    if not form.validate():
        for field in (form.since, form.until):
            field.errors = [say("evidence.bad_day")] if field.errors else []
        return show("audit/records.html", 400, form=form, records=[], total=0, page=1, pages=1, names={}, query={})
    page, search = _page(), _search(form)
    found, total = evidence.records(desk.conn, search, A_PAGE, (page - 1) * A_PAGE)
    names = {p.id: p.name for p in people.by_ids(desk.conn, {r.person_id for r in found if r.person_id}).values()}
    query = {name: value for name, value in request.args.items() if name != "page" and value}
    return show(
        "audit/records.html", form=form, records=[(record, _details(record.detail)) for record in found], total=total,
        page=page, pages=-(-total // A_PAGE) or 1, names=names, query=query,
    )  # fmt: skip


def _record_form(desk: Desk) -> RecordForm:
    form = RecordForm(request.args)
    everybody = people.everybody(desk.conn)
    form.person.choices = [
        SelectChoice("", "Everybody"),
        *(SelectChoice(person.ref, person.name) for person in everybody),
    ]
    acts = evidence.record_acts(desk.conn)
    form.act.choices = [
        SelectChoice("", "Every act"),
        *(SelectChoice(act, act.replace("_", " ").replace(".", ": ")) for act in acts),
    ]
    return form


def _search(form: RecordForm) -> RecordSearch:
    return RecordSearch(
        person_ref=form.person.data or None,
        act=form.act.data or None,
        object_ref=(form.about.data or "").strip() or None,
        since=midnight(form.since.data) if form.since.data else None,
        before=midnight(form.until.data + DAY) if form.until.data else None,
    )


def _details(detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(_words("evidence.field", name), _shown(name, value)) for name, value in detail.items()]
