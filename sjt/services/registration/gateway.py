"""The gateway of a candidate and their adjustments: each with the name of who confirmed or approved it."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from proctoring.events import event
from proctoring.seats import DOCUMENTS
from sjt.rules import eligibility
from sjt.rules.eligibility import Fault, time_faults
from sjt.rules.local_time import midnight
from sjt.rules.refusals import NotNow
from sjt.services import timekeeping
from sjt.services.registration import plans
from sjt.stores import attempts, candidates, people, seats, sittings
from sjt.stores.candidates import Adjustment, Candidate
from sjt.stores.people import Person
from sjt.stores.sittings import Sitting


def complete(
    conn: sa.Connection, candidate: Candidate, by: Person, now: dt.datetime, photo_id: str | None = None
) -> None:
    """Confirm that the gateway is complete, with the kind of photo ID that was seen; never its number or a copy.

    A second press changes nothing: the first name stands.
    """
    if candidates.complete_gateway(conn, candidate.id, by.id, now, photo_id if photo_id in DOCUMENTS else None):
        people.record(conn, by.id, "gateway.completed", "candidate", candidate.ref, now)


def reopen(conn: sa.Connection, candidate: Candidate, by: Person, now: dt.datetime) -> None:
    """Take the confirmation back. NotNow once a seat is booked on it."""
    if not candidates.reopen_gateway(conn, candidate.id):
        raise NotNow("gateway.booked")
    people.record(conn, by.id, "gateway.reopened", "candidate", candidate.ref, now)


def as_rule(entered: list[Adjustment]) -> tuple[eligibility.Adjustment, ...]:
    """Adjustments as the booking rule sees them."""
    return tuple(eligibility.Adjustment(a.value, a.in_force_from, a.withdrawn_at is not None, a.kind) for a in entered)


def adjust(
    conn: sa.Connection,
    candidate: Candidate,
    kind: str,
    value: int,
    first_day: dt.date,
    by: Person,
    now: dt.datetime,
) -> None:
    """Enter an adjustment, approved by ``by``. A clock that runs is lengthened at once.

    An attempt that is over by rule is written down as over first: no adjustment opens it again.
    """
    candidates.lock(conn, [candidate.id])
    for seat in seats.of_candidate(conn, candidate.id):
        attempt = attempts.by_seat(conn, seat.id)
        if attempt is not None and attempt.started_at is not None and attempt.closed_at is None:
            timekeeping.expire(conn, attempt.id, now)
    candidates.add_adjustment(conn, candidate.id, kind, value, midnight(first_day), by.id, now)
    people.record(conn, by.id, "adjustment.approved", "candidate", candidate.ref, now, kind=kind, value=value)
    _tell_attempts(conn, candidate, "adjusted", by, now)


def withdraw(conn: sa.Connection, candidate: Candidate, adjustment_id: int, by: Person, now: dt.datetime) -> None:
    """Withdraw an adjustment. NotNow after Begin: then it stands, and the error is an incident."""
    candidates.lock(conn, [candidate.id])
    if not candidates.withdraw_adjustment(conn, candidate.id, adjustment_id, by.id, now):
        raise NotNow("adjustment.stands")
    people.record(conn, by.id, "adjustment.withdrawn", "candidate", candidate.ref, now)
    _tell_attempts(conn, candidate, "adjustment_withdrawn", by, now)


def _tell_attempts(conn: sa.Connection, candidate: Candidate, kind: str, by: Person, now: dt.datetime) -> None:
    """The deadline follows from the adjustments: attempts that are not closed get theirs anew."""
    for seat in seats.of_candidate(conn, candidate.id):
        attempt = attempts.by_seat(conn, seat.id)
        if attempt is not None and attempt.closed_at is None:
            timekeeping.follow(conn, attempt.id, event(kind, now, by.ref, **attempt.allowance.told()))


def too_short(conn: sa.Connection, candidate: Candidate, now: dt.datetime) -> list[tuple[Sitting, Fault]]:
    """Coming sittings in which the candidate's booking does not fit (any more), each with the sum."""
    adjusted = as_rule(candidates.adjustments_of(conn, [candidate.id])[candidate.id])
    booked = [seat.sitting_id for seat in seats.of_candidate(conn, candidate.id) if seat.cancelled_at is None]
    coming = [sitting for sitting in sittings.by_ids(conn, booked).values() if sitting.starts_at > now]
    return [(sitting, fault) for sitting in coming for fault in time_faults(adjusted, plans.slot_of(sitting))]
