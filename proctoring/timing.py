"""Time allowed, and the one deadline of an attempt.

Facts go in, a deadline comes out; nothing here knows what time it is now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Allowance:
    """What decides a candidate's time: minutes of the test, percentages of extra time, seconds granted."""

    base_minutes: int
    extra_percents: tuple[int, ...] = ()
    granted_seconds: int = 0


def entitled_minutes(base_minutes: int, extra_percents: Iterable[int]) -> int:
    """Minutes of working time: the base and the largest percentage, rounded up to the whole minute.

    25% of 120 minutes gives 150, at whatever minute it was approved.
    """
    percent = max(extra_percents, default=0)
    return -(-base_minutes * (100 + percent) // 100)


def deadline(started_at: dt.datetime, allowance: Allowance) -> dt.datetime:
    """started + entitled + grants. Grants are never negative, so no fact moves a deadline earlier."""
    minutes = entitled_minutes(allowance.base_minutes, allowance.extra_percents)
    return started_at + dt.timedelta(minutes=minutes, seconds=allowance.granted_seconds)


def seconds_left(until: dt.datetime, now: dt.datetime) -> int:
    """Whole seconds until a deadline, rounded up so that the last one is still shown; never negative."""
    left = until - now
    return max(0, -(-left // dt.timedelta(seconds=1)))


def minutes_needed(set_up_minutes: int, entitled: int, breaks_minutes: int = 0) -> int:
    """Minutes that a booking must offer one candidate: set-up, working time and the break allowance."""
    return set_up_minutes + entitled + breaks_minutes
