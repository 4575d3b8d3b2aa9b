"""Papers: kept frozen with version ids and order, and read back as the candidate sees them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from item_bank.formats import EXTENDED_ANSWER
from item_bank.paper import ASSEMBLER, Paper
from sjt.stores import tables as t
from sjt.stores.bank import LANGUAGE
from sjt.stores.people import new_ref


@dataclass(frozen=True)
class ShownQuestion:
    """A question as its candidate sees it. ``code`` names its version to the browser: ``slug@version``."""

    id: int
    code: str
    position: int
    statement: str
    key: bool
    text: str
    format: str = EXTENDED_ANSWER
    body: Mapping[str, str] = field(default_factory=dict)  # key and reasons included: never for a page of theirs
    options: tuple[str, ...] = ()  # ids in the order shown; none: the order of the body


@dataclass(frozen=True)
class ShownScenario:
    """A scenario of a paper, in its place, with its questions."""

    position: int
    title: str
    text: str
    questions: tuple[ShownQuestion, ...]
    id: int = 0  # of its version
    code: str = ""  # names its version to the browser: ``slug@version``


@dataclass(frozen=True)
class ShownPaper:
    """A frozen paper with its texts."""

    ref: str
    hash: str
    scenarios: tuple[ShownScenario, ...]

    @property
    def questions(self) -> tuple[ShownQuestion, ...]:
        """All questions in the order of the paper."""
        return tuple(q for s in self.scenarios for q in s.questions)


@dataclass(frozen=True)
class Drawn:
    """What a paper was drawn from: its seed, its hash, and the state of bank and history."""

    seed: str
    hash: str
    drawn_from: Mapping[str, object] = field(default_factory=dict)


def keep(conn: sa.Connection, attempt_id: int, paper: Paper, drawn: Drawn, now: dt.datetime) -> str:
    """Freeze a paper for an attempt; returns its reference. A paper drawn before and not begun gives way."""
    burn(conn, attempt_id)
    ref = new_ref()
    row = {"ref": ref, "attempt_id": attempt_id, "seed": drawn.seed, "assembler": ASSEMBLER, "hash": drawn.hash,
           "drawn_from": dict(drawn.drawn_from)}  # fmt: skip
    paper_id = conn.execute(t.papers.insert().values(**row, drawn_at=now).returning(t.papers.c.id)).scalar_one()
    ids = _version_ids(conn, paper)
    rows: list[dict[str, object]] = []
    for place, scenario in enumerate(paper.scenarios, 1):
        for question in scenario.questions:
            question_id, scenario_id = ids[question.question, question.version]
            rows.append(
                {
                    "paper_id": paper_id,
                    "position": len(rows) + 1,
                    "scenario_position": place,
                    "scenario_version_id": scenario_id,
                    "question_version_id": question_id,
                    "statement": question.statement,
                    "key": question.key,
                    "slot": question.slot,
                    "options": list(question.options),
                }
            )
    conn.execute(t.paper_questions.insert(), rows)
    return ref


def burn(conn: sa.Connection, attempt_id: int) -> None:
    """Take a paper that was not begun away. IntegrityError when it was: a begun paper never changes."""
    old = sa.select(t.papers.c.id).where(t.papers.c.attempt_id == attempt_id)
    conn.execute(t.paper_questions.delete().where(t.paper_questions.c.paper_id.in_(old)))
    conn.execute(t.papers.delete().where(t.papers.c.attempt_id == attempt_id))


def drawn(attempt_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """The condition that an attempt has a paper."""
    return sa.exists().where(t.papers.c.attempt_id == attempt_id)


def _version_ids(conn: sa.Connection, paper: Paper) -> dict[tuple[str, int], tuple[int, int]]:
    versions = t.question_versions
    rows = conn.execute(
        sa.select(t.questions.c.slug, versions.c.number, versions.c.id, versions.c.scenario_version_id)
        .join(t.questions, t.questions.c.id == versions.c.question_id)
        .where(t.questions.c.slug.in_([q.question for q in paper.questions]))
    ).all()
    return {(row.slug, row.number): (row.id, row.scenario_version_id) for row in rows}


@dataclass(frozen=True)
class AskedQuestion:
    """As much of a question as its answer is checked by."""

    id: int
    code: str
    format: str
    body: Mapping[str, str]


# Built once: each process asks the one for each candidate's first save, the other for each page of a paper.
_pq, _qv, _sv = t.paper_questions, t.question_versions, t.scenario_versions
_of_paper = (
    t.papers.join(_pq, _pq.c.paper_id == t.papers.c.id)
    .join(_qv, _qv.c.id == _pq.c.question_version_id).join(t.questions, t.questions.c.id == _qv.c.question_id)
    .join(t.question_texts, t.question_texts.c.question_version_id == _qv.c.id)
)  # fmt: skip
_its = sa.and_(t.papers.c.attempt_id == sa.bindparam("attempt_id"), t.question_texts.c.language == LANGUAGE)
_ASKED = (
    sa.select(_qv.c.id, t.questions.c.slug, _qv.c.number, _qv.c.format, t.question_texts.c.body)
    .select_from(_of_paper).where(_its).order_by(_pq.c.position)
)  # fmt: skip
_SHOWN = (
    sa.select(t.papers.c.ref, t.papers.c.hash, _pq.c.position, _pq.c.scenario_position, _pq.c.statement, _pq.c.key,
              _qv.c.id, _qv.c.number, _qv.c.format, t.questions.c.slug, t.question_texts.c.text,
              t.question_texts.c.body, _pq.c.options,
              t.scenario_texts.c.title, t.scenario_texts.c.text.label("scenario_text"), _pq.c.scenario_version_id,
              t.scenarios.c.slug.label("scenario"), _sv.c.number.label("scenario_number"))
    .select_from(_of_paper.join(t.scenario_texts, t.scenario_texts.c.scenario_version_id == _pq.c.scenario_version_id)
                 .join(_sv, _sv.c.id == _pq.c.scenario_version_id)
                 .join(t.scenarios, t.scenarios.c.id == _sv.c.scenario_id))
    .where(_its, t.scenario_texts.c.language == LANGUAGE).order_by(_pq.c.position)
)  # fmt: skip


def asked(conn: sa.Connection, attempt_id: int) -> list[AskedQuestion]:
    """The questions of an attempt's paper in its order, without their texts; none when no paper has been drawn."""
    rows = conn.execute(_ASKED, {"attempt_id": attempt_id}).all()
    return [AskedQuestion(row.id, f"{row.slug}@{row.number}", row.format, row.body) for row in rows]


def shown(conn: sa.Connection, attempt_id: int) -> ShownPaper | None:
    """An attempt's paper with its texts: one statement. None when no paper has been drawn."""
    rows = conn.execute(_SHOWN, {"attempt_id": attempt_id}).all()
    if not rows:
        return None
    scenarios: dict[int, list[ShownQuestion]] = {}
    heads: dict[int, tuple[str, str]] = {}
    named: dict[int, tuple[int, str]] = {}
    for row in rows:
        code = f"{row.slug}@{row.number}"
        kind = (row.format, row.body, tuple(row.options))
        question = ShownQuestion(row.id, code, row.position, row.statement, row.key, row.text, *kind)
        scenarios.setdefault(row.scenario_position, []).append(question)
        heads[row.scenario_position] = (row.title, row.scenario_text)
        named[row.scenario_position] = (row.scenario_version_id, f"{row.scenario}@{row.scenario_number}")
    made = tuple(ShownScenario(place, *heads[place], tuple(asked), *named[place]) for place, asked in scenarios.items())
    return ShownPaper(rows[0].ref, rows[0].hash, made)
