"""Results as they were released: rows that are added and never changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sjt.stores.people import new_ref
from sjt.stores.tables import attempts, candidates, people, releases, results, seats, sittings


@dataclass(frozen=True)
class NewResult:
    """What is released for one attempt."""

    attempt_id: int
    outcome: str
    passed: int
    of: int
    reasons: Sequence[Mapping[str, Any]]
    questions: Sequence[Mapping[str, Any]]
    version: int = 1


@dataclass(frozen=True)
class Result:
    """A released result, whose it is, and who released it."""

    ref: str
    version: int
    outcome: str
    passed: int
    of: int
    reasons: Sequence[Mapping[str, Any]]
    questions: Sequence[Mapping[str, Any]]
    notified_at: dt.datetime
    released_at: dt.datetime
    released_by: str
    attempt_id: int
    spec_id: str
    pathway: str
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    sitting_ref: str
    sitting_title: str
    sitting_starts_at: dt.datetime
    candidate_number: str
    candidate_name: str
    person_id: int | None


@dataclass(frozen=True)
class Release:
    """One act of releasing, by a named person."""

    id: int
    ref: str
    results: int


@dataclass(frozen=True)
class ListedSitting:
    """A sitting with how far its results have come."""

    ref: str
    title: str
    venue: str
    starts_at: dt.datetime
    seats: int
    closed: int
    released: int


_newest = (
    sa.select(sa.func.max(results.c.version))
    .where(results.c.attempt_id == attempts.c.id)
    .correlate(attempts)
    .scalar_subquery()
)
_every = (
    sa.select(
        results.c.ref, results.c.version, results.c.outcome, results.c.passed, results.c.of, results.c.reasons,
        results.c.questions, results.c.notified_at, releases.c.released_at, people.c.name.label("released_by"),
        attempts.c.id.label("attempt_id"), attempts.c.spec_id, attempts.c.pathway, attempts.c.started_at,
        attempts.c.finished_at, sittings.c.ref.label("sitting_ref"), sittings.c.title.label("sitting_title"),
        sittings.c.starts_at.label("sitting_starts_at"), candidates.c.number.label("candidate_number"),
        candidates.c.name.label("candidate_name"), candidates.c.person_id,
    )
    .select_from(results)
    .join(releases, releases.c.id == results.c.release_id)
    .join(people, people.c.id == releases.c.released_by)
    .join(attempts, attempts.c.id == results.c.attempt_id)
    .join(seats, seats.c.id == attempts.c.seat_id)
    .join(candidates, candidates.c.id == seats.c.candidate_id)
    .join(sittings, sittings.c.id == attempts.c.sitting_id)
)  # fmt: skip


def _results(conn: sa.Connection, condition: sa.ColumnElement[bool]) -> list[Result]:
    query = _every.where(condition).order_by(sittings.c.starts_at.desc(), seats.c.number)
    return [Result(**row._mapping) for row in conn.execute(query)]


def of_sitting(conn: sa.Connection, sitting_id: int) -> dict[int, Result]:
    """The newest released result of each attempt of a sitting, by attempt."""
    found = _results(conn, sa.and_(attempts.c.sitting_id == sitting_id, results.c.version == _newest))
    return {result.attempt_id: result for result in found}


def of_person(conn: sa.Connection, person_id: int) -> list[Result]:
    """The newest released results of an apprentice, the latest sitting first."""
    return _results(conn, sa.and_(candidates.c.person_id == person_id, results.c.version == _newest))


def by_ref(conn: sa.Connection, ref: str) -> Result | None:
    """A released result, in any version."""
    found = _results(conn, results.c.ref == ref)
    return found[0] if found else None


def release_of(conn: sa.Connection, request_id: str) -> Release | None:
    """The release that a request has already made."""
    query = (
        sa.select(releases.c.id, releases.c.ref, sa.func.count(results.c.id).label("results"))
        .outerjoin(results)
        .where(releases.c.request_id == request_id)
        .group_by(releases.c.id, releases.c.ref)
    )
    row = conn.execute(query).one_or_none()
    return Release(**row._mapping) if row else None


def add_release(
    conn: sa.Connection, sitting_id: int, by: int, request_id: str, new: Sequence[NewResult], now: dt.datetime
) -> Release:
    """Release results in the name of a person; each apprentice counts as notified from now.

    IntegrityError when the request was carried out before, or an attempt already has a result of that version.
    """
    row = {"ref": new_ref(), "sitting_id": sitting_id, "released_by": by, "released_at": now, "request_id": request_id}
    release_id = conn.execute(releases.insert().values(row).returning(releases.c.id)).scalar_one()
    rows = [
        {"ref": new_ref(), "attempt_id": r.attempt_id, "version": r.version, "outcome": r.outcome, "passed": r.passed,
         "of": r.of, "reasons": list(r.reasons), "questions": list(r.questions), "release_id": release_id,
         "notified_at": now}
        for r in new
    ]  # fmt: skip
    conn.execute(results.insert(), rows)
    return Release(release_id, str(row["ref"]), len(rows))


def sittings_begun(
    conn: sa.Connection, now: dt.datetime, limit: int, offset: int = 0, but: Collection[str] = ()
) -> list[ListedSitting]:
    """Sittings that have begun and were not cancelled, the newest first; none of the specifications in ``but``."""
    closed = sa.select(sa.func.count()).where(
        attempts.c.sitting_id == sittings.c.id, attempts.c.closed_at.is_not(None)
    )  # fmt: skip
    released = (
        sa.select(sa.func.count(results.c.attempt_id.distinct()))
        .join(attempts, attempts.c.id == results.c.attempt_id)
        .where(attempts.c.sitting_id == sittings.c.id)
    )
    booked = sa.select(sa.func.count()).where(seats.c.sitting_id == sittings.c.id)
    query = (
        sa.select(
            sittings.c.ref, sittings.c.title, sittings.c.venue, sittings.c.starts_at,
            booked.scalar_subquery().label("seats"), closed.scalar_subquery().label("closed"),
            released.scalar_subquery().label("released"),
        )
        .where(sittings.c.starts_at <= now, sittings.c.cancelled_at.is_(None), sittings.c.spec_id.not_in(list(but)))
        .order_by(sittings.c.starts_at.desc(), sittings.c.id.desc())
        .limit(limit).offset(offset)
    )  # fmt: skip
    return [ListedSitting(**row._mapping) for row in conn.execute(query)]
