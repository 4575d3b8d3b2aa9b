"""Changes to marks. Whoever comes second finds nothing to change: conditions and unique indexes decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from sjt.stores.marks.standings import CONFLICT, GIVEN_BACK, IDLE, RECALLED, Judged, Mark, by_ref
from sjt.stores.people import new_ref
from sjt.stores.tables import mark_points, marks


def park_idle(conn: sa.Connection, untouched_since: dt.datetime, now: dt.datetime) -> int:
    """Return everything in hand that was last touched then or earlier; drafts stay. Returns how many."""
    idle = sa.and_(
        marks.c.returned_at.is_(None), marks.c.final_at.is_(None), marks.c.touched_at <= untouched_since
    )  # fmt: skip
    parked = marks.update().where(idle).values(returned_at=now, returned_reason=IDLE)
    return conn.execute(parked).rowcount


def take(conn: sa.Connection, response_id: int, turn: int, marker_id: int, now: dt.datetime) -> Mark | None:
    """Claim a turn on a response; a draft that the same person left idle comes back with it.

    None when somebody else holds the turn, or this person another turn: the unique indexes say so.
    """
    try:
        with conn.begin_nested():
            ref = _resume(conn, response_id, turn, marker_id, now)
            return by_ref(conn, ref or _begin(conn, response_id, turn, marker_id, now))
    except sa.exc.IntegrityError:
        return None


def _resume(conn: sa.Connection, response_id: int, turn: int, marker_id: int, now: dt.datetime) -> str | None:
    idle = sa.and_(
        marks.c.response_id == response_id, marks.c.marker_id == marker_id, marks.c.returned_reason == IDLE
    )  # fmt: skip
    again = marks.update().where(idle).values(turn=turn, touched_at=now, returned_at=None, returned_reason=None)
    ref: str | None = conn.scalar(again.returning(marks.c.ref))
    return ref


def _begin(
    conn: sa.Connection, response_id: int, turn: int, marker_id: int, now: dt.datetime, draft: object = None
) -> str:
    row = {"ref": new_ref(), "response_id": response_id, "turn": turn, "marker_id": marker_id, "edit": 0}
    values = {**row, "claimed_at": now, "touched_at": now}
    if draft is not None:
        values["draft"] = draft
    conn.execute(marks.insert().values(values))
    return str(row["ref"])


def _mine(mark: Mark, edit: int) -> sa.ColumnElement[bool]:
    return sa.and_(
        marks.c.id == mark.id, marks.c.edit == edit, marks.c.final_at.is_(None), marks.c.returned_at.is_(None)
    )  # fmt: skip


def keep_draft(conn: sa.Connection, mark: Mark, edit: int, draft: Mapping[str, Any], now: dt.datetime) -> bool:
    """Keep a draft written on top of revision ``edit``: false when that is no longer the newest."""
    kept = marks.update().where(_mine(mark, edit)).values(draft=draft, edit=marks.c.edit + 1, touched_at=now)
    return conn.execute(kept).rowcount == 1


def make_final(
    conn: sa.Connection, mark: Mark, edit: int, points: Mapping[str, Judged], comment: str, now: dt.datetime
) -> bool:
    """Make a judgement final: false when the mark has moved on from revision ``edit``, or is not in hand."""
    values = {"final_at": now, "touched_at": now, "comment": comment, "draft": sa.null(), "edit": marks.c.edit + 1}
    if conn.execute(marks.update().where(_mine(mark, edit)).values(values)).rowcount != 1:
        return False
    rows = [{"mark_id": mark.id, "point": code, "met": j.met, "reason": j.reason} for code, j in points.items()]
    conn.execute(mark_points.insert(), rows)
    return True


def give_back(conn: sa.Connection, mark: Mark, now: dt.datetime) -> bool:
    """Return what is in hand, or lay idle, for good: false when it is final or was returned otherwise."""
    unfinished = sa.or_(marks.c.returned_at.is_(None), marks.c.returned_reason == IDLE)
    open_ = sa.and_(marks.c.id == mark.id, marks.c.final_at.is_(None), unfinished)
    back = marks.update().where(open_).values(returned_at=now, returned_reason=GIVEN_BACK)
    return conn.execute(back).rowcount == 1


def withdraw(conn: sa.Connection, mark: Mark, now: dt.datetime) -> bool:
    """Take a mark out of the decision, final or in hand, because of a conflict; its words stay as they were."""
    stands = sa.and_(marks.c.id == mark.id, marks.c.returned_at.is_(None))
    out = marks.update().where(stands).values(final_at=None, returned_at=now, returned_reason=CONFLICT)
    return conn.execute(out).rowcount == 1


def recall(conn: sa.Connection, mark: Mark, draft: Mapping[str, Any], now: dt.datetime) -> Mark | None:
    """Supersede a final judgement by a new mark of the same turn that begins with its words.

    The judgement itself (points, reasons, comment) stays as it was. None when it was no longer final.
    """
    final = sa.and_(marks.c.id == mark.id, marks.c.final_at.is_not(None))
    superseded = marks.update().where(final).values(final_at=None, returned_at=now, returned_reason=RECALLED)
    if conn.execute(superseded).rowcount != 1:
        return None
    return by_ref(conn, _begin(conn, mark.response_id, mark.turn, mark.marker_id, now, draft))
