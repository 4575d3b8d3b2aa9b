"""Emergency files: kept once as evidence, and entered into the answers once, if a person does so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from sjt.stores import tables as t
from sjt.stores.attempts import Attempt
from sjt.stores.people import new_ref

f = t.emergency_files.c


@dataclass(frozen=True)
class StoredFile:
    """A file as it was brought. ``made_at`` is by the device's clock: unverified. ``…_by`` are ids of people."""

    id: int
    ref: str
    attempt_id: int
    brought_by: int
    brought_at: dt.datetime
    made_at: dt.datetime | None
    sha256: str
    entries: Sequence[Mapping[str, Any]]  # question, revision, text, typed_at
    entered_at: dt.datetime | None
    entered_by: int | None
    entered_reason: str | None


@dataclass(frozen=True)
class Entered:
    """An answer that goes into the journal from a file."""

    question_version_id: int
    revision: int
    text: str
    text_hash: str


_columns = (f.id, f.ref, f.attempt_id, f.brought_by, f.brought_at, f.made_at, f.sha256, f.entries, f.entered_at,
            f.entered_by, f.entered_reason)  # fmt: skip


def _files(conn: sa.Connection, condition: sa.ColumnElement[bool]) -> list[StoredFile]:
    return [StoredFile(*row) for row in conn.execute(sa.select(*_columns).where(condition).order_by(f.id)).all()]


def of_attempt(conn: sa.Connection, attempt_id: int) -> list[StoredFile]:
    """The files that were brought for an attempt, in order."""
    return _files(conn, f.attempt_id == attempt_id)


def by_ref(conn: sa.Connection, ref: str, attempt_id: int) -> StoredFile | None:
    """A file of this attempt by its reference."""
    return next(iter(_files(conn, sa.and_(f.ref == ref, f.attempt_id == attempt_id))), None)


def by_hash(conn: sa.Connection, sha256: str, attempt_id: int) -> StoredFile | None:
    """A file of this attempt by what it holds."""
    return next(iter(_files(conn, sa.and_(f.sha256 == sha256, f.attempt_id == attempt_id))), None)


def keep(
    conn: sa.Connection,
    attempt: Attempt,
    sha256: str,
    entries: Sequence[Mapping[str, Any]],
    made_at: dt.datetime | None,
    by: int,
    now: dt.datetime,
) -> bool:
    """Keep a file as evidence. False when this very file was brought before."""
    row = {
        "ref": new_ref(), "sitting_id": attempt.sitting_id, "attempt_id": attempt.id, "brought_by": by,
        "brought_at": now, "made_at": made_at, "sha256": sha256, "entries": list(entries),
    }  # fmt: skip
    try:
        with conn.begin_nested():
            conn.execute(t.emergency_files.insert().values(**row))
    except IntegrityError:
        return False
    return True


def claim(conn: sa.Connection, file_id: int, by: int, reason: str, now: dt.datetime) -> bool:
    """Note that a file is entered: true for the one claim that succeeds."""
    entered = {"entered_at": now, "entered_by": by, "entered_reason": reason}
    where = (f.id == file_id) & f.entered_at.is_(None)
    return conn.execute(t.emergency_files.update().where(where).values(**entered)).rowcount == 1


def enter(
    conn: sa.Connection, attempt: Attempt, file_id: int, answers: Sequence[Entered], seq: int, now: dt.datetime
) -> None:
    """Put answers from a file into the journal, under the event with this number. The caller holds the lock."""
    place = {"sitting_id": attempt.sitting_id, "attempt_id": attempt.id, "seq": seq, "received_at": now}
    conn.execute(t.answers.insert(), [{**place, **vars(one), "file_id": file_id} for one in answers])
