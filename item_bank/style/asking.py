"""Whether a question asks for every criterion point of its statement, as far as a machine can see.

Data beside this file say for each point what a sentence holds that asks for it. The notation: a point has lines, and
each must be found in some sentence that asks. A line is found when all its words stand in the sentence, in any order;
``a|b`` is either word, ``theor*`` every word that begins so, `` or `` parts two wordings of the line.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from item_bank.style.prose import sentences, words

CLAUSE = re.compile(r"[,;:]")


@dataclass(frozen=True)
class Asking:
    """What asks: for each point its lines; the words with which a request begins, and those that may come before."""

    points: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    openers: frozenset[str] = frozenset()
    leading: frozenset[str] = frozenset()

    def unasked(self, text: str, points: Iterable[str]) -> Iterator[str]:
        """The points that no sentence of a question asks for. Of a point without data nothing is said."""
        asked = [frozenset(words(sentence)) for sentence in sentences(text) if self.asks(sentence)]
        for point in points:
            if not all(any(_found(line, said) for said in asked) for line in self.points.get(point, ())):
                yield point

    def asks(self, sentence: str) -> bool:
        """Whether a sentence asks for something: a question, or a part that begins like a request."""
        if sentence.rstrip('"”’)* ').endswith("?"):
            return True
        return any(self._opens(words(clause)) for clause in CLAUSE.split(sentence))

    def _opens(self, clause: list[str]) -> bool:
        first = next((word for word in clause if word not in self.leading), "")
        return first in self.openers


def _found(line: str, said: Collection[str]) -> bool:
    """Whether one wording of a line has all of its words in a sentence."""
    return any(all(_holds(said, group) for group in wording.split()) for wording in line.split(" or "))


def _holds(said: Collection[str], group: str) -> bool:
    return any(_is_said(said, one) for one in group.split("|"))


def _is_said(said: Collection[str], one: str) -> bool:
    return any(word.startswith(one[:-1]) for word in said) if one.endswith("*") else one in said
