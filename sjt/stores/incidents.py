"""Incidents: what happened in a sitting or to one attempt, said at the moment. An incident is never a verdict."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from sjt.stores import tables as t
from sjt.stores.people import new_ref


@dataclass(frozen=True)
class Incident:
    """One incident. ``attempt_id`` is None when it is about the whole sitting, ``noted_by`` when a rule raised it."""

    ref: str
    attempt_id: int | None
    kind: str
    words: str
    at: dt.datetime
    noted_by: str | None


def add(
    conn: sa.Connection,
    sitting_id: int,
    attempt_id: int | None,
    kind: str,
    words: str,
    now: dt.datetime,
    by: int | None = None,
) -> str:
    """Keep an incident; returns its reference."""
    row = {"ref": new_ref(), "sitting_id": sitting_id, "attempt_id": attempt_id, "kind": kind, "words": words}
    conn.execute(t.incidents.insert().values(**row, at=now, noted_by=by))
    return str(row["ref"])


def newest(conn: sa.Connection, sitting_id: int) -> dict[int, str]:
    """The words of the newest incident of each attempt of a sitting that has one."""
    i = t.incidents.c
    query = sa.select(i.attempt_id, i.words).where(i.sitting_id == sitting_id, i.attempt_id.is_not(None))
    return {row.attempt_id: row.words for row in conn.execute(query.order_by(i.at, i.id))}


def of_sitting(conn: sa.Connection, sitting_id: int) -> list[Incident]:
    """The incidents of a sitting, newest first."""
    i = t.incidents
    rows = conn.execute(
        sa.select(i.c.ref, i.c.attempt_id, i.c.kind, i.c.words, i.c.at, t.people.c.name)
        .outerjoin(t.people, t.people.c.id == i.c.noted_by)
        .where(i.c.sitting_id == sitting_id)
        .order_by(i.c.at.desc(), i.c.id.desc())
    )
    return [Incident(*row) for row in rows]
