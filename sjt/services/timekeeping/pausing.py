"""The clock stops and goes on."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from proctoring.events import event
from proctoring.timing import REST
from sjt.rules.attempt import SUSPENSION, Act, State, require, state
from sjt.rules.refusals import NotNow
from sjt.services.timekeeping.clock import follow
from sjt.services.timekeeping.reopening import come_back
from sjt.stores import attempts, pauses
from sjt.stores.attempts import Attempt
from sjt.stores.people import Person


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

    NotNow when the attempt is not paused: a second press finds the clock running. After a reopening the clock
    goes on when the apprentice returns, and by nobody else.
    """
    held = attempts.locked(conn, attempt.id)
    standing, lasting = state(held.facts, now), held.allowance.open_pause
    if lasting is None and held.awaits_return(now):
        if by is not None:
            raise NotNow("pause.awaits_return")
        return come_back(conn, held, now)
    require(Act.LIFT if standing is State.SUSPENDED else Act.RESUME, standing)
    if by is None and (lasting is None or lasting.kind != REST):
        raise NotNow("pause.not_yours")
    pauses.end(conn, held.id, by.id if by else None, now)
    told = event("resumed", now, by.ref if by else "apprentice", pause=lasting.kind if lasting else "")
    follow(conn, held.id, told)
    return attempts.locked(conn, held.id).deadline
