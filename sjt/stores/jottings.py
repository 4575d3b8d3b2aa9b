"""Jottings: a candidate's own notes and highlights, scenario by scenario. Insert-only; the newest counts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from proctoring.events import text_hash
from sjt.stores import tables as t
from sjt.stores.attempts import Attempt

j = t.jottings
NOTE, HIGHLIGHTS = "note", "highlights"


@dataclass(frozen=True)
class Jotting:
    """One revision of a note, or of all highlights of a scenario."""

    scenario_version_id: int
    kind: str
    revision: int
    body: str
    received_at: dt.datetime

    @property
    def text_hash(self) -> str:
        """What the evidence keeps of it."""
        return text_hash(self.body)


def every(conn: sa.Connection, attempt: Attempt) -> list[Jotting]:
    """All revisions of all jottings of an attempt, in order."""
    rows = conn.execute(_all(attempt).order_by(j.c.scenario_version_id, j.c.kind, j.c.revision))
    return [Jotting(*row) for row in rows]


def current(conn: sa.Connection, attempt: Attempt, scenario_version_id: int) -> dict[str, Jotting]:
    """The newest revision of each kind for one scenario."""
    other = j.alias()
    same = [other.c[name] == j.c[name] for name in ("sitting_id", "attempt_id", "scenario_version_id", "kind")]
    newest = sa.select(sa.func.max(other.c.revision)).where(*same).correlate(j).scalar_subquery()
    query = _all(attempt).where(j.c.scenario_version_id == scenario_version_id, j.c.revision == newest)
    return {row.kind: Jotting(*row) for row in conn.execute(query)}


def _all(attempt: Attempt) -> sa.Select[Any]:
    columns = (j.c.scenario_version_id, j.c.kind, j.c.revision, j.c.body, j.c.received_at)
    return sa.select(*columns).where(j.c.sitting_id == attempt.sitting_id, j.c.attempt_id == attempt.id)


def add(conn: sa.Connection, attempt: Attempt, jotting: Jotting) -> None:
    """Keep a revision. IntegrityError when it is there already."""
    row = {"sitting_id": attempt.sitting_id, "attempt_id": attempt.id, **vars(jotting)}
    conn.execute(j.insert().values(**row))
