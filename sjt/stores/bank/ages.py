"""How old the live versions are: what the health of a bank looks at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from sjt.stores import tables as t


@dataclass(frozen=True)
class Age:
    """Since when a version is live, and when somebody last found it fit (its approval, or a yearly review)."""

    live_at: dt.datetime
    reviewed_at: dt.datetime


def ages(conn: sa.Connection, spec_name: str) -> dict[str, Age]:
    """The live scenarios of a specification by slug."""
    v, y = t.scenario_versions, t.yearly_reviews
    again = sa.select(sa.func.max(y.c.at)).where(y.c.scenario_version_id == v.c.id).scalar_subquery()
    rows = conn.execute(
        sa.select(t.scenarios.c.slug, v.c.live_at, v.c.approved_at, again.label("again"))
        .select_from(t.scenarios.join(v))
        .where(t.scenarios.c.spec_name == spec_name, v.c.state == "live")
    )
    return {row.slug: Age(row.live_at, max(row.approved_at, row.again or row.approved_at)) for row in rows}
