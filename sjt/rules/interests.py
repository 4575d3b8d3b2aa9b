"""Conflicts of interest: a dated graph of people, apprentices, employers and providers.

Nobody watches, or helps, a candidate in whom they have an interest: no relative as the only invigilator, and
not the candidate's own trainer. Where it cannot be avoided, a named person says why.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

APPRENTICE, EMPLOYER, PROVIDER = "apprentice", "employer", "provider"
KINDS = (APPRENTICE, EMPLOYER, PROVIDER)


@dataclass(frozen=True)
class Interest:
    """A person's interest in one apprentice (by number), or in all of an employer or provider (by name)."""

    kind: str
    name: str
    from_day: dt.date
    until_day: dt.date | None = None

    def holds(self, day: dt.date) -> bool:
        """Whether it holds on a day; the last day counts."""
        return self.from_day <= day and (self.until_day is None or day <= self.until_day)


@dataclass(frozen=True)
class Whom:
    """As much of a candidate as an interest can be about."""

    number: str
    employer: str
    provider: str


def touches(interest: Interest, whom: Whom, day: dt.date) -> bool:
    """Whether an interest is about this candidate on this day. Case and spacing make no difference."""
    about = {APPRENTICE: whom.number, EMPLOYER: whom.employer, PROVIDER: whom.provider}[interest.kind]
    return interest.holds(day) and same(interest.name, about)


def bars(interest: Interest, whom: Whom, sat_on: dt.date) -> bool:
    """Whether an interest keeps a person from judging what this candidate wrote on that day.

    One that had ended by then does not; one that begins later does, as soon as it is declared.
    """
    about = {APPRENTICE: whom.number, EMPLOYER: whom.employer, PROVIDER: whom.provider}[interest.kind]
    return (interest.until_day is None or sat_on <= interest.until_day) and same(interest.name, about)


def same(one: str, other: str) -> bool:
    """Whether two names are the same, and are names at all."""
    left, right = (" ".join(text.casefold().split()) for text in (one, other))
    return left == right and bool(left)
