"""The whole room at once: an evacuation stops every running clock in one act, and one act starts them again.

Those who have not begun, are on a break or have finished are untouched; they are listed, so that nobody is
forgotten on the way out.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from sjt.rules.attempt import State, state
from sjt.rules.refusals import NotNow
from sjt.services import timekeeping
from sjt.services.invigilation.register import Actor, Entry, entries, keep_record, require_open
from sjt.stores import attempts, people

EVACUATION = "evacuation"


@dataclass(frozen=True)
class Cleared:
    """An evacuation or its end: whose clock it moved, and who was left as they were, with their state."""

    moved: tuple[Entry, ...]
    untouched: tuple[tuple[Entry, State | None], ...]


def plan(lines: Iterable[Entry], now: dt.datetime) -> Cleared:
    """Whom an evacuation would stop at this moment, and whom it would leave as they are."""
    moved, untouched = [], []
    for line in sorted(lines, key=lambda line: line.seat.number):
        standing = state(line.attempt.facts, now) if line.attempt else None
        if standing is State.RUNNING:
            moved.append(line)
        else:
            untouched.append((line, standing))
    return Cleared(tuple(moved), tuple(untouched))


def evacuate(conn: sa.Connection, reason: str, actor: Actor, request_id: str, now: dt.datetime) -> Cleared:
    """Stop every running clock of a sitting and hide every paper, in one transaction."""
    require_open(actor.sitting)
    planned = plan(entries(conn, actor.sitting.id), now)
    for line in sorted(planned.moved, key=lambda line: line.seat.id):  # one order: no crosswise locks
        attempt = attempts.by_seat(conn, line.seat.id)
        own = str(uuid.uuid5(uuid.UUID(request_id), line.seat.ref))
        try:
            if attempt and timekeeping.pause(conn, attempt, EVACUATION, reason, actor.person, own, now):
                keep_record(conn, actor, "evacuated", line.seat, now, reason=reason)
        except NotNow:  # handed in at this very moment: the others still stop
            continue
    _note(conn, actor, "evacuated", now, reason=reason, seats=len(planned.moved))
    return planned


def return_all(conn: sa.Connection, actor: Actor, now: dt.datetime) -> int:
    """Start the clocks again that an evacuation stopped; returns how many."""
    require_open(actor.sitting)
    back = 0
    for line in sorted(entries(conn, actor.sitting.id), key=lambda line: line.seat.id):
        lasting = line.attempt.allowance.open_pause if line.attempt else None
        if line.attempt is None or lasting is None or lasting.kind != EVACUATION:
            continue
        try:
            timekeeping.resume(conn, line.attempt, actor.person, now)
        except NotNow:  # ended meanwhile by somebody else
            continue
        keep_record(conn, actor, "resumed", line.seat, now)
        back += 1
    _note(conn, actor, "evacuation_over", now, seats=back)
    return back


def _note(conn: sa.Connection, actor: Actor, act: str, now: dt.datetime, **detail: object) -> None:
    why = {"as_manager": actor.reason} if actor.reason else {}
    people.record(conn, actor.person.id, act, "sitting", actor.sitting.ref, now, **detail, **why)
