"""All that a writer writes of a version, and the one name that each of its texts has everywhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from item_bank.formats import EXTENDED_ANSWER
from item_bank.scenarios import Guidance

LONGEST_TITLE = 200  # code points
LONGEST_SOURCE = 500  # code points, a line


@dataclass(frozen=True)
class Asked:
    """One question of a draft: its text, and what its format needs beside it.

    An extended answer has guidance for each criterion point; any other format a flat ``body``.
    """

    statement: str
    text: str = ""
    guide: Mapping[str, Guidance] = field(default_factory=dict)
    format: str = EXTENDED_ANSWER
    body: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Content:
    """All that a writer writes of a version. It is read and saved as a whole."""

    title: str
    text: str = ""
    sources: tuple[str, ...] = ()
    questions: tuple[Asked, ...] = ()
    enemies: tuple[str, ...] = ()  # slugs of scenarios that may not stand on one paper with it
    tags: tuple[str, ...] = ()  # points of a framework

    def asked(self, statement: str) -> Asked | None:
        """The question on a statement, if there is one."""
        return next((q for q in self.questions if q.statement == statement), None)

    def without_blanks(self) -> Content:
        """The same content without the empty fields of its formats: what is kept of it."""
        kept = (replace(q, body={name: text for name, text in q.body.items() if text}) for q in self.questions)
        return replace(self, questions=tuple(kept))


@dataclass(frozen=True)
class Fault:
    """What is wrong with a field of the draft: its name, a message code and its parameters."""

    name: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


def question_field(statement: str) -> str:
    """The name of the field that holds a question's text."""
    return f"{statement}-text"


def guide_field(statement: str, point: str, half: str) -> str:
    """The name of the field that holds half of a point's guidance: ``meets`` or ``falls_short``."""
    return f"{statement}-{point}-{half}"


def format_field(statement: str) -> str:
    """The name of the field that says which format a question has."""
    return f"{statement}-format"


def body_field(statement: str, name: str) -> str:
    """The name of a field that a question's format brings."""
    return f"{statement}-body-{name}"


def fields(content: Content) -> dict[str, str]:
    """Every field of a draft by its name; sources, enemies and tags are one line each."""
    found = {
        "title": content.title,
        "text": content.text,
        "sources": "\n".join(content.sources),
        "enemies": "\n".join(content.enemies),
        "tags": "\n".join(content.tags),
    }
    for asked in content.questions:
        found.update(question_fields(asked))
    return found


def question_fields(asked: Asked) -> dict[str, str]:
    """Every field of one question by its name."""
    found = {question_field(asked.statement): asked.text}
    for point, guidance in asked.guide.items():
        found[guide_field(asked.statement, point, "meets")] = guidance.meets
        found[guide_field(asked.statement, point, "falls_short")] = guidance.falls_short
    found.update({body_field(asked.statement, name): text for name, text in asked.body.items()})
    return found


def merged(typed: Content, newer: Content) -> Content:
    """What was typed, with the questions that only the newer text has: a stale page removes none of them."""
    kept = {asked.statement: asked for asked in (*newer.questions, *typed.questions)}
    return replace(typed, questions=tuple(kept[statement] for statement in sorted(kept)))


def names_in(text: str) -> tuple[str, ...]:
    """Short names as people list them, by lines, blanks or commas; each once, in the order typed."""
    return tuple(dict.fromkeys(name for name in re.split(r"[\s,;]+", text) if name))


def tidy(text: str) -> str:
    """Line ends as one character, as every other text of the bank has them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def control_characters(text: str) -> bool:
    """Whether a text holds characters that no keyboard types and no database need keep, such as NUL."""
    return any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\r\t" for c in text)


def slug_of(title: str) -> str:
    """A slug from a title: plain letters and digits joined by hyphens; ``scenario`` when none is left."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")[:80].strip("-") or "scenario"
