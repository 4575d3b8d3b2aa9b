"""What an auditor reads: everything about one attempt, and the staff's record. Nothing here writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sjt.stores import tables as t


@dataclass(frozen=True)
class Closing:
    """How an attempt was closed, beside the facts that every desk reads."""

    closed_by: int | None
    closed_reason: str | None
    opened_by: int | None


@dataclass(frozen=True)
class PaperFacts:
    """How a paper came about."""

    ref: str
    seed: str
    assembler: str
    hash: str
    drawn_at: dt.datetime
    drawn_from: Mapping[str, Any]  # bank state and history, empty for papers of the first assembler


@dataclass(frozen=True)
class Line:
    """One question of a frozen paper, by slug and version. ``…_id`` are ids of versions."""

    position: int
    scenario_position: int
    scenario: str
    scenario_version: int
    scenario_title: str
    question_id: int
    question: str
    question_version: int
    statement: str
    key: bool
    text: str
    slot: str
    options: list[str]
    format: str
    body: Mapping[str, str]
    scenario_id: int


@dataclass(frozen=True)
class Revision:
    """One revision of an answer, without its text."""

    question_id: int
    revision: int
    length: int
    text_hash: str
    seq: int
    received_at: dt.datetime
    file_id: int | None  # the emergency file that it was entered from, if it was


@dataclass(frozen=True)
class Late:
    """What arrived when the attempt took no answers: evidence, never part of a script."""

    question_id: int
    revision: int
    text: str
    text_hash: str
    received_at: dt.datetime
    why: str


@dataclass(frozen=True)
class Grant:
    """Extra seconds given."""

    seconds: int
    reason: str
    granted_by: int
    granted_at: dt.datetime


@dataclass(frozen=True)
class FinalMark:
    """A final judgement of one response, point by point: code -> (met, reason)."""

    question_id: int
    turn: int
    marker_id: int
    final_at: dt.datetime
    comment: str | None
    points: Mapping[str, tuple[bool, str]]


@dataclass(frozen=True)
class Released:
    """A released result."""

    version: int
    outcome: str
    passed: int
    of: int
    reasons: Any
    released_by: int
    released_at: dt.datetime
    notified_at: dt.datetime | None


@dataclass(frozen=True)
class Record:
    """What a member of staff did."""

    id: int
    at: dt.datetime
    person_id: int | None
    act: str
    object_kind: str
    object_ref: str
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class RecordSearch:
    """What the staff's record is narrowed to; None does not narrow."""

    person_ref: str | None = None
    act: str | None = None
    object_ref: str | None = None
    since: dt.datetime | None = None
    before: dt.datetime | None = None


def closing(conn: sa.Connection, attempt_id: int) -> Closing:
    """Who opened and who closed an attempt."""
    a = t.attempts.c
    return Closing(*conn.execute(sa.select(a.closed_by, a.closed_reason, a.opened_by).where(a.id == attempt_id)).one())


def paper(conn: sa.Connection, attempt_id: int) -> PaperFacts | None:
    """How an attempt's paper was drawn."""
    p = t.papers.c
    row = conn.execute(
        sa.select(p.ref, p.seed, p.assembler, p.hash, p.drawn_at, p.drawn_from).where(p.attempt_id == attempt_id)
    ).one_or_none()
    return PaperFacts(*row) if row else None


def lines(conn: sa.Connection, attempt_id: int, language: str) -> list[Line]:
    """The questions of an attempt's paper in order, with their texts."""
    q, v, s = t.paper_questions.c, t.question_versions.c, t.scenario_versions.c
    rows: Sequence[Any] = conn.execute(  # so many columns have no type of their own
        sa.select(q.position, q.scenario_position, t.scenarios.c.slug, s.number, t.scenario_texts.c.title, v.id,
                  t.questions.c.slug, v.number, q.statement, q.key, t.question_texts.c.text, q.slot, q.options,
                  v.format, t.question_texts.c.body, s.id)
        .select_from(t.papers)
        .join(t.paper_questions, q.paper_id == t.papers.c.id)
        .join(t.question_versions, v.id == q.question_version_id)
        .join(t.questions, t.questions.c.id == v.question_id)
        .join(t.question_texts, t.question_texts.c.question_version_id == v.id)
        .join(t.scenario_versions, s.id == q.scenario_version_id)
        .join(t.scenarios, t.scenarios.c.id == s.scenario_id)
        .join(t.scenario_texts, t.scenario_texts.c.scenario_version_id == s.id)
        .where(t.papers.c.attempt_id == attempt_id, t.question_texts.c.language == language,
               t.scenario_texts.c.language == language)
        .order_by(q.position)
    ).all()  # fmt: skip
    return [Line(*row) for row in rows]


def revisions(conn: sa.Connection, sitting_id: int, attempt_id: int) -> list[Revision]:
    """Every revision of every answer, as it was received."""
    s = t.answers.c
    rows = conn.execute(
        sa.select(
            s.question_version_id, s.revision, sa.func.length(s.text), s.text_hash, s.seq, s.received_at, s.file_id
        )
        .where(s.sitting_id == sitting_id, s.attempt_id == attempt_id)
        .order_by(s.question_version_id, s.revision)
    ).all()
    return [Revision(*row) for row in rows]


def late(conn: sa.Connection, attempt_id: int) -> list[Late]:
    """What arrived too late, in order."""
    s = t.late_answers.c
    columns = (s.question_version_id, s.revision, s.text, s.text_hash, s.received_at, s.why)
    return [Late(*row) for row in conn.execute(sa.select(*columns).where(s.attempt_id == attempt_id).order_by(s.id))]


def grants(conn: sa.Connection, attempt_id: int) -> list[Grant]:
    """Extra time given, in order."""
    g = t.grants.c
    columns = (g.seconds, g.reason, g.granted_by, g.granted_at)
    return [Grant(*row) for row in conn.execute(sa.select(*columns).where(g.attempt_id == attempt_id).order_by(g.id))]


def final_marks(conn: sa.Connection, attempt_id: int) -> list[FinalMark]:
    """Final judgements on an attempt's script, by question and turn."""
    m, r, p = t.marks.c, t.responses.c, t.mark_points.c
    of_attempt = sa.and_(r.attempt_id == attempt_id, m.final_at.is_not(None))
    rows = conn.execute(
        sa.select(m.id, r.question_version_id, m.turn, m.marker_id, m.final_at, m.comment)
        .join(t.responses, r.id == m.response_id)
        .where(of_attempt)
        .order_by(r.position, m.turn)
    ).all()
    points: dict[int, dict[str, tuple[bool, str]]] = {row.id: {} for row in rows}
    for point in conn.execute(sa.select(p.mark_id, p.point, p.met, p.reason).where(p.mark_id.in_(points))):
        points[point.mark_id][point.point] = (point.met, point.reason)
    return [FinalMark(*row[1:], points=points[row.id]) for row in rows]


def released(conn: sa.Connection, attempt_id: int) -> list[Released]:
    """Released results of an attempt, oldest first."""
    r, release = t.results.c, t.releases.c
    rows = conn.execute(
        sa.select(
            r.version, r.outcome, r.passed, r.of, r.reasons, release.released_by, release.released_at, r.notified_at
        )
        .join(t.releases, release.id == r.release_id)
        .where(r.attempt_id == attempt_id)
        .order_by(r.version)
    ).all()
    return [Released(*row) for row in rows]


def names_by_ref(conn: sa.Connection, refs: Collection[str]) -> dict[str, str]:
    """Names of people by the public references that events carry."""
    p = t.people.c
    return {row.ref: row.name for row in conn.execute(sa.select(p.ref, p.name).where(p.ref.in_(list(refs))))}


def records(conn: sa.Connection, search: RecordSearch, limit: int, offset: int) -> tuple[list[Record], int]:
    """A page of the staff's record, newest first, and how many there are in all."""
    r = t.records.c
    where = sa.and_(sa.true(), *_narrowed(search))
    columns = (r.id, r.at, r.person_id, r.act, r.object_kind, r.object_ref, r.detail)
    query = sa.select(*columns).where(where).order_by(r.at.desc(), r.id.desc()).limit(limit).offset(offset)
    total = conn.scalar(sa.select(sa.func.count()).select_from(t.records).where(where)) or 0
    return [Record(*row) for row in conn.execute(query)], total


def _narrowed(search: RecordSearch) -> list[sa.ColumnElement[bool]]:
    r = t.records.c
    conditions = []
    if search.person_ref is not None:
        conditions.append(r.person_id == _person(search.person_ref))
    if search.act is not None:
        conditions.append(r.act == search.act)
    if search.object_ref is not None:
        conditions.append(r.object_ref == search.object_ref)
    if search.since is not None:
        conditions.append(r.at >= search.since)
    if search.before is not None:
        conditions.append(r.at < search.before)
    return conditions


def _person(ref: str) -> sa.ScalarSelect[int]:
    return sa.select(t.people.c.id).where(t.people.c.ref == ref).scalar_subquery()


def record_acts(conn: sa.Connection) -> list[str]:
    """Every kind of act in the staff's record."""
    return list(conn.scalars(sa.select(t.records.c.act).distinct().order_by(t.records.c.act)))
