"""The invigilation pack: what is printed for a sitting and kept with its register.

The attendance register has a box for each time that is written in by hand, the seating plan shows each desk
with its arrangements, the instructions are the specification's, and each candidate has a slip with their keycode.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from proctoring.timing import entitled_minutes
from sjt.rules.eligibility import percents_in_force, rest_minutes_in_force
from sjt.rules.plan import Specification
from sjt.services.keycodes import keycode
from sjt.services.product import Product
from sjt.services.registration import plans
from sjt.services.registration.gateway import as_rule
from sjt.stores import candidates, helpers, people, seats, slips
from sjt.stores.helpers import Helper
from sjt.stores.people import Person
from sjt.stores.seats import Seat
from sjt.stores.sittings import Sitting

PARTS = ("register", "seating", "instructions")


@dataclass(frozen=True)
class Line:
    """A candidate as the pack shows them: working time with what was added to it, and minutes of rest breaks."""

    seat: Seat
    minutes: int
    percent: int
    rest_minutes: int
    helpers: tuple[Helper, ...] = ()


@dataclass(frozen=True)
class Room:
    """A room with its desks in order. The name is empty where the sitting has one room only."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Pack:
    """All that the pack says of a sitting."""

    sitting: Sitting
    plan: Specification
    staff: tuple[Person, ...]
    rooms: tuple[Room, ...]


def pack_of(conn: sa.Connection, sitting: Sitting, staff: Sequence[Person]) -> Pack:
    """The pack of a sitting, from what is stored."""
    plan = plans.pinned(sitting.spec_id)
    lines = _lines(conn, sitting, plan)
    names = dict.fromkeys([*sitting.rooms, *sorted({line.seat.room or "" for line in lines})])
    rooms = [Room(name, tuple(line for line in lines if (line.seat.room or "") == name)) for name in names]
    return Pack(sitting, plan, tuple(staff), tuple(room for room in rooms if room.lines))


def _lines(conn: sa.Connection, sitting: Sitting, plan: Specification) -> list[Line]:
    booked = seats.of_sitting(conn, sitting.id)
    entered = candidates.adjustments_of(conn, [seat.candidate.id for seat in booked])
    helping = helpers.of_sitting(conn, sitting.id)
    made = []
    for seat in booked:
        own = as_rule(entered[seat.candidate.id])
        percents = percents_in_force(own, sitting.starts_at)
        minutes, rest = entitled_minutes(plan.minutes, percents), rest_minutes_in_force(own, sitting.starts_at)
        made.append(Line(seat, minutes, max(percents, default=0), rest, tuple(helping.get(seat.id, ()))))
    return made


def print_slips(
    conn: sa.Connection, product: Product, sitting: Sitting, by: Person, now: dt.datetime
) -> list[tuple[Seat, str]]:
    """Every seat with its keycode, to print and cut. Keycodes are secrets: who was shown them, and when, is kept."""
    booked = seats.of_sitting(conn, sitting.id)
    if booked:
        slips.keep(conn, sitting.id, booked, by.id, now)
        people.record(conn, by.id, "slips.printed", "sitting", sitting.ref, now, slips=len(booked))
    return [(seat, keycode(product, seat.ref, seat.keycode_issue)) for seat in booked]
