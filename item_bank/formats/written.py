"""What formats share in which the apprentice writes and a person marks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction

from item_bank.formats.base import Body, NeedsMarker, Option, Score


class Written:
    """A format whose stored answer is the text itself."""

    keyed = False
    most = Fraction(1)  # points

    def options(self, body: Body) -> tuple[Option, ...]:
        """None: a text is written."""
        return ()

    def public(self, body: Body) -> Mapping[str, str]:
        """Nothing beside the question."""
        return {}

    def maximum(self, body: Body) -> Fraction:
        """The most points that a marker can give."""
        return self.most

    def chance(self, body: Body) -> Fraction:
        """Nothing is gained by chance."""
        return Fraction(0)

    def check(self, options: Collection[str], answer: str) -> None:
        """Any text is an answer."""

    def is_complete(self, body: Body, answer: str) -> bool:
        """Whether there is more than white space."""
        return bool(answer.strip())

    def score(self, body: Body, answer: str) -> Score:
        """No text has no points; of any other NeedsMarker."""
        if answer.strip():
            raise NeedsMarker
        return Score(Fraction(0), self.maximum(body))

    def in_words(self, body: Body, answer: str) -> tuple[str, ...]:
        """The answer's own lines."""
        return tuple(answer.splitlines())
