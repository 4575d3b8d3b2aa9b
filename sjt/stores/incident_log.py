"""The incident log of a sitting: entered by hand or raised by a rule, never changed; a correction is a new entry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from sjt.stores import tables as t
from sjt.stores.people import new_ref

i, s = t.incidents, t.incident_seats
LEFT, RETURNED = "left_room", "back_in_room"


@dataclass(frozen=True)
class New:
    """An incident to enter. ``attempt_id`` where it is about one begun paper alone: the board shows it there."""

    kind: str
    words: str
    happened_at: dt.datetime
    seat_ids: Collection[int]
    attempt_id: int | None = None


@dataclass(frozen=True)
class Logged:
    """An entry of the log. ``happened_at`` is what was said, ``at`` when it was entered; no name where a rule did."""

    kind: str
    words: str
    happened_at: dt.datetime
    at: dt.datetime
    by: str | None
    seat_ids: frozenset[int]


def add(conn: sa.Connection, sitting_id: int, new: New, by: int, request_id: str, now: dt.datetime) -> bool:
    """Enter an incident. False when this very request was carried out before."""
    row = {"ref": new_ref(), "sitting_id": sitting_id, "attempt_id": new.attempt_id, "kind": new.kind}
    told = {"words": new.words, "happened_at": new.happened_at, "at": now, "noted_by": by, "request_id": request_id}
    try:
        with conn.begin_nested():
            added = conn.execute(i.insert().values(**row, **told).returning(i.c.id)).scalar_one()
    except IntegrityError:
        return False
    if new.seat_ids:
        conn.execute(s.insert(), [{"incident_id": added, "seat_id": seat} for seat in sorted(new.seat_ids)])
    return True


def of_sitting(conn: sa.Connection, sitting_id: int) -> list[Logged]:
    """The log in the order in which things happened: three statements for any length."""
    here = i.c.sitting_id == sitting_id
    named: dict[int, set[int]] = {}
    for incident, seat in conn.execute(sa.select(s.c.incident_id, s.c.seat_id).join(i).where(here)):
        named.setdefault(incident, set()).add(seat)
    query = (
        sa.select(i.c.id, i.c.kind, i.c.words, i.c.happened_at, i.c.at, t.people.c.name, t.attempts.c.seat_id)
        .outerjoin(t.people, t.people.c.id == i.c.noted_by)
        .outerjoin(t.attempts, t.attempts.c.id == i.c.attempt_id)
        .where(here)
    )
    found = []
    for row in conn.execute(query.order_by(sa.func.coalesce(i.c.happened_at, i.c.at), i.c.id)):
        seats = named.get(row.id, set()) | ({row.seat_id} if row.seat_id else set())
        found.append(Logged(row.kind, row.words, row.happened_at or row.at, row.at, row.name, frozenset(seats)))
    return found


def asked_before(conn: sa.Connection, sitting_id: int, request_id: str) -> bool:
    """Whether a request to enter an incident was carried out already."""
    return conn.scalar(sa.select(i.c.id).where(i.c.sitting_id == sitting_id, i.c.request_id == request_id)) is not None


def movement(conn: sa.Connection, attempt_id: int) -> str | None:
    """Whether a candidate left the room or returned last; None when they never left."""
    moved = sa.and_(i.c.attempt_id == attempt_id, i.c.kind.in_((LEFT, RETURNED)))
    return conn.scalar(sa.select(i.c.kind).where(moved).order_by(i.c.id.desc()).limit(1))
