"""Most and least: which option is the most fitting, and which the least. 1 point each, nothing is taken away."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from typing import Any

from item_bank.formats.base import Body, BodyFault, Field
from item_bank.formats.choices import Keyed, key_field, letters_of, one_key

ENDS = {"most": "Most appropriate", "least": "Least appropriate"}
WORDS = {"format.same_ends": "The same option is keyed as most and as least appropriate."}


class MostAndLeast(Keyed):
    """An answer is ``{"least": id, "most": id}``, or one of the two while the other is still open."""

    name = "most-and-least"
    title = "Most and least"

    def own_fields(self, body: Body) -> tuple[Field, ...]:
        """Both ends."""
        return tuple(key_field(body, name, label) for name, label in ENDS.items())

    def key_faults(self, body: Body) -> Iterator[BodyFault]:
        """One option for each end, and not the same."""
        for name in ENDS:
            yield from one_key(body, name)
        if body.get("most") and body.get("most") == body.get("least"):
            yield BodyFault("least", "format.same_ends")

    def has_shape(self, options: Collection[str], given: Mapping[str, Any]) -> bool:
        """One option for each end, or for one of them; never the same."""
        named = list(given.values())
        return set(given) <= set(ENDS) and all(x in list(options) for x in named) and len(set(named)) == len(named)

    def complete(self, body: Body, given: Mapping[str, Any]) -> bool:
        """Both ends."""
        return len(given) == len(ENDS)

    def points(self, body: Body, given: Mapping[str, Any]) -> Fraction:
        """1 for each end that is right."""
        return Fraction(sum(given.get(end) == body[end] for end in ENDS))

    def lines(self, texts: Mapping[str, str], body: Body, given: Mapping[str, Any]) -> Iterator[str]:
        """An end a line."""
        for end, label in ENDS.items():
            yield f"{label}: {texts[given[end]] if end in given else 'not chosen'}"

    def perfect(self, body: Body) -> dict[str, Any]:
        """Both ends."""
        return {end: body[end] for end in ENDS}

    def maximum(self, body: Body) -> Fraction:
        """One point for each end."""
        return Fraction(2)

    def chance(self, body: Body) -> Fraction:
        """Each end is right once in as many as there are options."""
        return Fraction(2, len(letters_of(body)))


FORMAT = MostAndLeast()
