"""Rate: each option is rated on a scale of four.

The keyed rating gives 1 point, its neighbour on the same side of the middle 1/2, any other nothing; blind
choosing gives 3/8 an option. (A rule of our own: what others give for a near miss is not published.)
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from typing import Any

from item_bank.formats.base import ONE, Body, BodyFault, Field, Option
from item_bank.formats.choices import LETTERS, Keyed, letters_of, plain
from item_bank.sources import Key, Reader

SCALES = {
    "appropriateness": {
        "4": "Very appropriate",
        "3": "Appropriate, but not ideal",
        "2": "Inappropriate, but not awful",
        "1": "Very inappropriate",
    },
    "importance": {
        "4": "Very important",
        "3": "Important",
        "2": "Of minor importance",
        "1": "Not important at all",
    },
}
RATINGS = (1, 2, 3, 4)
SAME, NEAR = Fraction(1), Fraction(1, 2)
WORDS = {
    "format.scale": "The scale must be one of these: {scales}.",
    "format.rating_none": "Option {letter} has no keyed rating.",
    "format.rating_outside": "Option {letter} is keyed “{named}”, which is outside the scale from 1 to 4.",
    "format.rating_unknown": "A rating is keyed for “{letter}”, and there is no such option.",
}


class Rate(Keyed):
    """An answer is ``{"ratings": {id: 1 to 4}}``, 4 being the most; options not yet rated are left out."""

    name = "rate"
    title = "Rate"

    def own_fields(self, body: Body) -> tuple[Field, ...]:
        """The scale, and a rating for each option."""
        scales = tuple(Option(name, name.capitalize()) for name in SCALES)
        ratings = tuple(Option(value, words) for value, words in _scale(body).items())
        keyed = (Field(f"key_{x}", f"Keyed rating of {x.upper()}", ONE, ratings) for x in _lettered(body))
        return Field("scale", "Scale", ONE, scales), *keyed

    def key_faults(self, body: Body) -> Iterator[BodyFault]:
        """A scale, and a rating within it for each option and for nothing else."""
        if body.get("scale", "") not in SCALES:
            yield BodyFault("scale", "format.scale", {"scales": ", ".join(SCALES)})
        for letter in LETTERS:
            yield from _rating_faults(body, letter)

    def file_names(self) -> tuple[str, ...]:
        """A scale, and a mapping from letter to rating."""
        return "scale", "key"

    def read_key(self, reader: Reader, *path: Key) -> dict[str, str]:
        """The scale and the ratings."""
        found = {"scale": plain(reader.get(*path, "scale"))}
        for name in reader.keys(*path, "key"):
            if name not in LETTERS or len(name) != 1:
                reader.fault((*path, "key", name), "format.rating_unknown", letter=name)
                continue
            found[f"key_{name}"] = plain(reader.get(*path, "key", name))
        return found

    def write_key(self, body: Body) -> dict[str, object]:
        """The scale and the ratings."""
        keyed = {x: body.get(f"key_{x}", "").strip() for x in letters_of(body)}
        return {"scale": body.get("scale", ""), "key": {x: _number(value) or value for x, value in keyed.items()}}

    def place(self, name: str) -> tuple[Key, ...]:
        """A rating stands in the mapping ``key``."""
        return ("key", name.removeprefix("key_")) if name.startswith("key_") else super().place(name)

    def public(self, body: Body) -> Mapping[str, str]:
        """The ratings in words, the best first."""
        return _scale(body)

    def has_shape(self, options: Collection[str], given: Mapping[str, Any]) -> bool:
        """Ratings within the scale, for options that there are."""
        ratings = given.get("ratings")
        if set(given) != {"ratings"} or not isinstance(ratings, dict) or not ratings:
            return False
        return set(ratings) <= set(options) and all(type(r) is int and r in RATINGS for r in ratings.values())

    def complete(self, body: Body, given: Mapping[str, Any]) -> bool:
        """Every option is rated."""
        return len(given["ratings"]) == len(letters_of(body))

    def points(self, body: Body, given: Mapping[str, Any]) -> Fraction:
        """The sum over the rated options."""
        return sum((_points(int(body[f"key_{x}"]), r) for x, r in given["ratings"].items()), Fraction(0))

    def lines(self, texts: Mapping[str, str], body: Body, given: Mapping[str, Any]) -> Iterator[str]:
        """An option a line with its rating."""
        scale = _scale(body)
        for letter, text in texts.items():
            rated = given["ratings"].get(letter)
            yield f"{text} – {scale[str(rated)] if rated else 'not rated'}"

    def perfect(self, body: Body) -> dict[str, Any]:
        """The keyed ratings."""
        return {"ratings": {letter: int(body[f"key_{letter}"]) for letter in letters_of(body)}}

    def maximum(self, body: Body) -> Fraction:
        """One point an option."""
        return SAME * len(letters_of(body))

    def chance(self, body: Body) -> Fraction:
        """Of four ratings one is right and one is its near neighbour."""
        return (SAME + NEAR) / len(RATINGS) * len(letters_of(body))


def _points(keyed: int, rated: int) -> Fraction:
    if rated == keyed:
        return SAME
    middle = max(RATINGS) // 2
    return NEAR if (rated > middle) == (keyed > middle) else Fraction(0)


def _scale(body: Body) -> dict[str, str]:
    return SCALES.get(body.get("scale", ""), SCALES["appropriateness"])


def _number(text: str) -> int | None:
    return int(text) if text in {str(rating) for rating in RATINGS} else None


def _lettered(body: Body) -> tuple[str, ...]:
    """Options that have words or a rating; the first ones of a body that is still empty."""
    return tuple(x for x in LETTERS if x in letters_of(body) or body.get(f"key_{x}")) or tuple(LETTERS[:3])


def _rating_faults(body: Body, letter: str) -> Iterator[BodyFault]:
    named, name = body.get(f"key_{letter}", "").strip(), f"key_{letter}"
    is_option = letter in letters_of(body)
    if is_option and not named:
        yield BodyFault(name, "format.rating_none", {"letter": letter.upper()})
    elif named and not is_option:
        yield BodyFault(name, "format.rating_unknown", {"letter": letter})
    elif named and _number(named) is None:
        yield BodyFault(name, "format.rating_outside", {"letter": letter.upper(), "named": named})


FORMAT = Rate()
