"""What every format of questions brings, and the plain values in which it speaks.

A format's *body* is a flat mapping from field name to text: what a question needs beside its own text, so
that editor, differences, storage and export treat all formats alike. A *stored answer* is the text itself
where a person marks, and canonical JSON that names options by their id where the key marks.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

from item_bank.sources import Key, Reader

Body = Mapping[str, str]

LINE, TEXT, ONE, SEVERAL, ORDER = "line", "text", "one", "several", "order"  # kinds of fields


@dataclass(frozen=True)
class Option:
    """One of several things to choose from: its id, which answers name, and its words."""

    id: str
    text: str


@dataclass(frozen=True)
class Field:
    """One field of a body, for the editor.

    ``kind`` is LINE (one line), TEXT (Markdown), ONE (one of ``choices``), SEVERAL (ids out of ``choices``,
    with blanks between) or ORDER (all ids of ``choices`` in an order, with blanks between).
    """

    name: str
    label: str
    kind: str = LINE
    choices: tuple[Option, ...] = ()
    help: str = ""


@dataclass(frozen=True)
class BodyFault:
    """One thing wrong in a body: the field, a message code of the format's own words, and its parameters."""

    name: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Score:
    """Points out of the published maximum, both exact."""

    points: Fraction
    maximum: Fraction


class BadAnswer(Exception):
    """A text that cannot be an answer to this question; ``code`` is a message code."""

    def __init__(self, code: str = "answer.impossible") -> None:
        super().__init__(code)
        self.code = code


class NeedsMarker(Exception):
    """An answer that only a person can mark."""


class Format(Protocol):
    """A format of questions. One folder each: adding one touches nothing else."""

    name: str
    title: str
    keyed: bool
    """Whether the key scores it; else a person marks it."""
    by_points: bool
    """Whether it is marked by the criterion points of its statement, and so needs their guide."""

    def fields(self, body: Body) -> tuple[Field, ...]:
        """The fields of the editor, for a body as it stands (spare ones included)."""

    def faults(self, body: Body) -> Iterator[BodyFault]:
        """Everything that is wrong with a body."""

    def read(self, reader: Reader, *path: Key) -> dict[str, str]:
        """A body out of a file's mapping at ``path`` (``…, "body"``). What is wrong goes to the reader."""

    def written(self, body: Body) -> dict[str, object]:
        """The mapping that ``read`` reads; empty when a body has no fields."""

    def options(self, body: Body) -> tuple[Option, ...]:
        """What can be chosen, in the order of the body; empty where a text is written."""

    def public(self, body: Body) -> Mapping[str, str]:
        """What the apprentice's page may say beside the options: never the key, never the reasons."""

    def maximum(self, body: Body) -> Fraction:
        """The most points that a question can give."""

    def chance(self, body: Body) -> Fraction:
        """The points that blind choosing gives on average."""

    def check(self, options: Collection[str], answer: str) -> None:
        """BadAnswer for a text that cannot be an answer over these option ids. Empty is no answer, and sound."""

    def is_complete(self, body: Body, answer: str) -> bool:
        """Whether everything that the question asks for has been given."""

    def score(self, body: Body, answer: str) -> Score:
        """The points of an answer. BadAnswer; NeedsMarker where only a person can tell."""

    def in_words(self, body: Body, answer: str) -> tuple[str, ...]:
        """An answer for staff to read, in lines."""

    def key_in_words(self, body: Body) -> tuple[str, ...]:
        """The key, or the guide, for staff to read, in lines."""


def canonical(value: object) -> str:
    """JSON in its one form: sorted names, no blanks. The page's scripts write the same."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
