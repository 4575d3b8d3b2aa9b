"""How far the browser of a candidate is held to the test: one level a sitting."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """The lockdown policy of a sitting, from the loosest to the strictest."""

    OPEN = "open"  # any browser, and nothing about it is looked at
    WATCHED = "watched"  # any browser; what leaves the page is told, and nothing is held back
    SEB = "seb"  # Safe Exam Browser with the settings of this sitting, and nothing else


LEVELS = tuple(Level)
