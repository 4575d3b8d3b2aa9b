"""Trial answers, judged by a question's own guide; and answers to markers who found a guide unclear."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from item_bank.formats import FORMATS
from sjt.rules.authoring import Asked
from sjt.rules.refusals import NotNow
from sjt.services.authoring.reading import note
from sjt.stores import drafts, people
from sjt.stores.drafts import Report, Version
from sjt.stores.people import Person


def scored(asked: Asked, answer: str) -> dict[str, str]:
    """What the key gives an answer, as it is kept: points and maximum, exact. BadAnswer for an impossible one."""
    score = FORMATS[asked.format].score(asked.body, answer)
    return marked(score.points, score.maximum)


def marked(points: Fraction, maximum: Fraction) -> dict[str, str]:
    """Points out of a maximum, as they are kept."""
    return {"points": str(points), "maximum": str(maximum)}


def keep_trial(
    conn: sa.Connection,
    person: Person,
    of: Version,
    statement: str,
    text: str,
    judged: Mapping[str, Any],
    comment: str,
    now: dt.datetime,
) -> None:
    """Keep a trial answer with its judgement. NotNow when its question has left the draft meanwhile."""
    if not drafts.add_trial(conn, of.id, statement, person.id, text, judged, comment, now):
        raise NotNow("authoring.question_gone", statement=statement)
    note(conn, person, "bank.tried", of, now, statement=statement)


def report_guide(
    conn: sa.Connection, person: Person, question_version_id: int, response_id: int, comment: str, now: dt.datetime
) -> None:
    """A marker says what is unclear about a guide, with the response in hand as an example."""
    ref = drafts.add_report(conn, question_version_id, response_id, person.id, comment, now)
    people.record(conn, person.id, "guide.reported", "guide report", ref, now)


def answer_report(conn: sa.Connection, person: Person, report: Report, answer: str, now: dt.datetime) -> None:
    """Answer a marker's report. NotNow when somebody has answered it."""
    if not drafts.answer_report(conn, report.id, person.id, answer, now):
        raise NotNow("authoring.report_answered")
    people.record(conn, person.id, "guide.answered", "guide report", report.ref, now)
