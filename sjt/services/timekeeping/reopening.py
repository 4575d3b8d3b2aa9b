"""A closed attempt goes on, by a named person and for a reason; its clock starts when the candidate returns.

How it had been closed stays in place until then: a reopening to which nobody returns changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from proctoring.events import event
from proctoring.timing import Reopening, deadline
from sjt.rules.attempt import Act, State, require, state
from sjt.rules.refusals import NotNow
from sjt.services.timekeeping.closing import expire
from sjt.services.timekeeping.lapsing import lapse_unused
from sjt.services.timekeeping.receipts import receipt_of
from sjt.stores import attempts, marks, pauses, reopenings, scripts
from sjt.stores.attempts import Attempt
from sjt.stores.people import Person

a = attempts.a
ENTRY = 0  # seconds of a reopening that only enters answers, and gives no working time


def reopen(
    conn: sa.Connection,
    attempt: Attempt,
    seconds: int,
    reason: str,
    by: Person,
    request_id: str,
    now: dt.datetime,
    gap_id: int | None = None,
) -> bool:
    """Let a closed attempt go on for these seconds, from its candidate's return on.

    False when this very request was carried out before. NotNow when it is not closed, void, or when somebody
    has begun to mark its script. ``gap_id`` names the outage that the seconds make up for.
    """
    held = _closed(conn, attempt.id, request_id, now)
    if held is None:
        return False
    if not _note(conn, held, seconds, reason, by, request_id, now, gap_id):
        return False
    lasting = held.allowance.open_pause  # when it was closed, or begun while a reopening waited that nobody used
    pauses.end(conn, held.id, by.id, max(held.closed_at or now, lasting.began) if lasting else now)
    told = event("reopened", now, by.ref, seconds=seconds, reason=reason)
    changes = {"reopened_at": now, "reopened_seconds": seconds, "returned_at": None}
    return attempts.record(conn, held.id, told, changes, a.c.closed_at.is_not(None))


def _closed(conn: sa.Connection, attempt_id: int, request_id: str, now: dt.datetime) -> Attempt | None:
    """The attempt, locked, as it may be reopened; None when this request was carried out before."""
    held = attempts.locked(conn, attempt_id)
    if reopenings.asked_before(conn, held.id, request_id):
        return None
    require(Act.REOPEN, state(held.facts, now))
    if held.started_at is None:
        raise NotNow("reopen.never_begun")
    if marks.is_released(conn, held.id) or marks.begun(conn, held.id):
        raise NotNow("reopen.marking_begun")
    if held.closed_at is None:  # over by rule, and not written down yet
        expire(conn, held.id, now)
    return lapse_unused(conn, held.id, now)


def _note(
    conn: sa.Connection,
    held: Attempt,
    seconds: int,
    reason: str,
    by: Person,
    request_id: str,
    now: dt.datetime,
    gap_id: int | None,
) -> bool:
    try:
        with conn.begin_nested():
            reopenings.add(conn, held, seconds, reason, by.id, request_id, now, gap_id)
    except IntegrityError:
        return False
    return True


def come_back(conn: sa.Connection, held: Attempt, now: dt.datetime) -> dt.datetime | None:
    """The candidate is back at a reopened paper, and the clock runs; returns the deadline.

    ``held`` is locked and awaits its candidate's return.
    """
    if held.reopened_at is None or held.reopened_seconds is None:
        raise LookupError(f"attempt {held.id} was not reopened")
    back = Reopening(held.reopened_at, held.reopened_seconds, now)
    until = deadline(now, replace(held.allowance, reopened=back))
    changes = {
        "closed_at": None, "closed_as": None, "closed_by": None, "closed_reason": None, "finished_at": None,
        "receipt": None, "script": 0, "returned_at": now, "writable_until": until,
    }  # fmt: skip
    told = event("returned", now, "apprentice", deadline=until.isoformat())
    attempts.record(conn, held.id, told, changes, attempts.UNRETURNED)
    reopenings.used(conn, held.id, now)
    return until


def amend(
    conn: sa.Connection,
    attempt: Attempt,
    by: Person,
    reason: str,
    request_id: str,
    now: dt.datetime,
    write: Callable[[Attempt], None],
) -> Attempt:
    """Enter answers that no save brought, by a named person: ``write`` puts them into the journal, under the lock.

    A closed attempt is reopened for no working time, its script frozen anew, and closed as it was. One that runs
    inside a reopening goes on. NotNow in every other state: then what was brought stays evidence. A request
    that was carried out before writes nothing.
    """
    held = attempts.locked(conn, attempt.id)
    if state(held.facts, now) is State.RUNNING and held.returned_at is not None:
        write(held)
        return attempts.locked(conn, held.id)
    closed = _closed(conn, attempt.id, request_id, now)
    if closed is None or not _note(conn, closed, ENTRY, reason, by, request_id, now, None):
        return held
    write(closed)
    number = scripts.next_number(conn, closed)
    receipt = receipt_of(closed.ref, scripts.freeze(conn, closed, number))
    told = event("amended", now, by.ref, receipt=receipt, reason=reason)
    attempts.record(conn, closed.id, told, {"script": number, "receipt": receipt})
    reopenings.used(conn, closed.id, now)
    return attempts.locked(conn, closed.id)
