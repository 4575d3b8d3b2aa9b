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

    Returns how many were added.
    """
    known = set(conn.scalars(sa.select(t.scenarios.c.slug)))
    new = [scenario for scenario in bank.scenarios if scenario.slug not in known]
    for scenario in new:
        _add(conn, spec_name, scenario, now)
    return len(new)


def _add(conn: sa.Connection, spec_name: str, scenario: Scenario, now: dt.datetime) -> None:
    row = {"slug": scenario.slug, "spec_name": spec_name, "theme": scenario.theme, "created_at": now}
    scenario_id = _insert(conn, t.scenarios, **row)
    times = dict.fromkeys(("created_at", "changed_at", "approved_at", "live_at"), now)
    # A version is added as a draft and approved once its texts stand: approved rows never change.
    version_id = _insert(
        conn, t.scenario_versions, ref=new_ref(), scenario_id=scenario_id, number=scenario.version, edit=0,
        state="draft", sample=scenario.sample, created_at=now, changed_at=now,
    )  # fmt: skip
    conn.execute(
        t.scenario_texts.insert().values(
            scenario_version_id=version_id, language=LANGUAGE, title=scenario.title, text=scenario.text,
            sources=list(scenario.sources),
        )
    )  # fmt: skip
    for question in scenario.questions:
        _add_question(conn, scenario_id, version_id, question)
    conn.execute(
        t.scenario_versions.update().where(t.scenario_versions.c.id == version_id).values(state="live", **times)
    )


def _add_question(conn: sa.Connection, scenario_id: int, version_id: int, question: Question) -> None:
    question_id = _insert(conn, t.questions, slug=question.slug, scenario_id=scenario_id, statement=question.statement)
    question_version_id = _insert(
        conn, t.question_versions, question_id=question_id, scenario_version_id=version_id,
        number=question.version, format=question.format,
    )  # fmt: skip
    guide = {point: {"meets": g.meets, "falls_short": g.falls_short} for point, g in question.guide.items()}
    conn.execute(
        t.question_texts.insert().values(
            question_version_id=question_version_id, language=LANGUAGE, text=question.text, guide=guide
        )
    )


def _insert(conn: sa.Connection, table: sa.Table, **row: object) -> int:
    return int(conn.execute(table.insert().values(**row).returning(table.c.id)).scalar_one())


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
