"""Who accepted the notice of a remote sitting: which version of its words, and when."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from sjt.stores import tables as t
from sjt.stores.attempts import Attempt

n = t.notices_accepted


def accept(conn: sa.Connection, attempt: Attempt, version: str, sha256: str, now: dt.datetime) -> bool:
    """Keep that the candidate accepted these words. False when they had before: the first time counts."""
    row = {"sitting_id": attempt.sitting_id, "attempt_id": attempt.id, "version": version, "sha256": sha256}
    try:
        with conn.begin_nested():
            conn.execute(n.insert().values(**row, accepted_at=now))
    except IntegrityError:
        return False
    return True


def accepted_at(conn: sa.Connection, attempt_id: int, version: str) -> dt.datetime | None:
    """When a candidate accepted a version; None while they have not."""
    return conn.scalar(sa.select(n.c.accepted_at).where(n.c.attempt_id == attempt_id, n.c.version == version))


def count(conn: sa.Connection, sitting_id: int) -> int:
    """How many candidates who are booked in a sitting have accepted."""
    booked = (
        sa.select(sa.func.count(sa.distinct(n.c.attempt_id)))
        .join(t.attempts, t.attempts.c.id == n.c.attempt_id)
        .join(t.seats, t.seats.c.id == t.attempts.c.seat_id)
        .where(n.c.sitting_id == sitting_id, t.seats.c.cancelled_at.is_(None))
    )
    return int(conn.execute(booked).scalar_one())


def owed(conn: sa.Connection, attempt: Attempt, version: str) -> bool:
    """Whether this candidate's sitting is remote and the notice is not accepted yet: one statement."""
    theirs = sa.exists().where(n.c.attempt_id == attempt.id, n.c.version == version)
    query = sa.select(t.sittings.c.id).where(t.sittings.c.id == attempt.sitting_id, t.sittings.c.remote, ~theirs)
    return conn.scalar(query) is not None
