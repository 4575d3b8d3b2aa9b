"""Rank: all options in an order, the most fitting first.

An option gives k − 1 points less the distance between its place and the key's. Of 5 options the maximum is
20, blind choosing gives 12 on average and the reversed order still 8 (the UK Foundation Programme's rule):
a score is never to be read as a share of right answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from typing import Any

from item_bank.formats.base import ORDER, Body, BodyFault, Field
from item_bank.formats.choices import Keyed, ids_in, key_field, letters_of

WORDS = {"format.not_a_permutation": "The key must name each option once, in order: {options}. It says: {named}."}


class Rank(Keyed):
    """An answer is ``{"places": {id: place}}`` with places from 1.

    A script transcribed from paper may lack a place or have one twice: such an entry gives nothing.
    """

    name = "rank"
    title = "Rank"

    def own_fields(self, body: Body) -> tuple[Field, ...]:
        """The right order."""
        told = "The letters of all options, the most appropriate first, with blanks between: c a b e d."
        return (key_field(body, "key", "The right order", ORDER, told),)

    def key_faults(self, body: Body) -> Iterator[BodyFault]:
        """Each option once."""
        named, options = ids_in(body.get("key", "")), letters_of(body)
        if not named:
            yield BodyFault("key", "format.key_none")
        elif sorted(named) != list(options):
            told = {"options": " ".join(options), "named": " ".join(named)}
            yield BodyFault("key", "format.not_a_permutation", told)

    def write_key(self, body: Body) -> dict[str, object]:
        """A list."""
        return {"key": ids_in(body.get("key", ""))}

    def has_shape(self, options: Collection[str], given: Mapping[str, Any]) -> bool:
        """Places within the options' number, for options that there are."""
        places = given.get("places")
        if set(given) != {"places"} or not isinstance(places, dict) or not places:
            return False
        return set(places) <= set(options) and all(_is_place(p, len(options)) for p in places.values())

    def complete(self, body: Body, given: Mapping[str, Any]) -> bool:
        """Every option has a place of its own."""
        return sorted(given["places"].values()) == list(range(1, len(letters_of(body)) + 1))

    def points(self, body: Body, given: Mapping[str, Any]) -> Fraction:
        """For each option with a place of its own, k − 1 less the distance."""
        keyed = ids_in(body["key"])
        taken = Counter(given["places"].values())
        alone = {letter: place for letter, place in given["places"].items() if taken[place] == 1}
        return Fraction(sum(len(keyed) - 1 - abs(keyed.index(x) + 1 - place) for x, place in alone.items()))

    def lines(self, texts: Mapping[str, str], body: Body, given: Mapping[str, Any]) -> Iterator[str]:
        """An option a line in the order of the places, those without one at the end."""
        places = given["places"]
        for letter in sorted(places, key=lambda x: (places[x], x)):
            yield f"{places[letter]}. {texts[letter]}"
        for letter in texts.keys() - places.keys():
            yield f"No place: {texts[letter]}"

    def perfect(self, body: Body) -> dict[str, Any]:
        """The right order."""
        return {"places": {letter: place for place, letter in enumerate(ids_in(body["key"]), 1)}}

    def maximum(self, body: Body) -> Fraction:
        """k − 1 for each of k options."""
        count = len(letters_of(body))
        return Fraction(count * (count - 1))

    def chance(self, body: Body) -> Fraction:
        """The mean over all orders: the mean distance of an entry is (k² − 1) / 3k."""
        count = len(letters_of(body))
        return self.maximum(body) - Fraction(count * count - 1, 3)


def _is_place(value: object, count: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= count


FORMAT = Rank()
