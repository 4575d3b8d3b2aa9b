"""What was used before: how often scenarios and statements stood on begun papers, and what a candidate has met.

A paper that was drawn and never begun is neither met nor exposed. Scenarios count in any version.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sjt.stores import tables as t

COUNTED = dt.timedelta(days=365)  # exposure is looked at over the last year


def exposed(conn: sa.Connection, spec_name: str, now: dt.datetime) -> dict[str, int]:
    """On how many papers begun in the last year each scenario of a specification stood."""
    return _counts(conn.execute(_scenarios(t.scenarios.c.spec_name == spec_name, _begun(now))))


def drawn(conn: sa.Connection, spec_name: str, now: dt.datetime) -> dict[str, int]:
    """How many papers begun in the last year drew each statement beside the essential ones."""
    pq = t.paper_questions
    query = (
        sa.select(pq.c.statement, sa.func.count())
        .select_from(_papers())
        .where(t.scenarios.c.spec_name == spec_name, _begun(now), pq.c.slot.startswith("drawn "))
        .group_by(pq.c.statement)
    )
    return _counts(conn.execute(query))


def beside(conn: sa.Connection, sitting_id: int, but_seat: int) -> dict[str, int]:
    """On how many papers of the other seats of a sitting each scenario stands, begun or not."""
    others = sa.and_(t.attempts.c.sitting_id == sitting_id, t.attempts.c.seat_id != but_seat)
    standing = sa.or_(t.attempts.c.closed_as.is_(None), t.attempts.c.closed_as != "void")
    return _counts(conn.execute(_scenarios(others, standing)))


def met(conn: sa.Connection, candidate_id: int) -> frozenset[str]:
    """The scenarios that a candidate has met: those of every paper that they began."""
    query = (
        sa.select(t.scenarios.c.slug)
        .distinct()
        .select_from(_papers().join(t.seats, t.seats.c.id == t.attempts.c.seat_id))
        .where(t.seats.c.candidate_id == candidate_id, t.attempts.c.started_at.is_not(None))
    )
    return frozenset(conn.scalars(query))


@dataclass(frozen=True)
class Use:
    """A paper that holds a scenario: whose seat and attempt, and the scenario's slug."""

    attempt_id: int
    sitting_id: int
    seat_id: int
    seat_ref: str
    slug: str


def uses(conn: sa.Connection, scenario_id: int) -> list[Use]:
    """The papers of attempts not closed that hold any version of a scenario, in the order of their attempts."""
    a, s = t.attempts.c, t.seats.c
    query = (
        sa.select(a.id, a.sitting_id, s.id, s.ref, t.scenarios.c.slug)
        .distinct()
        .select_from(_papers().join(t.seats, s.id == a.seat_id))
        .where(t.scenarios.c.id == scenario_id, a.closed_at.is_(None))
        .order_by(a.id)
    )
    return [Use(*row) for row in conn.execute(query)]


def reviewed_last_by(conn: sa.Connection, spec_name: str, moment: dt.datetime) -> frozenset[str]:
    """The live scenarios of a specification whose last review, approval included, was at a moment or before."""
    v, y = t.scenario_versions, t.yearly_reviews
    again = sa.exists().where(y.c.scenario_version_id == v.c.id, y.c.at > moment)
    query = (
        sa.select(t.scenarios.c.slug)
        .join(v, v.c.scenario_id == t.scenarios.c.id)
        .where(t.scenarios.c.spec_name == spec_name, v.c.state == "live", v.c.approved_at <= moment, ~again)
    )
    return frozenset(conn.scalars(query))


def _begun(now: dt.datetime) -> sa.ColumnElement[bool]:
    return t.attempts.c.started_at > now - COUNTED


def _papers() -> sa.Join:
    pq, v = t.paper_questions, t.scenario_versions
    return (
        t.attempts.join(t.papers, t.papers.c.attempt_id == t.attempts.c.id)
        .join(pq, pq.c.paper_id == t.papers.c.id)
        .join(v, v.c.id == pq.c.scenario_version_id)
        .join(t.scenarios, t.scenarios.c.id == v.c.scenario_id)
    )


def _scenarios(*conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Papers by scenario."""
    slug = t.scenarios.c.slug
    counted = sa.func.count(sa.distinct(t.papers.c.id))
    return sa.select(slug, counted).select_from(_papers()).where(*conditions).group_by(slug)


def _counts(rows: Iterable[Any]) -> dict[str, int]:
    return {name: int(times) for name, times in rows}
