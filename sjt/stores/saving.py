"""The save: the hot statement. It locks the attempt, checks, journals the texts and chains the event.

On PostgreSQL this is one statement in autocommit. The UPDATE is its first step, so that it takes the
row's lock before anything is written: with a plain SELECT there, saves raced against a submission are
acknowledged and missing from the script. SQLite has no DML inside WITH; there the same steps run under
the one write lock.

The journal is the answer table: insert-only, the highest revision is the answer. A revision that is
already there aborts the whole statement; what stands then decides, item by item.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from proctoring.events import Event
from sjt.db import UTC, Database, chain_link
from sjt.stores import tables as t

MOST_LATE = 20  # late saves kept an attempt; more are only counted


@dataclass(frozen=True)
class Item:
    """One answer of a save: its question version, its revision (base + 1), its text and the text's hash."""

    question_version_id: int
    revision: int
    text: str
    text_hash: str


@dataclass(frozen=True)
class Batch:
    """A save request: whose, under which lease, from which browser, received when, and what.

    ``received_at`` is read before any queue or lock of ours. ``device`` is a hash; None: whoever calls has looked.
    """

    attempt_id: int
    lease: int
    device: str | None
    received_at: dt.datetime
    grace_seconds: int
    items: tuple[Item, ...]
    event: Event

    @property
    def cutoff(self) -> dt.datetime:
        """The earliest deadline that still admits this save: received − grace, equal is inside."""
        return self.received_at - dt.timedelta(seconds=self.grace_seconds)


@dataclass(frozen=True)
class Written:
    """The save is on disk: its place in the chain, and what the page needs to know of the attempt."""

    seq: int
    writable_until: dt.datetime
    state_version: int


class Taken(Exception):
    """A revision of this save is already in the journal: nothing of it was written."""


def write(database: Database, batch: Batch) -> Written | None:
    """Write a save, all of it or nothing. None when the attempt does not take it; Taken on a conflict."""
    try:
        if not database.is_sqlite:
            return _write_postgresql(database, batch)
        with database.transaction() as conn:
            return _write_sqlite(conn, batch)
    except IntegrityError as conflict:
        raise Taken from conflict


_POSTGRESQL = """
    WITH held AS (
        UPDATE attempts
           SET seq = seq + 1, head = sha256(head || %(digest)s), last_saved_at = %(received_at)s
         WHERE id = %(attempt_id)s AND lease = %(lease)s AND writable_until >= %(cutoff)s
           AND (%(device)s::text IS NULL OR device_hash = %(device)s)
     RETURNING id, sitting_id, seq, head, writable_until, state_version
    ), journal AS (
        INSERT INTO answers (sitting_id, attempt_id, question_version_id, revision, text, text_hash, seq, received_at)
        SELECT held.sitting_id, held.id, item.question, item.revision, item.text, item.hash, held.seq, %(received_at)s
          FROM held, json_to_recordset(CAST(%(items)s AS json))
                     AS item (question bigint, revision integer, text text, hash text)
    ), chained AS (
        INSERT INTO events (sitting_id, attempt_id, seq, kind, at, payload, digest, link)
        SELECT held.sitting_id, held.id, held.seq, %(kind)s, %(received_at)s, %(payload)s, %(digest)s, held.head
          FROM held
    )
    SELECT seq, writable_until, state_version FROM held
    """


def _write_postgresql(database: Database, batch: Batch) -> Written | None:
    row = database.at_once(
        _POSTGRESQL,
        {
            "attempt_id": batch.attempt_id,
            "lease": batch.lease,
            "device": batch.device,
            "received_at": batch.received_at,
            "cutoff": batch.cutoff,
            "items": _as_json(batch.items),
            "kind": batch.event.kind,
            "payload": batch.event.payload,
            "digest": batch.event.digest,
        },
    )
    if row is None:
        return None
    seq, writable_until, state_version = row
    return Written(seq, writable_until.astimezone(dt.UTC), state_version)


def _as_json(items: Sequence[Item]) -> str:
    """All items as one value, which costs less than an array for each column."""
    rows = [
        {"question": i.question_version_id, "revision": i.revision, "text": i.text, "hash": i.text_hash} for i in items
    ]
    return msgspec.json.encode(rows).decode()


_a = t.attempts
_device = sa.bindparam("device", type_=sa.String)
_LOCK = (
    _a.update()
    .where(
        _a.c.id == sa.bindparam("attempt_id"),
        _a.c.lease == sa.bindparam("held_lease"),
        _a.c.writable_until >= sa.bindparam("cutoff", type_=UTC),
        sa.or_(_device.is_(None), _a.c.device_hash == _device),
    )
    .values(
        seq=_a.c.seq + 1,
        head=chain_link(_a.c.head, sa.bindparam("digest", type_=sa.LargeBinary)),
        last_saved_at=sa.bindparam("received_at", type_=UTC),
    )
    .returning(_a.c.sitting_id, _a.c.seq, _a.c.head, _a.c.writable_until, _a.c.state_version)
)


def _write_sqlite(conn: sa.Connection, batch: Batch) -> Written | None:
    locked = {
        "attempt_id": batch.attempt_id,
        "held_lease": batch.lease,
        "device": batch.device,
        "cutoff": batch.cutoff,
        "digest": batch.event.digest,
        "received_at": batch.received_at,
    }
    rows = conn.execute(_LOCK, locked).all()  # fetched to the end: only then is the statement done
    if not rows:
        return None
    row = rows[0]
    place = {"sitting_id": row.sitting_id, "attempt_id": batch.attempt_id, "seq": row.seq}
    conn.execute(t.answers.insert(), [{**place, **vars(i), "received_at": batch.received_at} for i in batch.items])
    event = {"kind": batch.event.kind, "at": batch.event.at, "payload": batch.event.payload}
    conn.execute(t.events.insert().values(**place, **event, digest=batch.event.digest, link=row.head))
    return Written(row.seq, row.writable_until, row.state_version)


@dataclass(frozen=True)
class Standing:
    """What the journal holds for one question: its newest revision, and the hash of a revision asked for."""

    revision: int
    text: str
    text_hash: str
    asked_hash: str | None
    asked_at: dt.datetime | None


def standing(conn: sa.Connection, attempt_id: int, items: Sequence[Item]) -> dict[int, Standing]:
    """What stands in the journal for the questions of a save that met a conflict."""
    s = t.answers
    rows = conn.execute(
        sa.select(s.c.question_version_id, s.c.revision, s.c.text, s.c.text_hash, s.c.received_at)
        .where(s.c.attempt_id == attempt_id, s.c.question_version_id.in_([i.question_version_id for i in items]))
        .order_by(s.c.revision)
    ).all()
    asked = {item.question_version_id: item.revision for item in items}
    found: dict[int, Standing] = {}
    for row in rows:
        earlier = found.get(row.question_version_id)
        mine = row.revision == asked[row.question_version_id]
        found[row.question_version_id] = Standing(
            row.revision,
            row.text,
            row.text_hash,
            row.text_hash if mine else (earlier.asked_hash if earlier else None),
            row.received_at if mine else (earlier.asked_at if earlier else None),
        )
    return found


def keep_late(conn: sa.Connection, sitting_id: int, batch: Batch, why: str) -> int:
    """Keep a refused save as evidence, never part of a script; returns how many of its items were kept."""
    late = t.late_answers
    already = conn.scalar(sa.select(sa.func.count()).where(late.c.attempt_id == batch.attempt_id)) or 0
    kept = batch.items[: max(0, MOST_LATE - already)]
    place = {"sitting_id": sitting_id, "attempt_id": batch.attempt_id, "received_at": batch.received_at, "why": why}
    if kept:
        conn.execute(late.insert(), [{**place, **vars(item)} for item in kept])
    return len(kept)
