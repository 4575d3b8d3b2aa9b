"""Seals over the heads of chains: which are due, and those that stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from proctoring.seals import Seal
from sjt.stores import tables as t

s, a = t.seals, t.attempts


@dataclass(frozen=True)
class Due:
    """The head of a chain that wants a seal."""

    attempt_id: int
    attempt_ref: str
    seq: int
    head: bytes


def due(conn: sa.Connection, since: dt.datetime, most: int) -> list[Due]:
    """Chains whose head is not sealed and that had no seal since then; closed ones at once."""
    of_it = s.c.attempt_id == a.c.id
    sealed = sa.exists().where(of_it, s.c.seq == a.c.seq)
    lately = sa.exists().where(of_it, s.c.sealed_at > since)
    wanted = sa.and_(a.c.seq > 0, ~sealed, sa.or_(a.c.closed_at.is_not(None), ~lately))
    rows = conn.execute(sa.select(a.c.id, a.c.ref, a.c.seq, a.c.head).where(wanted).order_by(a.c.id).limit(most))
    return [Due(*row) for row in rows]


def add(conn: sa.Connection, made: Sequence[tuple[int, Seal]]) -> None:
    """Keep seals, each with its attempt. IntegrityError when a head has one."""
    rows = [
        {"attempt_id": attempt_id, "seq": one.seq, "head": one.head, "sealed_at": one.at, "key": one.key,
         "signature": one.signature}
        for attempt_id, one in made
    ]  # fmt: skip
    conn.execute(s.insert(), rows)


def of_attempt(conn: sa.Connection, attempt_id: int) -> list[Seal]:
    """The seals of an attempt, oldest first."""
    columns = (s.c.seq, s.c.head, s.c.sealed_at, s.c.key, s.c.signature)
    return [
        Seal(*row) for row in conn.execute(sa.select(*columns).where(s.c.attempt_id == attempt_id).order_by(s.c.seq))
    ]
