"""What the board makes of a seat: was it heard from, and does it need a person?

Times go in, signs come out. Silence is never taken for health, nor for a failure of the candidate's: it is
shown as what it is, and it changes nothing about the attempt.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

LIVE_SECONDS = 20  # green only within this many seconds of the last beat
SILENT_SECONDS = 45
GATE_WAITS = dt.timedelta(minutes=3)
LITTLE_TIME = dt.timedelta(minutes=5)


class Hearing(StrEnum):
    """What is known of a seat's browser."""

    LIVE = "live"
    QUIET = "quiet"  # last heard 20 to 45 seconds ago
    SILENT = "silent"
    UNKNOWN = "unknown"  # not heard yet since what was known was lost, or since it began
    AWAY = "away"  # the store of presence does not answer: nothing is known of any seat


@dataclass(frozen=True)
class Sign:
    """What was heard of a seat: whole seconds since the last beat, or since when nothing is known."""

    hearing: Hearing
    seconds: int | None = None
    since: dt.datetime | None = None


def sign(
    last: dt.datetime | None, known_since: dt.datetime | None, expected_from: dt.datetime | None, now: dt.datetime
) -> Sign:
    """What a seat's last beat says at a moment.

    ``known_since`` is when beats began to be kept (None: their store does not answer); ``expected_from``
    when this seat was to be heard from. A seat never heard is unknown first and silent after 45 s, so that
    a restart hides nobody.
    """
    if known_since is None:
        return Sign(Hearing.AWAY)
    if last is None:
        since = max(known_since, expected_from or known_since)
        long = _seconds(since, now) >= SILENT_SECONDS
        return Sign(Hearing.SILENT if long else Hearing.UNKNOWN, None, since)
    seconds = _seconds(last, now)
    if seconds < LIVE_SECONDS:
        return Sign(Hearing.LIVE, seconds)
    return Sign(Hearing.QUIET if seconds < SILENT_SECONDS else Hearing.SILENT, seconds, last)


def _seconds(since: dt.datetime, now: dt.datetime) -> int:
    """Whole seconds; a beat that another node stamped a little ahead of this clock is zero seconds old."""
    return max(0, (now - since) // dt.timedelta(seconds=1))


class Flag(StrEnum):
    """What the board says of a seat beside its state; all but the last need a person."""

    CALLS = "calls"
    DEVICE_ASKS = "device_asks"
    LOCKED_OUT = "locked_out"
    GATE_WAITS = "gate_waits"
    BREAK_OVER = "break_over"
    SILENT = "silent"
    LITTLE_TIME = "little_time"


@dataclass(frozen=True)
class Seen:
    """The facts of a seat that flags follow from. Each time is None when it does not apply (any more)."""

    called_at: dt.datetime | None = None  # the candidate calls
    break_used_up: bool = False  # a rest break lasts beyond its allowance, so that the clock runs
    asked_at: dt.datetime | None = None  # another device asks to be let in
    locked_out: bool = False  # its browser is not the one that the sitting asks for, and was not let in
    gate_open_since: dt.datetime | None = None  # and not begun
    running_until: dt.datetime | None = None
    hearing: Hearing = Hearing.UNKNOWN


def flags(seen: Seen, now: dt.datetime) -> tuple[Flag, ...]:
    """What to say of a seat, the most pressing first. Only a running attempt is expected to be heard."""
    running = seen.running_until is not None
    told = {
        Flag.CALLS: seen.called_at is not None,
        Flag.DEVICE_ASKS: seen.asked_at is not None,
        Flag.LOCKED_OUT: seen.locked_out,
        Flag.GATE_WAITS: seen.gate_open_since is not None and now - seen.gate_open_since >= GATE_WAITS,
        Flag.BREAK_OVER: seen.break_used_up,
        Flag.SILENT: running and seen.hearing is Hearing.SILENT,
        Flag.LITTLE_TIME: seen.running_until is not None and seen.running_until - now < LITTLE_TIME,
    }
    return tuple(flag for flag, holds in told.items() if holds)


def rank(told: tuple[Flag, ...]) -> int:
    """A seat's place on the board: what needs a person first, then silence, then everyone else."""
    return ORDER.index(told[0]) if told and told[0] in ORDER else len(ORDER)


ORDER = (Flag.CALLS, Flag.DEVICE_ASKS, Flag.LOCKED_OUT, Flag.GATE_WAITS, Flag.BREAK_OVER, Flag.SILENT)
