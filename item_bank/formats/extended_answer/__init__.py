"""Extended answer: a text of the apprentice's own, marked by the criterion points of its statement.

A point is met or not met; the question is passed when all are met (ST0087). Its guide stands with the
question, by point, so that the body is empty.
"""

from __future__ import annotations

from collections.abc import Iterator

from item_bank.formats.base import Body, BodyFault, Field
from item_bank.formats.written import Written
from item_bank.sources import Key, Reader

WORDS = {"format.no_body": "An extended answer is marked by its criterion points and has no body."}


class ExtendedAnswer(Written):
    """One point: the question is passed."""

    name = "extended-answer"
    title = "Extended answer"
    by_points = True

    def fields(self, body: Body) -> tuple[Field, ...]:
        """None: the guide stands with the question."""
        return ()

    def faults(self, body: Body) -> Iterator[BodyFault]:
        """Anything that stands in the body."""
        for name in body:
            yield BodyFault(name, "format.no_body")

    def read(self, reader: Reader, *path: Key) -> dict[str, str]:
        """Nothing may stand there."""
        if reader.get(*path) is not None:
            reader.fault(path, "format.no_body")
        return {}

    def written(self, body: Body) -> dict[str, object]:
        """Nothing."""
        return {}

    def key_in_words(self, body: Body) -> tuple[str, ...]:
        """Nothing: the guide stands with the question."""
        return ()


FORMAT = ExtendedAnswer()
