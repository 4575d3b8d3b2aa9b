"""Sittings moved and cancelled: what stood before and after, who changed it, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from sjt.stores import tables as t

c, s = t.sitting_changes, t.seats
MOVED, CANCELLED = "moved", "cancelled"


@dataclass(frozen=True)
class Change:
    """One change of a sitting. ``before`` and ``after`` hold times in ISO format, and the venue."""

    kind: str
    reason: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    name: str
    at: dt.datetime


@dataclass(frozen=True)
class Kept:
    """A change to keep."""

    kind: str
    reason: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def keep(conn: sa.Connection, sitting_id: int, change: Kept, by: int, request_id: str, now: dt.datetime) -> bool:
    """Keep a change. False when this very request was carried out before: a double press changes once."""
    row = {"kind": change.kind, "reason": change.reason, "before": dict(change.before), "after": dict(change.after)}
    try:
        with conn.begin_nested():
            conn.execute(
                c.insert().values(**row, sitting_id=sitting_id, changed_by=by, changed_at=now, request_id=request_id)
            )
    except IntegrityError:
        return False
    return True


def of_sitting(conn: sa.Connection, sitting_id: int) -> list[Change]:
    """The changes of a sitting, newest first."""
    query = (
        sa.select(c.c.kind, c.c.reason, c.c.before, c.c.after, t.people.c.name, c.c.changed_at)
        .join(t.people, t.people.c.id == c.c.changed_by)
        .where(c.c.sitting_id == sitting_id)
        .order_by(c.c.id.desc())
    )
    return [Change(*row) for row in conn.execute(query)]


def cancel_seat(conn: sa.Connection, seat_id: int, by: int, reason: str, now: dt.datetime) -> None:
    """Cancel the booking of a seat whatever the register says of it; an admission falls with its sitting."""
    told = {
        "cancelled_at": now,
        "cancelled_by": by,
        "cancelled_reason": reason,
        "admitted_at": None,
        "admitted_by": None,
    }
    conn.execute(s.update().where(s.c.id == seat_id, s.c.cancelled_at.is_(None)).values(**told))


def forget_register(conn: sa.Connection, seat_id: int) -> None:
    """Nobody has come yet: what the register noted on another day is in the evidence. A refusal stays."""
    noted = (
        "identity_at", "identity_by", "identity_document", "identity_result", "admitted_at", "admitted_by",
        "absent_at", "absent_by",
    )  # fmt: skip
    conn.execute(s.update().where(s.c.id == seat_id).values(dict.fromkeys(noted)))


@dataclass(frozen=True)
class Contact:
    """Somebody who must be told: a candidate with their employer and provider, or a member of staff."""

    role: str
    name: str
    number: str
    email: str
    employer: str
    provider: str


def candidates_of(conn: sa.Connection, sitting_id: int, cancelled_at: dt.datetime | None) -> list[Contact]:
    """The candidates of a sitting; of a cancelled one those who lost their seat with it, and those who sat."""
    d = t.candidates
    with_it = s.c.cancelled_at == cancelled_at if cancelled_at else sa.false()
    query = (
        sa.select(d.c.name, d.c.number, d.c.email, d.c.employer, d.c.provider)
        .join(s, s.c.candidate_id == d.c.id)
        .where(s.c.sitting_id == sitting_id, sa.or_(s.c.cancelled_at.is_(None), with_it))
        .order_by(s.c.number)
    )
    return [
        Contact("Candidate", row.name, row.number, row.email or "", row.employer, row.provider)
        for row in conn.execute(query)
    ]
