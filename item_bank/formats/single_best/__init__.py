"""Single best: one option is the best one. 1 point or 0; by chance 1/k of k options."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from typing import Any

from item_bank.formats.base import Body, BodyFault, Field
from item_bank.formats.choices import Keyed, key_field, letters_of, one_key

WORDS: dict[str, str] = {}


class SingleBest(Keyed):
    """An answer is ``{"best": id}``."""

    name = "single-best"
    title = "Single best"

    def own_fields(self, body: Body) -> tuple[Field, ...]:
        """The best option."""
        return (key_field(body, "key", "The best option"),)

    def key_faults(self, body: Body) -> Iterator[BodyFault]:
        """Exactly one option is the best."""
        return one_key(body, "key")

    def has_shape(self, options: Collection[str], given: Mapping[str, Any]) -> bool:
        """One option, and nothing else."""
        return set(given) == {"best"} and given["best"] in list(options)

    def complete(self, body: Body, given: Mapping[str, Any]) -> bool:
        """One option is all that is asked."""
        return True

    def points(self, body: Body, given: Mapping[str, Any]) -> Fraction:
        """1 for the best option, else 0."""
        return Fraction(given["best"] == body["key"])

    def lines(self, texts: Mapping[str, str], body: Body, given: Mapping[str, Any]) -> Iterator[str]:
        """The chosen option."""
        yield texts[given["best"]]

    def perfect(self, body: Body) -> dict[str, Any]:
        """The best option."""
        return {"best": body["key"]}

    def maximum(self, body: Body) -> Fraction:
        """One point."""
        return Fraction(1)

    def chance(self, body: Body) -> Fraction:
        """One in as many as there are options."""
        return Fraction(1, len(letters_of(body)))


FORMAT = SingleBest()
