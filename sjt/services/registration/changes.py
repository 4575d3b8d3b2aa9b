"""A whole sitting is cancelled or moved.

Seats, keycodes, adjustments and papers go along with a move; a paper for which the gate was open already is burned
and another is drawn. A cancelled sitting uses up nobody's attempt: what was not handed in is void, and a paper
that was begun counts as met. What was handed in stands.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from proctoring.events import event
from sjt.rules.refusals import BadInput, NotNow, Stale
from sjt.services import timekeeping
from sjt.services.papers_drawn import Drawers
from sjt.services.registration import bookings
from sjt.services.registration import sittings as scheduling
from sjt.services.registration.sittings import Entry
from sjt.stores import attempts, board, changes, people, seats, shifts, sittings
from sjt.stores.board import Held
from sjt.stores.changes import CANCELLED, MOVED, Contact, Kept
from sjt.stores.people import Person
from sjt.stores.sittings import Sitting, SittingFacts

a = attempts.a


@dataclass(frozen=True)
class Standing:
    """How far the seats of a sitting are: booked at all, gate open, begun and not closed, closed with a script."""

    seats: int
    opened: int
    begun: int
    done: int


def standing(conn: sa.Connection, sitting: Sitting) -> Standing:
    """What a change would touch."""
    booked = len(seats.of_sitting(conn, sitting.id))
    found = attempts.of_sitting(conn, sitting.id)
    done = sum(one.closed_at is not None and one.closed_as != "void" for one in found)
    going = [one for one in found if one.closed_at is None]
    begun = sum(one.started_at is not None for one in going)
    return Standing(booked, sum(one.opened_at is not None for one in going) - begun, begun, done)


def cancel(
    conn: sa.Connection, sitting: Sitting, reason: str, begun: int, by: Person, request_id: str, now: dt.datetime
) -> bool:
    """Cancel a sitting with everybody who is booked. False when this very request was carried out before.

    ``begun`` is how many had begun when the manager looked: Stale when it is another number now. So of a Begin and
    a cancellation at the same moment one is done, never both.
    """
    held = _held(conn, sitting)
    told = Kept(CANCELLED, reason, scheduling.changed_facts(held), {"begun": begun})
    if not changes.keep(conn, held.id, told, by.id, request_id, now):
        return False
    if held.cancelled_at is not None:
        raise NotNow("sitting.cancelled")
    going = [one for one in _all_held(conn, held, now) if not _handed_in(one)]
    found = sum(one.attempt is not None and one.attempt.started_at is not None for one in going)
    if found != begun:
        raise Stale("sitting.begun_meanwhile", begun=found)
    for one in going:
        _void(conn, one, reason, by, now)
    sittings.mark_cancelled(conn, held.id, now)
    for shift in shifts.of_sitting(conn, held.id):
        shifts.end(conn, shift.id, by.id, reason, now)
    people.record(conn, by.id, "sitting.cancelled", "sitting", held.ref, now, reason=reason, begun=begun)
    return True


def move(
    conn: sa.Connection, sitting: Sitting, entry: Entry, reason: str, by: Person, request_id: str, now: dt.datetime
) -> bool:
    """Move a sitting to other times or another venue. False when this very request was carried out before.

    BadInput names everybody who would not fit. NotNow once somebody has begun: their paper goes nowhere else.
    """
    held = _held(conn, sitting)
    if held.cancelled_at is not None:
        raise NotNow("sitting.cancelled")
    facts = scheduling.moved_facts(conn, held, entry, now)
    if not scheduling.moved_for_people(held, facts):
        raise BadInput([("day", "sitting.not_moved", {})])
    if not changes.keep(
        conn,
        held.id,
        Kept(MOVED, reason, scheduling.changed_facts(held), scheduling.changed_facts(facts)),
        by.id,
        request_id,
        now,
    ):
        return False
    found = list(_all_held(conn, held, now))
    begun = sum(one.attempt is not None and one.attempt.started_at is not None for one in found)
    if begun:
        raise NotNow("sitting.has_begun", begun=begun)
    sittings.change(conn, held.id, facts)
    drawers = Drawers(now)
    for one in found:
        _carry(conn, one, facts, by, drawers, now)
    people.record(
        conn, by.id, "sitting.moved", "sitting", held.ref, now, reason=reason, **scheduling.changed_facts(facts)
    )
    return True


def to_tell(conn: sa.Connection, sitting: Sitting) -> list[Contact]:
    """Who must be told of a change: the candidates, their employers and providers, and the invigilators."""
    staff = [Contact("Invigilator", one.name, "", one.email, "", "") for one in sittings.staff_of(conn, sitting.id)]
    return changes.candidates_of(conn, sitting.id, sitting.cancelled_at) + staff


def _held(conn: sa.Connection, sitting: Sitting) -> Sitting:
    held = sittings.by_ref(conn, sitting.ref, lock=True) or sitting
    if held.signed_off_at is not None:
        raise NotNow("invigilation.signed_off")
    return held


def _all_held(conn: sa.Connection, sitting: Sitting, now: dt.datetime) -> Iterator[Held]:
    """Every seat with its attempt, locked in one order; what is over by rule is written down as over first."""
    for seat in sorted(seats.of_sitting(conn, sitting.id), key=lambda seat: seat.id):
        held = board.hold(conn, seat.id)
        if held is not None and held.attempt is not None and timekeeping.expire(conn, held.attempt.id, now):
            held = board.hold(conn, seat.id)
        if held is not None:
            yield held


def _handed_in(held: Held) -> bool:
    return held.attempt is not None and held.attempt.closed_at is not None


def _void(conn: sa.Connection, held: Held, reason: str, by: Person, now: dt.datetime) -> None:
    if held.attempt is not None:
        void = {"closed_at": now, "closed_as": "void", "closed_by": by.id, "closed_reason": reason}
        told = event("void", now, by.ref, reason=reason, finished_at=None, receipt=None)
        if not attempts.record(conn, held.attempt.id, told, {**void, "writable_until": None}, a.c.closed_at.is_(None)):
            raise Stale("sitting.changed_meanwhile")
    changes.cancel_seat(conn, held.seat.id, by.id, reason, now)
    people.record(conn, by.id, "seat.cancelled", "seat", held.seat.ref, now, reason=reason)


def _carry(
    conn: sa.Connection, held: Held, facts: SittingFacts, by: Person, drawers: Drawers, now: dt.datetime
) -> None:
    """Take a seat along: its gate is shut again, and a paper that could have been seen gives way to another."""
    changes.forget_register(conn, held.seat.id)
    if held.attempt is None:
        return
    burned = held.attempt.opened_at is not None
    told = event(
        "sitting_moved", now, by.ref, **scheduling.changed_facts(facts), **({"gate": "closed"} if burned else {})
    )
    still = sa.and_(a.c.started_at.is_(None), a.c.closed_at.is_(None))
    if not attempts.record(conn, held.attempt.id, told, {"opened_at": None, "opened_by": None}, still):
        raise Stale("sitting.changed_meanwhile")
    if burned:
        bookings.draw(conn, held.seat.id, held.seat.ref, drawers, now)
