"""Where a seat stands at a moment, from the facts that are kept beside the database."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from proctoring.lockdown import Level
from proctoring.timing import REST, rest_left
from sjt.rules.attempt import Facts, State, state
from sjt.rules.refusals import NotFound
from sjt.services.delivery.door import Place
from sjt.services.product import Product
from sjt.stores import attempts, messages, seats, seb
from sjt.stores.attempts import Attempt
from sjt.stores.known import Known
from sjt.stores.messages import Notice
from sjt.stores.seb import Lock

ASKED_AT_ONCE = 500  # references in one statement


def known_of(place: Place, notices: tuple[Notice, ...] = (), lock: Lock | None = None) -> Known:
    """The facts of a seat as they were read, with the messages that wait for its candidate and its lock."""
    attempt, allowance = place.attempt, place.attempt.allowance
    pause = allowance.open_pause
    awaited = attempt.facts.returnable_until if attempt.closed_as else None
    since = pause.began if pause else attempt.reopened_at if awaited else None
    credit = None
    if pause is not None and pause.kind == REST:
        credit = rest_left(allowance, pause.began).total_seconds()
    return Known(
        sitting_id=attempt.sitting_id, device_hash=attempt.device_hash, admitted=place.seat.admitted_at is not None,
        lease=attempt.lease, version=attempt.state_version, grace_seconds=attempt.grace_seconds,
        opened_at=attempt.opened_at, started_at=attempt.started_at, deadline=attempt.deadline,
        closed_as=attempt.closed_as, paused_as=pause.kind if pause else None, paused_at=since,
        paused_credit=credit, returnable_until=awaited, notices=notices, lockdown=place.seat.lockdown, lock=lock,
    )  # fmt: skip


def read_known(conn: sa.Connection, attempt_ref: str, now: dt.datetime) -> Known:
    """The facts of a seat, read; NotFound when there is none, and for a candidate who was refused."""
    attempt = attempts.by_ref(conn, attempt_ref)
    seat = seats.by_id(conn, attempt.seat_id) if attempt else None
    if attempt is None or seat is None or seat.refused_at is not None:
        raise NotFound("error.words.404")
    lock = seb.lock(conn, attempt.sitting_id, attempt.id) if seat.lockdown == Level.SEB else None
    return known_of(Place(seat, attempt, state(attempt.facts, now)), waiting(conn, attempt), lock)


def waiting(conn: sa.Connection, attempt: Attempt) -> tuple[Notice, ...]:
    """The messages that wait for a candidate; none once the attempt is closed, where nobody reads them any more."""
    return () if attempt.closed_at else messages.unseen(conn, attempt.id)


def state_of(known: Known, now: dt.datetime) -> State:
    """The state at a moment."""
    facts = Facts(
        known.opened_at,
        known.started_at,
        known.deadline,
        known.grace_seconds,
        known.closed_as,
        known.paused_as,
        known.returnable_until,
    )
    return state(facts, now)


def deadline_of(known: Known, now: dt.datetime) -> dt.datetime | None:
    """The deadline if a pause that lasts ended now."""
    if known.deadline is None or known.paused_at is None:
        return known.deadline
    stood = max(now - known.paused_at, dt.timedelta(0))
    most = dt.timedelta.max if known.paused_credit is None else dt.timedelta(seconds=known.paused_credit)
    return known.deadline + min(stood, most)


def look_over(product: Product) -> int:
    """Forget the seats of which something older is kept than the database holds; returns how many.

    A commit forgets by itself; this mends what a race or a store that did not answer has left behind.
    """
    kept = dict(product.seats.versions())
    stale: list[str] = []
    refs = list(kept)
    with product.database.reading() as conn:
        for start in range(0, len(refs), ASKED_AT_ONCE):
            part = refs[start : start + ASKED_AT_ONCE]
            held = _versions(conn, part)
            stale += [ref for ref in part if held.get(ref) != kept[ref]]
    product.seats.forget(stale)
    return len(stale)


def _versions(conn: sa.Connection, refs: list[str]) -> dict[str, int]:
    query = sa.select(attempts.a.c.ref, attempts.a.c.state_version).where(attempts.a.c.ref.in_(refs))
    return {row.ref: row.state_version for row in conn.execute(query)}
