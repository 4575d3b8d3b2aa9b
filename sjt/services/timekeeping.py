"""Timekeeping: what starts, lengthens and closes an attempt.

The only place that writes ``writable_until``, always in the transaction of the fact it follows from.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

import rfc8785
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from proctoring.events import Event, event
from proctoring.timing import REST, deadline
from sjt.db import Database
from sjt.rules.attempt import CLOSED, SUSPENSION, Act, State, require, state
from sjt.rules.refusals import NotNow
from sjt.stores import attempts, papers, pauses, scripts
from sjt.stores.attempts import Attempt
from sjt.stores.people import Person
from sjt.stores.scripts import FrozenAnswer

SWEEP_EVERY_SECONDS = 30
SWEEP_MOST = 500  # attempts a sweep; what is left is closed by rule already and waits for the next one
a = attempts.a


def open_gate(conn: sa.Connection, attempt: Attempt, by: Person, now: dt.datetime) -> bool:
    """Open the gate: the apprentice may begin, and no clock runs yet. False when it was already open."""
    if state(attempt.facts, now) is State.OPEN:
        return False
    require(Act.OPEN_GATE, state(attempt.facts, now))
    still = sa.and_(a.c.opened_at.is_(None), a.c.closed_at.is_(None))
    opened = {"opened_at": now, "opened_by": by.id}
    return attempts.record(conn, attempt.id, event("gate_opened", now, by.ref), opened, still)


def begin(conn: sa.Connection, attempt: Attempt, now: dt.datetime) -> bool:
    """Start the clock, once: of any number of starts at the same time one changes the row.

    Returns whether this one did. NotNow before the gate is open and after the attempt is closed.
    """
    held = attempts.locked(conn, attempt.id)  # minutes granted at this very moment are in its allowance
    standing = state(held.facts, now)
    if held.started_at is not None and standing not in CLOSED:
        return False
    require(Act.BEGIN, standing)
    until = deadline(now, held.allowance)
    begun = event("begun", now, "apprentice", deadline=until.isoformat(), specification=held.spec_id)
    waiting = sa.and_(a.c.started_at.is_(None), a.c.opened_at.is_not(None), a.c.closed_at.is_(None))
    if not papers.has(conn, held.id):
        raise NotNow("attempt.no_paper")
    return attempts.record(conn, held.id, begun, {"started_at": now, "writable_until": until}, waiting)


def grant(
    conn: sa.Connection, attempt: Attempt, seconds: int, reason: str, by: Person, request_id: str, now: dt.datetime
) -> bool:
    """Give extra time. False when this very request was already carried out (a double press)."""
    held = attempts.locked(conn, attempt.id)
    require(Act.GRANT, state(held.facts, now))
    try:
        with conn.begin_nested():
            attempts.add_grant(conn, held, seconds, reason, by.id, request_id, now)
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


# --------------------------------------------------------------------------------------------------- pauses
def pause(
    conn: sa.Connection, attempt: Attempt, kind: str, reason: str, by: Person, request_id: str, now: dt.datetime
) -> bool:
    """Stop the clock at once and hide the paper. False when this very request was already carried out.

    NotNow when the attempt is not running. A suspension may follow on a pause, which it ends.
    """
    held = attempts.locked(conn, attempt.id)
    if pauses.asked_before(conn, held.id, request_id):
        return False
    standing = state(held.facts, now)
    require(Act.SUSPEND if kind == SUSPENSION else Act.PAUSE, standing)
    if standing is State.PAUSED:
        pauses.end(conn, held.id, by.id, now)
    pauses.begin(conn, held.sitting_id, held.id, kind, reason, by.id, request_id, now)
    follow(conn, held.id, event("paused", now, by.ref, pause=kind, reason=reason))
    return True


def resume(conn: sa.Connection, attempt: Attempt, by: Person | None, now: dt.datetime) -> dt.datetime | None:
    """Let the clock go on; returns the deadline. ``by`` is None for the apprentice, who may end a rest break only.

    NotNow when the attempt is not paused: a second press finds the clock running.
    """
    held = attempts.locked(conn, attempt.id)
    standing, lasting = state(held.facts, now), held.allowance.open_pause
    require(Act.LIFT if standing is State.SUSPENDED else Act.RESUME, standing)
    if by is None and (lasting is None or lasting.kind != REST):
        raise NotNow("pause.not_yours")
    pauses.end(conn, held.id, by.id if by else None, now)
    told = event("resumed", now, by.ref if by else "apprentice", pause=lasting.kind if lasting else "")
    follow(conn, held.id, told)
    return attempts.locked(conn, held.id).deadline


def submit(conn: sa.Connection, attempt_id: int, now: dt.datetime) -> Attempt:
    """Hand in: freeze the script and close. NotNow when the attempt takes no submission any more."""
    held = attempts.locked(conn, attempt_id)
    if held.closed_as == State.SUBMITTED:
        return held  # a second press: the first one counts
    require(Act.SUBMIT, state(held.facts, now))
    return _close(conn, held, State.SUBMITTED, now, finished_at=_not_after_deadline(held, now), actor="apprentice")


def end(conn: sa.Connection, attempt_id: int, by: Person, reason: str, now: dt.datetime) -> Attempt:
    """An invigilator ends an attempt: the script is marked as it stands."""
    held = attempts.locked(conn, attempt_id)
    require(Act.END, state(held.facts, now))
    finished = _not_after_deadline(held, now)
    return _close(conn, held, State.ENDED, now, finished_at=finished, actor=by.ref, by=by.id, reason=reason)


def expire(conn: sa.Connection, attempt_id: int, now: dt.datetime) -> bool:
    """Write down that an attempt is over by rule. Any number of sweeps may try; one does it."""
    held = attempts.locked(conn, attempt_id)
    if held.closed_at is not None or state(held.facts, now) is not State.EXPIRED:
        return False
    _close(conn, held, State.EXPIRED, now, finished_at=held.deadline, actor="rule")
    return True


def sweep(database: Database, now: dt.datetime) -> int:
    """Close what is past its time, each in a short transaction of its own; returns how many."""
    with database.reading() as conn:
        due: Sequence[int] = attempts.past_writing(conn, now, SWEEP_MOST)
    closed = 0
    for attempt_id in due:
        with database.transaction() as conn:
            closed += expire(conn, attempt_id, now)
    return closed


def receipt_of(attempt_ref: str, lines: Sequence[FrozenAnswer]) -> str:
    """The code on the receipt: SHA-256 over the script's canonical JSON, shortened to 80 bits."""
    script = [{"question": line.code, "revision": line.revision, "sha256": line.text_hash} for line in lines]
    told = {"attempt": attempt_ref, "script": script}
    digest = hashlib.sha256(rfc8785.dumps(told)).hexdigest().upper()  # type: ignore[arg-type]  # it wants its own JSON type
    return "-".join(digest[start : start + 5] for start in range(0, 20, 5))


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
) -> Attempt:
    """Freeze the script under the lock that is held, and close. An attempt never begun has no script."""
    lines = scripts.freeze(conn, held) if held.started_at else []
    receipt = receipt_of(held.ref, lines)
    facts = {"finished_at": finished_at.isoformat() if finished_at else None, "receipt": receipt}
    closed = event(way.value, now, actor, **facts, **({"reason": reason} if reason else {}))
    changes = {
        "closed_at": now, "closed_as": way.value, "writable_until": None, "finished_at": finished_at,
        "closed_by": by, "closed_reason": reason, "receipt": receipt,
    }  # fmt: skip
    attempts.record(conn, held.id, closed, changes, a.c.closed_at.is_(None))
    return attempts.locked(conn, held.id)
