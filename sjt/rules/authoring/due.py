"""When a live version must be read again: so many months after it was last found fit (invariant 19)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from item_bank.dates import months_after


class Due(StrEnum):
    """How near the next review of a live version is."""

    LATER = "later"
    SOON = "soon"  # within the days of warning
    OVERDUE = "overdue"  # on no new paper


@dataclass(frozen=True)
class Cutoffs:
    """The times of the last review that part overdue from due soon, and due soon from later; None: never due."""

    overdue: dt.datetime
    soon: dt.datetime

    def of(self, reviewed_at: dt.datetime) -> Due:
        """How near the review of a version is that was last read then."""
        if reviewed_at <= self.overdue:
            return Due.OVERDUE
        return Due.SOON if reviewed_at <= self.soon else Due.LATER


def cutoffs(now: dt.datetime, months: int | None, warn_days: int) -> Cutoffs | None:
    """What was last reviewed at ``overdue`` or before is overdue now; None where no review is asked for."""
    if months is None:
        return None
    return Cutoffs(months_after(now, -months), months_after(now + dt.timedelta(days=warn_days), -months))


def review_due(reviewed_at: dt.datetime, months: int) -> dt.datetime:
    """When a version is due that was last reviewed then."""
    return months_after(reviewed_at, months)
