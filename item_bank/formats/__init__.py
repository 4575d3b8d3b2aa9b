"""Formats of questions, each in a folder of this package that is found by listing it.

A folder's module gives ``FORMAT`` and ``WORDS`` (its message codes); ``docs/formats.md`` tells the rest.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from importlib import import_module
from types import ModuleType

from item_bank.formats.base import BadAnswer, BodyFault, Field, Format, NeedsMarker, Option, Score
from item_bank.formats.choices import CHOICE_WORDS
from item_bank.formats.views import Control, Held, StaffView, control, folder, staff_view

EXTENDED_ANSWER = "extended-answer"
SHORT_ANSWER = "short-answer"
SINGLE_BEST = "single-best"
MOST_AND_LEAST = "most-and-least"
PICK_N = "pick-n"
RANK = "rank"
RATE = "rate"


def _folders() -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(__path__):
        if found.ispkg:
            yield import_module(f"{__name__}.{found.name}")


FORMATS: Mapping[str, Format] = {module.FORMAT.name: module.FORMAT for module in _folders()}
FORMAT_WORDS: Mapping[str, str] = {
    **CHOICE_WORDS,
    **{code: words for module in _folders() for code, words in module.WORDS.items()},
}


__all__ = [
    "EXTENDED_ANSWER", "FORMATS", "FORMAT_WORDS", "MOST_AND_LEAST", "PICK_N", "RANK", "RATE", "SHORT_ANSWER",
    "SINGLE_BEST", "BadAnswer", "BodyFault", "Control", "Field", "Format", "Held", "NeedsMarker", "Option", "Score",
    "StaffView", "control", "folder", "staff_view",
]  # fmt: skip
