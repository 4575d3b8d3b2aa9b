"""Extended answer: a text of the apprentice's own, marked by the criterion points of its statement.

A point is met or not met; the question is passed when all are met (ST0087). Its guide stands with the
question, by point. The body holds what belongs to no single point: two model answers for markers, one at the
pass line and one below it. Neither is ever shown to an apprentice.
"""

from __future__ import annotations

from collections.abc import Iterator

from item_bank.formats.base import TEXT, Body, BodyFault, Field
from item_bank.formats.choices import plain
from item_bank.formats.written import Written
from item_bank.sources import Key, Reader

LONGEST_MODEL = 20_000  # code points, as any text of the bank
MODELS = {
    "at_the_line": "Model answer at the pass line",
    "below_it": "Model answer below the pass line",
    "why": "Which point it misses, and why",
}
WORDS = {
    "format.no_model": "The guide has model answers but not this one: {what}.",
    "format.models_same": "The two model answers are the same.",
    "format.model_too_long": "This text has {length} characters. The most is {limit}.",
    "format.no_body": "An extended answer has no part of this name.",
}


class ExtendedAnswer(Written):
    """One point: the question is passed."""

    name = "extended-answer"
    title = "Extended answer"
    by_points = True

    def fields(self, body: Body) -> tuple[Field, ...]:
        """The model answers. The rest of the guide stands with the question."""
        return tuple(Field(name, label, TEXT) for name, label in MODELS.items())

    def faults(self, body: Body) -> Iterator[BodyFault]:
        """Models that are incomplete, too long or the same; none at all is a matter for the check of style."""
        held = {name: text.strip() for name, text in body.items()}
        for name in held:
            if name not in MODELS:
                yield BodyFault(name, "format.no_body")
        for name, label in MODELS.items() if any(held.values()) else ():
            text = held.get(name, "")
            if not text:
                yield BodyFault(name, "format.no_model", {"what": label[0].lower() + label[1:]})
            if len(text) > LONGEST_MODEL:
                yield BodyFault(name, "format.model_too_long", {"length": len(text), "limit": LONGEST_MODEL})
        at_the_line, below_it = (" ".join(held.get(name, "").split()) for name in ("at_the_line", "below_it"))
        if at_the_line and at_the_line == below_it:
            yield BodyFault("below_it", "format.models_same")

    def read(self, reader: Reader, *path: Key) -> dict[str, str]:
        """The model answers, which a file may leave out."""
        if reader.get(*path) is None or not reader.keys(*path):
            return {}
        reader.only(MODELS, *path)
        body = {name: plain(reader.get(*path, name)) for name in MODELS}
        for fault in self.faults(body):
            reader.fault((*path, fault.name), fault.code, **fault.params)
        return {name: text for name, text in body.items() if text}

    def written(self, body: Body) -> dict[str, object]:
        """The model answers; nothing where there are none."""
        return {name: body[name].strip() for name in MODELS if body.get(name, "").strip()}

    def key_in_words(self, body: Body) -> tuple[str, ...]:
        """The model answers, a line each."""
        return tuple(f"{MODELS[name]}: {text}" for name, text in self.written(body).items())


FORMAT = ExtendedAnswer()
