"""Reopenings: who let a closed attempt go on, why and for how long; and how it had been closed before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from proctoring.timing import Reopening
from sjt.stores import tables as t
from sjt.stores.attempts import Attempt
from sjt.stores.people import new_ref

r = t.reopenings


@dataclass(frozen=True)
class Reopened:
    """One reopening as stored, with its person by id. ``seconds`` 0: only to enter an emergency file."""

    ref: str
    seconds: int
    reason: str
    reopened_by: int
    reopened_at: dt.datetime
    closed_as: str
    closed_at: dt.datetime
    finished_at: dt.datetime | None
    receipt: str | None
    script: int
    returned_at: dt.datetime | None
    lapsed_at: dt.datetime | None


def asked_before(conn: sa.Connection, attempt_id: int, request_id: str) -> bool:
    """Whether a request to reopen an attempt was carried out already."""
    return conn.scalar(sa.select(r.c.id).where(r.c.attempt_id == attempt_id, r.c.request_id == request_id)) is not None


def add(
    conn: sa.Connection,
    held: Attempt,
    seconds: int,
    reason: str,
    by: int,
    request_id: str,
    now: dt.datetime,
    gap_id: int | None,
) -> None:
    """Note a reopening and how the attempt had been closed. IntegrityError for a request carried out before."""
    row = {
        "ref": new_ref(), "sitting_id": held.sitting_id, "attempt_id": held.id, "seconds": seconds, "reason": reason,
        "reopened_by": by, "reopened_at": now, "request_id": request_id, "closed_as": held.closed_as,
        "closed_at": held.closed_at, "finished_at": held.finished_at, "receipt": held.receipt, "script": held.script,
        "gap_id": gap_id,
    }  # fmt: skip
    conn.execute(r.insert().values(**row))


def _waiting(attempt_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(r.c.attempt_id == attempt_id, r.c.returned_at.is_(None), r.c.lapsed_at.is_(None))


def used(conn: sa.Connection, attempt_id: int, now: dt.datetime) -> None:
    """The candidate has returned, or what was to be entered is entered."""
    conn.execute(r.update().where(_waiting(attempt_id)).values(returned_at=now))


def lapsed(conn: sa.Connection, attempt_id: int, now: dt.datetime) -> None:
    """Nobody has returned."""
    conn.execute(r.update().where(_waiting(attempt_id)).values(lapsed_at=now))


def last_used(conn: sa.Connection, attempt_id: int) -> Reopening | None:
    """The newest reopening that gave working time and was used."""
    worked = sa.and_(r.c.attempt_id == attempt_id, r.c.returned_at.is_not(None), r.c.seconds > 0)
    row = conn.execute(
        sa.select(r.c.reopened_at, r.c.seconds, r.c.returned_at).where(worked).order_by(r.c.id.desc()).limit(1)
    ).one_or_none()
    return Reopening(row.reopened_at, row.seconds, row.returned_at) if row else None


def of(conn: sa.Connection, attempt_id: int) -> list[Reopened]:
    """All reopenings of an attempt in order."""
    columns = (r.c[name] for name in Reopened.__dataclass_fields__)
    query = sa.select(*columns).where(r.c.attempt_id == attempt_id).order_by(r.c.id)
    return [Reopened(*row) for row in conn.execute(query)]
