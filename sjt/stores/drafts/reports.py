"""Reports of markers who found a guide unclear. Of the response that they show, only its text ever comes here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sjt.stores import tables as t
from sjt.stores.drafts.reading import LANGUAGE
from sjt.stores.people import new_ref


@dataclass(frozen=True)
class Report:
    """One report with its example: no name, no sitting and no mark, neither the apprentice's nor the marker's."""

    id: int
    ref: str
    version_ref: str
    version_number: int
    slug: str
    title: str
    statement: str
    question_version_id: int
    comment: str
    at: dt.datetime
    answer: str | None
    answered_at: dt.datetime | None
    answered_by: str | None
    example: str | None


def add_report(
    conn: sa.Connection, question_version_id: int, response_id: int, person_id: int, comment: str, now: dt.datetime
) -> str:
    """Keep a report; returns its reference."""
    row = {"ref": new_ref(), "question_version_id": question_version_id, "response_id": response_id}
    conn.execute(t.guide_reports.insert().values(**row, reported_by=person_id, comment=comment, at=now))
    return str(row["ref"])


def report_by_ref(conn: sa.Connection, ref: str) -> Report | None:
    """A report by its reference."""
    return next(iter(_reports(conn, t.guide_reports.c.ref == ref)), None)


def reports_on(conn: sa.Connection, version_id: int) -> list[Report]:
    """All reports on a version's questions, with their examples, newest first."""
    return _reports(conn, t.question_versions.c.scenario_version_id == version_id, examples=True)


def open_reports(conn: sa.Connection, person_id: int) -> list[Report]:
    """Reports that wait for an answer of this person: on what they wrote, and on what came without an author."""
    a, q = t.scenario_authors, t.question_versions
    theirs = sa.exists().where(a.c.scenario_version_id == q.c.scenario_version_id, a.c.person_id == person_id)
    anybody = sa.exists().where(a.c.scenario_version_id == q.c.scenario_version_id)
    return _reports(conn, t.guide_reports.c.answered_at.is_(None) & (theirs | ~anybody))


def reported_by(conn: sa.Connection, person_id: int, question_version_id: int) -> list[Report]:
    """What a marker reported on a question, with the answers they got."""
    g = t.guide_reports
    return _reports(conn, (g.c.reported_by == person_id) & (g.c.question_version_id == question_version_id))


def answer_report(conn: sa.Connection, report_id: int, person_id: int, answer: str, now: dt.datetime) -> bool:
    """Answer a report: true for the one answer that comes first."""
    g = t.guide_reports
    waiting = (g.c.id == report_id) & g.c.answered_at.is_(None)
    values = {"answer": answer, "answered_by": person_id, "answered_at": now}
    return conn.execute(g.update().where(waiting).values(**values)).rowcount == 1


def _reports(conn: sa.Connection, condition: sa.ColumnElement[bool], *, examples: bool = False) -> list[Report]:
    g, q, v, s = t.guide_reports, t.question_versions, t.scenario_versions, t.scenario_texts
    example: sa.ColumnElement[Any] = t.responses.c.text if examples else sa.null()
    query = (
        sa.select(g.c.id, g.c.ref, v.c.ref.label("version_ref"), v.c.number.label("version_number"),
                  t.scenarios.c.slug, s.c.title, t.questions.c.statement, q.c.id.label("question_version_id"),
                  g.c.comment, g.c.at, g.c.answer, g.c.answered_at, t.people.c.name.label("answered_by"),
                  example.label("example"))
        .select_from(g).join(q, q.c.id == g.c.question_version_id)
        .join(t.questions, t.questions.c.id == q.c.question_id).join(v, v.c.id == q.c.scenario_version_id)
        .join(t.scenarios, t.scenarios.c.id == v.c.scenario_id)
        .join(s, (s.c.scenario_version_id == v.c.id) & (s.c.language == LANGUAGE))
        .outerjoin(t.people, t.people.c.id == g.c.answered_by)
        .outerjoin(t.responses, t.responses.c.id == g.c.response_id)
        .where(condition).order_by(g.c.at.desc(), g.c.id.desc())
    )  # fmt: skip
    return [Report(**row._mapping) for row in conn.execute(query)]
