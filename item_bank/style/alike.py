"""Texts that say the same: word for word, or nearly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from item_bank.sources import Place
from item_bank.style.prose import words


@dataclass(frozen=True)
class Said:
    """A text and where it stands. Only texts of one ``group`` (a statement, a theme) are held against one another."""

    text: str
    group: str
    place: Place

    @property
    def plain(self) -> str:
        """Its words alone: letters, signs and lines do not make a text another one."""
        return " ".join(words(self.text))


@dataclass(frozen=True)
class Twin:
    """Two texts that are alike, ``alike`` in per cent; 100 means the same words in the same order."""

    first: Said
    second: Said
    alike: float


def twins(texts: Sequence[Said], limit: float) -> Iterator[Twin]:
    """Every text that repeats another, and every one that is alike an earlier one by at least ``limit`` per cent.

    A text is told once, at its later place, beside the one that it is most like.
    """
    firsts: dict[str, Said] = {}
    groups: dict[str, dict[str, Said]] = defaultdict(dict)
    for said in sorted(texts, key=lambda said: said.place):
        plain = said.plain
        if not plain:
            continue
        first = firsts.setdefault(plain, said)
        if first is not said:
            yield Twin(first, said, 100)
            continue
        near = process.extractOne(plain, list(groups[said.group]), scorer=fuzz.ratio, score_cutoff=limit)
        if near:
            yield Twin(groups[said.group][near[0]], said, near[1])
        groups[said.group][plain] = said
