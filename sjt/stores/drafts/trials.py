"""Trial answers: written as an apprentice would, and judged by the question's own guide before anybody sits it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sjt.stores import tables as t
from sjt.stores.people import new_ref


@dataclass(frozen=True)
class Trial:
    """One trial answer. ``judged``: point code -> {met, reason}; or points and maximum, as texts."""

    ref: str
    statement: str
    format: str
    by: str
    text: str
    judged: Mapping[str, Any]
    comment: str
    at: dt.datetime


def add_trial(
    conn: sa.Connection,
    version_id: int,
    statement: str,
    person_id: int,
    text: str,
    judged: Mapping[str, Any],
    comment: str,
    now: dt.datetime,
) -> bool:
    """Keep a judged trial answer; false when the version has no question on the statement any more."""
    q = t.question_versions
    query = sa.select(q.c.id).join(t.questions).where(q.c.scenario_version_id == version_id)
    question = conn.scalar(query.where(t.questions.c.statement == statement))
    if question is None:
        return False
    row = {"ref": new_ref(), "question_version_id": question, "person_id": person_id, "text": text, "comment": comment}
    conn.execute(t.trials.insert().values(**row, judged=dict(judged), at=now))
    return True


def trials_of(conn: sa.Connection, version_id: int, statement: str | None = None) -> list[Trial]:
    """The trial answers to a version's questions, newest first."""
    q, tr = t.question_versions, t.trials
    query = (
        sa.select(tr.c.ref, t.questions.c.statement, q.c.format, t.people.c.name, tr.c.text, tr.c.judged,
                  tr.c.comment, tr.c.at)
        .join(q, q.c.id == tr.c.question_version_id).join(t.questions, t.questions.c.id == q.c.question_id)
        .join(t.people, t.people.c.id == tr.c.person_id)
        .where(q.c.scenario_version_id == version_id).order_by(tr.c.at.desc(), tr.c.id.desc())
    )  # fmt: skip
    if statement is not None:
        query = query.where(t.questions.c.statement == statement)
    return [Trial(*row) for row in conn.execute(query)]
