"""At the door: whether somebody may still be let in, whether they are late, and whether the document is the known one.

The assessment plans want the gateway before the test and identity on the day; admission is not a matter of payment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sjt.rules.local_time import london_day

Refused = tuple[str, Mapping[str, object]]  # a message code and its parameters


@dataclass(frozen=True)
class Arrival:
    """What admission depends on, as it stands at this moment."""

    gateway_complete: bool
    theirs: str  # the specification that the candidate is entered for now
    sitting: str  # and the sitting's
    pathway: str
    drawn_for: str  # the pathway that the paper was drawn for
    starts_at: dt.datetime
    ends_at: dt.datetime
    notice_owed: bool = False  # a remote sitting, and they have not accepted its notice


def why_not(arrival: Arrival, now: dt.datetime) -> Refused | None:
    """Why a candidate cannot be admitted now, though they were booked; None when they can."""
    if not arrival.gateway_complete:
        return "door.gateway", {}
    if arrival.theirs != arrival.sitting:
        return "door.specification", {"theirs": arrival.theirs, "sitting": arrival.sitting}
    if arrival.pathway != arrival.drawn_for:
        return "door.pathway", {"pathway": arrival.pathway, "drawn": arrival.drawn_for}
    if london_day(now) < london_day(arrival.starts_at):
        return "door.early", {}
    if now > arrival.ends_at:
        return "door.over", {}
    return ("door.notice", {}) if arrival.notice_owed else None


class Lateness(StrEnum):
    """How an arrival stands to the start of the writing."""

    IN_TIME = "in_time"
    LATE = "late"
    VERY_LATE = "very_late"


def minutes_late(starts_at: dt.datetime, set_up_minutes: int, now: dt.datetime) -> int:
    """Whole minutes since the writing was to start; none before and at that moment."""
    start = starts_at + dt.timedelta(minutes=set_up_minutes)
    return max(0, int((now - start) / dt.timedelta(minutes=1)))


def lateness(minutes: int, very_late_after: int | None, base_minutes: int) -> Lateness:
    """Whoever is admitted late has the full time all the same.

    Very late is more than ``very_late_after`` minutes, in a test of more than an hour: it is warned of and reported.
    """
    if minutes <= 0:
        return Lateness.IN_TIME
    very = very_late_after is not None and base_minutes > 60 and minutes > very_late_after
    return Lateness.VERY_LATE if very else Lateness.LATE


AS_RECORDED, ANOTHER, NONE_RECORDED = "as_recorded", "another", "none_recorded"


def compare(shown: str, recorded: str | None) -> str:
    """How the document shown compares with the kind that was seen at the gateway."""
    if recorded is None:
        return NONE_RECORDED
    return AS_RECORDED if shown == recorded else ANOTHER
