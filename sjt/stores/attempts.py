"""Attempts: the facts, the acts, and the evidence that each act leaves in the same statement's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from proctoring import events as evidence
from proctoring.timing import Allowance, deadline
from sjt.db import chain_link, for_update
from sjt.rules.attempt import Facts
from sjt.stores import tables as t
from sjt.stores.people import new_ref

a = t.attempts


@dataclass(frozen=True)
class Attempt:
    """One candidate's attempt as stored, with the allowance that its deadline follows from."""

    id: int
    ref: str
    sitting_id: int
    seat_id: int
    spec_id: str
    pathway: str
    grace_seconds: int
    seq: int
    head: bytes
    device_hash: str | None
    device_asking_at: dt.datetime | None
    lease: int
    state_version: int
    writable_until: dt.datetime | None
    opened_at: dt.datetime | None
    confirmed_at: dt.datetime | None
    started_at: dt.datetime | None
    last_saved_at: dt.datetime | None
    closed_at: dt.datetime | None
    closed_as: str | None
    finished_at: dt.datetime | None
    receipt: str | None
    allowance: Allowance

    @property
    def deadline(self) -> dt.datetime | None:
        """The one deadline, once the attempt has begun."""
        return deadline(self.started_at, self.allowance) if self.started_at else None

    @property
    def facts(self) -> Facts:
        """What the state is derived from."""
        return Facts(self.opened_at, self.started_at, self.deadline, self.grace_seconds, self.closed_as)


STORED = [
    "id", "ref", "sitting_id", "seat_id", "spec_id", "pathway", "grace_seconds", "seq", "head", "device_hash",
    "device_asking_at", "lease", "state_version", "writable_until", "opened_at", "confirmed_at", "started_at",
    "last_saved_at", "closed_at", "closed_as", "finished_at", "receipt",
]  # fmt: skip
_granted = (
    sa.select(sa.func.coalesce(sa.func.sum(t.grants.c.seconds), 0))
    .where(t.grants.c.attempt_id == a.c.id)
    .correlate(a)
    .scalar_subquery()
    .label("granted")
)
# An adjustment counts when it is in force before the sitting ends, was approved before the attempt was closed, and was
# not withdrawn before Begin: later changes never touch a deadline that has been lived by.
_percent = (
    sa.select(sa.func.coalesce(sa.func.max(t.adjustments.c.value), 0))
    .select_from(t.adjustments.join(t.seats, t.seats.c.candidate_id == t.adjustments.c.candidate_id).join(t.sittings))
    .where(
        t.seats.c.id == a.c.seat_id,
        t.adjustments.c.kind == "extra_time_percent",
        t.adjustments.c.in_force_from < t.sittings.c.ends_at,
        t.adjustments.c.approved_at <= sa.func.coalesce(a.c.closed_at, t.adjustments.c.approved_at),
        sa.or_(t.adjustments.c.withdrawn_at.is_(None), t.adjustments.c.withdrawn_at > a.c.started_at),
    )
    .correlate(a)
    .scalar_subquery()
    .label("percent")
)
_every = sa.select(*(a.c[name] for name in STORED), a.c.base_minutes, _granted, _percent)


def _attempt(row: Any) -> Attempt:
    values = {name: getattr(row, name) for name in STORED}
    return Attempt(**values, allowance=Allowance(row.base_minutes, (row.percent,), row.granted))


def _one(conn: sa.Connection, condition: sa.ColumnElement[bool], *, lock: bool = False) -> Attempt | None:
    if lock:  # the lock first, then the facts: what is read is what holds until the transaction ends
        conn.execute(for_update(sa.select(a.c.id).where(condition)))
    row = conn.execute(_every.where(condition)).one_or_none()
    return _attempt(row) if row else None


def by_ref(conn: sa.Connection, ref: str) -> Attempt | None:
    """An attempt by its public reference."""
    return _one(conn, a.c.ref == ref)


def by_seat(conn: sa.Connection, seat_id: int) -> Attempt | None:
    """The attempt of a seat."""
    return _one(conn, a.c.seat_id == seat_id)


def locked(conn: sa.Connection, attempt_id: int) -> Attempt:
    """An attempt, locked until the transaction ends."""
    found = _one(conn, a.c.id == attempt_id, lock=True)
    if found is None:
        raise LookupError(f"attempt {attempt_id} is gone")
    return found


def of_sitting(conn: sa.Connection, sitting_id: int) -> list[Attempt]:
    """All attempts of a sitting."""
    return [_attempt(row) for row in conn.execute(_every.where(a.c.sitting_id == sitting_id).order_by(a.c.seat_id))]


def past_writing(conn: sa.Connection, now: dt.datetime, most: int) -> Sequence[int]:
    """Ids of attempts that may be past their deadline and are not written down as closed."""
    due = sa.and_(a.c.writable_until.is_not(None), a.c.writable_until < now)
    return conn.scalars(sa.select(a.c.id).where(due).order_by(a.c.writable_until).limit(most)).all()


def create(
    conn: sa.Connection,
    sitting_id: int,
    seat_id: int,
    spec_id: str,
    pathway: str,
    base_minutes: int,
    grace_seconds: int,
) -> int:
    """A new attempt for a seat, without a paper yet. IntegrityError when the seat already has one."""
    ref = new_ref()
    row = {
        "ref": ref, "sitting_id": sitting_id, "seat_id": seat_id, "spec_id": spec_id, "pathway": pathway,
        "base_minutes": base_minutes, "grace_seconds": grace_seconds, "seq": 0, "head": evidence.genesis(ref),
        "lease": 0, "state_version": 1,
    }  # fmt: skip
    return int(conn.execute(a.insert().values(**row).returning(a.c.id)).scalar_one())


def record(
    conn: sa.Connection,
    attempt_id: int,
    event: evidence.Event,
    changes: Mapping[str, object] | None = None,
    condition: sa.ColumnElement[bool] | None = None,
) -> bool:
    """Change an attempt and chain the event of it. False, and nothing done, when the condition fails."""
    where = a.c.id == attempt_id if condition is None else sa.and_(a.c.id == attempt_id, condition)
    values = {
        "seq": a.c.seq + 1,
        "head": chain_link(a.c.head, sa.literal(event.digest, sa.LargeBinary)),
        "state_version": a.c.state_version + 1,
        **(changes or {}),
    }
    row = conn.execute(
        a.update().where(where).values(values).returning(a.c.sitting_id, a.c.seq, a.c.head)
    ).one_or_none()
    if row is None:
        return False
    kept = {"kind": event.kind, "at": event.at, "payload": event.payload, "digest": event.digest}
    conn.execute(
        t.events.insert().values(sitting_id=row.sitting_id, attempt_id=attempt_id, seq=row.seq, link=row.head, **kept)
    )
    return True


def add_grant(
    conn: sa.Connection, attempt: Attempt, seconds: int, reason: str, by: int, request_id: str, now: dt.datetime
) -> None:
    """Extra seconds for an attempt. IntegrityError when this request was already carried out."""
    row = {"sitting_id": attempt.sitting_id, "attempt_id": attempt.id, "seconds": seconds, "reason": reason}
    conn.execute(t.grants.insert().values(**row, granted_by=by, granted_at=now, request_id=request_id))


def chain(conn: sa.Connection, attempt: Attempt) -> list[evidence.Linked]:
    """All events of an attempt in order."""
    e = t.events
    rows = conn.execute(
        sa.select(e.c.seq, e.c.kind, e.c.at, e.c.payload, e.c.link)
        .where(e.c.sitting_id == attempt.sitting_id, e.c.attempt_id == attempt.id)
        .order_by(e.c.seq)
    ).all()
    return [evidence.Linked(row.seq, row.kind, row.at, row.payload, row.link) for row in rows]
