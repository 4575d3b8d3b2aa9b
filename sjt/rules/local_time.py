"""Times as people in London write them, and the moments that they mean.

Twice a year the clocks change on a Sunday at one in the morning UTC: in spring an hour of local time does
not exist, in autumn one exists twice.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class NoSuchTime(ValueError):
    """The clocks skip this time on that day."""


class DoubledTime(ValueError):
    """The clocks show this time twice on that day: it must be said which of the two is meant."""


def moment(day: dt.date, time: dt.time, second: bool | None = None) -> dt.datetime:
    """The moment of a London date and time, in UTC. ``second`` says which of two is meant, where there are two.

    NoSuchTime in the hour that is skipped in spring; DoubledTime in the hour that comes twice in autumn, unless
    ``second`` is given.
    """
    first, later = (dt.datetime.combine(day, time.replace(fold=fold), LONDON) for fold in (0, 1))
    if first.astimezone(dt.UTC).astimezone(LONDON).replace(tzinfo=None) != first.replace(tzinfo=None):
        raise NoSuchTime
    if first.utcoffset() == later.utcoffset():
        return first.astimezone(dt.UTC)
    if second is None:
        raise DoubledTime
    return (later if second else first).astimezone(dt.UTC)


def is_doubled(at: dt.datetime) -> bool:
    """Whether London's clocks show this moment's time twice on that day."""
    local = at.astimezone(LONDON)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def midnight(day: dt.date) -> dt.datetime:
    """The moment at which a day begins in London. (The clocks never change at midnight.)"""
    return moment(day, dt.time())


def london_day(at: dt.datetime) -> dt.date:
    """The date in London at a moment."""
    return at.astimezone(LONDON).date()
