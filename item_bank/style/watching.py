"""Words to think about again, wherever prose stands in a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from item_bank.sources import Key, Source
from item_bank.style.data import QUESTION, Watched

QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”")
NO_PROSE = frozenset({
    "schema", "scenario", "question", "version", "theme", "statement", "format", "sources", "enemies", "tags", "key",
    "most", "least", "pick", "scale",
})  # fmt: skip
Prose = tuple[tuple[Key, ...], str]


def found_words(
    source: Source, alone: bool, watched: Iterable[Watched]
) -> Iterator[tuple[tuple[Key, ...], str, Watched]]:
    """Watched words in a file: where, as they stand there, and why. ``alone``: the file is one question."""
    for path, text in _prose(source.data, ()):
        asked = path[-1] == "text" and (alone or len(path) > 1)
        plain = QUOTED.sub(" ", text)
        small = plain.casefold()
        for watch in watched:
            if watch.word.rstrip("*").casefold() not in small or (watch.of == QUESTION and not asked):
                continue
            found = _pattern(watch.word).search(plain)
            if found:
                yield path, found.group(), watch


def _prose(value: Any, path: tuple[Key, ...]) -> Iterator[Prose]:
    """Every text that people read, with its path in the file."""
    if isinstance(value, str) and path:
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in NO_PROSE:
                yield from _prose(inner, (*path, key))
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from _prose(inner, (*path, n))


@cache
def _pattern(word: str) -> re.Pattern[str]:
    """A word as it is looked for; one that is written in capitals only in capitals."""
    ending = r"\w*" if word.endswith("*") else ""
    plain = re.escape(word.rstrip("*")).replace(r"\ ", r"\s+")
    return re.compile(rf"(?<![\w-]){plain}{ending}(?![\w-])", 0 if word.isupper() else re.IGNORECASE)
