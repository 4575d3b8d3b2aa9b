"""Time allowed, and the one deadline of an attempt.

Facts go in, a deadline comes out; nothing here knows what time it is now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

REST = "rest"  # the one kind of pause whose credit an allowance bounds
PAUSE_WINDOW = dt.timedelta(seconds=20)  # writes that arrive this soon after a pause were typed before the page heard
NOTHING = dt.timedelta(0)
Span = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True)
class Pause:
    """A stop of the clock; ``ended`` is None while it lasts."""

    kind: str
    began: dt.datetime
    ended: dt.datetime | None = None


@dataclass(frozen=True)
class Reopening:
    """A closed attempt may go on for so many seconds, which count from the moment its candidate returns."""

    at: dt.datetime
    seconds: int
    returned: dt.datetime | None = None


@dataclass(frozen=True)
class Allowance:
    """What decides a candidate's time.

    Minutes of the test, percentages of extra time, seconds granted, minutes of rest breaks, the pauses so far
    in the order in which they began, and the reopening that counts. After a reopening, seconds granted are
    those granted since.
    """

    base_minutes: int
    extra_percents: tuple[int, ...] = ()
    granted_seconds: int = 0
    rest_minutes: int = 0
    pauses: tuple[Pause, ...] = ()
    reopened: Reopening | None = None

    @property
    def open_pause(self) -> Pause | None:
        """The pause that lasts, if one does."""
        return next((pause for pause in self.pauses if pause.ended is None), None)

    def told(self) -> dict[str, int]:
        """What an event says of it, so that the events alone give the deadline."""
        return {
            "base_minutes": self.base_minutes,
            "percent": max(self.extra_percents, default=0),
            "granted_seconds": self.granted_seconds,
            "rest_minutes": self.rest_minutes,
        }


def entitled_minutes(base_minutes: int, extra_percents: Iterable[int]) -> int:
    """Minutes of working time: the base and the largest percentage, rounded up to the whole minute.

    25% of 120 minutes gives 150, at whatever minute it was approved.
    """
    percent = max(extra_percents, default=0)
    return -(-base_minutes * (100 + percent) // 100)


def deadline(started_at: dt.datetime, allowance: Allowance, now: dt.datetime | None = None) -> dt.datetime:
    """started + entitled + union of credited pauses + grants. Nothing in it is ever negative.

    A pause that lasts is credited up to ``now``; without ``now`` not yet, which gives the earliest moment
    that the deadline can come to be. After a reopening: return + its seconds + pauses and grants since.
    """
    if allowance.reopened is not None:
        return _reopened_until(allowance.reopened, allowance, now)
    minutes = entitled_minutes(allowance.base_minutes, allowance.extra_percents)
    given = dt.timedelta(minutes=minutes, seconds=allowance.granted_seconds)
    return started_at + given + credit(allowance.pauses, allowance.rest_minutes, now)


def _reopened_until(reopened: Reopening, allowance: Allowance, now: dt.datetime | None) -> dt.datetime:
    """Until the candidate returns the clock stands still, and there are no pauses to credit."""
    given = dt.timedelta(seconds=reopened.seconds + allowance.granted_seconds)
    if reopened.returned is None:
        return max(reopened.at, now or reopened.at) + given
    before = [pause for pause in allowance.pauses if pause.began < reopened.returned]
    since = credit(allowance.pauses, allowance.rest_minutes, now) - credit(before, allowance.rest_minutes, now)
    return reopened.returned + given + since


def credit(pauses: Sequence[Pause], rest_minutes: int, now: dt.datetime | None = None) -> dt.timedelta:
    """The time that pauses give back: each moment once, rest breaks up to their allowance.

    A rest break uses up its allowance only where no other pause stops the clock at the same time.
    """
    spans = [(pause.kind == REST, _span(pause, now)) for pause in pauses]
    others = _union(span for rest, span in spans if not rest)
    rests = [part for rest, span in spans if rest for part in _without(span, others)]
    return _length(others) + min(_length(_union(rests)), dt.timedelta(minutes=rest_minutes))


def rest_left(allowance: Allowance, now: dt.datetime) -> dt.timedelta:
    """What is left of the allowance for rest breaks; nothing once a break has used it up."""
    rests = [_span(pause, now) for pause in allowance.pauses if pause.kind == REST]
    others = _union(_span(pause, now) for pause in allowance.pauses if pause.kind != REST)
    used = _length(_union(part for span in rests for part in _without(span, others)))
    return max(NOTHING, dt.timedelta(minutes=allowance.rest_minutes) - used)


def writable_until(started_at: dt.datetime, allowance: Allowance, grace_seconds: int) -> dt.datetime:
    """Until when a begun attempt takes answers, the grace not counted: the deadline.

    While it is paused: the end of the window after the pause, and never beyond the deadline.
    """
    until, pause = deadline(started_at, allowance), allowance.open_pause
    if pause is None:
        return until
    return min(until, pause.began + PAUSE_WINDOW - dt.timedelta(seconds=grace_seconds))


def _span(pause: Pause, now: dt.datetime | None) -> Span:
    """From when to when a pause stops the clock; one that lasts stops it until now."""
    return pause.began, max(pause.began, pause.ended or now or pause.began)


def _union(spans: Iterable[Span]) -> list[Span]:
    """The same moments in spans that do not touch, in order."""
    found: list[Span] = []
    for began, ended in sorted(spans):
        if found and began <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ended))
        else:
            found.append((began, ended))
    return found


def _without(span: Span, others: Iterable[Span]) -> list[Span]:
    """The parts of a span that lie in none of the others, which are in order and do not touch."""
    began, ended = span
    found = []
    for first, last in others:
        if first > began:
            found.append((began, min(first, ended)))
        began = max(began, last)
    found.append((began, ended))
    return [(one, other) for one, other in found if one < other]


def _length(spans: Iterable[Span]) -> dt.timedelta:
    return sum((ended - began for began, ended in spans), NOTHING)


def seconds_left(until: dt.datetime, now: dt.datetime) -> int:
    """Whole seconds until a deadline, rounded up so that the last one is still shown; never negative."""
    left = until - now
    return max(0, -(-left // dt.timedelta(seconds=1)))


def minutes_needed(set_up_minutes: int, entitled: int, breaks_minutes: int = 0) -> int:
    """Minutes that a booking must offer one candidate: set-up, working time and the break allowance."""
    return set_up_minutes + entitled + breaks_minutes
