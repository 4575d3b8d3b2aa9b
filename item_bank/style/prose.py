"""Prose as a machine sees it: words, sentences, and an estimate of how hard they read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
BULLET = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+")
ENDING = re.compile(r"(?<=[.?!])[\"”’)]*\s+")
VOWELS = re.compile(r"[aeiouy]+")
SILENT = re.compile(r"(?:[^aeiouyl]e|[^aeiouydt]ed)\Z")


def words(text: str) -> list[str]:
    """The words of a text in small letters; a hyphen or an apostrophe within a word is part of it."""
    return [word.casefold() for word in WORD.findall(text)]


def sentences(text: str) -> Iterator[str]:
    """The sentences of a Markdown text. Each entry of a list begins a new one; a line that is only wrapped does not."""
    for block in _blocks(text):
        yield from (sentence for sentence in ENDING.split(block) if WORD.search(sentence))


def reading_grade(text: str) -> float:
    """An estimate of the school years that a text takes (Flesch-Kincaid), to one place; 0 for no words.

    Syllables are counted by groups of vowels, which is right for most English words and wrong for many names, so
    that the estimate may lie a year beside the true figure. It says nothing of how clear a text is.
    """
    said, all_words = list(sentences(text)), words(text)
    if not all_words:
        return 0.0
    per_sentence = len(all_words) / len(said)
    per_word = sum(_syllables(word) for word in all_words) / len(all_words)
    return round(0.39 * per_sentence + 11.8 * per_word - 15.59, 1)


@lru_cache(maxsize=50_000)
def _syllables(word: str) -> int:
    groups = len(VOWELS.findall(word))
    return max(1, groups - 1 if SILENT.search(word) else groups)


def _blocks(text: str) -> Iterator[str]:
    """Paragraphs and entries of lists, each as one line."""
    block: list[str] = []
    for line in text.splitlines():
        bullet = BULLET.match(line)
        if block and (bullet or not line.strip()):
            yield " ".join(block)
            block = []
        block += [line[bullet.end() :] if bullet else line]
    yield " ".join(block)
