"""The device check before the start: what a browser told of itself, and what that means.

The browser measures; the outcome of each item is decided here. What cannot be told is *unknown*, never passed. A failed
item says what to do, and by itself it keeps nobody out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

SLOW_SAVE = 5000  # milliseconds from sending to the server's acknowledgement
NARROW, LOW = 320, 256  # CSS pixels: what WCAG 2.2, 1.4.10 asks a page to work in
SKEW = dt.timedelta(seconds=60)


class Item(StrEnum):
    """What is tried, in the order in which it is shown."""

    SAVING = "saving"
    STORAGE = "storage"
    WINDOW = "window"
    CLOCK = "clock"
    FULL_SCREEN = "full_screen"
    SCREENS = "screens"
    PRACTICE = "practice"


WATCHED_ONLY = frozenset({Item.FULL_SCREEN, Item.SCREENS})


class Outcome(StrEnum):
    """How an item came out."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Told:
    """What a browser told of itself. None is what it could not tell.

    ``save_ms`` is the time of a whole save, ``width`` and ``height`` the window's inside in CSS pixels, ``clock`` its
    own time, ``full_screen`` whether it offers it, ``second_screen`` whether one is connected.
    """

    save_ms: int | None = None
    storage: bool | None = None
    width: int | None = None
    height: int | None = None
    clock: dt.datetime | None = None
    full_screen: bool | None = None
    second_screen: bool | None = None


@dataclass(frozen=True)
class Kept:
    """What the server itself holds of this check: the save that was tried, and the answer to the practice question."""

    tried: bool
    practised: bool


def judge(told: Told, kept: Kept, watched: bool, now: dt.datetime) -> Mapping[Item, Outcome]:
    """Every item with its outcome. What only a watched sitting needs is not asked elsewhere."""
    found = {
        Item.SAVING: _saving(told.save_ms, kept.tried),
        Item.STORAGE: _as(told.storage),
        Item.WINDOW: _window(told.width, told.height),
        Item.CLOCK: _as(None if told.clock is None else abs(told.clock - now) <= SKEW),
        Item.FULL_SCREEN: _as(told.full_screen),
        Item.SCREENS: _as(None if told.second_screen is None else not told.second_screen),
        Item.PRACTICE: _as(kept.practised),
    }
    return {item: outcome for item, outcome in found.items() if watched or item not in WATCHED_ONLY}


def _saving(took: int | None, is_kept: bool) -> Outcome:
    """A save counts only when the server holds it, whatever the browser says of it."""
    return _as(is_kept and took is not None and took <= SLOW_SAVE)


def _window(width: int | None, height: int | None) -> Outcome:
    if width is None or height is None:
        return Outcome.UNKNOWN
    return _as(width >= NARROW and height >= LOW)


def _as(holds: bool | None) -> Outcome:
    if holds is None:
        return Outcome.UNKNOWN
    return Outcome.PASSED if holds else Outcome.FAILED
