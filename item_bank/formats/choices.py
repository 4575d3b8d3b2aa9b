"""What formats with options and a key share: lettered options, a rationale, answers as JSON.

In a body an option is the field ``option_a`` … ``option_h``; the letter is its id for good. In a file the
options stand as a mapping from letter to words, in the order of the alphabet.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from typing import Any

from item_bank.formats.base import (
    LINE,
    ONE,
    TEXT,
    BadAnswer,
    Body,
    BodyFault,
    Field,
    Option,
    Score,
    canonical,
)
from item_bank.sources import Key, Reader

LETTERS = "abcdefgh"
LONGEST_OPTION = 500  # code points: an option is read in one go
LONGEST_RATIONALE = 20_000  # code points, as any text of the bank
SPARE = 2  # blank options that the editor offers beyond those that are there
FEWEST = 3  # options; of two, a guess is right half of the time

CHOICE_WORDS = {
    "format.too_few": "There are {count} options, and this format needs at least {least}.",
    "format.option_blank": "Option {letter} has no text.",
    "format.option_doubled": "Options {first} and {letter} say the same.",
    "format.option_name": "An option is called “{name}”. Options are called a, b, c and on to {last}, in this order.",
    "format.too_long": "This text has {length} characters. The most is {limit}.",
    "format.no_rationale": "There is no rationale. Say why the key is right, so that it can stand at an appeal.",
    "format.key_none": "No option is keyed.",
    "format.key_two": "The key names {count} options ({named}), and it may name one only.",
    "format.key_unknown": "The key names “{named}”, and there is no such option.",
    "answer.impossible": "An answer does not fit its question. Nothing was saved.",
}  # fmt: skip


def option_field(letter: str) -> str:
    """The field of an option."""
    return f"option_{letter}"


def letters_of(body: Body) -> tuple[str, ...]:
    """The ids of the options that have words, in order."""
    return tuple(letter for letter in LETTERS if body.get(option_field(letter), "").strip())


def ids_in(text: str) -> list[str]:
    """The ids of a field of kind SEVERAL or ORDER."""
    return text.split()


def plain(value: object) -> str:
    """A value of a file as the text of a field: a list becomes its parts with blanks between."""
    if isinstance(value, list):
        return " ".join(plain(part) for part in value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()


class Keyed(ABC):
    """A format whose options are scored by a key. Each of its formats adds its key and its answer."""

    name: str
    title: str
    keyed = True
    by_points = False
    fewest = FEWEST

    # --- what each format says of itself
    @abstractmethod
    def own_fields(self, body: Body) -> tuple[Field, ...]:
        """The fields of the key."""

    @abstractmethod
    def key_faults(self, body: Body) -> Iterator[BodyFault]:
        """What is wrong with the key."""

    @abstractmethod
    def has_shape(self, options: Collection[str], given: Mapping[str, Any]) -> bool:
        """Whether a decoded answer could have been given over these options."""

    @abstractmethod
    def points(self, body: Body, given: Mapping[str, Any]) -> Fraction:
        """The points of a sound answer."""

    @abstractmethod
    def complete(self, body: Body, given: Mapping[str, Any]) -> bool:
        """Whether a sound answer gives everything that is asked."""

    @abstractmethod
    def lines(self, texts: Mapping[str, str], body: Body, given: Mapping[str, Any]) -> Iterator[str]:
        """A sound answer in words; ``texts`` are the options' words by id."""

    @abstractmethod
    def perfect(self, body: Body) -> dict[str, Any]:
        """The answer that the key asks for."""

    @abstractmethod
    def maximum(self, body: Body) -> Fraction:
        """The most points that a question can give."""

    @abstractmethod
    def chance(self, body: Body) -> Fraction:
        """The points that blind choosing gives on average."""

    # --- what follows from it
    def public(self, body: Body) -> Mapping[str, str]:
        """Nothing beside the options."""
        return {}

    def options(self, body: Body) -> tuple[Option, ...]:
        """The options in the order of their letters."""
        return tuple(Option(letter, body[option_field(letter)].strip()) for letter in letters_of(body))

    def fields(self, body: Body) -> tuple[Field, ...]:
        """Options with two to spare, the key, the rationale."""
        shown = min(len(LETTERS), max(self.fewest, _last(body)) + SPARE)
        offered = [Field(option_field(x), f"Option {x.upper()}", LINE) for x in LETTERS[:shown]]
        why = "Why the key is right and the others fall short, for appeals and reviews. Apprentices never read it."
        return (*offered, *self.own_fields(body), Field("rationale", "Rationale", TEXT, help=why))

    def faults(self, body: Body) -> Iterator[BodyFault]:
        """What is wrong with options, key and rationale."""
        yield from _option_faults(body, self.fewest)
        yield from self.key_faults(body)
        rationale = body.get("rationale", "").strip()
        if not rationale:
            yield BodyFault("rationale", "format.no_rationale")
        yield from _too_long("rationale", rationale, LONGEST_RATIONALE)

    def read(self, reader: Reader, *path: Key) -> dict[str, str]:
        """Options by letter, the key's fields, the rationale."""
        if not reader.keys(*path):
            return {}
        reader.only({"options", "rationale", *self.file_names()}, *path)
        body = dict(_read_options(reader, path))
        body.update(self.read_key(reader, *path))
        body["rationale"] = plain(reader.get(*path, "rationale"))
        for fault in self.faults(body):
            reader.fault((*path, *self.place(fault.name)), fault.code, **fault.params)
        return {name: text for name, text in body.items() if text}

    def written(self, body: Body) -> dict[str, object]:
        """The file's mapping."""
        options = {option.id: option.text for option in self.options(body)}
        return {"options": options, **self.write_key(body), "rationale": body.get("rationale", "").strip()}

    def file_names(self) -> tuple[str, ...]:
        """The names of the key's values in a file."""
        return tuple(field.name for field in self.own_fields({}))

    def read_key(self, reader: Reader, *path: Key) -> dict[str, str]:
        """The key's fields out of a file."""
        return {name: plain(reader.get(*path, name)) for name in self.file_names()}

    def write_key(self, body: Body) -> dict[str, object]:
        """The key's values for a file."""
        return {name: body.get(name, "").strip() for name in self.file_names()}

    def place(self, name: str) -> tuple[Key, ...]:
        """Where a field stands in a file, within the body."""
        _, found, letter = name.partition("option_")
        return ("options", letter) if found else (name,)

    def check(self, options: Collection[str], answer: str) -> None:
        """BadAnswer for anything but no answer, or the canonical JSON of one over these options."""
        if answer and not self.has_shape(options, _decoded(answer)):
            raise BadAnswer

    def given(self, body: Body, answer: str) -> dict[str, Any]:
        """An answer, decoded and sound; empty when there is none."""
        self.check(letters_of(body), answer)
        return _decoded(answer) if answer else {}

    def score(self, body: Body, answer: str) -> Score:
        """The points of an answer; no answer has none."""
        given = self.given(body, answer)
        return Score(self.points(body, given) if given else Fraction(0), self.maximum(body))

    def is_complete(self, body: Body, answer: str) -> bool:
        """Whether an answer gives everything that is asked."""
        given = self.given(body, answer)
        return bool(given) and self.complete(body, given)

    def in_words(self, body: Body, answer: str) -> tuple[str, ...]:
        """The answer with the options' letters, which the rationale names, and their words."""
        texts = {option.id: option.text for option in option_choices(body)}
        return tuple(self.lines(texts, body, self.given(body, answer))) if answer else ()

    def key_in_words(self, body: Body) -> tuple[str, ...]:
        """The answer that the key asks for, in words."""
        return self.in_words(body, canonical(self.perfect(body)))


def one_key(body: Body, name: str) -> Iterator[BodyFault]:
    """A field that must name exactly one option."""
    named = ids_in(body.get(name, ""))
    if not named:
        yield BodyFault(name, "format.key_none")
    elif len(named) > 1:
        yield BodyFault(name, "format.key_two", {"count": len(named), "named": ", ".join(named)})
    else:
        yield from unknown_ids(body, name)


def unknown_ids(body: Body, name: str) -> Iterator[BodyFault]:
    """Ids in a field that are no options."""
    for named in ids_in(body.get(name, "")):
        if named not in letters_of(body):
            yield BodyFault(name, "format.key_unknown", {"named": named})


def option_choices(body: Body) -> tuple[Option, ...]:
    """The options for a field of the editor: their letter before their words."""
    return tuple(Option(x, f"{x.upper()}: {body[option_field(x)].strip()}") for x in letters_of(body))


def key_field(body: Body, name: str, label: str, kind: str = ONE, help: str = "") -> Field:
    """A field that names options."""
    return Field(name, label, kind, option_choices(body), help)


def _last(body: Body) -> int:
    """How many letters there are up to the last option that has words."""
    letters = letters_of(body)
    return LETTERS.index(letters[-1]) + 1 if letters else 0


def _option_faults(body: Body, fewest: int) -> Iterator[BodyFault]:
    said: dict[str, str] = {}
    for letter in LETTERS[: _last(body)]:
        text = " ".join(body.get(option_field(letter), "").split())
        if not text:
            yield BodyFault(option_field(letter), "format.option_blank", {"letter": letter.upper()})
            continue
        first = said.setdefault(text.casefold(), letter)
        if first != letter:
            both = {"first": first.upper(), "letter": letter.upper()}
            yield BodyFault(option_field(letter), "format.option_doubled", both)
        yield from _too_long(option_field(letter), text, LONGEST_OPTION)
    count = len(letters_of(body))
    if count < fewest:
        yield BodyFault(option_field(LETTERS[count]), "format.too_few", {"count": count, "least": fewest})


def _too_long(name: str, text: str, limit: int) -> Iterator[BodyFault]:
    if len(text) > limit:
        yield BodyFault(name, "format.too_long", {"length": len(text), "limit": limit})


def _read_options(reader: Reader, path: tuple[Key, ...]) -> Iterator[tuple[str, str]]:
    expected = iter(LETTERS)
    for name in reader.keys(*path, "options"):
        if name != next(expected, None):
            reader.fault((*path, "options", name), "format.option_name", name=name, last=LETTERS[-1])
            continue
        text = plain(reader.get(*path, "options", name))
        yield option_field(name), text
        if not text and name == reader.keys(*path, "options")[-1]:  # a blank between others is told by the body
            reader.fault((*path, "options", name), "format.option_blank", letter=name.upper())


def _decoded(answer: str) -> dict[str, Any]:
    try:
        value = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise BadAnswer from error
    if not isinstance(value, dict) or not value or canonical(value) != answer:
        raise BadAnswer
    return value
