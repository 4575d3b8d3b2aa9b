"""The ledger of one candidate's time: where every second up to the deadline comes from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from proctoring.timing import Allowance, credit, entitled_minutes

SECOND = dt.timedelta(seconds=1)


@dataclass(frozen=True)
class Entry:
    """Time given: ``what`` (entitled, reopened, granted, or the kind of a pause), in whole or broken seconds.

    ``began`` and ``ended`` are those of a pause; a rest break may be credited for less than it lasted.
    """

    what: str
    seconds: float
    began: dt.datetime | None = None
    ended: dt.datetime | None = None


@dataclass(frozen=True)
class Ledger:
    """From a moment on, and what was given: together they are the deadline."""

    since: dt.datetime
    entries: tuple[Entry, ...]

    @property
    def deadline(self) -> dt.datetime:
        """Since then, and all that was given."""
        return self.since + sum((dt.timedelta(seconds=entry.seconds) for entry in self.entries), dt.timedelta(0))


def ledger(started_at: dt.datetime, allowance: Allowance) -> Ledger:
    """The ledger of an attempt that has begun; a pause that lasts is not in it yet.

    After a reopening it begins with the return (or, before that, with the reopening), and holds what was given since.
    """
    reopened = allowance.reopened
    if reopened is None:
        since = started_at
        given = [Entry("entitled", 60 * entitled_minutes(allowance.base_minutes, allowance.extra_percents))]
    else:
        since = reopened.returned or reopened.at
        given = [Entry("reopened", reopened.seconds)]
    if allowance.granted_seconds:
        given.append(Entry("granted", allowance.granted_seconds))
    stops = _stops(allowance, since) if reopened is None or reopened.returned else []
    return Ledger(since, (*given, *stops))


def _stops(allowance: Allowance, since: dt.datetime) -> list[Entry]:
    """What each pause added to the credit of those before it: time that two stops share is credited once."""
    found, before = [], dt.timedelta(0)
    for number, pause in enumerate(allowance.pauses, 1):
        until_here = credit(allowance.pauses[:number], allowance.rest_minutes)
        if pause.ended is not None and pause.began >= since:
            found.append(Entry(pause.kind, (until_here - before) / SECOND, pause.began, pause.ended))
        before = until_here
    return found
