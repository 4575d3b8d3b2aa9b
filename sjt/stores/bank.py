"""The bank in the database: scenarios put in from files, and the live ones that papers are drawn from."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from item_bank.scenarios import Bank, Guidance, Question, Scenario
from sjt.stores import tables as t
from sjt.stores.people import new_ref

LANGUAGE = "en"


def import_bank(conn: sa.Connection, spec_name: str, bank: Bank, now: dt.datetime) -> int:
    """Put scenarios from files in as live versions without an author; known slugs are left alone.

    Returns how many were added. A table takes one statement, however many scenarios come.
    """
    known = set(conn.scalars(sa.select(t.scenarios.c.slug)))
    new = [scenario for scenario in bank.scenarios if scenario.slug not in known]
    if not new:
        return 0
    rows = [{"slug": s.slug, "spec_name": spec_name, "theme": s.theme, "created_at": now} for s in new]
    scenario_ids = _insert(conn, t.scenarios, rows)
    version_ids = _add_versions(conn, new, scenario_ids, now)
    _add_questions(conn, new, scenario_ids, version_ids)
    # Versions are added as drafts and approved once their texts stand: approved rows never change.
    v = t.scenario_versions
    live = {"state": "live", "approved_at": now, "live_at": now}
    conn.execute(v.update().where(v.c.id.in_(version_ids)).values(**live))
    return len(new)


def _add_versions(conn: sa.Connection, new: list[Scenario], scenario_ids: list[int], now: dt.datetime) -> list[int]:
    drafted = {"state": "draft", "edit": 0, "created_at": now, "changed_at": now}
    of = list(zip(new, scenario_ids, strict=True))
    rows = [{"ref": new_ref(), "scenario_id": n, "number": s.version, "sample": s.sample, **drafted} for s, n in of]
    ids = _insert(conn, t.scenario_versions, rows)
    texts = [
        {"scenario_version_id": n, "language": LANGUAGE, "title": s.title, "text": s.text, "sources": list(s.sources)}
        for s, n in zip(new, ids, strict=True)
    ]
    conn.execute(t.scenario_texts.insert(), texts)
    return ids


def _add_questions(conn: sa.Connection, new: list[Scenario], scenario_ids: list[int], version_ids: list[int]) -> None:
    asked = [
        (question, scenario_id, version_id)
        for scenario, scenario_id, version_id in zip(new, scenario_ids, version_ids, strict=True)
        for question in scenario.questions
    ]
    if not asked:
        return
    rows = [{"slug": q.slug, "scenario_id": scenario_id, "statement": q.statement} for q, scenario_id, _ in asked]
    question_ids = _insert(conn, t.questions, rows)
    versions = [
        {"question_id": n, "scenario_version_id": version_id, "number": q.version, "format": q.format}
        for (q, _, version_id), n in zip(asked, question_ids, strict=True)
    ]
    ids = _insert(conn, t.question_versions, versions)
    texts = [
        {"question_version_id": n, "language": LANGUAGE, "text": q.text, "guide": _told(q)}
        for (q, _, _), n in zip(asked, ids, strict=True)
    ]
    conn.execute(t.question_texts.insert(), texts)


def _told(question: Question) -> dict[str, dict[str, str]]:
    return {point: {"meets": told.meets, "falls_short": told.falls_short} for point, told in question.guide.items()}


def _insert(conn: sa.Connection, table: sa.Table, rows: list[dict[str, object]]) -> list[int]:
    """Insert rows; returns their ids in the same order."""
    returning = table.insert().returning(table.c.id, sort_by_parameter_order=True)
    return list(conn.scalars(returning, rows))


def live_bank(conn: sa.Connection, spec_name: str) -> Bank:
    """All live scenarios of a specification with their questions, texts included."""
    v, q = t.scenario_versions, t.question_versions
    rows = conn.execute(
        sa.select(v.c.id, v.c.number, v.c.sample, t.scenarios.c.slug, t.scenarios.c.theme, t.scenario_texts.c.title,
                  t.scenario_texts.c.text, t.scenario_texts.c.sources)
        .join(t.scenarios).join(t.scenario_texts)
        .where(v.c.state == "live", t.scenarios.c.spec_name == spec_name, t.scenario_texts.c.language == LANGUAGE)
        .order_by(t.scenarios.c.slug)
    ).all()  # fmt: skip
    asked = conn.execute(
        sa.select(q.c.scenario_version_id, t.questions.c.slug, q.c.number, t.questions.c.statement, q.c.format,
                  t.question_texts.c.text, t.question_texts.c.guide)
        .join(t.questions, t.questions.c.id == q.c.question_id)
        .join(t.question_texts, t.question_texts.c.question_version_id == q.c.id)
        .where(q.c.scenario_version_id.in_([row.id for row in rows]), t.question_texts.c.language == LANGUAGE)
        .order_by(t.questions.c.statement)
    ).all()  # fmt: skip
    questions: dict[int, list[Question]] = {row.id: [] for row in rows}
    for row in asked:
        guide = {point: Guidance(**told) for point, told in row.guide.items()}
        questions[row.scenario_version_id].append(
            Question(row.slug, row.number, row.statement, row.format, row.text, guide)
        )
    return Bank(
        tuple(
            Scenario(r.slug, r.number, r.theme, r.title, r.text, r.sample, tuple(questions[r.id]), tuple(r.sources))
            for r in rows
        )
    )
