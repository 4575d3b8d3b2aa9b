"""The rows of scenarios from files: versions as drafts, with their questions and texts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from item_bank.scenarios import Question, Scenario
from sjt.stores import tables as t
from sjt.stores.bank.reading import LANGUAGE
from sjt.stores.people import new_ref

# What an import fills.
TABLES = tuple(
    table.name
    for table in (
        t.scenarios, t.scenario_versions, t.scenario_texts, t.questions, t.question_versions, t.question_texts,
        t.scenario_authors,
    )
)  # fmt: skip


def add_drafts(
    conn: sa.Connection,
    scenarios: Sequence[Scenario],
    scenario_ids: Sequence[int],
    known_questions: Mapping[str, int],
    now: dt.datetime,
) -> list[int]:
    """Add these versions as drafts under these scenario rows; returns their ids.

    ``known_questions`` are questions that stand already, by slug: they get another version. A table takes
    one statement, however many scenarios come.
    """
    of = list(zip(scenarios, scenario_ids, strict=True))
    drafted = {"state": "draft", "edit": 0, "created_at": now, "changed_at": now}
    rows = [{"ref": new_ref(), "scenario_id": n, "number": s.version, "sample": s.sample, **drafted} for s, n in of]
    ids = insert(conn, t.scenario_versions, rows)
    texts = [{"scenario_version_id": n, "language": LANGUAGE, **_texts(s)} for s, n in zip(scenarios, ids, strict=True)]
    conn.execute(t.scenario_texts.insert(), texts)
    asked = [
        (question, scenario_id, version_id)
        for (scenario, scenario_id), version_id in zip(of, ids, strict=True)
        for question in scenario.questions
    ]
    if asked:
        _add_questions(conn, asked, known_questions)
    return ids


def _texts(scenario: Scenario) -> dict[str, object]:
    lists = {"sources": scenario.sources, "enemies": scenario.enemies, "tags": scenario.tags}
    return {"title": scenario.title, "text": scenario.text, **{name: list(texts) for name, texts in lists.items()}}


def _add_questions(
    conn: sa.Connection, asked: Sequence[tuple[Question, int, int]], known_questions: Mapping[str, int]
) -> None:
    new = [(question, scenario_id) for question, scenario_id, _ in asked if question.slug not in known_questions]
    rows: list[dict[str, object]] = [{"slug": q.slug, "scenario_id": n, "statement": q.statement} for q, n in new]
    made = insert(conn, t.questions, rows) if rows else []
    question_ids = {**known_questions, **{q.slug: n for (q, _), n in zip(new, made, strict=True)}}
    versions: list[dict[str, object]] = [
        {"question_id": question_ids[q.slug], "scenario_version_id": n, "number": q.version, "format": q.format}
        for q, _, n in asked
    ]
    texts = [
        {"question_version_id": n, "language": LANGUAGE, "text": q.text, "guide": _told(q), "body": dict(q.body)}
        for (q, _, _), n in zip(asked, insert(conn, t.question_versions, versions), strict=True)
    ]
    conn.execute(t.question_texts.insert(), texts)


def _told(question: Question) -> dict[str, dict[str, str]]:
    return {point: {"meets": told.meets, "falls_short": told.falls_short} for point, told in question.guide.items()}


def insert(conn: sa.Connection, table: sa.Table, rows: Sequence[dict[str, object]]) -> list[int]:
    """Insert rows; returns their ids in the same order."""
    returning = table.insert().returning(table.c.id, sort_by_parameter_order=True)
    return list(conn.scalars(returning, list(rows)))
