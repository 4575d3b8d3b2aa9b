"""What is looked at when somebody comes: eligibility once more, and whether they are late."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from sjt.rules import door
from sjt.rules.door import Arrival, Lateness
from sjt.rules.refusals import NotNow
from sjt.services.delivery import remote_notice
from sjt.services.papers_drawn import specifications
from sjt.stores import candidates, incidents
from sjt.stores.attempts import Attempt
from sjt.stores.people import Person
from sjt.stores.seats import Seat
from sjt.stores.sittings import Sitting
from sjt.words import say


@dataclass(frozen=True)
class Late:
    """By how many minutes somebody came after the start of the writing, and what the rule calls that."""

    minutes: int
    lateness: Lateness


def late(sitting: Sitting, now: dt.datetime) -> Late:
    """How late somebody is who comes now."""
    plan = specifications()[sitting.spec_id]
    minutes = door.minutes_late(sitting.starts_at, sitting.set_up_minutes, now)
    very = plan.late_entry.very_late_minutes if plan.late_entry else None
    return Late(minutes, door.lateness(minutes, very, plan.minutes))


def require_admissible(
    conn: sa.Connection, seat: Seat, attempt: Attempt | None, sitting: Sitting, now: dt.datetime
) -> None:
    """NotNow when what the booking stood on does not hold any more."""
    [candidate] = candidates.by_ids(conn, [seat.candidate.id]).values()
    arrival = Arrival(
        gateway_complete=candidate.gateway_complete_at is not None,
        theirs=candidate.spec_name,
        sitting=specifications()[sitting.spec_id].name,
        pathway=candidate.pathway,
        drawn_for=attempt.pathway if attempt else candidate.pathway,
        starts_at=sitting.starts_at,
        ends_at=sitting.ends_at,
        notice_owed=attempt is not None and remote_notice.owed(conn, attempt),
    )
    refused = door.why_not(arrival, now)
    if refused is not None:
        raise NotNow(refused[0], name=seat.candidate.name, **refused[1])


def note_very_late(
    conn: sa.Connection, seat: Seat, attempt: Attempt, sitting: Sitting, by: Person, now: dt.datetime
) -> None:
    """Keep an incident for somebody who was admitted very late: it is reported with the real times."""
    came, plan = late(sitting, now), specifications()[sitting.spec_id]
    if came.lateness is Lateness.VERY_LATE and plan.late_entry:
        told = {"minutes": came.minutes, "days": plan.late_entry.report_working_days, "name": seat.candidate.name}
        incidents.add(conn, sitting.id, attempt.id, "late", say("door.very_late", told), now, by.id)
