"""The revisions of one answer, as its candidate may look back on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from sjt.stores import tables as t
from sjt.stores.attempts import Attempt

s = t.answers


@dataclass(frozen=True)
class Kept:
    """One revision without its text: when it was received, and how many characters it has."""

    revision: int
    received_at: dt.datetime
    length: int


def of_answer(conn: sa.Connection, attempt: Attempt, question_version_id: int) -> list[Kept]:
    """Every revision of an answer, oldest first."""
    columns = (s.c.revision, s.c.received_at, sa.func.length(s.c.text))
    rows = conn.execute(sa.select(*columns).where(_of(attempt, question_version_id)).order_by(s.c.revision))
    return [Kept(*row) for row in rows]


def texts(
    conn: sa.Connection, attempt: Attempt, question_version_id: int, revisions: Collection[int]
) -> Mapping[int, str]:
    """The texts of some revisions of an answer."""
    wanted = sa.and_(_of(attempt, question_version_id), s.c.revision.in_(list(revisions)))
    return {row.revision: row.text for row in conn.execute(sa.select(s.c.revision, s.c.text).where(wanted))}


def _of(attempt: Attempt, question_version_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(
        s.c.sitting_id == attempt.sitting_id,
        s.c.attempt_id == attempt.id,
        s.c.question_version_id == question_version_id,
    )
