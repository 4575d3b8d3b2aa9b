"""What an outage took is given back by a person, never by itself: proposed for each gap, each given once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from proctoring.events import event
from proctoring.timing import Pause, credit
from sjt.rules.attempt import CLOSED, State, state
from sjt.rules.refusals import NotNow
from sjt.services import timekeeping
from sjt.services.invigilation.acts import for_staff
from sjt.services.invigilation.register import Actor, Entry, entries, keep_record, require_open
from sjt.stores import attempts, gaps
from sjt.stores.gaps import Gap
from sjt.stores.seats import Seat


@dataclass(frozen=True)
class Owed:
    """A gap for which nothing was given yet, whose it is, and the seconds of it in which the clock ran."""

    gap: Gap
    seat: Seat
    state: State
    seconds: int


@dataclass(frozen=True)
class Given:
    """Who was given what, who had it already, and who could not be given anything and why."""

    given: tuple[Owed, ...]
    twice: int
    left: tuple[NotNow, ...]


def owed(lines: Iterable[Entry], found: Iterable[Gap], now: dt.datetime) -> list[Owed]:
    """What gaps took of working time. One that lay in pauses took nothing, and a void attempt is owed nothing."""
    by_attempt = {line.attempt.id: (line.seat, line.attempt) for line in lines if line.attempt}
    listed = []
    for gap in found:
        if gap.attempt_id not in by_attempt:
            continue
        seat, attempt = by_attempt[gap.attempt_id]
        standing, seconds = state(attempt.facts, now), seconds_owed(gap, attempt.allowance.pauses)
        if seconds > 0 and standing is not State.VOID:
            listed.append(Owed(gap, seat, standing, seconds))
    return sorted(listed, key=lambda one: (one.seat.number, one.gap.began_at))


def owed_in(conn: sa.Connection, sitting_id: int, now: dt.datetime) -> list[Owed]:
    """What is owed in a sitting, seat by seat."""
    return owed(entries(conn, sitting_id), gaps.uncredited(conn, sitting_id), now)


def seconds_owed(gap: Gap, pauses: tuple[Pause, ...]) -> int:
    """Whole seconds of a gap in which the clock ran, rounded up: pauses have given the others back already."""
    parts = [
        Pause("", max(pause.began, gap.began_at), min(pause.ended or gap.ended_at, gap.ended_at))
        for pause in pauses
        if pause.began < gap.ended_at and (pause.ended is None or pause.ended > gap.began_at)
    ]
    return -(-(gap.length - credit(parts, rest_minutes=0)) // dt.timedelta(seconds=1))


def give_back(
    conn: sa.Connection, chosen: Mapping[int, int], reason: str, actor: Actor, request_id: str, now: dt.datetime
) -> Given:
    """Give seconds for gaps, by the gap's id: extra time to whoever still sits, a reopening to whoever is closed."""
    require_open(actor.sitting)
    given: list[Owed] = []
    left: list[NotNow] = []
    for one in _chosen(conn, {gap for gap, seconds in chosen.items() if seconds > 0}, actor, now):
        own = str(uuid.uuid5(uuid.UUID(request_id), f"gap {one.gap.id}"))
        try:
            with conn.begin_nested():
                if _give(conn, one, chosen[one.gap.id], reason, actor, own, now):
                    given.append(one)
        except NotNow as refusal:
            left.append(refusal)
    return Given(tuple(given), len(chosen) - len(given) - len(left), tuple(left))


def _give(
    conn: sa.Connection, one: Owed, seconds: int, reason: str, actor: Actor, request_id: str, now: dt.datetime
) -> bool:
    held = attempts.locked(conn, one.gap.attempt_id)
    if not gaps.is_open(conn, one.gap.id):
        return False
    act = timekeeping.reopen if state(held.facts, now) in CLOSED else timekeeping.grant
    with for_staff(one.seat):
        done = act(conn, held, seconds, reason, actor.person, request_id, now, gap_id=one.gap.id)
    if done:
        keep_record(conn, actor, "outage_credited", one.seat, now, seconds=seconds, reason=reason, **_told(one.gap))
    return done


def set_aside(conn: sa.Connection, chosen: Collection[int], reason: str, actor: Actor, now: dt.datetime) -> int:
    """Note for gaps, by id, that no time is owed; returns for how many."""
    require_open(actor.sitting)
    done = 0
    for one in _chosen(conn, chosen, actor, now):
        attempts.locked(conn, one.gap.attempt_id)
        if gaps.set_aside(conn, one.gap.id, reason, actor.person.id, now):
            told = event("outage_set_aside", now, actor.person.ref, reason=reason, **_told(one.gap))
            attempts.record(conn, one.gap.attempt_id, told)
            keep_record(conn, actor, "outage_set_aside", one.seat, now, reason=reason, **_told(one.gap))
            done += 1
    return done


def _chosen(conn: sa.Connection, ids: Collection[int], actor: Actor, now: dt.datetime) -> Sequence[Owed]:
    """In the order of seats' ids: two presses never lock crosswise."""
    listed = [one for one in owed_in(conn, actor.sitting.id, now) if one.gap.id in ids]
    return sorted(listed, key=lambda one: (one.seat.id, one.gap.id))


def _told(gap: Gap) -> dict[str, str]:
    return {"not_heard_from": gap.began_at.isoformat(), "not_heard_to": gap.ended_at.isoformat()}
