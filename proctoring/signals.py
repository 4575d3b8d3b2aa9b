"""What a watched page may report of its browser: the kinds of signals, and the bounds of what each carries.

A signal says what a browser did, never why, and never a word of what was typed, copied or pasted: at most a number of
seconds or characters, and the question it happened at. It is evidence of what the browser reported, and no verdict.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

MOST_SECONDS = 86_400
MOST_CHARACTERS = 1_000_000
MOST_PIXELS = 20_000
HIGHEST_NUMBER = 1_000_000  # of a signal, counted by its page from 1
LONGEST_OFFSET = 14 * 86_400_000  # milliseconds since the page was opened, by its own steady clock
PAGE = re.compile(r"[0-9a-f]{16,32}")
QUESTION = re.compile(r"[a-z0-9][a-z0-9-]{0,110}@[0-9]{1,6}")


class Kind(StrEnum):
    """What a browser may report."""

    FULL_SCREEN_ENTERED = "full_screen_entered"  # after so many seconds outside of it
    FULL_SCREEN_LEFT = "full_screen_left"
    FULL_SCREEN_REFUSED = "full_screen_refused"  # the browser does not give it
    FULL_SCREEN_MISSING = "full_screen_missing"  # the page has been open for a minute, and never was in it
    FOCUS_LOST = "focus_lost"
    FOCUS_REGAINED = "focus_regained"  # after so many seconds
    HIDDEN = "hidden"
    SHOWN = "shown"  # after so many seconds
    COPIED = "copied"
    CUT = "cut"
    PASTED_OWN = "pasted_own"  # what was copied or typed on this paper
    PASTED_OUTSIDE = "pasted_outside"
    REPLACED = "replaced"  # by the browser's spell check or prediction
    PRINTED = "printed"
    MENU = "menu"
    SECOND_SCREEN = "second_screen"
    RESIZED = "resized"  # the page shrank in its window by so many pixels, as when a browser's tools open
    PAGE_LEFT = "page_left"  # by no link of the paper
    RELOADED = "reloaded"
    CLOCK_JUMPED = "clock_jumped"  # the device's clock moved by so many seconds, or it slept


KINDS = frozenset(kind.value for kind in Kind)
# The highest amount that a kind carries; a kind that is not here carries none.
AMOUNTS: Mapping[Kind, int] = {
    **dict.fromkeys((Kind.FULL_SCREEN_ENTERED, Kind.FOCUS_REGAINED, Kind.SHOWN, Kind.CLOCK_JUMPED), MOST_SECONDS),
    **dict.fromkeys((Kind.COPIED, Kind.CUT, Kind.PASTED_OWN, Kind.PASTED_OUTSIDE, Kind.REPLACED), MOST_CHARACTERS),
    Kind.RESIZED: MOST_PIXELS,
}


@dataclass(frozen=True)
class Signal:
    """One signal: ``at`` is when the server received it, ``offset`` milliseconds on the page's steady clock."""

    page: str
    number: int
    kind: Kind
    offset: int
    at: dt.datetime
    amount: int | None = None
    question: str | None = None


def fault_of(kind: str, number: int, offset: int, amount: int | None, question: str | None) -> str | None:
    """Why something that was reported is no signal, as a message code; None when it is one."""
    if kind not in KINDS:
        return "signals.kind"
    if not _fits(amount, AMOUNTS.get(Kind(kind))):
        return "signals.amount"
    if not 1 <= number <= HIGHEST_NUMBER or not 0 <= offset <= LONGEST_OFFSET:
        return "signals.number"
    return "signals.question" if question is not None and not QUESTION.fullmatch(question) else None


def _fits(amount: int | None, most: int | None) -> bool:
    """A kind that carries an amount always has one, and one that carries none never has."""
    if amount is None or most is None:
        return amount is None and most is None
    return 0 <= amount <= most


@dataclass(frozen=True)
class Tally:
    """What a kind adds up to at one seat: how often, the sum and the largest of its amounts, first and last receipt."""

    times: int = 0
    total: int = 0
    most: int = 0
    first: dt.datetime | None = None
    last: dt.datetime | None = None


NONE = Tally()


def tally(signals: Iterable[Signal]) -> dict[Kind, Tally]:
    """Signals added up by kind. The same in any order, and each signal counts once however often it was sent."""
    found: dict[Kind, Tally] = {}
    for one in {(signal.page, signal.number): signal for signal in signals}.values():
        found[one.kind] = _with(found.get(one.kind, NONE), one)
    return found


def _with(before: Tally, signal: Signal) -> Tally:
    amount = signal.amount or 0
    return replace(
        before, times=before.times + 1, total=before.total + amount, most=max(before.most, amount),
        first=min(before.first or signal.at, signal.at), last=max(before.last or signal.at, signal.at),
    )  # fmt: skip
