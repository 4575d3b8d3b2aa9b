"""Jottings: a candidate's own notes and highlights, scenario by scenario. Insert-only; the newest counts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

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


_ALL = sa.select(j.c.scenario_version_id, j.c.kind, j.c.revision, j.c.body, j.c.received_at).where(
    j.c.sitting_id == sa.bindparam("sitting_id"), j.c.attempt_id == sa.bindparam("attempt_id")
)
# Built once, for the pages of a paper: the rows above which there is none of the same kind.
_later = j.alias()
_later_one = sa.exists().where(
    *(_later.c[name] == j.c[name] for name in ("sitting_id", "attempt_id", "scenario_version_id", "kind")),
    _later.c.revision > j.c.revision,
)
_OF_ONE = _ALL.where(j.c.scenario_version_id == sa.bindparam("scenario"), ~_later_one)


def every(conn: sa.Connection, attempt: Attempt) -> list[Jotting]:
    """All revisions of all jottings of an attempt, in order."""
    rows = conn.execute(_ALL.order_by(j.c.scenario_version_id, j.c.kind, j.c.revision), _of(attempt))
    return [Jotting(*row) for row in rows]


def current(conn: sa.Connection, attempt: Attempt, scenario_version_id: int) -> dict[str, Jotting]:
    """The newest revision of each kind for one scenario."""
    return {row.kind: Jotting(*row) for row in conn.execute(_OF_ONE, {**_of(attempt), "scenario": scenario_version_id})}


def _of(attempt: Attempt) -> dict[str, int]:
    return {"sitting_id": attempt.sitting_id, "attempt_id": attempt.id}


def add(conn: sa.Connection, attempt: Attempt, jotting: Jotting) -> None:
    """Keep a revision. IntegrityError when it is there already."""
    row = {"sitting_id": attempt.sitting_id, "attempt_id": attempt.id, **vars(jotting)}
    conn.execute(j.insert().values(**row))
