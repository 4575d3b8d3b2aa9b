"""Reading versions, their texts, their authors and their reviews."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from item_bank.scenarios import Guidance
from sjt.rules.authoring import Asked, Content, State
from sjt.stores import tables as t
from sjt.stores.bank import LANGUAGE as LANGUAGE

OBJECT = "scenario version"  # in the records of what staff did
OPENED = "bank.opened"
COPIED = "bank.copied"


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
    asked_id: int | None  # who was asked by name to review it, if anybody was
    approved_by: str | None
    withdrawn_by: str | None
    asked_to: str | None
    confirmed_at: dt.datetime | None  # when it was last read again and found fit
    authors: Mapping[int, str] = field(default_factory=dict)  # who wrote it: person id -> name
    statements: tuple[str, ...] = ()

    @property
    def reviewed_at(self) -> dt.datetime | None:
        """When somebody last found it fit: at its approval, or at a yearly review since."""
        return self.confirmed_at or self.approved_at

    @property
    def written_by(self) -> str:
        """Its authors by name; empty for what came with the product."""
        return ", ".join(self.authors.values())


def by_ref(conn: sa.Connection, ref: str) -> Version | None:
    """A version by its reference."""
    return next(iter(versions_where(conn, t.scenario_versions.c.ref == ref)), None)


def by_number(conn: sa.Connection, scenario_id: int, number: int) -> Version | None:
    """A version of a scenario by its number."""
    v = t.scenario_versions
    return next(iter(versions_where(conn, (v.c.scenario_id == scenario_id) & (v.c.number == number))), None)


def of_scenario(conn: sa.Connection, slug: str) -> list[Version]:
    """All versions of a scenario, newest first."""
    return versions_where(conn, t.scenarios.c.slug == slug)


def scenario_id(conn: sa.Connection, slug: str) -> int | None:
    """The id of a scenario."""
    return conn.scalar(sa.select(t.scenarios.c.id).where(t.scenarios.c.slug == slug))


def versions_where(conn: sa.Connection, condition: sa.ColumnElement[bool]) -> list[Version]:
    """Versions under a condition, by scenario and the newest first: three statements, however many there are."""
    v, yearly = t.scenario_versions, t.yearly_reviews
    approver, withdrawer, asked = (t.people.alias() for _ in range(3))
    confirmed = sa.select(sa.func.max(yearly.c.at)).where(yearly.c.scenario_version_id == v.c.id).scalar_subquery()
    columns = [
        v.c[name]
        for name in (
            "id", "ref", "scenario_id", "number", "state", "sample", "edit", "created_by", "created_at", "changed_at",
            "submitted_at", "approved_at", "live_at", "withdrawn_at", "withdrawn_reason", "asked_id",
        )
    ]  # fmt: skip
    rows = conn.execute(
        sa.select(
            *columns, t.scenarios.c.slug, t.scenarios.c.spec_name, t.scenarios.c.theme, t.scenario_texts.c.title,
            approver.c.name.label("approved_by"), withdrawer.c.name.label("withdrawn_by"),
            asked.c.name.label("asked_to"), confirmed.label("confirmed_at"),
        )
        .join(t.scenarios, t.scenarios.c.id == v.c.scenario_id)
        .join(t.scenario_texts, (t.scenario_texts.c.scenario_version_id == v.c.id)
              & (t.scenario_texts.c.language == LANGUAGE))
        .outerjoin(approver, approver.c.id == v.c.approved_by)
        .outerjoin(withdrawer, withdrawer.c.id == v.c.withdrawn_by)
        .outerjoin(asked, asked.c.id == v.c.asked_id)
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
    s, q = t.scenario_texts, t.question_texts
    text = conn.execute(sa.select(s).where(s.c.scenario_version_id == version_id, s.c.language == LANGUAGE)).one()
    rows = conn.execute(
        sa.select(t.questions.c.statement, t.question_versions.c.format, q.c.text, q.c.guide, q.c.body)
        .join(t.question_versions, t.question_versions.c.question_id == t.questions.c.id)
        .join(q, q.c.question_version_id == t.question_versions.c.id)
        .where(t.question_versions.c.scenario_version_id == version_id, q.c.language == LANGUAGE)
        .order_by(t.questions.c.statement)
    ).all()
    questions = tuple(
        Asked(r.statement, r.text, {point: Guidance(**told) for point, told in r.guide.items()}, r.format, r.body)
        for r in rows
    )
    lists = (tuple(names) for names in (text.enemies, text.tags))
    return Content(text.title, text.text, tuple(text.sources), questions, *lists).without_blanks()


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


def copied_from(conn: sa.Connection, refs: Collection[str]) -> dict[str, tuple[str, int]]:
    """Which scenario and version a version was copied from, by its reference; the records keep it."""
    r = t.records
    rows = conn.execute(
        sa.select(r.c.object_ref, r.c.detail).where(
            r.c.object_kind == OBJECT, r.c.act == COPIED, r.c.object_ref.in_(list(refs))
        )
    )
    return {row.object_ref: (row.detail["from_scenario"], row.detail["from_number"]) for row in rows}
