"""Who reads, writes or signs for one candidate: their identity and their interest go on record."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from sjt.stores import tables as t
from sjt.stores.people import new_ref
from sjt.stores.seats import Seat

h = t.helpers
KINDS = ("reader", "scribe", "practical", "interpreter")


@dataclass(frozen=True)
class NewHelper:
    """A helper as entered. ``interest`` is what they have to do with the candidate, with why they help all the same."""

    name: str
    kind: str
    identity_document: str
    interest: str | None
    interest_reason: str | None


@dataclass(frozen=True)
class Helper(NewHelper):
    """A helper as they stand."""

    ref: str
    seat_id: int


def add(conn: sa.Connection, seat: Seat, new: NewHelper, by: int, now: dt.datetime) -> str:
    """Keep a helper; returns the reference."""
    row = {"ref": new_ref(), "sitting_id": seat.sitting_id, "seat_id": seat.id, **asdict(new)}
    conn.execute(h.insert().values(**row, added_by=by, added_at=now))
    return str(row["ref"])


def remove(conn: sa.Connection, ref: str, seat_id: int, by: int, now: dt.datetime) -> bool:
    """Take a helper off, once; the row stays."""
    stands = sa.and_(h.c.ref == ref, h.c.seat_id == seat_id, h.c.removed_at.is_(None))
    return conn.execute(h.update().where(stands).values(removed_at=now, removed_by=by)).rowcount == 1


def of_sitting(conn: sa.Connection, sitting_id: int) -> dict[int, list[Helper]]:
    """The helpers of a sitting who stand, by seat id."""
    names = ("name", "kind", "identity_document", "interest", "interest_reason", "ref", "seat_id")
    query = sa.select(*(h.c[name] for name in names)).where(h.c.sitting_id == sitting_id, h.c.removed_at.is_(None))
    found: dict[int, list[Helper]] = {}
    for row in conn.execute(query.order_by(h.c.id)):
        found.setdefault(row.seat_id, []).append(Helper(**row._mapping))
    return found
