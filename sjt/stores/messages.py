"""Messages from the invigilator to one candidate each, shown until the candidate says that they were read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from sjt.stores import tables as t
from sjt.stores.attempts import Attempt
from sjt.stores.people import new_ref

m = t.messages


@dataclass(frozen=True)
class Notice:
    """A message as its reader sees it."""

    ref: str
    sent_at: dt.datetime
    words: str


@dataclass(frozen=True)
class Unread:
    """How many messages a candidate has not read yet, and since when the oldest of them waits."""

    count: int
    since: dt.datetime


@dataclass(frozen=True)
class Sent:
    """A message as its sender sees it: to which attempt, and when it was read."""

    attempt_id: int
    sent_at: dt.datetime
    words: str
    seen_at: dt.datetime | None


def add(conn: sa.Connection, attempt: Attempt, words: str, by: int, request_id: str, now: dt.datetime) -> str:
    """Keep a message to an attempt; returns its reference. IntegrityError when this request was carried out before."""
    row = {
        "ref": new_ref(), "sitting_id": attempt.sitting_id, "attempt_id": attempt.id, "words": words,
        "sent_by": by, "sent_at": now, "request_id": request_id,
    }  # fmt: skip
    return str(conn.execute(m.insert().values(**row).returning(m.c.ref)).scalar_one())


def asked_before(conn: sa.Connection, attempt_id: int, request_id: str) -> bool:
    """Whether a request to send was carried out already for an attempt."""
    return conn.scalar(sa.select(m.c.id).where(m.c.attempt_id == attempt_id, m.c.request_id == request_id)) is not None


_UNSEEN = (  # built once, for the candidates' requests
    sa.select(m.c.ref, m.c.sent_at, m.c.words)
    .where(m.c.attempt_id == sa.bindparam("attempt_id"), m.c.seen_at.is_(None))
    .order_by(m.c.id)
)


def unseen(conn: sa.Connection, attempt_id: int) -> tuple[Notice, ...]:
    """What a candidate has not read yet, oldest first."""
    return tuple(Notice(*row) for row in conn.execute(_UNSEEN, {"attempt_id": attempt_id}))


def see(conn: sa.Connection, attempt_id: int, ref: str, now: dt.datetime) -> bool:
    """Note that a message was read: true once, and only for a message to this attempt."""
    waiting = sa.and_(m.c.attempt_id == attempt_id, m.c.ref == ref, m.c.seen_at.is_(None))
    return conn.execute(m.update().where(waiting).values(seen_at=now)).rowcount == 1


def unread(conn: sa.Connection, sitting_id: int) -> dict[int, Unread]:
    """By attempt id, what waits to be read in a sitting: one statement for any number of seats."""
    waiting = sa.and_(m.c.sitting_id == sitting_id, m.c.seen_at.is_(None))
    query = sa.select(m.c.attempt_id, sa.func.count(), sa.func.min(m.c.sent_at, type_=m.c.sent_at.type))
    rows = conn.execute(query.where(waiting).group_by(m.c.attempt_id))
    return {attempt_id: Unread(count, since) for attempt_id, count, since in rows}


def of_sitting(conn: sa.Connection, sitting_id: int) -> list[Sent]:
    """Everything sent in a sitting, newest first."""
    query = sa.select(m.c.attempt_id, m.c.sent_at, m.c.words, m.c.seen_at).where(m.c.sitting_id == sitting_id)
    return [Sent(*row) for row in conn.execute(query.order_by(m.c.id.desc()))]
