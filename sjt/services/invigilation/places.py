"""Where and how a candidate sits: another place in the room, and pages that need no scripts."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from proctoring.events import event
from sjt.rules.attempt import BEFORE, CLOSED, Act, State, require, state
from sjt.rules.refusals import NotFound, NotNow
from sjt.services.invigilation.acts import attempt_at, for_staff
from sjt.services.invigilation.register import Actor, keep_record
from sjt.stores import attempts, moves, seats
from sjt.stores.seats import Seat

a = attempts.a


def move(
    conn: sa.Connection, seat: Seat, number: int, reason: str, actor: Actor, request_id: str, now: dt.datetime
) -> bool:
    """Move a candidate to another place. False when this very request was carried out before.

    Paper, answers and clock go along. The device of the old place can write no more, and the next browser in
    which the keycode is entered is the one that counts. NotNow when the place is taken: of two moves to one
    place one is made.
    """
    if not seats.lock(conn, seat.id):
        raise NotFound("error.words.404")
    attempt = attempt_at(conn, seat, actor)
    if moves.asked_before(conn, seat.id, request_id):
        return False
    with for_staff(seat):
        require(Act.MOVE, state(attempt.facts, now))
    held = seats.by_id(conn, seat.id) or seat
    if held.number == number:
        raise NotNow("move.here", number=number, name=seat.candidate.name)
    if not moves.move(conn, held, number, reason, actor.person.id, request_id, now):
        raise NotNow("move.taken", number=number)
    told = event("moved", now, actor.person.ref, from_seat=held.number, to_seat=number, reason=reason)
    attempts.record(
        conn,
        attempt.id,
        told,
        {"device_hash": None, "device_asking_hash": None, "device_asking_at": None, "lease": a.c.lease + 1},
    )
    keep_record(conn, actor, "moved", held, now, to_seat=number, reason=reason)
    return True


def allow_plain(conn: sa.Connection, seat: Seat, reason: str, actor: Actor, now: dt.datetime) -> bool:
    """Let a candidate sit the test without scripts in their browser. False when that is allowed already."""
    attempt = attempt_at(conn, seat, actor)
    with for_staff(seat):
        _require(state(attempt.facts, now) not in CLOSED, state(attempt.facts, now))
    allowed = {"plain_at": now, "plain_by": actor.person.id, "plain_reason": reason}
    told = event("plain_allowed", now, actor.person.ref, reason=reason)
    if not attempts.record(conn, attempt.id, told, allowed, a.c.plain_at.is_(None)):
        return False
    keep_record(conn, actor, "plain_allowed", seat, now, reason=reason)
    return True


def withdraw_plain(conn: sa.Connection, seat: Seat, actor: Actor, now: dt.datetime) -> bool:
    """Take that back, until Begin: what was begun without scripts goes on so. False when it is not allowed."""
    attempt = attempt_at(conn, seat, actor)
    with for_staff(seat):
        _require(state(attempt.facts, now) in BEFORE, state(attempt.facts, now))
    told = event("plain_withdrawn", now, actor.person.ref)
    none = {"plain_at": None, "plain_by": None, "plain_reason": None}
    if not attempts.record(conn, attempt.id, told, none, a.c.plain_at.is_not(None)):
        return False
    keep_record(conn, actor, "plain_withdrawn", seat, now)
    return True


def _require(holds: bool, standing: State) -> None:
    if not holds:
        raise NotNow(f"attempt.not_now.{standing.value}")
