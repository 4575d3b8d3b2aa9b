"""Pick N: several options are right, and the question says how many.

4 points for each right choice; more than N chosen give nothing at all. Of 8 options with 3 to pick the
maximum is 12, and blind choosing gives 4.5 on average (the UK Foundation Programme's rule).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from typing import Any

from item_bank.formats.base import LINE, SEVERAL, Body, BodyFault, Field
from item_bank.formats.choices import Keyed, ids_in, key_field, letters_of, unknown_ids

EACH = 4  # points
WORDS = {
    "format.pick_number": "How many to pick must be a whole number from 2.",
    "format.pick_too_many": "{pick} are to be picked of {count} options. There must be more options than that.",
    "format.key_count": "The key names {count} options, and {pick} are to be picked.",
    "format.key_doubled": "The key names an option twice.",
}


class PickN(Keyed):
    """An answer is ``{"picked": [ids in order]}``."""

    name = "pick-n"
    title = "Pick several"

    def own_fields(self, body: Body) -> tuple[Field, ...]:
        """How many, and which."""
        number = Field("pick", "How many to pick", LINE, help="A number. The page tells the apprentice.")
        return number, key_field(body, "key", "The right options", SEVERAL)

    def key_faults(self, body: Body) -> Iterator[BodyFault]:
        """A number that fits the options, and as many in the key."""
        named, options, pick = ids_in(body.get("key", "")), letters_of(body), _number(body)
        if pick is None or pick < 2:
            yield BodyFault("pick", "format.pick_number")
        elif pick >= len(options):
            yield BodyFault("pick", "format.pick_too_many", {"pick": pick, "count": len(options)})
        if not named:
            yield BodyFault("key", "format.key_none")
        elif len(set(named)) < len(named):
            yield BodyFault("key", "format.key_doubled")
        elif pick is not None and len(named) != pick:
            yield BodyFault("key", "format.key_count", {"count": len(named), "pick": pick})
        yield from unknown_ids(body, "key")

    def public(self, body: Body) -> Mapping[str, str]:
        """How many to pick."""
        return {"pick": body["pick"]}

    def write_key(self, body: Body) -> dict[str, object]:
        """A number and a list."""
        pick = _number(body)
        return {"pick": body.get("pick", "") if pick is None else pick, "key": ids_in(body.get("key", ""))}

    def has_shape(self, options: Collection[str], given: Mapping[str, Any]) -> bool:
        """Options in their order, each once. More than N may be chosen: the page says so, the score is 0."""
        picked = given.get("picked")
        if set(given) != {"picked"} or not isinstance(picked, list) or not picked:
            return False
        return all(x in list(options) for x in picked) and picked == sorted(set(picked))

    def complete(self, body: Body, given: Mapping[str, Any]) -> bool:
        """Exactly N."""
        return len(given["picked"]) == int(body["pick"])

    def points(self, body: Body, given: Mapping[str, Any]) -> Fraction:
        """4 for each right one; nothing when more than N are chosen."""
        picked = given["picked"]
        if len(picked) > int(body["pick"]):
            return Fraction(0)
        return Fraction(EACH * len(set(picked) & set(ids_in(body["key"]))))

    def lines(self, texts: Mapping[str, str], body: Body, given: Mapping[str, Any]) -> Iterator[str]:
        """A choice a line."""
        for letter in given["picked"]:
            yield texts[letter]

    def perfect(self, body: Body) -> dict[str, Any]:
        """The right options."""
        return {"picked": sorted(ids_in(body["key"]))}

    def maximum(self, body: Body) -> Fraction:
        """4 for each that is to be picked."""
        return Fraction(EACH * int(body["pick"]))

    def chance(self, body: Body) -> Fraction:
        """Each of N picks is right N times in as many as there are options."""
        pick = int(body["pick"])
        return Fraction(EACH * pick * pick, len(letters_of(body)))


def _number(body: Body) -> int | None:
    text = body.get("pick", "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None


FORMAT = PickN()
