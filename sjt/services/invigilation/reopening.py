"""Reopening a closed attempt from the board: until sign-off by the sitting's invigilators, afterwards by a manager."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from sjt.rules.access import refusal
from sjt.rules.attempt import CLOSED, State, state
from sjt.services import timekeeping
from sjt.services.invigilation.acts import for_staff, held_at
from sjt.services.invigilation.register import Actor, keep_record, require_open
from sjt.stores.attempts import Attempt
from sjt.stores.seats import Seat

USUAL_SECONDS = 600


def reopen(
    conn: sa.Connection, seat: Seat, seconds: int, reason: str, actor: Actor, request_id: str, now: dt.datetime
) -> bool:
    """Let a closed attempt go on for so many seconds from its candidate's return on.

    False when this very request was carried out before. NotNow when it is not closed, or is marked already.
    """
    _require_reopener(actor)
    attempt = held_at(conn, seat)
    with for_staff(seat):
        done = timekeeping.reopen(conn, attempt, seconds, reason, actor.person, request_id, now)
    if done:
        keep_record(conn, actor, "reopened", seat, now, seconds=seconds, reason=reason)
    return done


def _require_reopener(actor: Actor) -> None:
    after = actor.sitting.signed_off_at is not None and actor.sitting.cancelled_at is None
    if after and refusal("invigilation.reopen_signed_off", actor.person.roles) is None:
        return
    require_open(actor.sitting)


def can_be_reopened(attempt: Attempt, standing: State) -> bool:
    """Whether a reopening makes sense: it was begun, it is over, and it is not set aside."""
    return attempt.started_at is not None and standing in CLOSED - {State.VOID}


def proposed_seconds(attempt: Attempt, now: dt.datetime) -> int:
    """What was left when it was closed; ten minutes where nothing was."""
    if state(attempt.facts, now) not in CLOSED or attempt.finished_at is None or attempt.deadline is None:
        return USUAL_SECONDS
    left = (attempt.deadline - attempt.finished_at) // dt.timedelta(seconds=1)
    return left if left > 0 else USUAL_SECONDS
