"""Decisions on versions with their comments beside fields, and the yearly reviews of what is live."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from sjt.stores import tables as t

APPROVED, RETURNED, CONFIRMED = "approved", "returned", "confirmed"


@dataclass(frozen=True)
class Review:
    """One decision on a version: by whom, which, why, when; and comments by the name of the field beside it."""

    version_id: int
    reviewer: str
    decision: str
    comment: str
    at: dt.datetime
    notes: Mapping[str, str] = field(default_factory=dict)


def add_review(
    conn: sa.Connection,
    version_id: int,
    person_id: int,
    decision: str,
    comment: str,
    notes: Mapping[str, str],
    now: dt.datetime,
) -> None:
    """Keep a decision on a version."""
    row = {"scenario_version_id": version_id, "reviewer_id": person_id, "decision": decision, "comment": comment}
    conn.execute(t.reviews.insert().values(**row, notes=dict(notes), at=now))


def reviews_of(conn: sa.Connection, version_ids: Collection[int]) -> list[Review]:
    """The decisions on these versions, newest first."""
    r = t.reviews
    rows = conn.execute(
        sa.select(r.c.scenario_version_id, t.people.c.name, r.c.decision, r.c.comment, r.c.at, r.c.notes)
        .join(t.people, t.people.c.id == r.c.reviewer_id)
        .where(r.c.scenario_version_id.in_(version_ids))
        .order_by(r.c.at.desc(), r.c.id.desc())
    )
    return [Review(*row) for row in rows]


def confirm(conn: sa.Connection, version_id: int, person_id: int, comment: str, now: dt.datetime) -> None:
    """Keep that a live version was read again and found fit."""
    row = {"scenario_version_id": version_id, "reviewer_id": person_id, "comment": comment}
    conn.execute(t.yearly_reviews.insert().values(**row, at=now))


def confirmations(conn: sa.Connection, version_ids: Collection[int]) -> list[Review]:
    """The yearly reviews of these versions, newest first."""
    r = t.yearly_reviews
    rows = conn.execute(
        sa.select(r.c.scenario_version_id, t.people.c.name, sa.literal(CONFIRMED), r.c.comment, r.c.at)
        .join(t.people, t.people.c.id == r.c.reviewer_id)
        .where(r.c.scenario_version_id.in_(version_ids))
        .order_by(r.c.at.desc(), r.c.id.desc())
    )
    return [Review(*row) for row in rows]
