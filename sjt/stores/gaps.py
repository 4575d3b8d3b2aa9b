"""Gaps: for how long the browser of a begun attempt was not heard. A gap is a fact, and credits nothing by itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sjt.stores import tables as t

g = t.gaps
BEATS, PAGE = "beats", "page"  # told by the server's own hearing, or by the page's account of it


@dataclass(frozen=True)
class Gap:
    """One gap as stored."""

    id: int
    attempt_id: int
    began_at: dt.datetime
    ended_at: dt.datetime
    told_by: str

    @property
    def length(self) -> dt.timedelta:
        """From its beginning to its end."""
        return self.ended_at - self.began_at


@dataclass(frozen=True)
class Credited:
    """A gap that was made up for: how much was given, how, by whom and why."""

    gap: Gap
    seconds: int
    reason: str
    by: int
    at: dt.datetime
    reopened: bool


COLUMNS = [g.c.id, g.c.attempt_id, g.c.began_at, g.c.ended_at, g.c.told_by]
_granted = sa.exists().where(t.grants.c.gap_id == g.c.id)
_reopened = sa.exists().where(t.reopenings.c.gap_id == g.c.id, t.reopenings.c.lapsed_at.is_(None))
UNCREDITED = sa.and_(~_granted, ~_reopened, g.c.set_aside_at.is_(None))


def add(
    conn: sa.Connection, sitting_id: int, attempt_id: int, began: dt.datetime, ended: dt.datetime, told_by: str
) -> None:
    """Keep that an attempt's browser was not heard from then until then."""
    row = {"sitting_id": sitting_id, "attempt_id": attempt_id, "began_at": began, "ended_at": ended}
    conn.execute(g.insert().values(**row, told_by=told_by))


def covered(
    conn: sa.Connection, attempt_id: int, began: dt.datetime, ended: dt.datetime, but_for: dt.timedelta
) -> bool:
    """Whether a gap is kept already that covers this time, but for so much at either end."""
    over = sa.and_(g.c.attempt_id == attempt_id, g.c.began_at <= began + but_for, g.c.ended_at >= ended - but_for)
    return conn.scalar(sa.select(g.c.id).where(over).limit(1)) is not None


def uncredited(conn: sa.Connection, sitting_id: int) -> list[Gap]:
    """The gaps of a sitting for which nothing was given yet and that nobody has set aside, as they began."""
    query = sa.select(*COLUMNS).where(g.c.sitting_id == sitting_id, UNCREDITED).order_by(g.c.began_at, g.c.id)
    return [Gap(*row) for row in conn.execute(query)]


def is_open(conn: sa.Connection, gap_id: int) -> bool:
    """Whether nothing was given for a gap yet; certain while its attempt is locked."""
    return conn.scalar(sa.select(g.c.id).where(g.c.id == gap_id, UNCREDITED)) is not None


def set_aside(conn: sa.Connection, gap_id: int, reason: str, by: int, now: dt.datetime) -> bool:
    """Note that no time is owed for a gap: true for the one who did it, while nothing was given for it."""
    values = {"set_aside_at": now, "set_aside_by": by, "set_aside_reason": reason}
    return conn.execute(g.update().where(g.c.id == gap_id, UNCREDITED).values(**values)).rowcount == 1


def credited(conn: sa.Connection, sitting_id: int) -> list[Credited]:
    """What was given in a sitting for gaps, latest first."""
    found = [*_given(conn, sitting_id, _by_grant()), *_given(conn, sitting_id, _by_reopening())]
    return sorted(found, key=lambda one: (one.at, one.gap.id), reverse=True)


def _by_grant() -> sa.Select[Any]:
    c = t.grants.c
    given = [c.seconds, c.reason, c.granted_by, c.granted_at, sa.literal(False)]
    return sa.select(*COLUMNS, *given).join_from(g, t.grants, c.gap_id == g.c.id)


def _by_reopening() -> sa.Select[Any]:
    c = t.reopenings.c
    given = [c.seconds, c.reason, c.reopened_by, c.reopened_at, sa.literal(True)]
    return sa.select(*COLUMNS, *given).join_from(g, t.reopenings, c.gap_id == g.c.id).where(c.lapsed_at.is_(None))


def _given(conn: sa.Connection, sitting_id: int, query: sa.Select[Any]) -> list[Credited]:
    rows = conn.execute(query.where(g.c.sitting_id == sitting_id))
    return [Credited(Gap(*row[: len(COLUMNS)]), *row[len(COLUMNS) :]) for row in rows]


def lately(conn: sa.Connection, since: dt.datetime) -> list[tuple[str, int]]:
    """Attempts with gaps since a moment for which nothing was given yet: reference and whole seconds, by reference."""
    query = sa.select(t.attempts.c.ref, g.c.began_at, g.c.ended_at).join_from(g, t.attempts)
    seconds: dict[str, int] = {}
    for ref, began, ended in conn.execute(query.where(g.c.ended_at >= since, UNCREDITED)):
        seconds[ref] = seconds.get(ref, 0) + -(-(ended - began) // dt.timedelta(seconds=1))
    return sorted(seconds.items())
