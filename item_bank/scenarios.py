"""Scenarios and questions as they are written: text, statement, format and marking guide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Guidance:
    """Indicative content for one criterion point: what meets it and what falls short (Markdown)."""

    meets: str
    falls_short: str


@dataclass(frozen=True)
class Question:
    """A question version: it belongs to one scenario and tests exactly one statement."""

    slug: str
    version: int
    statement: str
    format: str
    text: str
    guide: Mapping[str, Guidance]


@dataclass(frozen=True)
class Scenario:
    """A scenario version with its questions, the unit that a paper draws and that people remember."""

    slug: str
    version: int
    theme: str
    title: str
    text: str
    sample: bool
    questions: tuple[Question, ...]
    sources: tuple[str, ...] = ()

    def question_on(self, statement: str) -> Question | None:
        """The scenario's question on a statement, if it has one."""
        return next((q for q in self.questions if q.statement == statement), None)


@dataclass(frozen=True)
class Bank:
    """The live scenarios that papers may be drawn from."""

    scenarios: tuple[Scenario, ...]

    def pool(self, theme: str) -> tuple[Scenario, ...]:
        """The scenarios of a theme, in the order of their slugs so that a draw is repeatable."""
        return tuple(sorted((s for s in self.scenarios if s.theme == theme), key=lambda s: s.slug))
