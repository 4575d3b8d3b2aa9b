"""Where the versions of a scenario are in use, and which scenarios may not stand beside which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from sjt.rules.authoring import State
from sjt.stores import tables as t
from sjt.stores.drafts.reading import LANGUAGE


@dataclass(frozen=True)
class Use:
    """Papers that hold a version: drawn for a booked seat and not begun, running now, and sat."""

    waiting: int = 0
    running: int = 0
    sat: int = 0

    def __add__(self, other: Use) -> Use:
        return Use(self.waiting + other.waiting, self.running + other.running, self.sat + other.sat)


@dataclass(frozen=True)
class Named:
    """A scenario as another one's enemy: its title, and whether a version of it is live."""

    slug: str
    title: str
    theme: str
    live: bool


def uses(conn: sa.Connection, scenario_id: int) -> dict[int, Use]:
    """In how many papers each version of a scenario is; versions in no paper are left out."""
    pq, a = t.paper_questions, t.attempts
    stage = sa.case((a.c.closed_at.is_not(None), "sat"), (a.c.started_at.is_not(None), "running"), else_="waiting")
    query = (
        sa.select(pq.c.scenario_version_id, stage.label("stage"), sa.func.count(sa.distinct(a.c.id)).label("papers"))
        .join(t.papers, t.papers.c.id == pq.c.paper_id).join(a, a.c.id == t.papers.c.attempt_id)
        .join(t.seats, t.seats.c.id == a.c.seat_id)
        .join(t.scenario_versions, t.scenario_versions.c.id == pq.c.scenario_version_id)
        .where(t.scenario_versions.c.scenario_id == scenario_id, t.seats.c.cancelled_at.is_(None))
        .group_by(pq.c.scenario_version_id, stage)
    )  # fmt: skip
    counted: dict[int, Use] = {}
    for row in conn.execute(query):
        counted[row.scenario_version_id] = counted.get(row.scenario_version_id, Use()) + Use(**{row.stage: row.papers})
    return counted


def enemies_named(conn: sa.Connection, spec_name: str, but: str) -> dict[str, frozenset[str]]:
    """Every other scenario that is not wholly withdrawn, with all the enemies that its versions name."""
    v, s = t.scenario_versions, t.scenario_texts
    query = (
        sa.select(t.scenarios.c.slug, s.c.enemies)
        .join(v, v.c.scenario_id == t.scenarios.c.id).join(s, s.c.scenario_version_id == v.c.id)
        .where(t.scenarios.c.spec_name == spec_name, t.scenarios.c.slug != but, v.c.state != State.WITHDRAWN,
               s.c.language == LANGUAGE)
    )  # fmt: skip
    found: dict[str, frozenset[str]] = {}
    for row in conn.execute(query):
        found[row.slug] = found.get(row.slug, frozenset()) | frozenset(row.enemies)
    return found


def named(conn: sa.Connection, slugs: Mapping[str, object] | frozenset[str]) -> list[Named]:
    """Scenarios by their slugs, each with the title of its newest version."""
    v, s = t.scenario_versions, t.scenario_texts
    rows = conn.execute(
        sa.select(t.scenarios.c.slug, t.scenarios.c.theme, s.c.title, v.c.state)
        .join(v, v.c.scenario_id == t.scenarios.c.id).join(s, s.c.scenario_version_id == v.c.id)
        .where(t.scenarios.c.slug.in_(list(slugs)), s.c.language == LANGUAGE)
        .order_by(t.scenarios.c.slug, v.c.number)
    )  # fmt: skip
    found: dict[str, Named] = {}
    for row in rows:
        live = row.state == State.LIVE or (row.slug in found and found[row.slug].live)
        found[row.slug] = Named(row.slug, row.title, row.theme, live)
    return list(found.values())
