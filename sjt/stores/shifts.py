"""Who invigilates from when until when, and where a person let the gate open with too few."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from sjt.rules.ratio import Override
from sjt.stores import tables as t

s, o, a = t.shifts, t.ratio_overrides, t.attempts
LASTS = s.c.until_at.is_(None)


@dataclass(frozen=True)
class Shift:
    """One person's time in a room. ``until_at`` is None while they are there."""

    id: int
    person_id: int
    person_ref: str
    name: str
    from_at: dt.datetime
    until_at: dt.datetime | None
    reason: str | None
    relieved_by: int | None


@dataclass(frozen=True)
class Said:
    """An override as it is read: what was covered, by whom, when and why."""

    covers: Override
    name: str
    at: dt.datetime
    reason: str


def of_sitting(conn: sa.Connection, sitting_id: int) -> list[Shift]:
    """All shifts of a sitting in the order in which they began."""
    query = (
        sa.select(
            s.c.id,
            s.c.person_id,
            t.people.c.ref,
            t.people.c.name,
            s.c.from_at,
            s.c.until_at,
            s.c.reason,
            s.c.relieved_by,
        )
        .join(t.people, t.people.c.id == s.c.person_id)
        .where(s.c.sitting_id == sitting_id)
        .order_by(s.c.from_at, s.c.id)
    )
    return [Shift(*row) for row in conn.execute(query)]


def present(conn: sa.Connection, sitting_id: int) -> int:
    """How many are signed in now."""
    query = sa.select(sa.func.count()).select_from(s).where(s.c.sitting_id == sitting_id, LASTS)
    return int(conn.execute(query).scalar_one())


def elsewhere(
    conn: sa.Connection, person_id: int, sitting_id: int
) -> sa.Row[tuple[int, str, dt.datetime, bool]] | None:
    """The shift that a person has not ended in another sitting: its id, that sitting's title and end, if it is over."""
    over = sa.or_(t.sittings.c.signed_off_at.is_not(None), t.sittings.c.cancelled_at.is_not(None))
    query = sa.select(s.c.id, t.sittings.c.title, t.sittings.c.ends_at, over.label("over")).join(t.sittings)
    return conn.execute(query.where(s.c.person_id == person_id, s.c.sitting_id != sitting_id, LASTS)).one_or_none()


def begin(conn: sa.Connection, sitting_id: int, person_id: int, now: dt.datetime) -> bool:
    """Sign somebody in. False when they are signed in already: nobody is in two rooms at a time."""
    try:
        with conn.begin_nested():
            conn.execute(s.insert().values(sitting_id=sitting_id, person_id=person_id, from_at=now))
    except IntegrityError:
        return False
    return True


def end(
    conn: sa.Connection, shift_id: int, by: int, reason: str, now: dt.datetime, relieved_by: int | None = None
) -> bool:
    """Sign somebody out, once: of two who do it at the same moment one does."""
    told = {"until_at": now, "ended_by": by, "reason": reason, "relieved_by": relieved_by}
    return conn.execute(s.update().where(s.c.id == shift_id, LASTS).values(**told)).rowcount == 1


def inside(conn: sa.Connection, sitting_id: int) -> int:
    """Candidates for whom the gate is open and who are not closed."""
    sits = sa.and_(a.c.sitting_id == sitting_id, a.c.opened_at.is_not(None), a.c.closed_at.is_(None))
    return int(conn.execute(sa.select(sa.func.count()).select_from(a).where(sits)).scalar_one())


def override(
    conn: sa.Connection, sitting_id: int, covers: Override, reason: str, by: int, request_id: str, now: dt.datetime
) -> bool:
    """Keep an override. False when this very request was carried out before."""
    row = {"sitting_id": sitting_id, "candidates": covers.candidates, "present": covers.present, "reason": reason}
    try:
        with conn.begin_nested():
            conn.execute(o.insert().values(**row, given_by=by, given_at=now, request_id=request_id))
    except IntegrityError:
        return False
    return True


def overrides(conn: sa.Connection, sitting_id: int) -> list[Said]:
    """The overrides of a sitting, oldest first."""
    query = sa.select(o, t.people.c.name).join(t.people, t.people.c.id == o.c.given_by)
    rows = conn.execute(query.where(o.c.sitting_id == sitting_id).order_by(o.c.id))
    return [Said(Override(row.candidates, row.present), row.name, row.given_at, row.reason) for row in rows]
