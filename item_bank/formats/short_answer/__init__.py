"""Short answer: a few sentences, marked 0, 1 or 2 by its guide (ST0663)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from item_bank.formats.base import TEXT, Body, BodyFault, Field
from item_bank.formats.choices import plain
from item_bank.formats.written import Written
from item_bank.sources import Key, Reader

LONGEST_GUIDE = 20_000  # code points, as any text of the bank
GUIDE = {"two": "What earns 2 marks", "one": "What earns 1 mark", "none": "What earns nothing"}
WORDS = {
    "format.no_guide": "The guide does not say {what}.",
    "format.guide_too_long": "This text has {length} characters. The most is {limit}.",
}


class ShortAnswer(Written):
    """Two marks at most, whole ones only."""

    name = "short-answer"
    title = "Short answer"
    by_points = False
    most = Fraction(2)

    def fields(self, body: Body) -> tuple[Field, ...]:
        """The guide for each mark."""
        return tuple(Field(name, label, TEXT) for name, label in GUIDE.items())

    def faults(self, body: Body) -> Iterator[BodyFault]:
        """A mark without a guide."""
        for name, label in GUIDE.items():
            text = body.get(name, "").strip()
            if not text:
                yield BodyFault(name, "format.no_guide", {"what": label[0].lower() + label[1:]})
            if len(text) > LONGEST_GUIDE:
                yield BodyFault(name, "format.guide_too_long", {"length": len(text), "limit": LONGEST_GUIDE})

    def read(self, reader: Reader, *path: Key) -> dict[str, str]:
        """The guide by mark."""
        if not reader.keys(*path):
            return {}
        reader.only(GUIDE, *path)
        body = {name: plain(reader.get(*path, name)) for name in GUIDE}
        for fault in self.faults(body):
            reader.fault((*path, fault.name), fault.code, **fault.params)
        return {name: text for name, text in body.items() if text}

    def written(self, body: Body) -> dict[str, object]:
        """The guide by mark."""
        return {name: body.get(name, "").strip() for name in GUIDE}

    def key_in_words(self, body: Body) -> tuple[str, ...]:
        """The guide, a line a mark."""
        return tuple(f"{label}: {body.get(name, '').strip()}" for name, label in GUIDE.items())


FORMAT = ShortAnswer()
