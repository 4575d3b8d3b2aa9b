"""From what browsers reported to flags: what a person should look at, by thresholds that are policy data.

A flag is a question to a person, never a verdict and never an act: nothing in this product does anything to a
candidate because of one. What an approved adjustment explains (a screen reader moves the focus, speech recognition
pastes) is left out before anything is flagged. Flags are derived whenever they are read, and stored nowhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from proctoring.signals import NONE, Kind, Tally

K = Kind


class Level(IntEnum):
    """How much a flag asks for: to know it, to look, or to go there now."""

    INFO = 1
    LOOK = 2
    ACT = 3


class Subject(StrEnum):
    """What a flag is about."""

    AWAY = "away"
    FULL_SCREEN = "full_screen"
    NOT_OFFERED = "not_offered"
    PASTED = "pasted"
    REPLACED = "replaced"
    PRINTED = "printed"
    MENU = "menu"
    SCREENS = "screens"
    TOOLS = "tools"
    LEFT = "left"
    CLOCK = "clock"
    FLOODED = "flooded"


# Helps that may be approved for a candidate and that explain what their browser reports.
HELPS = ("screen_reader", "magnifier", "speech_recognition", "assistive_technology", "spelling_help")
SPELLING = "spelling_help"

# The kinds that a subject's times and its amounts come from. Of several the largest counts: a page that is hidden has
# lost the focus as well, and must not count twice.
_TIMES: Mapping[Subject, tuple[Kind, ...]] = {
    Subject.AWAY: (K.FOCUS_LOST, K.HIDDEN),
    Subject.FULL_SCREEN: (K.FULL_SCREEN_LEFT, K.FULL_SCREEN_MISSING),
    Subject.NOT_OFFERED: (K.FULL_SCREEN_REFUSED,),
    Subject.PASTED: (K.PASTED_OUTSIDE,),
    Subject.REPLACED: (K.REPLACED,),
    Subject.PRINTED: (K.PRINTED,),
    Subject.MENU: (K.MENU,),
    Subject.SCREENS: (K.SECOND_SCREEN,),
    Subject.TOOLS: (K.RESIZED,),
    Subject.LEFT: (K.PAGE_LEFT, K.RELOADED),
    Subject.CLOCK: (K.CLOCK_JUMPED,),
    Subject.FLOODED: (),  # counted where it is dropped
}
_AMOUNTS: Mapping[Subject, tuple[Kind, ...]] = {
    **_TIMES,
    Subject.AWAY: (K.FOCUS_REGAINED, K.SHOWN),
    Subject.FULL_SCREEN: (K.FULL_SCREEN_ENTERED,),
}
_SOURCES = {subject: frozenset((*_TIMES[subject], *_AMOUNTS[subject])) for subject in Subject}
SECONDS = frozenset({Subject.AWAY, Subject.FULL_SCREEN, Subject.CLOCK})
CHARACTERS = frozenset({Subject.PASTED})


@dataclass(frozen=True)
class Threshold:
    """What reaches a level: any of these, where it is given. Seconds or characters, by subject."""

    times: int | None = None
    total: int | None = None
    most: int | None = None

    def is_reached(self, of: Tally) -> bool:
        """Whether one of the measures is as large as it says."""
        by_times = self.times is not None and of.times >= self.times
        by_total = self.total is not None and of.total >= self.total
        return by_times or by_total or (self.most is not None and of.most >= self.most)


@dataclass(frozen=True)
class Policy:
    """One dated version of the thresholds, of what is exempt, and of how much one seat may report."""

    id: str
    in_force_from: dt.date
    thresholds: Mapping[Subject, Mapping[Level, Threshold]]
    exempt: Mapping[str, frozenset[Subject]] = field(default_factory=dict)
    most_a_minute: int = 120
    most_a_seat: int = 4000

    def exempts(self, helps: Iterable[str]) -> frozenset[Subject]:
        """What the helps that are approved for a candidate explain."""
        return frozenset().union(*(self.exempt.get(one, frozenset()) for one in helps))


@dataclass(frozen=True)
class Seen:
    """What a person has said that they saw of a subject: how many times, and at which level it stood."""

    times: int = 0
    level: int = 0


@dataclass(frozen=True)
class Flag:
    """One flag of a seat: its level, what it adds up to, and how much of it a person has said that they saw."""

    subject: Subject
    level: Level
    sum: Tally
    seen: Seen = Seen()

    @property
    def is_open(self) -> bool:
        """Whether it waits for a person: what is only to be known never does, and more of it opens it again."""
        more = self.sum.times > self.seen.times or self.level > self.seen.level
        return self.level > Level.INFO and more


def flags(
    tallies: Mapping[Kind, Tally],
    dropped: int,
    policy: Policy,
    helps: Collection[str] = (),
    seen: Mapping[str, Seen] | None = None,
) -> tuple[Flag, ...]:
    """The flags of one seat, the highest level first; ``dropped`` signals came too fast to be kept."""
    exempt, known = policy.exempts(helps), seen or {}
    found = []
    for subject in Subject:
        if subject is not Subject.FLOODED and _SOURCES[subject].isdisjoint(tallies):
            continue
        summed = Tally(times=dropped) if subject is Subject.FLOODED else _sum(subject, tallies)
        level = _level(policy, subject, summed)
        if level is not None and subject not in exempt:
            found.append(Flag(subject, level, summed, known.get(subject.value, Seen())))
    return tuple(sorted(found, key=lambda flag: -flag.level))


def _level(policy: Policy, subject: Subject, summed: Tally) -> Level | None:
    steps = policy.thresholds.get(subject, {})
    return max((level for level, step in steps.items() if step.is_reached(summed)), default=None)


def _sum(subject: Subject, tallies: Mapping[Kind, Tally]) -> Tally:
    counted = [tallies.get(kind, NONE) for kind in _TIMES[subject]]
    measured = [tallies.get(kind, NONE) for kind in _AMOUNTS[subject]]
    moments = [at for one in (*counted, *measured) for at in (one.first, one.last) if at is not None]
    return Tally(
        times=max((one.times for one in counted), default=0),
        total=max((one.total for one in measured), default=0), most=max((one.most for one in measured), default=0),
        first=min(moments, default=None), last=max(moments, default=None),
    )  # fmt: skip
