"""All that the board reads of a sitting, in one statement for any number of seats, and no content of an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from proctoring.timing import Pause
from sjt.stores import attempts, gaps, seats, sittings
from sjt.stores import tables as t
from sjt.stores.attempts import Attempt
from sjt.stores.board import STOOD_IN
from sjt.stores.gaps import Gap
from sjt.stores.messages import Unread
from sjt.stores.scripts import BLANKS
from sjt.stores.seats import Seat, SeatCandidate
from sjt.stores.sittings import Sitting

a, s, q = t.attempts, t.answers, t.paper_questions
PAUSE, GAP = "pause", "gap"


@dataclass(frozen=True)
class Row:
    """One seat as stored. ``answered`` is None where nothing was counted: its answers did not change meanwhile."""

    seat: Seat
    attempt: Attempt | None
    questions: int
    answered: int | None
    incident: str
    unread: Unread | None
    gaps: tuple[Gap, ...]  # for which nothing was given yet


@dataclass(frozen=True)
class Standing:
    """A sitting, and what a person is to it."""

    sitting: Sitting
    named: bool
    reason: str | None  # why a person who is not named acts in it


def standing(conn: sa.Connection, sitting_ref: str, person_id: int) -> Standing | None:
    """The sitting of a reference and what a person is to it, in one statement; None when there is none."""
    staff, r = t.sitting_staff.c, t.records.c
    named = sa.exists().where(staff.sitting_id == t.sittings.c.id, staff.person_id == person_id)
    about = sa.and_(r.object_kind == "sitting", r.object_ref == sitting_ref, r.act == STOOD_IN)
    told = sa.select(r.detail).where(about, r.person_id == person_id).order_by(r.id.desc()).limit(1)
    query = sa.select(*sittings.COLUMNS, named.label("named"), told.scalar_subquery().label("told"))
    row = conn.execute(query.where(t.sittings.c.ref == sitting_ref)).one_or_none()
    if row is None:
        return None
    sitting = Sitting(**{column.name: row._mapping[column.name] for column in sittings.COLUMNS})
    reason = str(row.told["reason"]) if row.told and not row.named else None
    return Standing(sitting, bool(row.named), reason)


# ------------------------------------------------------------------------------------------------ the statement
_of = sa.bindparam("sitting_id", type_=sa.BigInteger)


def _answered() -> sa.ColumnElement[Any]:
    """The questions with an answer that is more than white space: the newest revision of each, found by its key.

    Counted for who has saved since a moment, and for whom it is asked for: to count everybody's each second would
    read every revision of the room.
    """
    newest = (
        sa.select(s.c.text)
        .where(s.c.sitting_id == _of, s.c.attempt_id == a.c.id, s.c.question_version_id == q.c.question_version_id)
        .order_by(s.c.revision.desc())
        .limit(1)
        .correlate(a, q)
        .scalar_subquery()
    )
    holds = sa.func.trim(sa.func.coalesce(newest, ""), BLANKS) != ""
    asked = sa.select(sa.func.count()).select_from(q.join(t.papers)).where(t.papers.c.attempt_id == a.c.id, holds)
    saved = sa.or_(a.c.last_saved_at.is_(None), a.c.last_saved_at >= sa.bindparam("since"))
    wanted = sa.or_(saved, a.c.id.in_(sa.bindparam("again", expanding=True)))
    return sa.case((wanted, asked.correlate(a).scalar_subquery())).label("answered")


def _lengths() -> sa.Subquery:
    """How many questions each attempt is asked; grouped once, not looked up for each."""
    papers = q.join(t.papers).join(a)
    counted = sa.select(t.papers.c.attempt_id, sa.func.count().label("questions")).select_from(papers)
    return counted.where(a.c.sitting_id == _of).group_by(t.papers.c.attempt_id).subquery("lengths")


def _incident() -> sa.ColumnElement[Any]:
    i = t.incidents.c
    newest = sa.select(i.words).where(i.attempt_id == a.c.id).order_by(i.at.desc(), i.id.desc()).limit(1)
    return newest.correlate(a).scalar_subquery().label("incident")


def _unread() -> sa.Subquery:
    m = t.messages.c
    waits = sa.func.min(m.sent_at, type_=m.sent_at.type).label("since")
    query = sa.select(m.attempt_id, sa.func.count().label("count"), waits)
    return query.where(m.sitting_id == _of, m.seen_at.is_(None)).group_by(m.attempt_id).subquery("unread")


def _spans() -> sa.Subquery:
    """Pauses, and gaps for which nothing was given: a seat has a row for each of them, and one where there is none."""
    p, g = t.pauses.c, t.gaps.c
    stopped = sa.select(p.attempt_id, sa.literal(PAUSE).label("source"), p.id, p.kind, p.began_at, p.ended_at)
    unheard = sa.select(g.attempt_id, sa.literal(GAP), g.id, g.told_by, g.began_at, g.ended_at)
    both = stopped.where(p.sitting_id == _of).union_all(unheard.where(g.sitting_id == _of, gaps.UNCREDITED))
    return both.subquery("spans")


def _statement() -> sa.Select[Any]:
    lengths, unread, spans = _lengths(), _unread(), _spans()
    room = (
        t.seats.join(t.candidates)
        .join(t.sittings, t.sittings.c.id == t.seats.c.sitting_id)
        .outerjoin(a, a.c.seat_id == t.seats.c.id)
    )
    for of_it in (lengths, unread, spans):
        room = room.outerjoin(of_it, of_it.c.attempt_id == a.c.id)
    return (
        attempts.reading()
        .add_columns(
            *(column.label(f"booked_{column.name}") for column in seats.OWN), *seats.OF_CANDIDATE,
            sa.func.coalesce(lengths.c.questions, 0).label("questions"), _answered(), _incident(),
            unread.c.count.label("unread_count"), unread.c.since.label("unread_since"),
            spans.c.source.label("span_source"), spans.c.id.label("span_id"), spans.c.kind.label("span_kind"),
            spans.c.began_at.label("span_began"), spans.c.ended_at.label("span_ended"),
        )
        .select_from(room)
        .where(seats.STANDS, t.seats.c.sitting_id == _of)
        .order_by(t.seats.c.number, t.seats.c.id, spans.c.began_at, spans.c.id)
    )  # fmt: skip


_ROOM = _statement()


def of_sitting(conn: sa.Connection, sitting_id: int, since: dt.datetime, again: Collection[int] = ()) -> list[Row]:
    """The seats of a sitting by number, in one statement.

    Answers are counted for attempts that have saved since then, and for those whose ids are in ``again``.
    """
    rows = conn.execute(_ROOM, {"sitting_id": sitting_id, "since": since, "again": list(again)})
    return [_row(list(told)) for _, told in groupby(rows, key=lambda row: row.booked_id)]


def _row(told: list[Any]) -> Row:
    """A seat from its rows, which differ only in their spans."""
    row = told[0]
    if row.id is None:
        return Row(_seat(row._mapping), None, 0, None, "", None, ())
    pauses = tuple(Pause(one.span_kind, one.span_began, one.span_ended) for one in told if one.span_source == PAUSE)
    open_gaps = (one for one in told if one.span_source == GAP)
    return Row(
        _seat(row._mapping), attempts.made(row, pauses), row.questions, row.answered, row.incident or "",
        Unread(row.unread_count, row.unread_since) if row.unread_count else None, tuple(_gaps(row.id, open_gaps)),
    )  # fmt: skip


def _gaps(attempt_id: int, told: Iterable[Any]) -> Iterable[Gap]:
    for one in told:
        yield Gap(one.span_id, attempt_id, one.span_began, one.span_ended, one.span_kind)


def _seat(row: Mapping[str, Any]) -> Seat:
    candidate = {column.name: row[column.name] for column in seats.OF_CANDIDATE}
    of_it = SeatCandidate(**{name.removeprefix("candidate_"): value for name, value in candidate.items()})
    return Seat(**{column.name: row[f"booked_{column.name}"] for column in seats.OWN}, candidate=of_it)
