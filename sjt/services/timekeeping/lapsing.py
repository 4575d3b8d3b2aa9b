"""A reopening to which nobody returns: the attempt stays closed as it was."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from proctoring.events import Event, event
from sjt.stores import attempts, reopenings
from sjt.stores.attempts import Attempt


def lapse_unused(conn: sa.Connection, attempt_id: int, now: dt.datetime) -> Attempt:
    """Write down that nobody returned in time. Any number of sweeps may try; one does it."""
    held = attempts.locked(conn, attempt_id)
    if held.reopened_at is None or held.returned_at is not None or held.awaits_return(now):
        return held
    return lapse(conn, held, event("reopening_lapsed", now, "rule"), now)


def lapse(conn: sa.Connection, held: Attempt, because: Event, now: dt.datetime) -> Attempt:
    """End a reopening that was not used: the attempt stays closed as it was, under the time that it had."""
    reopenings.lapsed(conn, held.id, now)
    before = reopenings.last_used(conn, held.id)
    changes = {
        "reopened_at": before.at if before else None, "reopened_seconds": before.seconds if before else None,
        "returned_at": before.returned if before else None,
    }  # fmt: skip
    attempts.record(conn, held.id, because, changes, attempts.UNRETURNED)
    return attempts.locked(conn, held.id)
