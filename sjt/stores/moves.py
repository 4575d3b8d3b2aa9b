"""Moves: a candidate sits down at another place in the room."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from sjt.stores import tables as t
from sjt.stores.seats import Seat

m, s = t.moves, t.seats


def asked_before(conn: sa.Connection, seat_id: int, request_id: str) -> bool:
    """Whether a request to move a seat's candidate was carried out already."""
    return conn.scalar(sa.select(m.c.id).where(m.c.seat_id == seat_id, m.c.request_id == request_id)) is not None


def move(conn: sa.Connection, seat: Seat, number: int, reason: str, by: int, request_id: str, now: dt.datetime) -> bool:
    """Give a seat another number of its sitting. False, and nothing done, when somebody else has that number."""
    row = {"sitting_id": seat.sitting_id, "seat_id": seat.id, "from_number": seat.number, "to_number": number}
    told = {"reason": reason, "moved_by": by, "moved_at": now, "request_id": request_id}
    try:
        with conn.begin_nested():
            conn.execute(s.update().where(s.c.id == seat.id).values(number=number))
            conn.execute(m.insert().values(**row, **told))
    except IntegrityError:
        return False
    return True
