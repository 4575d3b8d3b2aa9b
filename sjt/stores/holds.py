"""Holds: scripts that closed while they were suspended. Nothing of them is released until a manager lifts it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from sjt.stores import tables as t
from sjt.stores.attempts import Attempt

h = t.holds


@dataclass(frozen=True)
class Hold:
    """A hold on one script, with its people by id."""

    held_by: int
    held_at: dt.datetime
    lifted_by: int | None
    lifted_at: dt.datetime | None
    lifted_reason: str | None


def add(conn: sa.Connection, attempt: Attempt, by: int, now: dt.datetime) -> None:
    """Hold a script. IntegrityError when it is held already: a sitting is signed off once."""
    conn.execute(h.insert().values(sitting_id=attempt.sitting_id, attempt_id=attempt.id, held_by=by, held_at=now))


def lift(conn: sa.Connection, attempt_id: int, by: int, reason: str, now: dt.datetime) -> bool:
    """Lift a hold, once: of two who do it at the same moment one does."""
    lasting = sa.and_(h.c.attempt_id == attempt_id, h.c.lifted_at.is_(None))
    told = {"lifted_by": by, "lifted_at": now, "lifted_reason": reason}
    return conn.execute(h.update().where(lasting).values(**told)).rowcount == 1


def of_sitting(conn: sa.Connection, sitting_id: int) -> dict[int, Hold]:
    """The holds of a sitting, lifted or not, by attempt id."""
    columns = (h.c[name] for name in Hold.__dataclass_fields__)
    rows = conn.execute(sa.select(h.c.attempt_id, *columns).where(h.c.sitting_id == sitting_id))
    return {row[0]: Hold(*row[1:]) for row in rows}


def lasting(conn: sa.Connection, sitting_id: int) -> frozenset[int]:
    """The attempts of a sitting that are held now."""
    return frozenset(number for number, hold in of_sitting(conn, sitting_id).items() if hold.lifted_at is None)
