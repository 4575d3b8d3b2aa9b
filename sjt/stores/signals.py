"""What browsers reported, what was too much to keep, and what a person has said that they saw of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from proctoring.flags import Seen
from proctoring.signals import Kind, Signal, Tally
from sjt.db import UTC, add_missing, add_up
from sjt.stores import helps
from sjt.stores import tables as t
from sjt.stores.attempts import Attempt

s = t.signals
MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Standing:
    """What a report is measured against: its attempt, and how much of that is kept, in all and in the last minute."""

    attempt_id: int
    sitting_id: int
    lockdown: str  # the level of its sitting
    total: int
    lately: int


@dataclass
class Report:
    """What one seat's browser reported, added up; ``helps`` are the adjustments that may explain it."""

    tallies: dict[Kind, Tally] = field(default_factory=dict)
    dropped: int = 0
    helps: set[str] = field(default_factory=set)
    seen: dict[str, Seen] = field(default_factory=dict)


@dataclass(frozen=True)
class Noted:
    """A note of a person who looked at a flag."""

    subject: str
    times: int
    note: str
    seen_by: int
    seen_at: dt.datetime


def standing(conn: sa.Connection, attempt_ref: str, now: dt.datetime) -> Standing | None:
    """How much of an attempt's reports is kept."""
    a, level = t.attempts.c, t.sittings.c.lockdown
    mine = sa.and_(s.c.sitting_id == a.sitting_id, s.c.attempt_id == a.id)
    lately = sa.func.sum(sa.case((s.c.received_at > now - MINUTE, 1), else_=0))
    query = (
        sa.select(a.id, a.sitting_id, level, sa.func.count(s.c.number), sa.func.coalesce(lately, 0))
        .select_from(t.attempts.join(t.sittings).outerjoin(s, mine))
        .where(a.ref == attempt_ref)
        .group_by(a.id, a.sitting_id, level)
    )
    row = conn.execute(query).one_or_none()
    return Standing(row[0], row[1], row[2], row[3], int(row[4])) if row else None


def held(conn: sa.Connection, at: Standing, page: str, numbers: Collection[int]) -> set[int]:
    """Which of a page's signals are kept already: a reply was lost, and they were sent again."""
    mine = (s.c.sitting_id == at.sitting_id, s.c.attempt_id == at.attempt_id, s.c.page == page)
    return set(conn.scalars(sa.select(s.c.number).where(*mine, s.c.number.in_(list(numbers)))))


def add(conn: sa.Connection, at: Standing, new: Sequence[Signal]) -> None:
    """Keep signals; one that is there already stays as it is."""
    rows = [
        {
            "sitting_id": at.sitting_id, "attempt_id": at.attempt_id, "page": one.page, "number": one.number,
            "kind": one.kind.value, "received_at": one.at, "offset_ms": one.offset, "amount": one.amount,
            "details": {"question": one.question} if one.question else {},
        }
        for one in new
    ]  # fmt: skip
    if rows:
        conn.execute(add_missing(conn, s), rows)


def drop(conn: sa.Connection, at: Standing, count: int, now: dt.datetime) -> None:
    """Count what was too much to keep."""
    minute = now.replace(second=0, microsecond=0)
    row = {"sitting_id": at.sitting_id, "attempt_id": at.attempt_id, "minute_at": minute, "count": count}
    conn.execute(add_up(conn, t.signals_dropped, "count"), row)


def of_attempt(conn: sa.Connection, sitting_id: int, attempt_id: int) -> list[Signal]:
    """The signals of an attempt, newest first: never more than the policy lets one seat report."""
    query = (
        sa.select(s.c.page, s.c.number, s.c.kind, s.c.offset_ms, s.c.received_at, s.c.amount, s.c.details)
        .where(s.c.sitting_id == sitting_id, s.c.attempt_id == attempt_id)
        .order_by(s.c.received_at.desc(), s.c.page, s.c.number.desc())
    )
    return [
        Signal(r.page, r.number, Kind(r.kind), r.offset_ms, r.received_at, r.amount, r.details.get("question"))
        for r in conn.execute(query)
    ]


# ------------------------------------------------------------------------------------ a whole sitting at once
_NO_TIME = sa.cast(sa.null(), UTC)
_ZERO = sa.literal_column("0", sa.BigInteger)
SIGNAL, DROPPED, HELP, SEEN = "signal", "dropped", "help", "seen"


def _part(
    what: str, attempt: sa.ColumnElement[int], name: sa.ColumnElement[str], *sums: sa.ColumnElement[Any]
) -> sa.Select[Any]:
    """One part of the statement below: each has the same seven columns."""
    whole = [*sums, *[_ZERO] * (3 - len(sums))]
    return sa.select(sa.literal_column(f"'{what}'").label("what"), attempt, name, *whole)


def _statement() -> sa.CompoundSelect[Any]:
    """Everything that the flags of a sitting follow from: one statement for any number of seats."""
    d, f, j = t.signals_dropped.c, t.flags_seen.c, t.adjustments.c
    here = sa.bindparam("sitting_id", type_=sa.BigInteger)
    amount, at = sa.func.coalesce(s.c.amount, 0), s.c.received_at
    summed = _part(SIGNAL, s.c.attempt_id, s.c.kind, sa.func.count(), sa.func.sum(amount), sa.func.max(amount))
    return sa.union_all(
        summed.add_columns(sa.func.min(at, type_=UTC()), sa.func.max(at, type_=UTC()))
        .where(s.c.sitting_id == here).group_by(s.c.attempt_id, s.c.kind),
        _part(DROPPED, d.attempt_id, sa.literal_column("''"), sa.func.sum(d.count))
        .add_columns(_NO_TIME, _NO_TIME).where(d.sitting_id == here).group_by(d.attempt_id),
        _part(SEEN, f.attempt_id, f.subject, sa.func.max(f.times), sa.func.max(f.level))
        .add_columns(_NO_TIME, _NO_TIME).where(f.sitting_id == here).group_by(f.attempt_id, f.subject),
        _part(HELP, t.attempts.c.id, j.kind).add_columns(_NO_TIME, _NO_TIME).select_from(helps.OF_ATTEMPTS)
        .where(t.seats.c.sitting_id == here, *helps.COUNTS),
    )  # fmt: skip


_EVERYTHING = _statement()


def reports(conn: sa.Connection, sitting_id: int) -> Mapping[int, Report]:
    """What the browsers of a sitting reported, by attempt id; an attempt without anything is missing."""
    found: dict[int, Report] = {}
    rows = conn.execute(_EVERYTHING, {"sitting_id": sitting_id}).all()
    for what, attempt_id, name, times, total, most, first, last in rows:
        _take(found.setdefault(attempt_id, Report()), what, name, Tally(int(times), int(total), int(most), first, last))
    return found


def _take(report: Report, what: str, name: str, summed: Tally) -> None:
    if what == SIGNAL:
        report.tallies[Kind(name)] = summed
    elif what == DROPPED:
        report.dropped = summed.times
    elif what == SEEN:
        report.seen[name] = Seen(summed.times, summed.total)
    else:
        report.helps.add(name)


# ------------------------------------------------------------------------------------------------- who has seen it
def see(
    conn: sa.Connection, at: Attempt, subject: str, seen: Seen, note: str, by: int, request_id: str, now: dt.datetime
) -> None:
    """Keep that a person has looked at a flag. IntegrityError when this request was carried out before."""
    row = {
        "sitting_id": at.sitting_id, "attempt_id": at.id, "subject": subject, "times": seen.times,
        "level": seen.level, "note": note, "seen_by": by, "seen_at": now, "request_id": request_id,
    }  # fmt: skip
    conn.execute(t.flags_seen.insert().values(**row))


def asked_before(conn: sa.Connection, attempt_id: int, request_id: str) -> bool:
    """Whether a request to note was carried out already."""
    f = t.flags_seen.c
    query = sa.select(f.id).where(f.attempt_id == attempt_id, f.request_id == request_id).limit(1)
    return conn.scalar(query) is not None


def notes(conn: sa.Connection, attempt_id: int) -> list[Noted]:
    """Who has looked at the flags of an attempt, newest first."""
    f = t.flags_seen.c
    query = sa.select(f.subject, f.times, f.note, f.seen_by, f.seen_at).where(f.attempt_id == attempt_id)
    return [Noted(*row) for row in conn.execute(query.order_by(f.id.desc()))]
