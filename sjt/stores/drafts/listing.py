"""Lists of the bank: filtered and paged by the database, in a fixed number of statements and without any text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from sjt.rules.authoring import Cutoffs, Due, State
from sjt.stores import tables as t
from sjt.stores.drafts.reading import LANGUAGE, Version, versions_where
from sjt.stores.drafts.reviews import RETURNED

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed to. What is empty narrows nothing."""

    spec_name: str
    words: Sequence[str] = ()
    themes: Collection[str] | None = None
    statement: str = ""
    format: str = ""
    state: str = ""
    author: str = ""  # the person's reference
    due: Due | None = None
    cutoffs: Cutoffs | None = None  # what ``due`` means now


@dataclass(frozen=True)
class Found:
    """One page of a list: all versions of each scenario, newest first, and how many scenarios fit in all."""

    scenarios: tuple[tuple[Version, ...], ...]
    total: int


def found(conn: sa.Connection, wanted: Wanted, first: int, most: int) -> Found:
    """The scenarios that fit, by theme and slug, from the one at ``first`` (0 is the first of all)."""
    s = t.scenarios
    query = sa.select(s.c.id, sa.func.count().over().label("total")).where(s.c.spec_name == wanted.spec_name)
    if wanted.themes is not None:
        query = query.where(s.c.theme.in_(list(wanted.themes)))
    query = query.where(s.c.id.in_(_one_version(wanted))).order_by(s.c.theme, s.c.slug).offset(first).limit(most)
    rows = conn.execute(query).all()
    of_each: dict[int, list[Version]] = {row.id: [] for row in rows}
    for version in versions_where(conn, t.scenario_versions.c.scenario_id.in_(list(of_each))) if rows else ():
        of_each[version.scenario_id].append(version)
    return Found(tuple(tuple(of_one) for of_one in of_each.values()), rows[0].total if rows else 0)


def _one_version(wanted: Wanted) -> sa.Select[tuple[int]]:
    """The scenarios of which one version, the live or the newest one, is all that is wanted. Computed once."""
    v, other = t.scenario_versions, t.scenario_versions.alias()
    newest = sa.select(sa.func.max(other.c.number)).where(other.c.scenario_id == v.c.scenario_id).scalar_subquery()
    conditions: list[Condition] = [(v.c.state == State.LIVE) | (v.c.number == newest)]
    if wanted.state:
        conditions.append(v.c.state == wanted.state)
    if wanted.author:
        conditions.append(v.c.id.in_(_written_by(wanted.author)))
    for column, value in ((t.questions.c.statement, wanted.statement), (t.question_versions.c.format, wanted.format)):
        if value:
            asked = sa.select(t.question_versions.c.scenario_version_id).join(t.questions)
            conditions.append(v.c.id.in_(asked.where(column == value)))
    conditions += _when_due(wanted) + [_holds(word) for word in wanted.words]
    in_spec = t.scenarios.c.spec_name == wanted.spec_name
    return sa.select(v.c.scenario_id).join(t.scenarios).where(in_spec, *conditions).correlate(None)


def _written_by(person_ref: str) -> sa.Select[tuple[int]]:
    a = t.scenario_authors
    return sa.select(a.c.scenario_version_id).join(t.people).where(t.people.c.ref == person_ref)


def _holds(word: str) -> Condition:
    """That a version holds a word in its title, its situation, its short name or a question."""
    v, s, q = t.scenario_versions, t.scenario_texts, t.question_texts
    asked = sa.select(t.question_versions.c.scenario_version_id).join(q)
    told = [column.icontains(word, autoescape=True) for column in (s.c.title, s.c.text)]
    texts = sa.select(s.c.scenario_version_id).where(s.c.language == LANGUAGE, sa.or_(*told))
    return sa.or_(
        v.c.id.in_(texts),
        v.c.id.in_(asked.where(q.c.text.icontains(word, autoescape=True))),
        t.scenarios.c.slug.icontains(word, autoescape=True),
    )


def _when_due(wanted: Wanted) -> list[Condition]:
    if wanted.due is None:
        return []
    if wanted.cutoffs is None:  # a test whose bank is not reviewed by the calendar
        return [sa.false()]
    live, at = t.scenario_versions.c.state == State.LIVE, last_reviewed()
    within = {
        Due.OVERDUE: [at <= wanted.cutoffs.overdue],
        Due.SOON: [at <= wanted.cutoffs.soon, at > wanted.cutoffs.overdue],
        Due.LATER: [at > wanted.cutoffs.soon],
    }
    return [live, *within[wanted.due]]


def last_reviewed() -> sa.ColumnElement[dt.datetime]:
    """When a version was last found fit: at a yearly review, else at its approval."""
    v, y = t.scenario_versions, t.yearly_reviews
    confirmed = sa.select(sa.func.max(y.c.at)).where(y.c.scenario_version_id == v.c.id).scalar_subquery()
    return sa.func.coalesce(confirmed, v.c.approved_at, type_=v.c.approved_at.type)


def writers(conn: sa.Connection, spec_name: str) -> list[tuple[str, str]]:
    """Everybody who wrote in the bank of a specification: reference and name, by name."""
    a, v = t.scenario_authors, t.scenario_versions
    query = (
        sa.select(t.people.c.ref, t.people.c.name).distinct()
        .join(a, a.c.person_id == t.people.c.id).join(v, v.c.id == a.c.scenario_version_id)
        .join(t.scenarios, t.scenarios.c.id == v.c.scenario_id)
        .where(t.scenarios.c.spec_name == spec_name).order_by(t.people.c.name, t.people.c.ref)
    )  # fmt: skip
    return [(row.ref, row.name) for row in conn.execute(query)]


# ------------------------------------------------------------------------------------------------------ my work
@dataclass(frozen=True)
class Pile:
    """Versions that wait for the same act, the longest waiting first; ``total`` counts those not shown too."""

    versions: tuple[Version, ...]
    total: int


def piles(
    conn: sa.Connection, person_id: int, soon: Mapping[str, dt.datetime], kinds: Collection[str], most: int
) -> dict[str, Pile]:
    """What waits for a person by kind. ``soon``: specification -> reviewed then or before is due soon or overdue."""
    ids: dict[str, list[int]] = {}
    totals: dict[str, int] = {}
    for kind in kinds:
        condition, order = _waiting(kind, person_id, soon)
        v = t.scenario_versions
        query = sa.select(v.c.id, sa.func.count().over().label("total")).join(t.scenarios).where(condition)
        rows = conn.execute(query.order_by(order, v.c.id).limit(most)).all()
        ids[kind], totals[kind] = [row.id for row in rows], rows[0].total if rows else 0
    shown = [id_ for of_kind in ids.values() for id_ in of_kind]
    by_id = {v.id: v for v in versions_where(conn, t.scenario_versions.c.id.in_(shown))} if shown else {}
    return {kind: Pile(tuple(by_id[id_] for id_ in ids[kind]), totals[kind]) for kind in kinds}


def _waiting(
    kind: str, person_id: int, soon: Mapping[str, dt.datetime]
) -> tuple[Condition, sa.ColumnElement[dt.datetime]]:
    v, a, r = t.scenario_versions, t.scenario_authors, t.reviews
    mine = sa.exists().where(a.c.scenario_version_id == v.c.id, a.c.person_id == person_id)
    returned = sa.exists().where(r.c.scenario_version_id == v.c.id, r.c.decision == RETURNED)
    asked = sa.func.coalesce(v.c.asked_id, 0) == person_id
    due = [(t.scenarios.c.spec_name == spec) & (last_reviewed() <= at) for spec, at in soon.items()]
    known: dict[str, tuple[Condition, sa.ColumnElement[dt.datetime]]] = {
        "returned": ((v.c.state == State.DRAFT) & mine & returned, v.c.changed_at),
        "drafts": ((v.c.state == State.DRAFT) & mine & ~returned, v.c.changed_at),
        "asked": ((v.c.state == State.IN_REVIEW) & ~mine & asked, v.c.submitted_at),
        "reviews": ((v.c.state == State.IN_REVIEW) & ~mine & ~asked, v.c.submitted_at),
        "approved": (v.c.state == State.APPROVED, v.c.approved_at),
        "due": ((v.c.state == State.LIVE) & ~mine & sa.or_(sa.false(), *due), last_reviewed()),
    }
    return known[kind]
