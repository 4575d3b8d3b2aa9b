"""What changed between two texts, word by word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

MOST_DIFF = 1_000_000  # pairs of words compared; beyond it a passage counts as replaced


def word_diff(old: str, new: str) -> list[tuple[str, str]]:
    """What changed between two texts, word by word: passages that are ``same``, ``del`` or ``ins``.

    All ``same`` and ``del`` passages together are the old text; all ``same`` and ``ins`` ones the new.
    """
    before, after = _words(old), _words(new)
    if len(before) * len(after) > MOST_DIFF:
        parts = [("del", old), ("ins", new)] if old != new else [("same", old)]
        return [part for part in parts if part[1]]
    return list(_passages(before, after))


def _words(text: str) -> list[str]:
    return re.findall(r"\s*\S+|\s+\Z", text)


def _passages(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str]]:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield "same", "".join(before[a:b])
            continue
        gone, come = "".join(before[a:b]), "".join(after[c:d])
        gap = _same_gap(gone, come)
        parts = (("same", gap), ("del", gone[len(gap) :]), ("ins", come[len(gap) :]))
        yield from (part for part in parts if part[1])


def _same_gap(gone: str, come: str) -> str:
    """The white space before both passages: it stands outside the marks, where it is the same."""
    gaps = [text[: len(text) - len(text.lstrip())] for text in (gone, come)]
    return gaps[0] if gaps[0] == gaps[1] else ""
