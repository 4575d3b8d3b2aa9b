"""Attempts: the facts, the acts, and the evidence that each act leaves in the same statement's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from proctoring import events as evidence
from proctoring.timing import Allowance, Pause, Reopening, deadline, writable_until
from sjt.db import chain_link, for_update, note_change
from sjt.rules.attempt import UNUSED_REOPENING_LASTS, Facts, State, state
from sjt.stores import helps, pauses, seats
from sjt.stores import tables as t
from sjt.stores.people import new_ref

a = t.attempts
UNBEGUN, UNCLOSED, UNRETURNED = a.c.started_at.is_(None), a.c.closed_at.is_(None), a.c.returned_at.is_(None)
NEXT_LEASE = a.c.lease + 1


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
    called_at: dt.datetime | None
    called_for: str | None
    reopened_at: dt.datetime | None
    reopened_seconds: int | None
    returned_at: dt.datetime | None
    script: int  # the number of the frozen script that counts; 0 while there is none
    plain_at: dt.datetime | None
    allowance: Allowance

    @property
    def deadline(self) -> dt.datetime | None:
        """The one deadline, once the attempt has begun; while it is paused, the earliest that it can come to be."""
        return deadline(self.started_at, self.allowance) if self.started_at else None

    def deadline_at(self, now: dt.datetime) -> dt.datetime | None:
        """The deadline if a pause that lasts ended now."""
        return deadline(self.started_at, self.allowance, now) if self.started_at else None

    @property
    def should_be_writable_until(self) -> dt.datetime | None:
        """What ``writable_until`` must say, by the facts."""
        if self.started_at is None or self.closed_at is not None:
            return None
        return writable_until(self.started_at, self.allowance, self.grace_seconds)

    @property
    def facts(self) -> Facts:
        """What the state is derived from."""
        pause = self.allowance.open_pause
        kind = pause.kind if pause else None
        awaited = self.reopened_at + UNUSED_REOPENING_LASTS if self.reopened_at and not self.returned_at else None
        return Facts(self.opened_at, self.started_at, self.deadline, self.grace_seconds, self.closed_as, kind, awaited)

    def awaits_return(self, now: dt.datetime) -> bool:
        """Whether it was reopened, and its candidate may still return to it."""
        return self.closed_as is not None and state(self.facts, now) in (State.PAUSED, State.SUSPENDED)


STORED = [
    "id", "ref", "sitting_id", "seat_id", "spec_id", "pathway", "grace_seconds", "seq", "head", "device_hash",
    "device_asking_at", "lease", "state_version", "writable_until", "opened_at", "confirmed_at", "started_at",
    "last_saved_at", "closed_at", "closed_as", "finished_at", "receipt", "called_at", "called_for",
    "reopened_at", "reopened_seconds", "returned_at", "script", "plain_at",
]  # fmt: skip
_granted = (
    sa.select(sa.func.coalesce(sa.func.sum(t.grants.c.seconds), 0))
    .where(t.grants.c.attempt_id == a.c.id)
    .where(sa.or_(a.c.reopened_at.is_(None), t.grants.c.granted_at >= a.c.reopened_at))
    .correlate(a)
    .scalar_subquery()
    .label("granted")
)


def _adjusted(kind: str, label: str) -> sa.Label[int]:
    """The largest adjustment of a kind that counts for an attempt.

    It counts when it is in force before the sitting ends, was approved before the attempt was closed, and
    was not withdrawn before Begin: later changes never touch a deadline that has been lived by.
    """
    d = t.adjustments
    return (
        sa.select(sa.func.coalesce(sa.func.max(d.c.value), 0))
        .select_from(d.join(t.seats, t.seats.c.candidate_id == d.c.candidate_id).join(t.sittings))
        .where(
            t.seats.c.id == a.c.seat_id,
            d.c.kind == kind,
            d.c.in_force_from < t.sittings.c.ends_at,
            d.c.approved_at <= sa.func.coalesce(a.c.closed_at, d.c.approved_at),
            sa.or_(d.c.withdrawn_at.is_(None), d.c.withdrawn_at > a.c.started_at),
        )
        .correlate(a)
        .scalar_subquery()
        .label(label)
    )


_paused = sa.exists().where(t.pauses.c.attempt_id == a.c.id).correlate(a).label("paused")
_every = sa.select(
    *(a.c[name] for name in STORED), a.c.base_minutes, _granted, _paused,
    _adjusted("extra_time_percent", "percent"), _adjusted("rest_minutes", "rest"),
)  # fmt: skip


def reading() -> sa.Select[Any]:
    """The statement that reads attempts, for who joins more to it."""
    return _every


def _finding(column: sa.ColumnElement[Any]) -> tuple[sa.Select[Any], sa.Select[Any]]:
    """The statements that lock and that read the attempt with a value in this column."""
    this = column == sa.bindparam("this")
    return for_update(sa.select(a.c.id).where(this)), _every.where(this)


# Built once: to build them anew for each request takes the server longer than to run them.
_FIND = {name: _finding(a.c[name]) for name in ("id", "ref", "seat_id")}


def _attempts(conn: sa.Connection, query: sa.Select[Any], values: Mapping[str, object] | None = None) -> list[Attempt]:
    """One statement; a second one for the pauses, where there were any."""
    rows = conn.execute(query, values).all()
    stopped = pauses.of(conn, [row.id for row in rows if row.paused])
    return [_attempt(row, stopped.get(row.id, ())) for row in rows]


def _attempt(row: Any, stopped: tuple[Pause, ...]) -> Attempt:
    values = {name: getattr(row, name) for name in STORED}
    reopened = Reopening(row.reopened_at, row.reopened_seconds, row.returned_at) if row.reopened_at else None
    allowance = Allowance(row.base_minutes, (row.percent,), row.granted, row.rest, stopped, reopened)
    return Attempt(**values, allowance=allowance)


def made(row: Any, stopped: tuple[Pause, ...]) -> Attempt:
    """An attempt from a row of that statement and from its pauses, in the order in which they began."""
    return _attempt(row, stopped)


def _one(conn: sa.Connection, column: str, this: object, *, lock: bool = False) -> Attempt | None:
    locking, reading = _FIND[column]
    if lock:  # the lock first, then the facts: what is read is what holds until the transaction ends
        conn.execute(locking, {"this": this})
    return next(iter(_attempts(conn, reading, {"this": this})), None)


def by_ref(conn: sa.Connection, ref: str, *, lock: bool = False) -> Attempt | None:
    """An attempt by its public reference; with ``lock`` it is held until the transaction ends."""
    return _one(conn, "ref", ref, lock=lock)


_PLACED = (
    _every.add_columns(*seats.LABELLED, helps.APPROVED)
    .join(t.seats, t.seats.c.id == a.c.seat_id)
    .join(t.sittings, t.sittings.c.id == t.seats.c.sitting_id)
    .join(t.candidates)
)
_PLACE = _PLACED.where(a.c.ref == sa.bindparam("this"))


Placed = tuple[Attempt, seats.Seat, frozenset[str]]  # and what is approved to help the candidate


def with_seat(conn: sa.Connection, ref: str, *, lock: bool = False) -> Placed | None:
    """An attempt, its seat and its helps by the attempt's reference; with ``lock`` it is held as in ``by_ref``."""
    if lock:
        conn.execute(_FIND["ref"][0], {"this": ref})
    row = conn.execute(_PLACE, {"this": ref}).one_or_none()
    if row is None:
        return None
    stopped = pauses.of(conn, [row.id]) if row.paused else {}
    return _attempt(row, stopped.get(row.id, ())), seats.labelled(row), helps.read(row.helps)


@dataclass(frozen=True)
class Begun:
    """As much of an attempt as a save needs besides its paper: none of it changes once it has begun."""

    id: int
    sitting_id: int
    grace_seconds: int
    opened_at: dt.datetime | None
    started_at: dt.datetime | None


_BEGUN = sa.select(a.c.id, a.c.sitting_id, a.c.grace_seconds, a.c.opened_at, a.c.started_at).where(
    a.c.ref == sa.bindparam("ref")
)


def begun(conn: sa.Connection, ref: str) -> Begun | None:
    """What never changes of an attempt, by its reference; it may not have begun yet."""
    row = conn.execute(_BEGUN, {"ref": ref}).one_or_none()
    return Begun(*row) if row else None


def by_seat(conn: sa.Connection, seat_id: int) -> Attempt | None:
    """The attempt of a seat."""
    return _one(conn, "seat_id", seat_id)


def locked(conn: sa.Connection, attempt_id: int) -> Attempt:
    """An attempt, locked until the transaction ends."""
    found = _one(conn, "id", attempt_id, lock=True)
    if found is None:
        raise LookupError(f"attempt {attempt_id} is gone")
    return found


def of_sitting(conn: sa.Connection, sitting_id: int) -> list[Attempt]:
    """All attempts of a sitting."""
    return _attempts(conn, _every.where(a.c.sitting_id == sitting_id).order_by(a.c.seat_id))


def past_writing(conn: sa.Connection, now: dt.datetime, most: int) -> Sequence[int]:
    """Ids of attempts that may be past their deadline and are not written down as closed."""
    stands = sa.exists().where(t.pauses.c.attempt_id == a.c.id, t.pauses.c.ended_at.is_(None))
    due = sa.and_(a.c.writable_until.is_not(None), a.c.writable_until < now, ~stands)
    return conn.scalars(sa.select(a.c.id).where(due).order_by(a.c.writable_until).limit(most)).all()


def past_returning(conn: sa.Connection, now: dt.datetime, most: int) -> Sequence[int]:
    """Ids of attempts that were reopened and to which nobody returned in time."""
    unused = sa.and_(a.c.reopened_at < now - UNUSED_REOPENING_LASTS, a.c.returned_at.is_(None))
    return conn.scalars(sa.select(a.c.id).where(unused).limit(most)).all()


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
    """Change an attempt and chain the event of it. False, and nothing done, when the condition fails.

    A condition, or an expression as a change, that stands in a module is built into its statement once.
    """
    changes = changes or {}
    built = tuple((name, value if isinstance(value, sa.ClauseElement) else None) for name, value in changes.items())
    values = {f"new_{name}": value for name, value in changes.items() if not isinstance(value, sa.ClauseElement)}
    values |= {"attempt_id": attempt_id, "digest": event.digest}
    row = conn.execute(_changing(built, condition), values).one_or_none()
    if row is None:
        return False
    note_change(conn, row.ref)
    kept = {"kind": event.kind, "at": event.at, "payload": event.payload, "digest": event.digest}
    place = {"sitting_id": row.sitting_id, "attempt_id": attempt_id, "seq": row.seq, "link": row.head}
    conn.execute(_CHAINED, {**place, **kept})
    return True


_CHAINED = t.events.insert()


@lru_cache(maxsize=256)
def _changing(built: tuple[tuple[str, Any], ...], condition: sa.ColumnElement[bool] | None) -> Any:
    """The statement that changes these columns, under this condition, and chains the event; built once for each.

    A column has an expression beside it, or None for a value that comes with the call.
    """
    changed = {
        name: sa.bindparam(f"new_{name}", type_=a.c[name].type) if expression is None else expression
        for name, expression in built
    }
    linked = chain_link(a.c.head, sa.bindparam("digest", type_=sa.LargeBinary))
    statement = a.update().where(a.c.id == sa.bindparam("attempt_id"))
    if condition is not None:
        statement = statement.where(condition)
    counted = {"seq": a.c.seq + 1, "head": linked, "state_version": a.c.state_version + 1}
    return statement.values({**counted, **changed}).returning(a.c.ref, a.c.sitting_id, a.c.seq, a.c.head)


def add_grant(
    conn: sa.Connection,
    attempt: Attempt,
    seconds: int,
    reason: str,
    by: int,
    request_id: str,
    now: dt.datetime,
    gap_id: int | None = None,
) -> None:
    """Extra seconds for an attempt. IntegrityError when this request was already carried out."""
    row: dict[str, object] = {"sitting_id": attempt.sitting_id, "attempt_id": attempt.id, "gap_id": gap_id}
    row |= {"seconds": seconds, "reason": reason}
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
