"""The only place that reads a clock.

``now()`` is the local monotonic clock plus an offset to the database's time, so that a step of the
machine's clock moves no deadline and all nodes agree with the one database.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time. Pages and commands read it once and pass it down as an argument."""

    def now(self) -> dt.datetime:
        """The current time, aware, in UTC, with microseconds."""
        ...


def steady() -> float:
    """Seconds of a clock that never steps, for waiting and for the age of what is kept: no rule asks it."""
    return time.monotonic()


class SystemClock:
    """Local monotonic time plus an offset; the offset begins at the machine's own clock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._offset = time.time() - time.monotonic()

    def now(self) -> dt.datetime:
        """The current time in UTC."""
        return dt.datetime.fromtimestamp(time.monotonic() + self._offset, dt.UTC)

    def follow(self, reference: dt.datetime) -> dt.timedelta:
        """Take over the database's time; returns how far this clock was off."""
        with self._lock:
            skew = reference - self.now()
            self._offset += skew.total_seconds()
            return skew


class HeldClock:
    """A clock that stands still until it is told to move: tests hold it, and nothing sleeps."""

    def __init__(self, at: dt.datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a time without a zone")
        self._at = at.astimezone(dt.UTC)

    def now(self) -> dt.datetime:
        """The time at which the clock is held."""
        return self._at

    def advance(self, **by: float) -> dt.datetime:
        """Move on, by ``seconds=…``, ``minutes=…`` and so on; returns the new time."""
        self._at += dt.timedelta(**by)
        return self._at
