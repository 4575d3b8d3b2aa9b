"""What an emergency file must be to be kept: every fault at once, in words; and what differs from what is held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from item_bank.formats import FORMATS, BadAnswer
from proctoring.emergency import Line, Opened

MOST_ANSWERS = 100

Fault = tuple[str, Mapping[str, object]]  # code and parameters


@dataclass(frozen=True)
class Bounds:
    """What any save keeps to: the longest answer in code points, and the highest revision."""

    longest: int
    highest: int


@dataclass(frozen=True)
class Asked:
    """A question of the paper: its place, and the format and option ids where its key scores it."""

    position: int
    keyed_as: str = ""
    options: tuple[str, ...] = ()


def faults(file: Opened, attempt: str, asked: Mapping[str, Asked], bounds: Bounds) -> Iterator[Fault]:
    """Every fault of a file that was opened for this attempt; none: it can be kept. ``asked`` is by question code."""
    if file.attempt != attempt:
        yield "emergency.other_attempt", {}
    if not file.lines and not file.broken:
        yield "emergency.empty", {}
    if len(file.lines) + len(file.broken) > MOST_ANSWERS:
        yield "emergency.too_many", {"most": MOST_ANSWERS}
        return
    for place in file.broken:
        yield "emergency.not_understood", {"place": place}
    for code, times in Counter(line.question for line in file.lines).items():
        if times > 1:
            yield "emergency.twice", {"question": _shown(code)}
    for line in file.lines:
        yield from _line_faults(line, asked.get(line.question), bounds)


def _line_faults(line: Line, question: Asked | None, bounds: Bounds) -> Iterator[Fault]:
    where = {"question": _shown(line.question)}
    if question is None:
        yield "emergency.foreign", where
    if not 1 <= line.revision <= bounds.highest:
        yield "emergency.revision", where
    if "\0" in line.text:
        yield "emergency.unstorable", where
    if len(line.text) > bounds.longest:
        yield "emergency.too_long", {**where, "most": bounds.longest}
    if question is not None and not _is_offered(question, line.text):
        yield "emergency.choice", where


def _is_offered(question: Asked, text: str) -> bool:
    if not question.keyed_as:
        return True
    try:
        FORMATS[question.keyed_as].check(question.options, text)
    except BadAnswer:
        return False
    return True


def _shown(code: str) -> str:
    """A question's name as a page may show it: whoever made the file may have written anything."""
    clean = "".join(letter if letter.isprintable() else "?" for letter in code)
    return clean if len(clean) <= 80 else clean[:79] + "…"
