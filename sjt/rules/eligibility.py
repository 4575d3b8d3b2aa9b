"""Who may be booked on which sitting: gateway, specification, pathway, and whether the slot is long enough."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from proctoring.flags import HELPS
from proctoring.timing import entitled_minutes, minutes_needed

MODES = ("online", "paper")
EXTRA_TIME, REST = "extra_time_percent", "rest_minutes"
TIMED = (EXTRA_TIME, REST)  # kinds with a size: percent of the base time; minutes of rest breaks
ADJUSTMENTS = (*TIMED, *HELPS)  # a help is there or not: its value is 1

Fault = tuple[str, Mapping[str, object]]  # a message code and its parameters


@dataclass(frozen=True)
class Adjustment:
    """An adjustment as approved: of a kind and a value, from a moment on, until it is withdrawn."""

    value: int
    in_force_from: dt.datetime
    withdrawn: bool = False
    kind: str = EXTRA_TIME


@dataclass(frozen=True)
class Slot:
    """What a sitting offers: its specification's short name and pathways, its window and its set-up time."""

    spec_name: str
    pathways: Collection[str]
    base_minutes: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    set_up_minutes: int

    @property
    def minutes(self) -> int:
        """Whole minutes from the start to the end."""
        return int((self.ends_at - self.starts_at) / dt.timedelta(minutes=1))


@dataclass(frozen=True)
class Applicant:
    """What a booking depends on of a candidate."""

    spec_name: str
    pathway: str
    gateway_complete: bool
    adjustments: tuple[Adjustment, ...] = ()


def percents_in_force(adjustments: Iterable[Adjustment], at: dt.datetime) -> tuple[int, ...]:
    """The percentages of extra time that hold at a moment. The largest counts; they are not added up."""
    return _in_force(EXTRA_TIME, adjustments, at)


def rest_minutes_in_force(adjustments: Iterable[Adjustment], at: dt.datetime) -> int:
    """The minutes of rest breaks that hold at a moment. The largest counts."""
    return max(_in_force(REST, adjustments, at), default=0)


def _in_force(kind: str, adjustments: Iterable[Adjustment], at: dt.datetime) -> tuple[int, ...]:
    return tuple(a.value for a in adjustments if a.kind == kind and not a.withdrawn and a.in_force_from <= at)


def booking_faults(applicant: Applicant, slot: Slot) -> list[Fault]:
    """Everything that stands against a booking. Gateway before booking: assessment plan, rules 1 to 4."""
    faults: list[Fault] = []
    if not applicant.gateway_complete:
        faults.append(("booking.gateway", {}))
    if applicant.spec_name != slot.spec_name:
        faults.append(("booking.specification", {"theirs": applicant.spec_name, "sitting": slot.spec_name}))
    elif applicant.pathway not in slot.pathways:
        faults.append(("booking.pathway", {"pathway": applicant.pathway, "spec": slot.spec_name}))
    return faults + time_faults(applicant.adjustments, slot)


def time_faults(adjustments: Iterable[Adjustment], slot: Slot) -> list[Fault]:
    """Set-up + entitled working time + break allowance must fit the slot; the fault carries the whole sum."""
    adjustments = tuple(adjustments)
    breaks = rest_minutes_in_force(adjustments, slot.starts_at)
    entitled = entitled_minutes(slot.base_minutes, percents_in_force(adjustments, slot.starts_at))
    needed = minutes_needed(slot.set_up_minutes, entitled, breaks)
    if needed <= slot.minutes:
        return []
    terms = {"set_up": slot.set_up_minutes, "entitled": entitled, "breaks": breaks}
    return [("booking.too_short", {**terms, "needed": needed, "slot": slot.minutes})]


def free_numbers(taken: Collection[int], count: int) -> list[int]:
    """The lowest seat numbers, from 1, that are not taken."""
    used, number = set(taken), 1
    free: list[int] = []
    while len(free) < count:
        if number not in used:
            free.append(number)
        number += 1
    return free
