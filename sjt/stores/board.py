"""What the register writes and the board reads: a few statements for any number of seats, and no content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sjt.db import for_update
from sjt.stores import attempts, seats
from sjt.stores import tables as t
from sjt.stores.attempts import Attempt
from sjt.stores.seats import Seat


@dataclass(frozen=True)
class Held:
    """A seat with its attempt, both locked, and how many questions its paper has (0: none is drawn)."""

    seat: Seat
    attempt: Attempt | None
    questions: int


def paper_lengths(conn: sa.Connection, sitting_id: int) -> dict[int, int]:
    """How many questions each attempt of a sitting is asked, by attempt id; without a paper it is missing."""
    rows = conn.execute(_lengths().where(t.attempts.c.sitting_id == sitting_id)).all()
    return {row.id: row.questions for row in rows}


def _lengths() -> sa.Select[Any]:
    asked = t.attempts.join(t.papers, t.papers.c.attempt_id == t.attempts.c.id).join(
        t.paper_questions, t.paper_questions.c.paper_id == t.papers.c.id
    )
    return sa.select(t.attempts.c.id, sa.func.count().label("questions")).select_from(asked).group_by(t.attempts.c.id)


def hold(conn: sa.Connection, seat_id: int) -> Held | None:
    """Lock a seat, then its attempt, and read both: nobody begins, draws or cancels in between."""
    conn.execute(for_update(sa.select(t.seats.c.id).where(t.seats.c.id == seat_id)))
    conn.execute(for_update(sa.select(t.attempts.c.id).where(t.attempts.c.seat_id == seat_id)))
    seat = seats.by_id(conn, seat_id)
    attempt = attempts.by_seat(conn, seat_id)
    if seat is None:
        return None
    length = conn.execute(_lengths().where(t.attempts.c.seat_id == seat_id)).one_or_none()
    return Held(seat, attempt, length.questions if length else 0)


def note(conn: sa.Connection, was: Seat, changes: Mapping[str, object]) -> bool:
    """Write facts of the register while they still stand as they were read. False when they do not."""
    s = t.seats.c
    as_read = [s[name].is_not_distinct_from(getattr(was, name)) for name in REGISTER]
    done = conn.execute(t.seats.update().where(s.id == was.id, *as_read).values(dict(changes)))
    return done.rowcount == 1


REGISTER = ("identity_at", "admitted_at", "refused_at", "absent_at")


def asking_device(conn: sa.Connection, attempt_id: int) -> str | None:
    """The hash of the device that asks to be let in."""
    return conn.scalar(sa.select(t.attempts.c.device_asking_hash).where(t.attempts.c.id == attempt_id))


STOOD_IN = "stood_in"


def stand_in_reason(conn: sa.Connection, person_id: int, sitting_ref: str) -> str | None:
    """Why a person who is not named for a sitting acts in it, as they said last; None when they have not."""
    r = t.records.c
    about = sa.and_(r.object_kind == "sitting", r.object_ref == sitting_ref, r.act == STOOD_IN)
    newest = sa.select(r.detail).where(about, r.person_id == person_id).order_by(r.id.desc()).limit(1)
    detail = conn.scalar(newest)
    return str(detail["reason"]) if detail else None
