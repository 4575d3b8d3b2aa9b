"""Pauses: when the clock of an attempt stood still, why, and who stopped and started it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from proctoring.timing import Pause
from sjt.stores import tables as t

p = t.pauses


@dataclass(frozen=True)
class Stop:
    """One pause as stored, with its people by id. ``by_apprentice``: they ended a rest break themselves."""

    kind: str
    reason: str
    began_at: dt.datetime
    began_by: int
    ended_at: dt.datetime | None
    ended_by: int | None
    by_apprentice: bool


def begin(
    conn: sa.Connection,
    sitting_id: int,
    attempt_id: int,
    kind: str,
    reason: str,
    by: int,
    request_id: str,
    now: dt.datetime,
) -> None:
    """Note that the clock stops. IntegrityError when it stands already, or when this request was carried out."""
    row = {"sitting_id": sitting_id, "attempt_id": attempt_id, "kind": kind, "reason": reason}
    conn.execute(p.insert().values(**row, began_at=now, began_by=by, request_id=request_id))


def end(conn: sa.Connection, attempt_id: int, by: int | None, now: dt.datetime) -> bool:
    """Note that the clock goes on; ``by`` is None for the apprentice. False when it was not standing."""
    lasting = sa.and_(p.c.attempt_id == attempt_id, p.c.ended_at.is_(None))
    values = {"ended_at": now, "ended_by": by, "by_apprentice": by is None}
    return conn.execute(p.update().where(lasting).values(values)).rowcount == 1


def asked_before(conn: sa.Connection, attempt_id: int, request_id: str) -> bool:
    """Whether a request to pause an attempt was carried out already."""
    return conn.scalar(sa.select(p.c.id).where(p.c.attempt_id == attempt_id, p.c.request_id == request_id)) is not None


def of(conn: sa.Connection, attempt_ids: Collection[int]) -> dict[int, tuple[Pause, ...]]:
    """The pauses of attempts in the order in which they began; attempts without one are left out."""
    found: dict[int, list[Pause]] = {}
    if attempt_ids:
        query = sa.select(p.c.attempt_id, p.c.kind, p.c.began_at, p.c.ended_at)
        for row in conn.execute(query.where(p.c.attempt_id.in_(attempt_ids)).order_by(p.c.began_at, p.c.id)):
            found.setdefault(row.attempt_id, []).append(Pause(row.kind, row.began_at, row.ended_at))
    return {attempt_id: tuple(listed) for attempt_id, listed in found.items()}


def stops(conn: sa.Connection, attempt_id: int) -> list[Stop]:
    """The pauses of an attempt with their reasons and people."""
    columns = (p.c[name] for name in Stop.__dataclass_fields__)
    return [
        Stop(*row) for row in conn.execute(sa.select(*columns).where(p.c.attempt_id == attempt_id).order_by(p.c.id))
    ]
