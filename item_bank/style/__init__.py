"""The style of items: what docs/writing-items.md asks for, as far as a machine can see it."""

from item_bank.style.linting import Linted, lint
from item_bank.style.prose import reading_grade, sentences, words

__all__ = ["Linted", "lint", "reading_grade", "sentences", "words"]
