"""Candidates, what is known of their gateway, and their adjustments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from sjt.db import for_update
from sjt.stores.people import new_ref
from sjt.stores.tables import adjustments, attempts, candidates, seats


@dataclass(frozen=True)
class CandidateFacts:
    """What a manager or a file says of a candidate. ``spec_name`` is a specification's short name."""

    number: str
    name: str
    email: str | None
    employer: str
    provider: str
    spec_name: str
    pathway: str


@dataclass(frozen=True)
class Candidate(CandidateFacts):
    """A candidate as they stand. ``person_id`` is their own sign-in, once they have one."""

    id: int
    ref: str
    person_id: int | None
    gateway_complete_at: dt.datetime | None
    gateway_by: int | None
    created_at: dt.datetime
    photo_id: str | None

    @property
    def facts(self) -> CandidateFacts:
        """Only what was entered."""
        return CandidateFacts(**{name: getattr(self, name) for name in ENTERED})


@dataclass(frozen=True)
class Adjustment:
    """An adjustment: its kind and value, who approved it, when, and from when it holds."""

    id: int
    candidate_id: int
    kind: str
    value: int
    approved_by: int
    approved_at: dt.datetime
    in_force_from: dt.datetime
    withdrawn_at: dt.datetime | None
    withdrawn_by: int | None


@dataclass(frozen=True)
class Search:
    """What a list of candidates is narrowed to. Empty words match everybody."""

    words: str = ""
    spec_name: str = ""
    pathway: str = ""
    gateway: bool | None = None
    unbooked: bool = False


ENTERED = ("number", "name", "email", "employer", "provider", "spec_name", "pathway")
COLUMNS = [
    candidates.c[name]
    for name in ("id", "ref", "person_id", "gateway_complete_at", "gateway_by", "created_at", "photo_id")
]
COLUMNS += [candidates.c[name] for name in ENTERED]
OF_ADJUSTMENT = [
    adjustments.c.id, adjustments.c.candidate_id, adjustments.c.kind, adjustments.c.value, adjustments.c.approved_by,
    adjustments.c.approved_at, adjustments.c.in_force_from, adjustments.c.withdrawn_at, adjustments.c.withdrawn_by,
]  # fmt: skip
SEARCHED = (candidates.c.number, candidates.c.name, candidates.c.email, candidates.c.employer, candidates.c.provider)


def by_ref(conn: sa.Connection, ref: str, lock: bool = False) -> Candidate | None:
    """A candidate by their reference; ``lock`` keeps others from changing them meanwhile."""
    query = sa.select(*COLUMNS).where(candidates.c.ref == ref)
    row = conn.execute(for_update(query) if lock else query).one_or_none()
    return Candidate(**row._mapping) if row else None


def by_ids(conn: sa.Connection, ids: Collection[int]) -> Mapping[int, Candidate]:
    """Candidates by their ids."""
    return {c.id: c for c in _candidates(conn, candidates.c.id.in_(list(ids)))} if ids else {}


def by_numbers(conn: sa.Connection, numbers: Collection[str]) -> Mapping[str, Candidate]:
    """Candidates by the organisation's own numbers. What holds a NUL is nobody's: PostgreSQL stores none."""
    sound = [number for number in numbers if "\0" not in number]
    return {c.number: c for c in _candidates(conn, candidates.c.number.in_(sound))} if sound else {}


def of_person(conn: sa.Connection, person_id: int) -> list[Candidate]:
    """The candidates that a sign-in stands for: one a specification."""
    return _candidates(conn, candidates.c.person_id == person_id)


def search(conn: sa.Connection, wanted: Search, limit: int | None = None, offset: int = 0) -> list[Candidate]:
    """Candidates by name, narrowed, one page of them."""
    return _candidates(conn, _matches(wanted), limit, offset)


def count(conn: sa.Connection, wanted: Search) -> int:
    """How many candidates a search finds."""
    return conn.execute(sa.select(sa.func.count()).select_from(candidates).where(_matches(wanted))).scalar_one()


def _matches(wanted: Search) -> sa.ColumnElement[bool]:
    conditions: list[sa.ColumnElement[bool]] = [sa.true()]
    for word in wanted.words.split():
        conditions.append(sa.or_(*(column.icontains(word, autoescape=True) for column in SEARCHED)))
    if wanted.spec_name:
        conditions.append(candidates.c.spec_name == wanted.spec_name)
    if wanted.pathway:
        conditions.append(candidates.c.pathway == wanted.pathway)
    if wanted.gateway is not None:
        complete = candidates.c.gateway_complete_at.is_not(None)
        conditions.append(complete if wanted.gateway else sa.not_(complete))
    if wanted.unbooked:
        conditions.append(candidates.c.id.not_in(sa.select(seats.c.candidate_id).where(seats.c.cancelled_at.is_(None))))
    return sa.and_(*conditions)


def _candidates(
    conn: sa.Connection, condition: sa.ColumnElement[bool], limit: int | None = None, offset: int = 0
) -> list[Candidate]:
    query = sa.select(*COLUMNS).where(condition).order_by(candidates.c.name, candidates.c.number)
    return [Candidate(**row._mapping) for row in conn.execute(query.limit(limit).offset(offset))]


def add(conn: sa.Connection, new: Sequence[CandidateFacts], by: int, now: dt.datetime) -> list[str]:
    """Add candidates; returns their references. IntegrityError when a number is taken."""
    rows = [{**asdict(facts), "ref": new_ref(), "created_by": by, "created_at": now} for facts in new]
    if rows:
        conn.execute(candidates.insert(), rows)
    return [str(row["ref"]) for row in rows]


def change(conn: sa.Connection, candidate_id: int, facts: CandidateFacts) -> None:
    """Enter a candidate anew. IntegrityError when the number is another's."""
    conn.execute(candidates.update().where(candidates.c.id == candidate_id).values(**asdict(facts)))


def link_person(conn: sa.Connection, candidate_id: int, person_id: int) -> bool:
    """Give a candidate their sign-in: true unless they have one already."""
    none = candidates.c.person_id.is_(None)
    done = conn.execute(candidates.update().where(candidates.c.id == candidate_id, none).values(person_id=person_id))
    return done.rowcount == 1


def complete_gateway(
    conn: sa.Connection, candidate_id: int, by: int, now: dt.datetime, photo_id: str | None = None
) -> bool:
    """Note that the gateway is complete, with the kind of document seen: true for the one who did it."""
    open_ = sa.and_(candidates.c.id == candidate_id, candidates.c.gateway_complete_at.is_(None))
    done = conn.execute(
        candidates.update().where(open_).values(gateway_complete_at=now, gateway_by=by, photo_id=photo_id)
    )
    return done.rowcount == 1


def reopen_gateway(conn: sa.Connection, candidate_id: int) -> bool:
    """Take the gateway back: true when it was done, false once a seat has been booked.

    A booking locks its candidates first, so that the two never pass each other.
    """
    conn.execute(for_update(sa.select(candidates.c.id).where(candidates.c.id == candidate_id)))
    unbooked = sa.and_(
        candidates.c.id == candidate_id,
        candidates.c.gateway_complete_at.is_not(None),
        candidates.c.id.not_in(sa.select(seats.c.candidate_id).where(seats.c.cancelled_at.is_(None))),
    )
    done = conn.execute(candidates.update().where(unbooked).values(gateway_complete_at=None, gateway_by=None))
    return done.rowcount == 1


def lock(conn: sa.Connection, ids: Collection[int]) -> None:
    """Hold candidates until the transaction ends, in one order for everybody."""
    conn.execute(for_update(sa.select(candidates.c.id).where(candidates.c.id.in_(list(ids))).order_by(candidates.c.id)))


def adjustments_of(conn: sa.Connection, ids: Collection[int]) -> Mapping[int, list[Adjustment]]:
    """The adjustments of candidates, withdrawn ones too, oldest first, by candidate id."""
    found: dict[int, list[Adjustment]] = {candidate_id: [] for candidate_id in ids}
    query = sa.select(*OF_ADJUSTMENT).where(adjustments.c.candidate_id.in_(list(ids))).order_by(adjustments.c.id)
    for row in conn.execute(query):
        found[row.candidate_id].append(Adjustment(**row._mapping))
    return found


def add_adjustment(
    conn: sa.Connection,
    candidate_id: int,
    kind: str,
    value: int,
    in_force_from: dt.datetime,
    by: int,
    now: dt.datetime,
) -> None:
    """Enter an adjustment, approved by ``by``."""
    row = {"candidate_id": candidate_id, "kind": kind, "value": value, "in_force_from": in_force_from}
    conn.execute(adjustments.insert().values(**row, approved_by=by, approved_at=now))


def withdraw_adjustment(conn: sa.Connection, candidate_id: int, adjustment_id: int, by: int, now: dt.datetime) -> bool:
    """Withdraw an adjustment: true when it was done.

    False once the candidate has begun an attempt for which it counted: no fact moves a deadline earlier.
    """
    own = sa.select(attempts.c.id).join(seats, seats.c.id == attempts.c.seat_id)
    own = own.where(seats.c.candidate_id == candidate_id)
    conn.execute(for_update(sa.select(attempts.c.id).where(attempts.c.id.in_(own))))  # against a Begin at this moment
    counted = sa.and_(
        attempts.c.started_at.is_not(None),
        sa.or_(attempts.c.closed_at.is_(None), attempts.c.closed_at >= adjustments.c.approved_at),
    )
    standing = sa.and_(
        adjustments.c.id == adjustment_id,
        adjustments.c.candidate_id == candidate_id,
        adjustments.c.withdrawn_at.is_(None),
        ~sa.exists(own.where(counted)),
    )
    done = conn.execute(adjustments.update().where(standing).values(withdrawn_at=now, withdrawn_by=by))
    return done.rowcount == 1
