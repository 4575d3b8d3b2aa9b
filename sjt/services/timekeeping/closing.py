"""What closes an attempt: its apprentice, an invigilator, or the rule once the time is over."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from proctoring.events import event
from sjt.db import Database
from sjt.rules.attempt import Act, State, require, state
from sjt.services.timekeeping.lapsing import lapse, lapse_unused
from sjt.services.timekeeping.receipts import receipt_of
from sjt.stores import attempts, scripts
from sjt.stores.attempts import Attempt
from sjt.stores.people import Person

SWEEP_EVERY_SECONDS = 30
SWEEP_MOST = 500  # attempts a sweep; what is left is closed by rule already and waits for the next one


def submit(conn: sa.Connection, attempt_id: int, now: dt.datetime) -> Attempt:
    """Hand in: freeze the script and close. NotNow when the attempt takes no submission any more."""
    submit_held(conn, attempts.locked(conn, attempt_id), now)
    return attempts.locked(conn, attempt_id)


def submit_held(conn: sa.Connection, held: Attempt, now: dt.datetime) -> bool:
    """The same for an attempt that was locked, then read. False for a second press: the first one counts."""
    if held.closed_as == State.SUBMITTED:
        return False
    require(Act.SUBMIT, state(held.facts, now))
    _close(conn, held, State.SUBMITTED, now, finished_at=_not_after_deadline(held, now), actor="apprentice")
    return True


def end(conn: sa.Connection, attempt_id: int, by: Person, reason: str, now: dt.datetime) -> Attempt:
    """An invigilator ends an attempt: the script is marked as it stands.

    One that was reopened and to which nobody has returned stays closed as it was.
    """
    held = attempts.locked(conn, attempt_id)
    require(Act.END, state(held.facts, now))
    if held.closed_at is not None:
        return lapse(conn, held, event("reopening_withdrawn", now, by.ref, reason=reason), now)
    finished = _not_after_deadline(held, now)
    _close(conn, held, State.ENDED, now, finished_at=finished, actor=by.ref, by=by.id, reason=reason)
    return attempts.locked(conn, attempt_id)


def expire(conn: sa.Connection, attempt_id: int, now: dt.datetime) -> bool:
    """Write down that an attempt is over by rule. Any number of sweeps may try; one does it."""
    held = attempts.locked(conn, attempt_id)
    if held.closed_at is not None or state(held.facts, now) is not State.EXPIRED:
        return False
    _close(conn, held, State.EXPIRED, now, finished_at=held.deadline, actor="rule")
    return True


def sweep(database: Database, now: dt.datetime) -> int:
    """Close what is past its time, each in a short transaction of its own; returns how many.

    Reopenings to which nobody returned in time are written down as lapsed.
    """
    with database.reading() as conn:
        due = attempts.past_writing(conn, now, SWEEP_MOST)
        unused = attempts.past_returning(conn, now, SWEEP_MOST)
    closed = 0
    for attempt_id in due:
        with database.transaction() as conn:
            closed += expire(conn, attempt_id, now)
    for attempt_id in unused:
        with database.transaction() as conn:
            lapse_unused(conn, attempt_id, now)
    return closed


def _not_after_deadline(held: Attempt, now: dt.datetime) -> dt.datetime:
    return min(now, held.deadline) if held.deadline else now


def _close(
    conn: sa.Connection,
    held: Attempt,
    way: State,
    now: dt.datetime,
    *,
    finished_at: dt.datetime | None,
    actor: str,
    by: int | None = None,
    reason: str | None = None,
) -> None:
    """Freeze the script under the lock that is held, and close. An attempt never begun has no script."""
    number = scripts.next_number(conn, held) if held.started_at and held.reopened_at else int(bool(held.started_at))
    lines = scripts.freeze(conn, held, number) if number else []
    receipt = receipt_of(held.ref, lines)
    facts = {"finished_at": finished_at.isoformat() if finished_at else None, "receipt": receipt}
    closed = event(way.value, now, actor, **facts, **({"reason": reason} if reason else {}))
    changes = {
        "closed_at": now, "closed_as": way.value, "writable_until": None, "finished_at": finished_at,
        "closed_by": by, "closed_reason": reason, "receipt": receipt,
        "script": number,
    }  # fmt: skip
    attempts.record(conn, held.id, closed, changes, attempts.UNCLOSED)
