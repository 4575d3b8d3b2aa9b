"""My sittings, and the register of one: identity, admission, refusal and absence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sqlalchemy as sa
from flask import request
from wtforms import Form

from proctoring import seats as rules
from proctoring.seats import DOCUMENTS, UNDOES, Act, Standing
from sjt.pages.guard import Desk, requires
from sjt.pages.invigilation.forms import IdentityForm, ReasonForm
from sjt.pages.invigilation.loading import AtSeat, Room, actor, may_act, must_say_why, pages, seat_of, sitting_of
from sjt.pages.invigilation.reports import seat_badges
from sjt.pages.replies import Reply, go, show
from sjt.pages.shown import time_of_day
from sjt.rules.access import Role, may_ever
from sjt.rules.local_time import london_day, midnight
from sjt.rules.refusals import NotFound, NotNow, Stale
from sjt.services import invigilation
from sjt.services.invigilation import Actor, Entry, Gate
from sjt.stores import holds, people, sittings
from sjt.words import say

SEES_ALL = frozenset({Role.MANAGER, Role.AUDITOR})


@pages.get("/", endpoint="sittings")
@requires("invigilation.list")
def own_sittings(desk: Desk) -> Reply:
    """Today's and coming sittings: one's own, or all for managers and auditors."""
    today = midnight(london_day(desk.now))
    own = [one for one in sittings.of_person(desk.conn, desk.person.id) if one.sitting.ends_at > today]
    listed = sittings.coming(desk.conn, today) if SEES_ALL & desk.person.roles else own
    listed = sorted(listed, key=lambda one: one.sitting.starts_at)
    begun = [one for one in listed if london_day(one.sitting.starts_at) <= london_day(desk.now)]
    later = [one for one in listed if one not in begun]
    named = {one.sitting.id for one in own}
    return show("invigilation/sittings.html", days=[("Today", begun), ("Coming", later)], named=named, now=desk.now)


@pages.get("/<ref>/register")
@requires("invigilation.watch", on=sitting_of)
def register(desk: Desk, room: Room) -> Reply:
    """The register, a line a seat."""
    return show_register(desk, room)


def show_register(
    desk: Desk, room: Room, status: int = 200, faulty: tuple[str, Form] | None = None, why: Form | None = None
) -> Reply:
    """The register; ``faulty`` is the seat whose form came back, ``why`` a manager's reason that did."""
    lines = invigilation.entries(desk.conn, room.sitting.id)
    owes_why = must_say_why(desk, room)
    acts = may_act(desk, room) and not owes_why
    gate = invigilation.gate(lines)
    return show(
        "invigilation/register.html", status, room=room, lines=lines, Act=Act, undoes=UNDOES, documents=DOCUMENTS,
        possible={line.seat.ref: _possible(line, acts) for line in lines}, gate=gate if acts else None,
        gate_words=gate_words(gate, room, desk), faulty=faulty, names=_names(desk.conn, lines),
        why=why or (ReasonForm() if owes_why else None), focus=_focus(lines, request.args.get("at")),
        may_act=acts, say=say, counts=_counts(lines), browsers=seat_badges(desk, room.sitting, lines),
        held=holds.lasting(desk.conn, room.sitting.id), may_lift=may_ever("invigilation.lift_hold", desk.person.roles),
    )  # fmt: skip


def _possible(line: Entry, acts: bool) -> frozenset[Act]:
    return rules.possible(line.standing, line.paper) if acts else frozenset()


def _counts(lines: Sequence[Entry]) -> list[tuple[Standing, int]]:
    return [(standing, sum(line.standing is standing for line in lines)) for standing in Standing]


def _focus(lines: Sequence[Entry], at: str | None) -> str | None:
    """Whose first control the keyboard goes on to: the seat of the last act while it waits, else the next one."""
    refs = [line.seat.ref for line in lines]
    if at not in refs:
        return None
    place = refs.index(at)
    waiting = (Standing.BOOKED, Standing.PRESENT)
    return next((line.seat.ref for line in lines[place:] if line.standing in waiting), None)


def _names(conn: sa.Connection, lines: Sequence[Entry]) -> dict[int, str]:
    """Who noted what, by id."""
    ids = {by for line in lines for by in _noted_by(line) if by is not None}
    return {person.id: person.name for person in people.by_ids(conn, ids).values()}


def _noted_by(line: Entry) -> tuple[int | None, ...]:
    seat = line.seat
    return seat.identity_by, seat.admitted_by, seat.refused_by, seat.absent_by


def gate_words(gate: Gate, room: Room, desk: Desk) -> list[str]:
    """What to know before the gate is opened: who is not admitted, and that it would be early."""
    if not gate.ready:
        return []
    names = ", ".join(f"{seat.number} {seat.candidate.name}" for seat in gate.not_admitted)
    words = [say("gate.not_admitted", count=len(gate.not_admitted), names=names)] if names else []
    if desk.now < room.sitting.starts_at:
        words.append(say("gate.early", time=time_of_day(room.sitting.starts_at)))
    return words


@pages.post("/<ref>/stand-in")
@requires("invigilation.act", on=sitting_of)
def stand_in(desk: Desk, room: Room) -> Reply:
    """A manager says why they act in a sitting that they are not named for."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return show_register(desk, room, 400, why=form)
    invigilation.stand_in(desk.conn, room.sitting, form.reason.data or "", desk.person, desk.now)
    return go("invigilation.register", say("invigilation.standing_in"), ref=room.sitting.ref)


# ------------------------------------------------------------------------------------------- notes at a seat
@pages.post("/<ref>/seats/<seat>/identity")
@requires("invigilation.act", on=seat_of)
def identity(desk: Desk, at: AtSeat) -> Reply:
    """The photo ID was checked."""
    form = IdentityForm()
    if not form.validate_on_submit():
        form.document.id = f"document-{at.seat.number}"
        return show_register(desk, at.room, 400, faulty=(at.seat.ref, form))
    document = form.document.data
    words = _identity_words(at, document)
    return _noted(desk, at, words, lambda by: invigilation.check_identity(desk.conn, at.seat, document, by, desk.now))


def _identity_words(at: AtSeat, document: str) -> str:
    """What was noted, and whether another kind of document was seen at the gateway."""
    recorded = at.seat.candidate.photo_id
    told = {"name": at.seat.candidate.name, "document": say(f"document.{document}")}
    if recorded is None or recorded == document:
        return say("register.identity", told)
    return say("register.identity_another", told, recorded=say(f"document.{recorded}"))


@pages.post("/<ref>/seats/<seat>/admit")
@requires("invigilation.act", on=seat_of)
def admit(desk: Desk, at: AtSeat) -> Reply:
    """Admit."""
    came = invigilation.late(at.room.sitting, desk.now)
    words = say(f"register.admit.{came.lateness}", name=at.seat.candidate.name, minutes=came.minutes)
    return _noted(desk, at, words, lambda by: invigilation.admit(desk.conn, at.seat, by, desk.now))


@pages.post("/<ref>/seats/<seat>/absent")
@requires("invigilation.act", on=seat_of)
def absent(desk: Desk, at: AtSeat) -> Reply:
    """Note that the candidate has not come."""
    words = say("register.absent", name=at.seat.candidate.name)
    return _noted(desk, at, words, lambda by: invigilation.absent(desk.conn, at.seat, by, desk.now))


@pages.post("/<ref>/seats/<seat>/undo")
@requires("invigilation.act", on=seat_of)
def undo(desk: Desk, at: AtSeat) -> Reply:
    """Take one note back: the form says which."""
    act = next((act for act in invigilation.UNDONE if act.value == request.form.get("step")), None)
    if act is None:
        raise NotFound("error.words.404")
    words = say(f"register.{act.value}", name=at.seat.candidate.name)
    return _noted(desk, at, words, lambda by: invigilation.undo(desk.conn, at.seat, act, by, desk.now))


@pages.get("/<ref>/seats/<seat>/refuse")
@requires("invigilation.act", on=seat_of)
def refusing(desk: Desk, at: AtSeat) -> Reply:
    """Refuse a candidate: the reason, and what it means."""
    return show("invigilation/refuse.html", at=at, form=ReasonForm())


@pages.post("/<ref>/seats/<seat>/refuse")
@requires("invigilation.act", on=seat_of)
def refuse(desk: Desk, at: AtSeat) -> Reply:
    """Refuse a candidate."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return show("invigilation/refuse.html", 400, at=at, form=form)
    words, reason = say("register.refuse", name=at.seat.candidate.name), form.reason.data or ""
    return _noted(desk, at, words, lambda by: invigilation.refuse(desk.conn, at.seat, reason, by, desk.now))


def _noted(desk: Desk, at: AtSeat, words: str, act: Callable[[Actor], None]) -> Reply:
    """Do it and go back to the register; when it cannot be done the register says why, and nothing has changed."""
    kind = "success"
    try:
        with desk.conn.begin_nested():
            act(actor(desk, at.room))
    except (NotNow, Stale) as refusal:
        words, kind = say(refusal.code, refusal.params), "error"
    return go("invigilation.register", words, kind, ref=at.room.sitting.ref, at=at.seat.ref)
