"""What starts and lengthens an attempt: the gate, Begin, extra time, and whatever else its deadline follows from."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from proctoring.events import Event, event
from proctoring.timing import deadline
from sjt.rules.attempt import CLOSED, Act, State, require, state
from sjt.rules.refusals import NotNow
from sjt.stores import attempts, papers
from sjt.stores.attempts import Attempt
from sjt.stores.people import Person

a = attempts.a
_READY = sa.and_(attempts.UNBEGUN, papers.drawn(a.c.id))
_SHUT = sa.and_(a.c.opened_at.is_(None), attempts.UNCLOSED)


def open_gate(conn: sa.Connection, attempt: Attempt, by: Person, now: dt.datetime) -> bool:
    """Open the gate: the apprentice may begin, and no clock runs yet. False when it was already open."""
    if state(attempt.facts, now) is State.OPEN:
        return False
    require(Act.OPEN_GATE, state(attempt.facts, now))
    opened = {"opened_at": now, "opened_by": by.id}
    return attempts.record(conn, attempt.id, event("gate_opened", now, by.ref), opened, _SHUT)


def begin(conn: sa.Connection, attempt: Attempt, now: dt.datetime) -> bool:
    """Start the clock, once: of any number of starts at the same time one changes the row.

    Returns whether this one did. NotNow before the gate is open and after the attempt is closed.
    """
    return begin_held(conn, attempts.locked(conn, attempt.id), now)


def begin_held(conn: sa.Connection, held: Attempt, now: dt.datetime) -> bool:
    """The same for an attempt that was locked, then read: minutes granted at this very moment are in its allowance."""
    standing = state(held.facts, now)
    if held.started_at is not None and standing not in CLOSED:
        return False
    require(Act.BEGIN, standing)
    until = deadline(now, held.allowance)
    allowed = held.allowance.told()
    begun = event("begun", now, "apprentice", deadline=until.isoformat(), specification=held.spec_id, **allowed)
    if not attempts.record(conn, held.id, begun, {"started_at": now, "writable_until": until}, _READY):
        raise NotNow("attempt.no_paper")
    return True


def grant(
    conn: sa.Connection,
    attempt: Attempt,
    seconds: int,
    reason: str,
    by: Person,
    request_id: str,
    now: dt.datetime,
    gap_id: int | None = None,
) -> bool:
    """Give extra time. False when this very request was already carried out (a double press).

    ``gap_id`` names the outage that the seconds make up for.
    """
    held = attempts.locked(conn, attempt.id)
    require(Act.GRANT, state(held.facts, now))
    try:
        with conn.begin_nested():
            attempts.add_grant(conn, held, seconds, reason, by.id, request_id, now, gap_id)
    except IntegrityError:
        return False
    follow(conn, attempt.id, event("granted", now, by.ref, seconds=seconds, reason=reason))
    return True


def follow(conn: sa.Connection, attempt_id: int, because: Event) -> Attempt:
    """Write ``writable_until`` anew after a fact that it follows from has changed; returns the attempt as it was read.

    A deadline never moves earlier; while a pause lasts, what is written is the end of the window after it.
    """
    held = attempts.locked(conn, attempt_id)
    until = held.should_be_writable_until
    if until is None:
        attempts.record(conn, attempt_id, because)
        return held
    if held.writable_until is not None and held.allowance.open_pause is None:
        until = max(until, held.writable_until)
    attempts.record(conn, attempt_id, because, {"writable_until": until})
    return held
