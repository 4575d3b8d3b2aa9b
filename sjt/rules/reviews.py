"""When a live version must be reviewed again: so many calendar months after its last review."""

from __future__ import annotations

import calendar
import datetime as dt


def months_before(moment: dt.datetime, months: int) -> dt.datetime:
    """The same day and time so many months earlier; the month's last day where it has no such day."""
    return _moved(moment, -months)


def due(reviewed: dt.datetime, months: int) -> dt.datetime:
    """When the next review is due."""
    return _moved(reviewed, months)


def _moved(moment: dt.datetime, months: int) -> dt.datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))
