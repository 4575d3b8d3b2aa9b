"""Sittings: scheduled, invigilated windows, and the people named for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field

import sqlalchemy as sa

from proctoring.lockdown import Level
from sjt.db import for_update
from sjt.stores import people
from sjt.stores.people import Person, new_ref
from sjt.stores.tables import attempts, papers, seats, sitting_staff, sittings


@dataclass(frozen=True)
class SittingFacts:
    """What a manager lays down of a sitting. ``spec_id`` is the full dated id, ``lockdown`` a ``Level``."""

    title: str
    venue: str
    spec_id: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    set_up_minutes: int
    staff_needed: int
    lockdown: str = field(default=Level.OPEN.value, kw_only=True)
    remote: bool = False
    meeting: str | None = None  # where the organisation's video call is
    rooms: Sequence[str] = ()
    venue_verified_by: str | None = None
    venue_verified_on: dt.date | None = None

    @property
    def slot_minutes(self) -> int:
        """Whole minutes from the start to the end."""
        return int((self.ends_at - self.starts_at) / dt.timedelta(minutes=1))


@dataclass(frozen=True, kw_only=True)
class Sitting(SittingFacts):
    """A sitting as it stands."""

    id: int
    ref: str
    cancelled_at: dt.datetime | None
    signed_off_at: dt.datetime | None
    signed_off_by: int | None


@dataclass(frozen=True)
class Listed:
    """A sitting with what a list says of it."""

    sitting: Sitting
    seats: int
    staff: int
    papers: int

    @property
    def staff_short(self) -> int:
        """How many more invigilators must be named."""
        return max(0, self.sitting.staff_needed - self.staff)

    @property
    def without_paper(self) -> int:
        """Seats for which no paper is drawn."""
        return self.seats - self.papers


COLUMNS = [
    sittings.c.id, sittings.c.ref, sittings.c.title, sittings.c.venue, sittings.c.spec_id, sittings.c.starts_at,
    sittings.c.ends_at, sittings.c.set_up_minutes, sittings.c.staff_needed, sittings.c.cancelled_at,
    sittings.c.signed_off_at, sittings.c.signed_off_by, sittings.c.lockdown, sittings.c.remote,
    sittings.c.meeting, sittings.c.rooms,
    sittings.c.venue_verified_by, sittings.c.venue_verified_on,
]  # fmt: skip
STANDS = sittings.c.cancelled_at.is_(None)
BOOKED = seats.c.cancelled_at.is_(None)


def by_ref(conn: sa.Connection, ref: str, lock: bool = False) -> Sitting | None:
    """A sitting by its reference; ``lock`` keeps others from changing or booking it meanwhile."""
    query = sa.select(*COLUMNS).where(sittings.c.ref == ref)
    row = conn.execute(for_update(query) if lock else query).one_or_none()
    return Sitting(**row._mapping) if row else None


def by_id(conn: sa.Connection, sitting_id: int) -> Sitting:
    """A sitting by its id. NoResultFound when there is none."""
    return Sitting(**conn.execute(sa.select(*COLUMNS).where(sittings.c.id == sitting_id)).one()._mapping)


def by_ids(conn: sa.Connection, ids: Collection[int]) -> dict[int, Sitting]:
    """Sittings by their ids."""
    rows = conn.execute(sa.select(*COLUMNS).where(sittings.c.id.in_(list(ids)))) if ids else ()
    return {row.id: Sitting(**row._mapping) for row in rows}


def add(conn: sa.Connection, facts: SittingFacts, by: int, now: dt.datetime) -> Sitting:
    """Add a sitting."""
    row = {**asdict(facts), "ref": new_ref(), "created_by": by, "created_at": now}
    added = conn.execute(sittings.insert().values(**row).returning(sittings.c.id))
    return by_id(conn, added.scalar_one())


def change(conn: sa.Connection, sitting_id: int, facts: SittingFacts) -> None:
    """Lay a sitting down anew."""
    conn.execute(sittings.update().where(sittings.c.id == sitting_id).values(**asdict(facts)))


def mark_cancelled(conn: sa.Connection, sitting_id: int, now: dt.datetime) -> None:
    """Cancel a sitting; a second time changes nothing."""
    conn.execute(sittings.update().where(sittings.c.id == sitting_id, STANDS).values(cancelled_at=now))


def mark_signed_off(conn: sa.Connection, sitting_id: int, by: int, now: dt.datetime) -> bool:
    """Sign a sitting off, once. False when it was signed off or cancelled meanwhile."""
    stands = sa.and_(sittings.c.id == sitting_id, STANDS, sittings.c.signed_off_at.is_(None))
    return conn.execute(sittings.update().where(stands).values(signed_off_at=now, signed_off_by=by)).rowcount == 1


def gate_opened(conn: sa.Connection, sitting_id: int) -> bool:
    """Whether the gate was opened for anybody of a sitting."""
    opened = sa.and_(attempts.c.sitting_id == sitting_id, attempts.c.opened_at.is_not(None))
    return conn.scalar(sa.select(attempts.c.id).where(opened).limit(1)) is not None


def staff_of(conn: sa.Connection, sitting_id: int) -> list[Person]:
    """The invigilators named for a sitting, by name."""
    ids = conn.scalars(sa.select(sitting_staff.c.person_id).where(sitting_staff.c.sitting_id == sitting_id)).all()
    return sorted(people.by_ids(conn, ids).values(), key=lambda person: (person.name, person.id))


def is_staff(conn: sa.Connection, sitting_id: int, person_id: int) -> bool:
    """Whether a person is named for a sitting."""
    named = sa.select(sitting_staff.c.person_id).where(
        sitting_staff.c.sitting_id == sitting_id, sitting_staff.c.person_id == person_id
    )
    return conn.scalar(named) is not None


def name_staff(conn: sa.Connection, sitting_id: int, ids: Collection[int], by: int, now: dt.datetime) -> None:
    """Let exactly these people be named; who was named before keeps the name and moment of that."""
    here = sitting_staff.c.sitting_id == sitting_id
    named = set(conn.scalars(sa.select(sitting_staff.c.person_id).where(here)))
    conn.execute(sitting_staff.delete().where(here, sitting_staff.c.person_id.in_(named - set(ids))))
    rows = [
        {"sitting_id": sitting_id, "person_id": person, "named_by": by, "named_at": now}
        for person in sorted(set(ids) - named)
    ]
    if rows:
        conn.execute(sitting_staff.insert(), rows)


def coming(conn: sa.Connection, now: dt.datetime, until: dt.datetime | None = None) -> list[Listed]:
    """Sittings that have not ended, soonest first; those that begin before ``until``."""
    soon = sittings.c.starts_at < until if until else sa.true()
    return _listed(conn, sa.and_(STANDS, sittings.c.ends_at > now, soon), sittings.c.starts_at.asc())


def past(conn: sa.Connection, now: dt.datetime, limit: int, offset: int = 0) -> list[Listed]:
    """Sittings that have ended or were cancelled, latest first."""
    gone = sa.or_(sittings.c.ends_at <= now, sittings.c.cancelled_at.is_not(None))
    return _listed(conn, gone, sittings.c.starts_at.desc(), limit, offset)


def of_person(conn: sa.Connection, person_id: int) -> list[Listed]:
    """The sittings for which a person is named, latest first."""
    named = sa.select(sitting_staff.c.sitting_id).where(sitting_staff.c.person_id == person_id)
    return _listed(conn, sa.and_(STANDS, sittings.c.id.in_(named)), sittings.c.starts_at.desc())


def _listed(
    conn: sa.Connection,
    condition: sa.ColumnElement[bool],
    order: sa.ColumnElement[dt.datetime],
    limit: int | None = None,
    offset: int = 0,
) -> list[Listed]:
    counts = [
        _count(seats, sa.and_(BOOKED, seats.c.sitting_id == sittings.c.id)).label("seats"),
        _count(sitting_staff, sitting_staff.c.sitting_id == sittings.c.id).label("staff"),
        _count(papers.join(attempts).join(seats), sa.and_(BOOKED, seats.c.sitting_id == sittings.c.id)).label("papers"),
    ]
    query = sa.select(*COLUMNS, *counts).where(condition).order_by(order, sittings.c.id).limit(limit).offset(offset)
    names = [column.name for column in COLUMNS]
    return [
        Listed(Sitting(**{name: row._mapping[name] for name in names}), row.seats, row.staff, row.papers)
        for row in conn.execute(query)
    ]


def _count(source: sa.FromClause, of_the_sitting: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    """How many rows of ``source`` belong to the sitting of the outer query."""
    return sa.select(sa.func.count()).select_from(source).where(of_the_sitting).correlate(sittings).scalar_subquery()
