"""Keycode slips: who was shown which keycodes for printing, and when. The keycodes themselves are kept nowhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from sjt.stores import tables as t
from sjt.stores.seats import Seat

p = t.slip_prints


@dataclass(frozen=True)
class Printed:
    """One printing: by whom, when, and of how many slips."""

    name: str
    at: dt.datetime
    slips: Sequence[str]


def slip(seat: Seat) -> str:
    """What names the slip of a seat without its keycode: a keycode issued anew has another slip."""
    return f"{seat.ref}/{seat.keycode_issue}"


def keep(conn: sa.Connection, sitting_id: int, booked: Sequence[Seat], by: int, now: dt.datetime) -> None:
    """Keep that the slips of these seats were shown for printing."""
    row = {"sitting_id": sitting_id, "printed_by": by, "printed_at": now, "slips": [slip(seat) for seat in booked]}
    conn.execute(p.insert().values(**row))


def of_sitting(conn: sa.Connection, sitting_id: int) -> list[Printed]:
    """The printings of a sitting, newest first."""
    query = sa.select(t.people.c.name, p.c.printed_at, p.c.slips).join(t.people, t.people.c.id == p.c.printed_by)
    rows = conn.execute(query.where(p.c.sitting_id == sitting_id).order_by(p.c.id.desc()))
    return [Printed(*row) for row in rows]


def unprinted(printings: Sequence[Printed], booked: Sequence[Seat]) -> list[Seat]:
    """The seats whose slip, as it stands, was never printed."""
    known = {one for printing in printings for one in printing.slips}
    return [seat for seat in booked if slip(seat) not in known]
