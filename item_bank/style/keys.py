"""What gives a key away: the length of its option, and where keys stand over a whole bank."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from item_bank.formats import FORMATS, SINGLE_BEST
from item_bank.scenarios import Question

Limits = Mapping[str, float]
Note = tuple[str, dict[str, object]]


@dataclass(frozen=True)
class Choice:
    """A single choice: the letter that is keyed, and how long its options are, in characters by letter."""

    key: str
    lengths: Mapping[str, int]

    @property
    def others(self) -> list[int]:
        """How long the options beside the key are."""
        return [length for letter, length in self.lengths.items() if letter != self.key]


def choice(question: Question) -> Choice | None:
    """The single choice of a question; None for another format, or when its key or options are not sound."""
    if question.format != SINGLE_BEST:
        return None
    lengths = {option.id: len(option.text) for option in FORMATS[SINGLE_BEST].options(question.body)}
    found = Choice(question.body.get("key", ""), lengths)
    return found if found.key in lengths and found.others else None


def length_notes(found: Choice, limits: Limits) -> Iterator[Note]:
    """A key that is much longer or much shorter than any other option."""
    key = found.lengths[found.key]
    if key > limits["key.longer"] * max(found.others):
        yield "style.key_long", {"key": found.key.upper(), "length": key, "other": max(found.others)}
    elif key < limits["key.shorter"] * min(found.others):
        yield "style.key_short", {"key": found.key.upper(), "length": key, "other": min(found.others)}


def spread_notes(choices: Iterable[Choice], limits: Limits) -> Iterator[Note]:
    """Letters that are keyed too often or too seldom among choices of as many options, and keys that stand out."""
    by_count: defaultdict[int, list[Choice]] = defaultdict(list)
    for found in choices:
        by_count[len(found.lengths)].append(found)
    large = {options: some for options, some in by_count.items() if len(some) >= limits["spread.from"]}
    for options, some in sorted(large.items()):
        counts, even = Counter(found.key for found in some), len(some) / options
        for letter in sorted(set(chain.from_iterable(found.lengths for found in some))):
            if not limits["spread.fewest"] * even <= counts[letter] <= limits["spread.most"] * even:
                words = {"key": letter.upper(), "count": counts[letter], "all": len(some), "even": f"{even:.0f}"}
                yield "style.key_spread", words
        longest = sum(found.lengths[found.key] > max(found.others) for found in some)
        if longest > limits["spread.longest"] * len(some):
            yield "style.keys_longest", {"count": longest, "all": len(some)}
