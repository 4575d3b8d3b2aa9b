"""Scenarios and questions as they are written: text, statement, format and marking guide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Guidance:
    """Indicative content for one criterion point: what meets it and what falls short (Markdown)."""

    meets: str
    falls_short: str


@dataclass(frozen=True)
class Question:
    """A question version: it belongs to at most one scenario and tests exactly one statement.

    ``guide`` is the extended answer's guidance by criterion point; ``body`` is what a format has beside the
    text (options, key, reasons, model answers), as the format names it.
    """

    slug: str
    version: int
    statement: str
    format: str
    text: str
    guide: Mapping[str, Guidance]
    body: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Scenario:
    """A scenario version with its questions, the unit that a paper draws and that people remember.

    A question that stands alone is a unit without a situation: ``text`` is empty, it holds one question and
    both have the same slug. ``enemies`` are the slugs of scenarios that may not stand on one paper with it,
    whichever of the two names the other; ``tags`` are points of a framework.
    """

    slug: str
    version: int
    theme: str
    title: str
    text: str
    sample: bool
    questions: tuple[Question, ...]
    sources: tuple[str, ...] = ()
    enemies: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def stands_alone(self) -> bool:
        """Whether this is a question without a situation."""
        return not self.text

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
