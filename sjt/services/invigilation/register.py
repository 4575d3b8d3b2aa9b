"""The register and the gate.

Every act locks the seat and its attempt, asks the rules, writes the fact while it still stands as it was
read, chains the event to the attempt's evidence and notes it in the staff's record.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from proctoring import seats as register
from proctoring.events import event
from proctoring.seats import Act, Paper, Standing
from sjt.rules.door import compare
from sjt.rules.refusals import NotFound, NotNow, Stale
from sjt.services import timekeeping
from sjt.services.invigilation import door
from sjt.services.invigilation.presence import require_enough
from sjt.stores import attempts, board, people, seats
from sjt.stores.attempts import Attempt
from sjt.stores.board import Held
from sjt.stores.people import Person
from sjt.stores.seats import Seat
from sjt.stores.sittings import Sitting


@dataclass(frozen=True)
class Actor:
    """Who acts, in which sitting. ``reason`` is a manager's who is not named for the sitting."""

    person: Person
    sitting: Sitting
    reason: str | None = None


@dataclass(frozen=True)
class Entry:
    """A line of the register."""

    seat: Seat
    attempt: Attempt | None
    questions: int
    standing: Standing
    paper: Paper


def entry(seat: Seat, attempt: Attempt | None, questions: int) -> Entry:
    """A line of the register from what is stored."""
    stands = register.standing(seat.identity_at, seat.admitted_at, seat.refused_at, seat.absent_at)
    if attempt is None:
        return Entry(seat, None, 0, stands, Paper.MISSING)
    over = attempt.started_at is not None or attempt.closed_at is not None
    paper = register.progress(questions > 0, attempt.opened_at is not None, over)
    return Entry(seat, attempt, questions, stands, paper)


def entries(conn: sa.Connection, sitting_id: int) -> list[Entry]:
    """The register of a sitting: three statements for any number of seats."""
    by_seat = {attempt.seat_id: attempt for attempt in attempts.of_sitting(conn, sitting_id)}
    lengths = board.paper_lengths(conn, sitting_id)
    made = []
    for seat in seats.of_sitting(conn, sitting_id):
        attempt = by_seat.get(seat.id)
        made.append(entry(seat, attempt, lengths.get(attempt.id, 0) if attempt else 0))
    return made


def stand_in(conn: sa.Connection, sitting: Sitting, reason: str, person: Person, now: dt.datetime) -> None:
    """A manager says why they act in a sitting that they are not named for; each of their acts carries it."""
    people.record(conn, person.id, board.STOOD_IN, "sitting", sitting.ref, now, reason=reason)


# ----------------------------------------------------------------------------------------------- the register
def check_identity(conn: sa.Connection, seat: Seat, document: str, actor: Actor, now: dt.datetime) -> None:
    """The photo ID was checked. The kind of document and how it compares with the gateway's is kept, never a number."""
    result = compare(document, seat.candidate.photo_id)
    facts = {"identity_at": now, "identity_by": actor.person.id, "identity_document": document}
    _note(
        conn, seat, Act.IDENTITY, actor, now, {**facts, "identity_result": result}, document=document, compared=result
    )


def admit(conn: sa.Connection, seat: Seat, actor: Actor, now: dt.datetime) -> None:
    """Admit a candidate whose identity is checked, who still is eligible, and for whom a paper is drawn.

    Who comes late has the full time; that they were very late is kept for the report.
    """
    attempt, came = attempts.by_seat(conn, seat.id), door.late(actor.sitting, now)
    require_open(actor.sitting)
    door.require_admissible(conn, seat, attempt, actor.sitting, now)
    told = {"late_minutes": came.minutes} if came.minutes else {}
    _note(conn, seat, Act.ADMIT, actor, now, {"admitted_at": now, "admitted_by": actor.person.id}, **told)
    if attempt is not None:
        door.note_very_late(conn, seat, attempt, actor.sitting, actor.person, now)


def refuse(conn: sa.Connection, seat: Seat, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Refuse a candidate before Begin. A gate already open for them closes with it, so that none can begin."""
    facts = {"refused_at": now, "refused_by": actor.person.id, "refused_reason": reason}
    _note(conn, seat, Act.REFUSE, actor, now, facts, reason=reason)


def absent(conn: sa.Connection, seat: Seat, actor: Actor, now: dt.datetime) -> None:
    """The candidate has not come."""
    _note(conn, seat, Act.ABSENT, actor, now, {"absent_at": now, "absent_by": actor.person.id})


UNDONE: Mapping[Act, tuple[str, ...]] = {
    Act.UNDO_IDENTITY: ("identity_at", "identity_by", "identity_document", "identity_result"),
    Act.UNDO_ADMISSION: ("admitted_at", "admitted_by"),
    Act.UNDO_REFUSAL: ("refused_at", "refused_by", "refused_reason"),
    Act.UNDO_ABSENCE: ("absent_at", "absent_by"),
}


def undo(conn: sa.Connection, seat: Seat, act: Act, actor: Actor, now: dt.datetime) -> None:
    """Take one note back. The act says which, so that a second press does not take back the one before it."""
    _note(conn, seat, act, actor, now, dict.fromkeys(UNDONE[act]))


EVENTS: Mapping[Act, str] = {
    Act.IDENTITY: "identity_checked",
    Act.ADMIT: "admitted",
    Act.REFUSE: "refused",
    Act.ABSENT: "absent",
    Act.UNDO_IDENTITY: "identity_withdrawn",
    Act.UNDO_ADMISSION: "admission_withdrawn",
    Act.UNDO_REFUSAL: "refusal_withdrawn",
    Act.UNDO_ABSENCE: "absence_withdrawn",
}


def _note(
    conn: sa.Connection,
    seat: Seat,
    act: Act,
    actor: Actor,
    now: dt.datetime,
    facts: Mapping[str, object],
    **detail: object,
) -> None:
    held = _held(conn, seat, act, actor)
    if not board.note(conn, held.seat, facts):
        raise Stale("seat.changed", number=seat.number)
    closing = held.attempt is not None and held.attempt.opened_at is not None and act is Act.REFUSE
    if held.attempt is not None:
        told = event(EVENTS[act], now, actor.person.ref, **detail, **_why(actor), **_gate(closing))
        attempts.record(conn, held.attempt.id, told, {"opened_at": None, "opened_by": None} if closing else None)
    keep_record(conn, actor, EVENTS[act], seat, now, **detail)


def _gate(closing: bool) -> dict[str, object]:
    return {"gate": "closed"} if closing else {}


def _why(actor: Actor) -> dict[str, object]:
    return {"as_manager": actor.reason} if actor.reason else {}


def _held(conn: sa.Connection, seat: Seat, act: Act, actor: Actor) -> Held:
    """The seat and its attempt, locked; NotNow when the rules do not allow the act as things stand."""
    require_open(actor.sitting)
    held = board.hold(conn, seat.id)
    if held is None:
        raise NotFound("error.words.404")
    stands = entry(held.seat, held.attempt, held.questions)
    why = register.why_not(act, stands.standing, stands.paper)
    if why is not None:
        raise NotNow(why, number=seat.number, name=seat.candidate.name)
    return held


def require_open(sitting: Sitting) -> None:
    """NotNow once a sitting is cancelled or signed off."""
    if sitting.cancelled_at is not None:
        raise NotNow("invigilation.cancelled")
    if sitting.signed_off_at is not None:
        raise NotNow("invigilation.signed_off")


def keep_record(conn: sa.Connection, actor: Actor, act: str, seat: Seat, now: dt.datetime, **detail: object) -> None:
    """Note an act at a seat in the staff's record."""
    told = {"seat": seat.number, "sitting": actor.sitting.ref, **detail, **_why(actor)}
    people.record(conn, actor.person.id, act, "seat", seat.ref, now, **told)


# --------------------------------------------------------------------------------------------------- the gate
def open_gate(conn: sa.Connection, seat: Seat, actor: Actor, now: dt.datetime) -> bool:
    """Open the gate for one admitted candidate, who then begins. False when it was open already.

    NotNow when too few invigilators are signed in.
    """
    require_enough(conn, actor.person, actor.sitting, int(_still_shut(conn, seat)), now)
    return _open(conn, seat, actor, now)


def _still_shut(conn: sa.Connection, seat: Seat) -> bool:
    attempt = attempts.by_seat(conn, seat.id)
    return attempt is not None and attempt.opened_at is None


def _open(conn: sa.Connection, seat: Seat, actor: Actor, now: dt.datetime) -> bool:
    held = _held(conn, seat, Act.OPEN_GATE, actor)
    if held.attempt is None or not timekeeping.open_gate(conn, held.attempt, actor.person, now):
        return False
    keep_record(conn, actor, "gate_opened", seat, now)
    return True


def open_gates(conn: sa.Connection, actor: Actor, now: dt.datetime) -> int:
    """Open the gate for everyone who is admitted and has a paper; returns for how many.

    NotNow, and nothing opened, when too few invigilators are signed in for all of them.
    """
    require_open(actor.sitting)
    ready = [line for line in entries(conn, actor.sitting.id) if _waits(line)]
    require_enough(conn, actor.person, actor.sitting, len(ready), now)
    opened = 0
    for line in sorted(ready, key=lambda line: line.seat.id):  # one order, so that two presses never lock crosswise
        try:
            opened += _open(conn, line.seat, actor, now)
        except NotNow:  # refused at this very moment: the others still go in
            continue
    return opened


def _waits(line: Entry) -> bool:
    return line.standing is Standing.ADMITTED and line.paper is Paper.READY


@dataclass(frozen=True)
class Gate:
    """For whom one press opens the gate, and who is not admitted."""

    ready: int
    not_admitted: tuple[Seat, ...]


def gate(lines: Sequence[Entry]) -> Gate:
    """The gate as it stands. Those refused or noted as absent are not waited for."""
    left_out = tuple(line.seat for line in lines if line.standing in (Standing.BOOKED, Standing.PRESENT))
    return Gate(sum(_waits(line) for line in lines), left_out)
