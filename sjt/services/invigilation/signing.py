"""Sign-off: an invigilator says that the sitting is over. Nothing runs any more, and what was left is settled.

Of two invigilators one signs off, and the other sees whose act it was (domain: rules that are settled).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from proctoring.events import event
from proctoring.seats import Standing
from sjt.rules.attempt import State, state
from sjt.rules.refusals import NotNow
from sjt.services import timekeeping
from sjt.services.invigilation import register
from sjt.services.invigilation.register import Actor, Entry, entries, keep_record
from sjt.stores import attempts, holds, people, sittings
from sjt.stores.attempts import Attempt
from sjt.stores.seats import Seat
from sjt.stores.sittings import Sitting

HELD_REASON = "Suspended, and not lifted before sign-off."
AT_WORK = {State.OPEN: "open", State.RUNNING: "running", State.PAUSED: "paused"}


@dataclass(frozen=True)
class Ending:
    """What stands in the way of a sign-off, seat by seat with a word for it, and what a sign-off would settle."""

    blocked: tuple[tuple[Seat, str], ...]
    absent: tuple[Seat, ...]
    lapsing: tuple[Seat, ...]
    held: tuple[Seat, ...]


def ending(lines: Sequence[Entry], now: dt.datetime) -> Ending:
    """How a sitting stands. Somebody who has come is never noted as absent by a rule: a person says what became."""
    blocked = [(line.seat, why) for line in lines if (why := _blocks(line, now))]
    return Ending(
        tuple(blocked),
        tuple(line.seat for line in lines if _is_missing(line)),
        tuple(line.seat for line in lines if line.attempt and line.attempt.awaits_return(now)),
        tuple(line.seat for line in lines if line.attempt and _is_suspended(line.attempt, now)),
    )


def _blocks(line: Entry, now: dt.datetime) -> str | None:
    attempt = line.attempt
    standing = state(attempt.facts, now) if attempt else State.READY
    if attempt is not None and attempt.awaits_return(now):
        return None
    if standing is State.OPEN and line.standing in (Standing.REFUSED, Standing.ABSENT):
        return None
    if standing is State.READY:
        return line.standing.value if line.standing in (Standing.PRESENT, Standing.ADMITTED) else None
    return AT_WORK.get(standing)


def _is_missing(line: Entry) -> bool:
    begun = line.attempt is not None and (line.attempt.opened_at is not None or line.attempt.closed_at is not None)
    return line.standing is Standing.BOOKED and not begun


def _is_suspended(attempt: Attempt, now: dt.datetime) -> bool:
    return state(attempt.facts, now) is State.SUSPENDED


def sign_off(conn: sa.Connection, actor: Actor, now: dt.datetime) -> Ending | None:
    """Sign a sitting off. None when this very person had done it already: a double press does it once.

    NotNow before it starts, when it is cancelled, while a seat is at work, and when somebody else was first.
    """
    held = sittings.by_ref(conn, actor.sitting.ref, lock=True) or actor.sitting
    if held.signed_off_at is not None:
        _require_own(conn, held, actor)
        return None
    register.require_open(held)
    if now < held.starts_at:
        raise NotNow("sign_off.early")
    lines = entries(conn, held.id)
    found = ending(lines, now)
    if found.blocked:
        raise NotNow("sign_off.not_yet", count=len(found.blocked))
    for line in sorted(lines, key=lambda line: line.seat.id):  # one order for all locks
        _settle(conn, line, actor, now)
    if not sittings.mark_signed_off(conn, held.id, actor.person.id, now):
        raise NotNow("sign_off.meanwhile")
    told = {"absent": len(found.absent), "lapsed": len(found.lapsing), "held": len(found.held)}
    why = {"as_manager": actor.reason} if actor.reason else {}
    people.record(conn, actor.person.id, "signed_off", "sitting", held.ref, now, **told, **why)
    return found


def _require_own(conn: sa.Connection, held: Sitting, actor: Actor) -> None:
    if held.signed_off_by == actor.person.id:
        return
    by = people.by_ids(conn, [held.signed_off_by] if held.signed_off_by else [])
    raise NotNow("sign_off.by_other", name=next((one.name for one in by.values()), ""))


def _settle(conn: sa.Connection, line: Entry, actor: Actor, now: dt.datetime) -> None:
    """What a sign-off does at one seat."""
    if _is_missing(line):
        register.absent(conn, line.seat, actor, now)
    if line.attempt is None:
        return
    attempt = attempts.locked(conn, line.attempt.id)
    if _blocks(replace(line, attempt=attempt), now):  # it was lifted or begun while we looked
        raise NotNow("sign_off.not_yet", count=1)
    suspended = _is_suspended(attempt, now)
    if attempt.awaits_return(now):
        timekeeping.lapse(conn, attempt, event("reopening_lapsed", now, actor.person.ref), now)
    elif suspended:
        timekeeping.end(conn, attempt.id, actor.person, HELD_REASON, now)
    else:
        timekeeping.expire(conn, attempt.id, now)
        timekeeping.lapse_unused(conn, attempt.id, now)
    if suspended:
        _hold(conn, line.seat, attempt, actor, now)


def _hold(conn: sa.Connection, seat: Seat, attempt: Attempt, actor: Actor, now: dt.datetime) -> None:
    holds.add(conn, attempt, actor.person.id, now)
    attempts.record(conn, attempt.id, event("held", now, actor.person.ref, reason=HELD_REASON))
    keep_record(conn, actor, "held", seat, now, reason=HELD_REASON)


def lift_hold(conn: sa.Connection, seat: Seat, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Let a held script go on to its result. NotNow when it is not held (any more)."""
    attempt = attempts.by_seat(conn, seat.id)
    if attempt is None or not holds.lift(conn, attempts.locked(conn, attempt.id).id, actor.person.id, reason, now):
        raise NotNow("hold.none", number=seat.number)
    attempts.record(conn, attempt.id, event("hold_lifted", now, actor.person.ref, reason=reason))
    keep_record(conn, actor, "hold_lifted", seat, now, reason=reason)
