"""The acts at one seat: extra minutes, the end of an attempt, another device, pauses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from proctoring.events import event
from sjt.rules import attempt as attempt_rules
from sjt.rules.attempt import require, state
from sjt.rules.refusals import NotNow, Stale
from sjt.services import timekeeping
from sjt.services.invigilation.register import Actor, keep_record, require_open
from sjt.stores import attempts, board
from sjt.stores.attempts import Attempt
from sjt.stores.people import Person
from sjt.stores.seats import Seat

a = attempts.a


def extra_minutes(
    conn: sa.Connection, seat: Seat, minutes: int, reason: str, actor: Actor, request_id: str, now: dt.datetime
) -> bool:
    """Give extra minutes. False when this very request was carried out before: a double press gives once."""
    attempt = attempt_at(conn, seat, actor)
    with for_staff(seat):
        given = timekeeping.grant(conn, attempt, minutes * 60, reason, actor.person, request_id, now)
    if given:
        keep_record(conn, actor, "granted", seat, now, minutes=minutes, reason=reason)
    return given


def end_attempt(conn: sa.Connection, seat: Seat, reason: str, actor: Actor, now: dt.datetime) -> Attempt:
    """End an attempt: its script is marked as it stands."""
    attempt = attempt_at(conn, seat, actor)
    with for_staff(seat):
        ended = timekeeping.end(conn, attempt.id, actor.person, reason, now)
    keep_record(conn, actor, "ended", seat, now, reason=reason)
    return ended


def pause(
    conn: sa.Connection, seat: Seat, kind: str, reason: str, actor: Actor, request_id: str, now: dt.datetime
) -> bool:
    """Stop the clock of one attempt and hide its paper. False when this very request was carried out before."""
    attempt = attempt_at(conn, seat, actor)
    with for_staff(seat):
        paused = timekeeping.pause(conn, attempt, kind, reason, actor.person, request_id, now)
    if paused:
        keep_record(conn, actor, "paused", seat, now, kind=kind, reason=reason)
    return paused


def resume(conn: sa.Connection, seat: Seat, actor: Actor, now: dt.datetime) -> dt.datetime | None:
    """Let the clock of one attempt go on; returns its finish time."""
    attempt = attempt_at(conn, seat, actor)
    with for_staff(seat):
        until = timekeeping.resume(conn, attempt, actor.person, now)
    keep_record(conn, actor, "resumed", seat, now)
    return until


def answer_call(conn: sa.Connection, seat: Seat, actor: Actor, now: dt.datetime) -> None:
    """Somebody has seen to a candidate who called. NotNow when nobody calls any more."""
    attempt = attempt_at(conn, seat, actor)
    seen = event("call_answered", now, actor.person.ref, called_for=attempt.called_for)
    changes = {"called_at": None, "called_for": None}
    if not attempts.record(conn, attempt.id, seen, changes, a.c.called_at.is_not(None)):
        raise NotNow("board.no_call", number=seat.number)
    keep_record(conn, actor, "call_answered", seat, now)


def let_in(conn: sa.Connection, seat: Seat, asked_at: str, actor: Actor, now: dt.datetime) -> None:
    """Let the device in that asked at this moment. Stale when another one has asked since: look again."""
    attempt = attempt_at(conn, seat, actor)
    if attempt.device_asking_at is not None and attempt.device_asking_at.isoformat() != asked_at:
        raise Stale("board.device_changed", number=seat.number)
    with for_staff(seat):
        released = release_device(conn, attempt, actor.person, now)
    if not released:
        raise NotNow("board.no_device", number=seat.number)
    keep_record(conn, actor, "device_released", seat, now)


def release_device(conn: sa.Connection, attempt: Attempt, by: Person, now: dt.datetime) -> bool:
    """Give the attempt to the device that asks; the one that had it can write no more. False when none asks."""
    held = attempts.locked(conn, attempt.id)
    require(attempt_rules.Act.RELEASE_DEVICE, state(held.facts, now))
    asking = board.asking_device(conn, held.id)
    if asking is None:
        return False
    released = event("device_released", now, by.ref, device=asking[:16])
    changes = {
        "device_hash": asking, "device_asking_hash": None, "device_asking_at": None, "lease": a.c.lease + 1,
    }  # fmt: skip
    return attempts.record(conn, held.id, released, changes, a.c.device_asking_hash == asking)


def attempt_at(conn: sa.Connection, seat: Seat, actor: Actor) -> Attempt:
    """The attempt of a seat, locked. NotNow once the sitting is over, or without a paper."""
    require_open(actor.sitting)
    return held_at(conn, seat)


def held_at(conn: sa.Connection, seat: Seat) -> Attempt:
    """The attempt of a seat, locked, whatever has become of its sitting. NotNow without a paper."""
    attempt = attempts.by_seat(conn, seat.id)
    if attempt is None:
        raise NotNow("seat.paper.missing", number=seat.number, name=seat.candidate.name)
    return attempts.locked(conn, attempt.id)


@contextmanager
def for_staff(seat: Seat) -> Iterator[None]:
    """The rules speak to the apprentice; at the board the same refusal names the seat."""
    try:
        yield
    except NotNow as refusal:
        if not refusal.code.startswith("attempt.not_now."):
            raise
        standing = refusal.code.removeprefix("attempt.not_now.")
        raise NotNow(f"board.attempt.{standing}", number=seat.number) from refusal
