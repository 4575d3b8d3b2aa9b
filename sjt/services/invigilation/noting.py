"""What is noted and does nothing to the clock: incidents of the log, warnings, and who leaves the room and returns.

An incident is said at the moment and never changed (domain 4.1); what was wrong in one is said in another.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from proctoring.events import event, text_hash
from sjt.rules.attempt import GOING, state
from sjt.rules.refusals import NotNow
from sjt.services.invigilation.acts import attempt_at, for_staff
from sjt.services.invigilation.register import Actor, keep_record, require_open
from sjt.stores import attempts, incident_log, people
from sjt.stores.attempts import Attempt
from sjt.stores.incident_log import LEFT, RETURNED, New
from sjt.stores.seats import Seat
from sjt.words import say

INCIDENTS = (
    "late", "illness", "malpractice", "disturbance", "intruder", "evacuation", "technical", "identity", "seat_move",
    "other",
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """An incident as somebody tells it."""

    kind: str
    words: str
    happened_at: dt.datetime
    seats: Sequence[Seat]


def enter(conn: sa.Connection, said: Said, actor: Actor, request_id: str, now: dt.datetime) -> bool:
    """Enter an incident; the evidence of each seat concerned names it. False for a double press."""
    require_open(actor.sitting)
    found = [attempts.by_seat(conn, seat.id) for seat in sorted(said.seats, key=lambda seat: seat.id)]
    concerned = [attempt for attempt in found if attempt is not None]
    alone = concerned[0].id if len(said.seats) == 1 and concerned else None
    new = New(said.kind, said.words, said.happened_at, [seat.id for seat in said.seats], alone)
    if not incident_log.add(conn, actor.sitting.id, new, actor.person.id, request_id, now):
        return False
    told = {"incident": said.kind, "happened_at": said.happened_at.isoformat(), "sha256": text_hash(said.words)}
    for attempt in concerned:
        attempts.record(conn, attempt.id, event("incident", now, actor.person.ref, **told))
    numbers = ", ".join(str(seat.number) for seat in said.seats)
    why = {"as_manager": actor.reason} if actor.reason else {}
    detail = {"kind": said.kind, "seats": numbers, **why}
    people.record(conn, actor.person.id, "incident_entered", "sitting", actor.sitting.ref, now, **detail)
    return True


def warn(conn: sa.Connection, seat: Seat, reason: str, actor: Actor, request_id: str, now: dt.datetime) -> bool:
    """Note that a candidate was warned. False for a double press; NotNow for one who is not at work."""
    words = say("note.warned", reason=reason)
    return _note(conn, seat, "warned", words, reason, actor, request_id, now)


def leave_room(conn: sa.Connection, seat: Seat, reason: str, actor: Actor, request_id: str, now: dt.datetime) -> bool:
    """Note that a candidate leaves the room. The clock runs on. False for a double press; NotNow who is out already."""
    attempt = attempt_at(conn, seat, actor)
    if is_out(conn, attempt) and not incident_log.asked_before(conn, actor.sitting.id, request_id):
        raise NotNow("note.out_already", number=seat.number)
    return _note(conn, seat, LEFT, say("note.left", reason=reason), reason, actor, request_id, now)


def return_to_room(conn: sa.Connection, seat: Seat, actor: Actor, request_id: str, now: dt.datetime) -> bool:
    """Note that a candidate is back, whatever became of the time meanwhile. NotNow for one who is not out."""
    attempt = attempt_at(conn, seat, actor)
    if incident_log.asked_before(conn, actor.sitting.id, request_id):
        return False
    if not is_out(conn, attempt):
        raise NotNow("note.not_out", number=seat.number)
    return _keep(conn, seat, attempt, RETURNED, say("note.returned"), None, actor, request_id, now)


def is_out(conn: sa.Connection, attempt: Attempt) -> bool:
    """Whether a candidate has left the room and is not back."""
    return incident_log.movement(conn, attempt.id) == LEFT


def _note(
    conn: sa.Connection,
    seat: Seat,
    kind: str,
    words: str,
    reason: str,
    actor: Actor,
    request_id: str,
    now: dt.datetime,
) -> bool:
    attempt = attempt_at(conn, seat, actor)
    if incident_log.asked_before(conn, actor.sitting.id, request_id):
        return False
    standing = state(attempt.facts, now)
    with for_staff(seat):
        if standing not in GOING or attempt.awaits_return(now):
            raise NotNow(f"attempt.not_now.{standing.value}")
    return _keep(conn, seat, attempt, kind, words, reason, actor, request_id, now)


def _keep(
    conn: sa.Connection,
    seat: Seat,
    attempt: Attempt,
    kind: str,
    words: str,
    reason: str | None,
    actor: Actor,
    request_id: str,
    now: dt.datetime,
) -> bool:
    new = New(kind, words, now, [seat.id], attempt.id)
    if not incident_log.add(conn, actor.sitting.id, new, actor.person.id, request_id, now):
        return False
    told = {"reason": reason} if reason else {}
    attempts.record(conn, attempt.id, event(kind, now, actor.person.ref, **told))
    keep_record(conn, actor, kind, seat, now, **told)
    return True
