"""From the bytes of a bundle to its lines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import rfc8785

from proctoring.bundle.writing import FORMAT, KINDS


class Broken(Exception):
    """The first thing that does not fit: the line, a code with parameters for the words."""

    def __init__(self, line: int, code: str, **params: object) -> None:
        super().__init__(code)
        self.line, self.code, self.params = line, code, params


@dataclass(frozen=True)
class Numbered:
    """A line with its number; Broken when it lacks what is asked of it."""

    number: int
    told: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        try:
            return self.told[name]
        except KeyError as missing:
            raise Broken(self.number, "bundle.field", name=name) from missing


def read(data: bytes) -> list[Numbered]:
    """The lines of a bundle, each in its canonical form and of a known kind; Broken names the first that is not."""
    *texts, rest = data.split(b"\n")
    if rest or not texts:
        raise Broken(len(texts) + 1, "bundle.cut")
    return [Numbered(number, _line(number, text)) for number, text in enumerate(texts, 1)]


def _line(number: int, text: bytes) -> Mapping[str, Any]:
    if not is_canonical(text):
        raise Broken(number, "bundle.not_canonical")
    told = json.loads(text)
    if not isinstance(told, dict) or told.get("kind") not in KINDS:
        raise Broken(number, "bundle.unknown_kind")
    return told


def is_canonical(text: bytes) -> bool:
    """Whether JSON is written as RFC 8785 writes it."""
    try:
        return bytes(rfc8785.dumps(json.loads(text.decode()))) == text
    except (ValueError, RecursionError):  # no UTF-8, no JSON, a number that has no canonical form
        return False


def frame(lines: Sequence[Numbered]) -> tuple[Numbered, Numbered]:
    """The head and the end, and nothing missing between them."""
    head, end = lines[0], lines[-1]
    if head["kind"] != "head" or head["format"] != FORMAT:
        raise Broken(1, "bundle.no_head")
    if end["kind"] != "end" or any(line["kind"] in ("head", "end") for line in lines[1:-1]):
        raise Broken(end.number, "bundle.cut")
    if end["lines"] != len(lines):
        raise Broken(end.number, "bundle.lines", told=end["lines"], found=len(lines))
    return head, end
