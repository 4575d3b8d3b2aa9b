"""What stands beside an answer on the marker's desk: scenario, question and marking guide."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sjt.stores.bank import LANGUAGE
from sjt.stores.tables import question_texts, question_versions, questions, scenario_texts, scenarios


@dataclass(frozen=True)
class Asked:
    """A question version by name: what a queue lists."""

    id: int
    slug: str
    number: int
    statement: str
    spec_name: str
    scenario_title: str


@dataclass(frozen=True)
class Guide:
    """Indicative content for one point (Markdown)."""

    meets: str
    falls_short: str


@dataclass(frozen=True)
class Material:
    """A question version in full (Markdown), with its scenario, its guide by point and its model answers.

    ``models`` is the body of the question's format; empty where nobody has written model answers yet.
    """

    asked: Asked
    scenario: str
    question: str
    guide: Mapping[str, Guide]
    models: Mapping[str, str]


_named = [
    question_versions.c.id, questions.c.slug, question_versions.c.number, questions.c.statement,
    scenarios.c.spec_name, scenario_texts.c.title.label("scenario_title"),
]  # fmt: skip


def _select(*more: sa.ColumnElement[Any]) -> sa.Select[Any]:
    return (
        sa.select(*_named, *more)
        .select_from(question_versions)
        .join(questions, questions.c.id == question_versions.c.question_id)
        .join(scenarios, scenarios.c.id == questions.c.scenario_id)
        .join(scenario_texts, scenario_texts.c.scenario_version_id == question_versions.c.scenario_version_id)
        .where(scenario_texts.c.language == LANGUAGE)
    )


def asked(conn: sa.Connection, ids: Collection[int]) -> dict[int, Asked]:
    """Question versions by their ids."""
    rows = conn.execute(_select().where(question_versions.c.id.in_(list(ids))))
    return {row.id: Asked(**row._mapping) for row in rows}


def asked_by_slug(conn: sa.Connection, slug: str, number: int) -> Asked | None:
    """A question version by its question's slug and its number."""
    query = _select().where(questions.c.slug == slug, question_versions.c.number == number)
    row = conn.execute(query).one_or_none()
    return Asked(**row._mapping) if row else None


def material(conn: sa.Connection, question_version_id: int) -> Material:
    """Everything that a marker reads beside the answer."""
    texts = [scenario_texts.c.text.label("scenario"), question_texts.c.text.label("question"), question_texts.c.guide]
    texts.append(question_texts.c.body.label("models"))
    row = conn.execute(
        _select(*texts)
        .join(question_texts, question_texts.c.question_version_id == question_versions.c.id)
        .where(question_versions.c.id == question_version_id, question_texts.c.language == LANGUAGE)
    ).one()
    values = dict(row._mapping)
    guide = {point: Guide(**told) for point, told in values.pop("guide").items()}
    texts_of: dict[str, Any] = {name: values.pop(name) for name in ("scenario", "question", "models")}
    return Material(Asked(**values), guide=guide, **texts_of)
