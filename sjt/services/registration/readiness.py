"""Whether a sitting is ready: everything that must stand before candidates come, each with where it is mended.

Another check is one more function of CHECKS: it gets the sitting as it stands and says what it found.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from sjt.rules import ratio
from sjt.rules.eligibility import time_faults
from sjt.rules.plan import Specification
from sjt.services.registration import interests, plans
from sjt.services.registration.gateway import as_rule
from sjt.stores import candidates, notices_accepted, seats, shifts, sittings, slips
from sjt.stores.seats import Seat
from sjt.stores.sittings import Sitting

GOOD, WARN, BAD = "good", "warn", "bad"
SOON = dt.timedelta(hours=2)  # from then on it matters who is signed in and who has accepted


@dataclass(frozen=True)
class Line:
    """One thing that must stand: how it stands, as a message code, and the page where it is mended."""

    kind: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    mend: str | None = None


@dataclass(frozen=True)
class Stands:
    """A sitting with what most checks ask of it."""

    conn: sa.Connection
    sitting: Sitting
    plan: Specification
    booked: Sequence[Seat]
    now: dt.datetime

    @property
    def soon(self) -> bool:
        """Whether candidates come soon, or are there."""
        return self.sitting.starts_at - SOON <= self.now

    @property
    def most(self) -> int | None:
        """The plan's ceiling of candidates to one invigilator."""
        return self.plan.ratio.candidates if self.plan.ratio else None


Check = Callable[[Stands], list[Line]]


def lines(conn: sa.Connection, sitting: Sitting, now: dt.datetime) -> list[Line]:
    """All that was looked at, in the order in which it is mended."""
    booked = seats.of_sitting(conn, sitting.id)
    stands = Stands(conn, sitting, plans.pinned(sitting.spec_id), booked, now)
    return [line for check in CHECKS for line in check(stands)]


def _bookings(s: Stands) -> list[Line]:
    if not s.booked:
        return [Line(WARN, "ready.nobody_booked", mend="seats")]
    return [Line(GOOD, "ready.booked", {"count": len(s.booked)})]


def _papers(s: Stands) -> list[Line]:
    bare = seats.without_paper(s.conn, s.sitting.id)
    if bare:
        return [Line(BAD, "ready.without_paper", {"count": len(bare)}, "seats")]
    return [Line(GOOD, "ready.papers")] if s.booked else []


def _time(s: Stands) -> list[Line]:
    """Adjustments may have been approved after the booking."""
    entered = candidates.adjustments_of(s.conn, [seat.candidate.id for seat in s.booked])
    slot = plans.slot_of(s.sitting)
    found = [
        Line(BAD, "ready.too_short", {**params, "name": seat.candidate.name}, "move")
        for seat in s.booked
        for _, params in time_faults(as_rule(entered[seat.candidate.id]), slot)
    ]
    return found or ([Line(GOOD, "ready.time")] if s.booked else [])


def _place(s: Stands) -> list[Line]:
    if s.sitting.remote:
        return [Line(GOOD, "ready.meeting")]
    found = []
    if s.sitting.venue_verified_on is None:
        found.append(Line(WARN, "ready.venue_unverified", mend="edit"))
    else:
        told = {"name": s.sitting.venue_verified_by, "day": s.sitting.venue_verified_on}
        found.append(Line(GOOD, "ready.venue", told))
    roomless = [seat for seat in s.booked if s.sitting.rooms and seat.room is None]
    if roomless:
        found.append(Line(WARN, "ready.without_room", {"count": len(roomless)}, "places"))
    return found


def _staff(s: Stands) -> list[Line]:
    named = len(sittings.staff_of(s.conn, s.sitting.id))
    asked = max(ratio.needed(len(s.booked), s.most, s.sitting.staff_needed), s.sitting.staff_needed)
    told = {"named": named, "needed": asked, "candidates": len(s.booked)}
    return [Line(GOOD, "ready.staff", told) if named >= asked else Line(BAD, "ready.staff_short", told, "edit")]


def _interests(s: Stands) -> list[Line]:
    found = interests.open_conflicts(s.conn, s.sitting)
    return [Line(BAD, "ready.interest", conflict.told, "edit") for conflict in found]


def _slips(s: Stands) -> list[Line]:
    missing = slips.unprinted(slips.of_sitting(s.conn, s.sitting.id), s.booked)
    if missing:
        return [Line(WARN, "ready.slips_missing", {"count": len(missing)}, "keycodes")]
    return [Line(GOOD, "ready.slips")] if s.booked else []


def _signed_in(s: Stands) -> list[Line]:
    if not s.soon or not s.booked:
        return []
    present, asked = shifts.present(s.conn, s.sitting.id), ratio.needed(len(s.booked), s.most, s.sitting.staff_needed)
    told = {"present": present, "needed": asked}
    return [
        Line(GOOD, "ready.signed_in", told) if present >= asked else Line(BAD, "ready.not_signed_in", told, "presence")
    ]


def _notices(s: Stands) -> list[Line]:
    if not s.sitting.remote or not s.soon:
        return []
    waiting = len(s.booked) - notices_accepted.count(s.conn, s.sitting.id)
    return [Line(WARN, "ready.notices_waiting", {"count": waiting}) if waiting > 0 else Line(GOOD, "ready.notices")]


CHECKS: tuple[Check, ...] = (
    _bookings, _papers, _time, _place, _staff, _interests, _slips, _signed_in, _notices,
)  # fmt: skip
