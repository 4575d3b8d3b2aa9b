"""A version of a scenario from draft to withdrawal: its states, its acts, and what it must have for review.

An approved version never changes: an edit makes a new version (invariant 20), and the live one stays
live until the new one takes its place.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from item_bank.blueprint import Blueprint
from item_bank.exchange import LONGEST_TEXT, SCENARIO_WORDS, word_count
from item_bank.scenarios import Guidance


class State(StrEnum):
    """Where a version is."""

    DRAFT = "draft"  # its authors change it
    IN_REVIEW = "in_review"  # it waits for a second person
    APPROVED = "approved"  # it never changes again and is on no paper yet
    LIVE = "live"  # papers are drawn from it; at most one version of a scenario
    WITHDRAWN = "withdrawn"  # on no new paper; kept for the papers that hold it


class Act(StrEnum):
    """What people do to a version."""

    EDIT = "edit"
    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"


AFTER: Mapping[tuple[State, Act], State] = {
    (State.DRAFT, Act.EDIT): State.DRAFT,
    (State.DRAFT, Act.SUBMIT): State.IN_REVIEW,
    (State.IN_REVIEW, Act.APPROVE): State.APPROVED,
    (State.IN_REVIEW, Act.RETURN): State.DRAFT,
    (State.APPROVED, Act.PUBLISH): State.LIVE,
    (State.APPROVED, Act.WITHDRAW): State.WITHDRAWN,
    (State.LIVE, Act.WITHDRAW): State.WITHDRAWN,
}

IN_PROGRESS = frozenset({State.DRAFT, State.IN_REVIEW, State.APPROVED})  # one of these bars another draft
CHECKLIST = ("believable", "private", "answerable", "guide", "fair")  # what a reviewer ticks to approve
PURPOSES = ("review", "quality", "preparation", "writing")  # why staff open the text of an item
LONGEST_TITLE = 200  # code points
LONGEST_SOURCE = 500  # code points, a line
MOST_DIFF = 1_000_000  # pairs of words compared; beyond it a passage counts as replaced


def may(state: State, act: Act) -> bool:
    """Whether a version in this state takes the act."""
    return (state, act) in AFTER


@dataclass(frozen=True)
class Asked:
    """One question of a draft: its text and, for each criterion point, what meets it and what falls short."""

    statement: str
    text: str = ""
    guide: Mapping[str, Guidance] = field(default_factory=dict)


@dataclass(frozen=True)
class Content:
    """All that a writer writes of a version. It is read and saved as a whole."""

    title: str
    text: str = ""
    sources: tuple[str, ...] = ()
    questions: tuple[Asked, ...] = ()

    def asked(self, statement: str) -> Asked | None:
        """The question on a statement, if there is one."""
        return next((q for q in self.questions if q.statement == statement), None)


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


def fields(content: Content) -> dict[str, str]:
    """Every field of a draft by its name; sources are one line each."""
    found = {"title": content.title, "text": content.text, "sources": "\n".join(content.sources)}
    for asked in content.questions:
        found[question_field(asked.statement)] = asked.text
        for point, guidance in asked.guide.items():
            found[guide_field(asked.statement, point, "meets")] = guidance.meets
            found[guide_field(asked.statement, point, "falls_short")] = guidance.falls_short
    return found


def merged(typed: Content, newer: Content) -> Content:
    """What was typed, with the questions that only the newer text has: a stale page removes none of them."""
    kept = {asked.statement: asked for asked in (*newer.questions, *typed.questions)}
    questions = tuple(kept[statement] for statement in sorted(kept))
    return Content(typed.title, typed.text, typed.sources, questions)


def tidy(text: str) -> str:
    """Line ends as one character, as every other text of the bank has them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def control_characters(text: str) -> bool:
    """Whether a text holds characters that no keyboard types and no database need keep, such as NUL."""
    return any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\r\t" for c in text)


# ------------------------------------------------------------------------------------------ ready for review
def missing(content: Content, theme: str, blueprint: Blueprint) -> list[Fault]:
    """What a draft lacks before anybody is asked to review it: every fault with its field."""
    return [
        *_text_faults(content),
        *_statement_faults(content, theme, blueprint),
        *_question_faults(content, blueprint),
    ]


def _text_faults(content: Content) -> Iterator[Fault]:
    if not content.title.strip():
        yield Fault("title", "authoring.no_title")
    low, high = SCENARIO_WORDS
    words = word_count(content.text)
    if not low <= words <= high:
        yield Fault("text", "authoring.length", {"words": words, "low": low, "high": high})
    for name, text in fields(content).items():
        if len(text) > LONGEST_TEXT:
            yield Fault(name, "authoring.too_long", {"limit": f"{LONGEST_TEXT:,}"})


def _statement_faults(content: Content, theme: str, blueprint: Blueprint) -> Iterator[Fault]:
    """A theme is served by one scenario, so it must ask all of the theme's essential statements."""
    statements = blueprint.themes[theme].statements
    for statement in (s for s in statements if s.essential and content.asked(s.code) is None):
        yield Fault("add", "authoring.essential", {"statement": statement.code, "title": statement.title})
    if not content.questions and not any(s.essential for s in statements):
        yield Fault("add", "authoring.no_question")


def _question_faults(content: Content, blueprint: Blueprint) -> Iterator[Fault]:
    for asked in content.questions:
        if not asked.text.strip():
            yield Fault(question_field(asked.statement), "authoring.no_text")
        for point in blueprint.points(asked.statement):
            guidance = asked.guide.get(point.code, Guidance("", ""))
            if not guidance.meets.strip():
                yield Fault(guide_field(asked.statement, point.code, "meets"), "authoring.no_guide")
            if not guidance.falls_short.strip():
                yield Fault(guide_field(asked.statement, point.code, "falls_short"), "authoring.no_guide")


# ------------------------------------------------------------------------------------------------- what changed
def slug_of(title: str) -> str:
    """A slug from a title: plain letters and digits joined by hyphens; ``scenario`` when none is left."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")[:80].strip("-") or "scenario"


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
