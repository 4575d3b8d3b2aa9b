"""Responses and the marks on them, as they stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from sjt.db import for_update
from sjt.rules.interests import Whom
from sjt.stores.scripts import BLANKS
from sjt.stores.tables import (
    attempts,
    candidates,
    mark_points,
    marks,
    responses,
    results,
    seats,
    second_marks,
    sitting_staff,
    sittings,
)

GIVEN_BACK, IDLE, RECALLED, CONFLICT = "given back", "idle", "recalled", "conflict"


@dataclass(frozen=True)
class Judged:
    """A final judgement on one point."""

    met: bool
    reason: str


@dataclass(frozen=True)
class Response:
    """One answer of a frozen script, without its text."""

    id: int
    ref: str
    sitting_id: int
    attempt_id: int
    question_version_id: int
    statement: str
    key: bool
    position: int
    answered: bool
    spec_id: str
    again: bool  # the marking policy asks for a second judgement


@dataclass(frozen=True)
class Mark:
    """One person's work on one response: in hand, final, or returned for a reason."""

    id: int
    ref: str
    response_id: int
    turn: int
    marker_id: int
    touched_at: dt.datetime
    draft: Mapping[str, Any] | None
    edit: int
    final_at: dt.datetime | None
    comment: str | None
    returned_at: dt.datetime | None
    returned_reason: str | None
    points: Mapping[str, Judged] = field(kw_only=True)


@dataclass(frozen=True)
class Standing:
    """A response with the marks that stand on it (in hand or final; not the returned ones)."""

    response: Response
    marks: tuple[Mark, ...]


_answered = sa.and_(responses.c.revision > 0, sa.func.trim(responses.c.text, BLANKS) != "").label("answered")
_of_response = [  # in the order of the fields of Response
    responses.c.id, responses.c.ref, responses.c.sitting_id, responses.c.attempt_id, responses.c.question_version_id,
    responses.c.statement, responses.c.key, responses.c.position, _answered, attempts.c.spec_id,
    sa.exists().where(second_marks.c.response_id == responses.c.id).label("again"),
]  # fmt: skip
_of_mark = [  # in the order of the fields of Mark, but for its points
    marks.c.id, marks.c.ref, marks.c.response_id, marks.c.turn, marks.c.marker_id, marks.c.touched_at, marks.c.draft,
    marks.c.edit, marks.c.final_at, marks.c.comment, marks.c.returned_at, marks.c.returned_reason,
]  # fmt: skip
_told = (
    sa.select(sa.func.max(results.c.notified_at)).where(results.c.attempt_id == attempts.c.id).correlate(attempts)
).scalar_subquery()
_others = responses.alias("withdrawn_on")
WITHDRAWN = (  # a judgement was withdrawn after the result went out: it is judged anew, and released anew
    sa.exists()
    .where(_others.c.attempt_id == attempts.c.id, marks.c.response_id == _others.c.id)
    .where(marks.c.returned_reason == CONFLICT, marks.c.returned_at > _told)
    .correlate(attempts)
)
_released = sa.and_(sa.exists().where(results.c.attempt_id == attempts.c.id), ~WITHDRAWN)
_counts = responses.c.script == attempts.c.script  # a script that a reopening has replaced counts for nobody
_reopened = sa.and_(attempts.c.reopened_at.is_not(None), attempts.c.returned_at.is_(None))
_markable = sa.and_(
    attempts.c.closed_at.is_not(None), attempts.c.closed_as != "void", _counts, ~_reopened, ~_released
)  # fmt: skip


def standings(
    conn: sa.Connection,
    *,
    question_version_id: int | None = None,
    sitting_id: int | None = None,
    response_id: int | None = None,
    but: Collection[str] = (),
) -> list[Standing]:
    """Responses that may still be judged, in the order of their random references.

    Their attempt is closed, not void, and has no released result; nor is it of a specification in ``but``.
    """
    conditions: list[sa.ColumnElement[bool]] = [_markable, attempts.c.spec_id.not_in(list(but))]
    if question_version_id is not None:
        conditions.append(responses.c.question_version_id == question_version_id)
    if sitting_id is not None:
        conditions.append(responses.c.sitting_id == sitting_id)
    if response_id is not None:
        conditions.append(responses.c.id == response_id)
    return _standings(conn, sa.and_(*conditions))


def of_sitting(conn: sa.Connection, sitting_id: int) -> list[Standing]:
    """All responses of a sitting that count, whatever has become of them."""
    return _standings(conn, sa.and_(responses.c.sitting_id == sitting_id, _counts))


def of_attempt(conn: sa.Connection, attempt_id: int) -> list[Standing]:
    """All responses of the script of an attempt that counts."""
    return _standings(conn, sa.and_(responses.c.attempt_id == attempt_id, _counts))


def unmarked(conn: sa.Connection, response_id: int) -> Response:
    """One response, for the mark that stands on it."""
    query = sa.select(*_of_response).join(attempts).where(responses.c.id == response_id)
    return Response(*conn.execute(query).one())


def _standings(conn: sa.Connection, condition: sa.ColumnElement[bool]) -> list[Standing]:
    query = sa.select(*_of_response).join(attempts).where(condition).order_by(responses.c.ref)
    found = [Response(*row) for row in conn.execute(query)]
    standing = sa.select(responses.c.id).join(attempts).where(condition)
    own: dict[int, list[Mark]] = {}
    for mark in _marks(conn, sa.and_(marks.c.returned_at.is_(None), marks.c.response_id.in_(standing))):
        own.setdefault(mark.response_id, []).append(mark)
    return [Standing(response, tuple(own.get(response.id, ()))) for response in found]


def _marks(conn: sa.Connection, condition: sa.ColumnElement[bool]) -> list[Mark]:
    rows = conn.execute(sa.select(*_of_mark).where(condition).order_by(marks.c.response_id, marks.c.turn)).all()
    wanted = sa.select(marks.c.id).where(condition)
    judged: dict[int, dict[str, Judged]] = {}
    for row in conn.execute(sa.select(mark_points).where(mark_points.c.mark_id.in_(wanted))):
        judged.setdefault(row.mark_id, {})[row.point] = Judged(row.met, row.reason)
    return [Mark(*row, points=judged.get(row[0], {})) for row in rows]


def by_ref(conn: sa.Connection, ref: str) -> Mark | None:
    """A mark by its random reference."""
    found = _marks(conn, marks.c.ref == ref)
    return found[0] if found else None


def in_hand(conn: sa.Connection, marker_id: int, question_version_id: int | None = None) -> list[tuple[Mark, Response]]:
    """What a person holds and has not finished, the oldest first; of one question, or of all."""
    holding = sa.and_(marks.c.marker_id == marker_id, marks.c.returned_at.is_(None), marks.c.final_at.is_(None))
    found = _with_response(conn, holding)
    return [pair for pair in found if question_version_id in (None, pair[1].question_version_id)]


def recently_final(conn: sa.Connection, marker_id: int, since: dt.datetime) -> list[tuple[Mark, Response]]:
    """What a person made final since a time, the newest first."""
    found = _with_response(conn, sa.and_(marks.c.marker_id == marker_id, marks.c.final_at >= since))
    return sorted(found, key=lambda pair: pair[0].final_at or since, reverse=True)


def _with_response(conn: sa.Connection, condition: sa.ColumnElement[bool]) -> list[tuple[Mark, Response]]:
    found = sorted(_marks(conn, condition), key=lambda mark: mark.id)
    query = sa.select(*_of_response).join(attempts)
    rows = conn.execute(query.where(responses.c.id.in_([mark.response_id for mark in found])))
    own = {row.id: Response(*row) for row in rows}
    return [(mark, own[mark.response_id]) for mark in found]


def answer_text(conn: sa.Connection, response_id: int) -> str:
    """The answer itself, character for character."""
    return str(conn.execute(sa.select(responses.c.text).where(responses.c.id == response_id)).scalar_one())


def invigilated(conn: sa.Connection, person_id: int) -> set[int]:
    """Sittings that a person had a hand in: named for them, or did their register, gate or closing."""
    named = sa.select(sitting_staff.c.sitting_id).where(sitting_staff.c.person_id == person_id)
    acted = sa.or_(
        seats.c.identity_by == person_id, seats.c.admitted_by == person_id, attempts.c.opened_by == person_id,
        attempts.c.closed_by == person_id,
    )  # fmt: skip
    register = sa.select(seats.c.sitting_id).outerjoin(attempts, attempts.c.seat_id == seats.c.id).where(acted)
    return set(conn.scalars(sa.union(named, register)))


def scripts_sat(conn: sa.Connection) -> list[tuple[int, Whom, dt.datetime]]:
    """Every closed attempt with what an interest in its candidate can be about, and when it was sat."""
    query = (
        sa.select(
            attempts.c.id, candidates.c.number, candidates.c.employer, candidates.c.provider, sittings.c.starts_at
        )
        .join(seats, seats.c.id == attempts.c.seat_id)
        .join(candidates, candidates.c.id == seats.c.candidate_id)
        .join(sittings, sittings.c.id == attempts.c.sitting_id)
        .where(attempts.c.closed_at.is_not(None))
    )
    return [(row[0], Whom(*row[1:4]), row[4]) for row in conn.execute(query)]


def on_attempts(conn: sa.Connection, marker_id: int, attempt_ids: Collection[int]) -> list[Mark]:
    """What a person holds or has made final on these attempts."""
    of_them = sa.select(responses.c.id).where(responses.c.attempt_id.in_(list(attempt_ids)))
    own = sa.and_(marks.c.marker_id == marker_id, marks.c.returned_at.is_(None), marks.c.response_id.in_(of_them))
    return _marks(conn, own)


def withdrawn_since_told(conn: sa.Connection, sitting_id: int) -> set[int]:
    """Attempts of a sitting of which a judgement was withdrawn after their newest result was released."""
    return set(conn.scalars(sa.select(attempts.c.id).where(attempts.c.sitting_id == sitting_id, WITHDRAWN)))


def turned_down(conn: sa.Connection, person_id: int) -> set[int]:
    """Responses that a person gave back, and is not offered again."""
    condition = (marks.c.marker_id == person_id) & (marks.c.returned_reason == GIVEN_BACK)
    return set(conn.scalars(sa.select(marks.c.response_id).where(condition)))


def is_released(conn: sa.Connection, attempt_id: int) -> bool:
    """Whether a result of the attempt was ever released."""
    return conn.scalar(sa.select(results.c.id).where(results.c.attempt_id == attempt_id).limit(1)) is not None


def begun(conn: sa.Connection, attempt_id: int) -> bool:
    """Whether somebody holds or has judged an answer of the script that counts."""
    of_it = sa.and_(attempts.c.id == attempt_id, _counts, marks.c.returned_at.is_(None))
    query = sa.select(marks.c.id).select_from(marks.join(responses).join(attempts)).where(of_it).limit(1)
    return conn.scalar(query) is not None


def lock_attempts(conn: sa.Connection, ids: Collection[int]) -> None:
    """Hold these attempts until the transaction ends: claims, commits, recalls and releases take turns."""
    conn.execute(for_update(sa.select(attempts.c.id).where(attempts.c.id.in_(list(ids))).order_by(attempts.c.id)))
