"""Reading versions, their texts, their authors and their reviews."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from item_bank.scenarios import Guidance
from sjt.rules.authoring import Asked, Content, State
from sjt.stores import tables as t
from sjt.stores.bank import LANGUAGE as LANGUAGE

OBJECT = "scenario version"  # in the records of what staff did
OPENED = "bank.opened"


@dataclass(frozen=True)
class Review:
    """One decision on a version: by whom, which, why, when."""

    version_id: int
    reviewer: str
    decision: str
    comment: str
    at: dt.datetime


@dataclass(frozen=True)
class Version:
    """A version of a scenario without its text: what a list may show to everybody who reads the bank."""

    id: int
    ref: str
    scenario_id: int
    slug: str
    spec_name: str
    theme: str
    number: int
    state: State
    sample: bool
    edit: int
    title: str
    created_by: int | None
    created_at: dt.datetime
    changed_at: dt.datetime
    submitted_at: dt.datetime | None
    approved_at: dt.datetime | None
    live_at: dt.datetime | None
    withdrawn_at: dt.datetime | None
    withdrawn_reason: str | None
    approved_by: str | None
    withdrawn_by: str | None
    authors: Mapping[int, str] = field(default_factory=dict)  # who wrote it: person id -> name
    statements: tuple[str, ...] = ()

    @property
    def written_by(self) -> str:
        """Its authors by name; empty for what came with the product."""
        return ", ".join(self.authors.values())


def by_ref(conn: sa.Connection, ref: str) -> Version | None:
    """A version by its reference."""
    return next(iter(_versions(conn, t.scenario_versions.c.ref == ref)), None)


def by_number(conn: sa.Connection, scenario_id: int, number: int) -> Version | None:
    """A version of a scenario by its number."""
    v = t.scenario_versions
    return next(iter(_versions(conn, (v.c.scenario_id == scenario_id) & (v.c.number == number))), None)


def of_scenario(conn: sa.Connection, slug: str) -> list[Version]:
    """All versions of a scenario, newest first."""
    return _versions(conn, t.scenarios.c.slug == slug)


def of_spec(conn: sa.Connection, spec_name: str) -> dict[str, list[Version]]:
    """All versions of all scenarios of a specification by slug, newest first."""
    found: dict[str, list[Version]] = {}
    for version in _versions(conn, t.scenarios.c.spec_name == spec_name):
        found.setdefault(version.slug, []).append(version)
    return found


def scenario_id(conn: sa.Connection, slug: str) -> int | None:
    """The id of a scenario."""
    return conn.scalar(sa.select(t.scenarios.c.id).where(t.scenarios.c.slug == slug))


def _versions(conn: sa.Connection, condition: sa.ColumnElement[bool]) -> list[Version]:
    v, approver, withdrawer = t.scenario_versions, t.people.alias(), t.people.alias()
    columns = [
        v.c[name]
        for name in (
            "id", "ref", "scenario_id", "number", "state", "sample", "edit", "created_by", "created_at", "changed_at",
            "submitted_at", "approved_at", "live_at", "withdrawn_at", "withdrawn_reason",
        )
    ]  # fmt: skip
    rows = conn.execute(
        sa.select(
            *columns, t.scenarios.c.slug, t.scenarios.c.spec_name, t.scenarios.c.theme, t.scenario_texts.c.title,
            approver.c.name.label("approved_by"), withdrawer.c.name.label("withdrawn_by"),
        )
        .join(t.scenarios, t.scenarios.c.id == v.c.scenario_id)
        .join(t.scenario_texts, (t.scenario_texts.c.scenario_version_id == v.c.id)
              & (t.scenario_texts.c.language == LANGUAGE))
        .outerjoin(approver, approver.c.id == v.c.approved_by)
        .outerjoin(withdrawer, withdrawer.c.id == v.c.withdrawn_by)
        .where(condition)
        .order_by(t.scenarios.c.slug, v.c.number.desc())
    ).mappings().all()  # fmt: skip
    ids = [row["id"] for row in rows]
    authors, statements = _authors(conn, ids), _statements(conn, ids)
    return [
        Version(**{**row, "state": State(row["state"])}, authors=authors[row["id"]], statements=statements[row["id"]])
        for row in rows
    ]


def _authors(conn: sa.Connection, ids: Collection[int]) -> dict[int, dict[int, str]]:
    a = t.scenario_authors
    query = sa.select(a.c.scenario_version_id, t.people.c.id, t.people.c.name).join(t.people)
    found: dict[int, dict[int, str]] = {id_: {} for id_ in ids}
    for row in conn.execute(query.where(a.c.scenario_version_id.in_(ids)).order_by(t.people.c.name)):
        found[row.scenario_version_id][row.id] = row.name
    return found


def _statements(conn: sa.Connection, ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    q = t.question_versions
    query = sa.select(q.c.scenario_version_id, t.questions.c.statement).join(t.questions)
    found: dict[int, list[str]] = {id_: [] for id_ in ids}
    for row in conn.execute(query.where(q.c.scenario_version_id.in_(ids)).order_by(t.questions.c.statement)):
        found[row.scenario_version_id].append(row.statement)
    return {id_: tuple(codes) for id_, codes in found.items()}


def content_of(conn: sa.Connection, version_id: int) -> Content:
    """All that is written of a version."""
    s = t.scenario_texts
    text = conn.execute(sa.select(s).where(s.c.scenario_version_id == version_id, s.c.language == LANGUAGE)).one()
    rows = conn.execute(
        sa.select(t.questions.c.statement, t.question_texts.c.text, t.question_texts.c.guide)
        .join(t.question_versions, t.question_versions.c.question_id == t.questions.c.id)
        .join(t.question_texts, t.question_texts.c.question_version_id == t.question_versions.c.id)
        .where(t.question_versions.c.scenario_version_id == version_id, t.question_texts.c.language == LANGUAGE)
        .order_by(t.questions.c.statement)
    ).all()
    questions = (Asked(r.statement, r.text, {point: Guidance(**told) for point, told in r.guide.items()}) for r in rows)
    return Content(text.title, text.text, tuple(text.sources), tuple(questions))


def holding_words(conn: sa.Connection, spec_name: str, words: Sequence[str]) -> frozenset[str]:
    """The slugs of scenarios of which one version holds all the words, in any of its texts."""
    s, q, v = t.scenario_texts, t.question_versions, t.scenario_versions
    asked = sa.select(q.c.scenario_version_id).select_from(q.join(t.question_texts))
    query = sa.select(t.scenarios.c.slug).select_from(t.scenarios.join(v).join(s))
    query = query.where(t.scenarios.c.spec_name == spec_name)
    for word in words:
        questions = asked.where(t.question_texts.c.text.icontains(word, autoescape=True))
        found = [column.icontains(word, autoescape=True) for column in (s.c.title, s.c.text, t.scenarios.c.slug)]
        query = query.where(sa.or_(*found, v.c.id.in_(questions)))
    return frozenset(conn.scalars(query))


def live_questions(conn: sa.Connection, spec_name: str) -> Counter[str]:
    """How many live questions there are on each statement."""
    query = (
        sa.select(t.questions.c.statement)
        .join(t.question_versions, t.question_versions.c.question_id == t.questions.c.id)
        .join(t.scenario_versions, t.scenario_versions.c.id == t.question_versions.c.scenario_version_id)
        .join(t.scenarios, t.scenarios.c.id == t.scenario_versions.c.scenario_id)
        .where(t.scenarios.c.spec_name == spec_name, t.scenario_versions.c.state == State.LIVE)
    )
    return Counter(conn.scalars(query))


def reviews_of(conn: sa.Connection, version_ids: Collection[int]) -> list[Review]:
    """The decisions on these versions, newest first."""
    r = t.reviews
    rows = conn.execute(
        sa.select(r.c.scenario_version_id, t.people.c.name, r.c.decision, r.c.comment, r.c.at)
        .join(t.people, t.people.c.id == r.c.reviewer_id)
        .where(r.c.scenario_version_id.in_(version_ids))
        .order_by(r.c.at.desc(), r.c.id.desc())
    )
    return [Review(*row) for row in rows]


def opened_until(
    conn: sa.Connection, person_id: int, ref: str, now: dt.datetime, lasts: dt.timedelta
) -> dt.datetime | None:
    """Until when a person may read the text of a version that they opened for a purpose; None when they may not."""
    r = t.records
    opened = conn.scalar(
        sa.select(sa.func.max(r.c.at)).where(
            r.c.object_kind == OBJECT, r.c.object_ref == ref, r.c.act == OPENED,
            r.c.person_id == person_id, r.c.at > now - lasts,
        )
    )  # fmt: skip
    return opened + lasts if opened else None
