"""Declared interests, the reasons why somebody may invigilate all the same, and who helps a candidate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from sjt.rules.interests import Interest, Whom
from sjt.stores import tables as t
from sjt.stores.people import new_ref

i, w, d = t.interests, t.interest_waivers, t.candidates


@dataclass(frozen=True)
class Declared:
    """An interest as it stands, with the person whose it is."""

    ref: str
    person_id: int
    person_name: str
    interest: Interest
    relationship: str
    declared_at: dt.datetime
    withdrawn_at: dt.datetime | None


def listed(conn: sa.Connection, person_ids: Collection[int] | None = None) -> list[Declared]:
    """All interests, or those of some people; those that stand first."""
    query = (
        sa.select(i, t.people.c.name.label("person_name"))
        .join(t.people, t.people.c.id == i.c.person_id)
        .where(sa.true() if person_ids is None else i.c.person_id.in_(list(person_ids)))
        .order_by(i.c.withdrawn_at.is_not(None), t.people.c.name, i.c.id)
    )
    return [
        Declared(
            row.ref, row.person_id, row.person_name, Interest(row.kind, row.name, row.from_day, row.until_day),
            row.relationship, row.declared_at, row.withdrawn_at,
        )
        for row in conn.execute(query)
    ]  # fmt: skip


def declare(
    conn: sa.Connection, person_id: int, interest: Interest, relationship: str, by: int, now: dt.datetime
) -> str:
    """Keep an interest; returns its reference."""
    row = {"ref": new_ref(), "person_id": person_id, "relationship": relationship, **asdict(interest)}
    conn.execute(i.insert().values(**row, declared_by=by, declared_at=now))
    return str(row["ref"])


def withdraw(conn: sa.Connection, ref: str, by: int, reason: str, now: dt.datetime) -> bool:
    """Withdraw an interest, once; it stays on record."""
    told = {"withdrawn_at": now, "withdrawn_by": by, "withdrawn_reason": reason}
    return conn.execute(i.update().where(i.c.ref == ref, i.c.withdrawn_at.is_(None)).values(**told)).rowcount == 1


@dataclass(frozen=True)
class Sitter:
    """A candidate whom somebody could have an interest in."""

    id: int
    name: str
    whom: Whom


def sitters(conn: sa.Connection, ids: Collection[int]) -> list[Sitter]:
    """Candidates with what an interest can be about."""
    query = sa.select(d.c.id, d.c.name, d.c.number, d.c.employer, d.c.provider).where(d.c.id.in_(list(ids)))
    rows = conn.execute(query.order_by(d.c.name)) if ids else ()
    return [Sitter(row.id, row.name, Whom(row.number, row.employer, row.provider)) for row in rows]


def waived(conn: sa.Connection, sitting_id: int) -> set[tuple[int, int]]:
    """Pairs of person and candidate that somebody allowed in a sitting."""
    query = sa.select(w.c.person_id, w.c.candidate_id).where(w.c.sitting_id == sitting_id)
    return {(row.person_id, row.candidate_id) for row in conn.execute(query)}


def waive(
    conn: sa.Connection, sitting_id: int, pairs: Collection[tuple[int, int]], reason: str, by: int, now: dt.datetime
) -> None:
    """Keep why these people may invigilate these candidates."""
    rows = [
        {
            "sitting_id": sitting_id, "person_id": person, "candidate_id": candidate, "reason": reason,
            "given_by": by, "given_at": now,
        }
        for person, candidate in sorted(pairs)
    ]  # fmt: skip
    if rows:
        conn.execute(w.insert(), rows)
