"""Scripts: the current answers of an attempt, and the frozen script that marking reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from proctoring.events import text_hash
from sjt.stores import tables as t
from sjt.stores.attempts import Attempt
from sjt.stores.people import new_ref

# All white space that Python strips, so that the database and the rule agree on what is unanswered.
BLANKS = "".join(chr(code) for code in range(1, 0x3001) if chr(code).isspace())


@dataclass(frozen=True)
class Answer:
    """What the server holds for one question: the highest revision."""

    question_version_id: int
    revision: int
    text: str
    text_hash: str
    received_at: object


@dataclass(frozen=True)
class FrozenAnswer:
    """One line of a submitted script as its receipt counts it."""

    code: str
    revision: int
    text_hash: str


_s = t.answers
_OF_ATTEMPT = sa.and_(_s.c.sitting_id == sa.bindparam("sitting_id"), _s.c.attempt_id == sa.bindparam("attempt_id"))
_newest = (
    sa.select(_s.c.question_version_id, sa.func.max(_s.c.revision).label("revision"))
    .where(_OF_ATTEMPT)
    .group_by(_s.c.question_version_id)
    .subquery()
)
_CURRENT = (  # built once, for the candidates' requests
    sa.select(_s.c.question_version_id, _s.c.revision, _s.c.text, _s.c.text_hash, _s.c.received_at)
    .join(
        _newest, sa.and_(_newest.c.question_version_id == _s.c.question_version_id, _newest.c.revision == _s.c.revision)
    )
    .where(_OF_ATTEMPT)
)


def current(conn: sa.Connection, attempt: Attempt) -> dict[int, Answer]:
    """The current answer to each question that has one, by question version id."""
    rows = conn.execute(_CURRENT, {"sitting_id": attempt.sitting_id, "attempt_id": attempt.id}).all()
    return {row.question_version_id: Answer(*row) for row in rows}


def next_number(conn: sa.Connection, attempt: Attempt) -> int:
    """The number of the script that is to be frozen: 1, and one more after each reopening."""
    of_it = t.responses.c.attempt_id == attempt.id
    return int(conn.scalar(sa.select(sa.func.coalesce(sa.func.max(t.responses.c.script), 0)).where(of_it)) or 0) + 1


def freeze(conn: sa.Connection, attempt: Attempt, script: int) -> list[FrozenAnswer]:
    """Write the script down: one response a question, unanswered ones included, each under a random reference.

    The caller holds the attempt's lock, so that no save can come between.
    """
    held = current(conn, attempt)
    rows = []
    lines = []
    for question in _asked(conn, attempt):
        answer = held.get(question.question_version_id)
        text = answer.text if answer else ""
        revision = answer.revision if answer else 0
        rows.append(
            {
                "ref": new_ref(), "sitting_id": attempt.sitting_id, "attempt_id": attempt.id,
                "question_version_id": question.question_version_id, "statement": question.statement,
                "key": question.key, "position": question.position, "revision": revision, "text": text,
                "text_hash": text_hash(text), "script": script,
            }
        )  # fmt: skip
        lines.append(FrozenAnswer(f"{question.slug}@{question.number}", revision, text_hash(text)))
    conn.execute(t.responses.insert(), rows)
    return lines


_q = t.paper_questions
_ASKED = (
    sa.select(_q.c.question_version_id, _q.c.statement, _q.c.key, _q.c.position, t.questions.c.slug,
              t.question_versions.c.number)
    .select_from(_q).join(t.papers, t.papers.c.id == _q.c.paper_id)
    .join(t.question_versions, t.question_versions.c.id == _q.c.question_version_id)
    .join(t.questions, t.questions.c.id == t.question_versions.c.question_id)
    .where(t.papers.c.attempt_id == sa.bindparam("attempt_id")).order_by(_q.c.position)
)  # fmt: skip


def _asked(conn: sa.Connection, attempt: Attempt) -> Sequence[Any]:
    return conn.execute(_ASKED, {"attempt_id": attempt.id}).all()


_FLAGGED = sa.select(t.flags.c.question_version_id).where(t.flags.c.attempt_id == sa.bindparam("attempt_id"))


def flagged(conn: sa.Connection, attempt_id: int) -> set[int]:
    """Question version ids that the apprentice wants to come back to."""
    return set(conn.scalars(_FLAGGED, {"attempt_id": attempt_id}))


def set_flag(conn: sa.Connection, attempt_id: int, question_version_id: int, on: bool, now: object) -> None:
    """Flag or unflag a question; doing it twice changes nothing."""
    this = (t.flags.c.attempt_id == attempt_id) & (t.flags.c.question_version_id == question_version_id)
    conn.execute(t.flags.delete().where(this))
    if on:
        row = {"attempt_id": attempt_id, "question_version_id": question_version_id, "flagged_at": now}
        conn.execute(t.flags.insert().values(**row))


def counts(conn: sa.Connection, sitting_id: int) -> dict[int, int]:
    """How many questions each attempt of a sitting has an answer to that is more than white space."""
    s = t.answers
    newest = (
        sa.select(s.c.attempt_id, s.c.question_version_id, sa.func.max(s.c.revision).label("revision"))
        .where(s.c.sitting_id == sitting_id)
        .group_by(s.c.attempt_id, s.c.question_version_id)
        .subquery()
    )
    rows = conn.execute(
        sa.select(s.c.attempt_id, sa.func.count())
        .join(
            newest,
            sa.and_(
                newest.c.attempt_id == s.c.attempt_id,
                newest.c.question_version_id == s.c.question_version_id,
                newest.c.revision == s.c.revision,
            ),
        )
        .where(s.c.sitting_id == sitting_id, sa.func.trim(s.c.text, BLANKS) != "")
        .group_by(s.c.attempt_id)
    ).all()
    return {row[0]: row[1] for row in rows}
