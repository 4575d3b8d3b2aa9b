"""Reading scenarios with their questions, and what stands in the bank under given names."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa

from item_bank.scenarios import Bank, Guidance, Question, Scenario
from sjt.stores import tables as t

LANGUAGE = "en"
MOST_NAMES = 1_000  # values in one statement
Value = TypeVar("Value")


@dataclass(frozen=True)
class Standing:
    """A scenario that stands in the bank: its versions by number, each with its id and state."""

    id: int
    slug: str
    spec_name: str
    theme: str
    versions: Mapping[int, tuple[int, str]]


@dataclass(frozen=True)
class Asked:
    """A question that stands in the bank: whose it is, what it tests, and its newest number."""

    slug: str
    scenario_id: int
    statement: str
    newest: int


def pieces(values: Collection[Value]) -> Iterator[list[Value]]:
    """Values in lists that one statement takes."""
    listed = list(values)
    for start in range(0, len(listed), MOST_NAMES):
        yield listed[start : start + MOST_NAMES]


def live_bank(conn: sa.Connection, spec_name: str) -> Bank:
    """All live scenarios of a specification with their questions, texts included."""
    v = t.scenario_versions
    return Bank(tuple(_scenarios(conn, (v.c.state == "live") & (t.scenarios.c.spec_name == spec_name)).values()))


def newest_bank(conn: sa.Connection, spec_name: str) -> Bank:
    """The newest version of each scenario, in whatever state; withdrawn ones are left out."""
    v, other = t.scenario_versions, t.scenario_versions.alias()
    stands = (other.c.scenario_id == v.c.scenario_id) & (other.c.state != "withdrawn")
    newest = v.c.number == sa.select(sa.func.max(other.c.number)).where(stands).scalar_subquery()
    return Bank(tuple(_scenarios(conn, newest & (t.scenarios.c.spec_name == spec_name)).values()))


def texts_of(conn: sa.Connection, version_ids: Collection[int]) -> dict[int, Scenario]:
    """Whole versions by their ids."""
    found: dict[int, Scenario] = {}
    for ids in pieces(version_ids):
        found.update(_scenarios(conn, t.scenario_versions.c.id.in_(ids)))
    return found


def standing(conn: sa.Connection, slugs: Collection[str]) -> dict[str, Standing]:
    """What stands in the bank under these slugs, of any specification."""
    s, v = t.scenarios, t.scenario_versions
    versions: dict[tuple[int, str, str, str], dict[int, tuple[int, str]]] = {}
    for names in pieces(slugs):
        query = sa.select(s.c.id, s.c.slug, s.c.spec_name, s.c.theme, v.c.number, v.c.id.label("version"), v.c.state)
        for row in conn.execute(query.outerjoin(v).where(s.c.slug.in_(names))):
            of_one = versions.setdefault((row.id, row.slug, row.spec_name, row.theme), {})
            if row.number is not None:
                of_one[row.number] = (row.version, row.state)
    return {key[1]: Standing(*key, numbers) for key, numbers in versions.items()}


def asked(conn: sa.Connection, slugs: Collection[str], scenario_ids: Collection[int]) -> list[Asked]:
    """The questions that stand under these slugs, and all questions of these scenarios."""
    questions, q = t.questions, t.question_versions
    newest = sa.select(sa.func.max(q.c.number)).where(q.c.question_id == questions.c.id).scalar_subquery()
    query = sa.select(questions.c.slug, questions.c.scenario_id, questions.c.statement, newest.label("newest"))
    found: dict[str, Asked] = {}
    for column, values in ((questions.c.slug, slugs), (questions.c.scenario_id, scenario_ids)):
        for some in pieces(list(values)):
            rows = conn.execute(query.where(column.in_(some)))
            found.update({row.slug: Asked(row.slug, row.scenario_id, row.statement, row.newest or 0) for row in rows})
    return list(found.values())


def enemies_named(conn: sa.Connection, spec_name: str) -> dict[str, tuple[str, ...]]:
    """Whom the newest version of each scenario names as its enemies; all scenarios of the specification are there."""
    s, v, texts = t.scenarios, t.scenario_versions, t.scenario_texts
    query = sa.select(s.c.slug, v.c.number, texts.c.enemies).select_from(s.join(v).join(texts))
    rows = conn.execute(query.where(s.c.spec_name == spec_name, v.c.state != "withdrawn").order_by(v.c.number))
    return dict(sorted((row.slug, tuple(row.enemies)) for row in rows))


def _scenarios(conn: sa.Connection, condition: sa.ColumnElement[bool]) -> dict[int, Scenario]:
    """Versions with all their texts by id, in the order of their slugs: two statements, however many they are.

    Sorted here and not by the databases, which disagree on where a hyphen goes.
    """
    v, texts = t.scenario_versions, t.scenario_texts
    rows = conn.execute(
        sa.select(v.c.id, v.c.number, v.c.sample, t.scenarios.c.slug, t.scenarios.c.theme, texts.c.title,
                  texts.c.text, texts.c.sources, texts.c.enemies, texts.c.tags)
        .select_from(t.scenarios.join(v).join(texts))
        .where(condition, texts.c.language == LANGUAGE)
    ).all()  # fmt: skip
    questions = _questions(conn, condition)
    return {
        r.id: Scenario(
            slug=r.slug, version=r.number, theme=r.theme, title=r.title, text=r.text, sample=r.sample,
            questions=tuple(questions.get(r.id, ())), sources=tuple(r.sources), enemies=tuple(r.enemies),
            tags=tuple(r.tags),
        )
        for r in sorted(rows, key=lambda r: r.slug)
    }  # fmt: skip


def _questions(conn: sa.Connection, condition: sa.ColumnElement[bool]) -> dict[int, list[Question]]:
    """The questions of versions by the version's id, in the order of their statements."""
    v, q, texts = t.scenario_versions, t.question_versions, t.question_texts
    joined = t.scenarios.join(v).join(q, q.c.scenario_version_id == v.c.id)
    rows = conn.execute(
        sa.select(q.c.scenario_version_id, t.questions.c.slug, q.c.number, t.questions.c.statement, q.c.format,
                  texts.c.text, texts.c.guide, texts.c.body)
        .select_from(joined.join(t.questions, t.questions.c.id == q.c.question_id).join(texts))
        .where(condition, texts.c.language == LANGUAGE)
    ).all()  # fmt: skip
    found: dict[int, list[Question]] = {}
    for row in sorted(rows, key=lambda row: (row.statement, row.slug)):
        guide = {point: Guidance(**told) for point, told in row.guide.items()}
        question = Question(row.slug, row.number, row.statement, row.format, row.text, guide, dict(row.body))
        found.setdefault(row.scenario_version_id, []).append(question)
    return found
