"""Calendar months, as reviews fall due."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import TypeVar

Day = TypeVar("Day", dt.date, dt.datetime)


def months_after(day: Day, months: int) -> Day:
    """The same day of the month so many months on (or back); the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))
