"""What a bank offers: scenarios by theme and questions by statement, and what is missing to draw a paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from item_bank.blueprint import Blueprint
from item_bank.scenarios import Bank


@dataclass(frozen=True)
class Shortage:
    """A pool that cannot serve the slots of a paper: a statement of a pathway and what is live for it."""

    pathway: str
    statement: str
    live: int
    needed: int


def pools(bank: Bank, blueprint: Blueprint) -> dict[str, int]:
    """Scenarios in each theme's pool, empty pools included."""
    return {theme: len(bank.pool(theme)) for theme in blueprint.themes}


def statements(bank: Bank, blueprint: Blueprint) -> dict[str, Counter[str]]:
    """Questions on each statement, counted by format; statements without a question included."""
    counts: dict[str, Counter[str]] = {s.code: Counter() for t in blueprint.themes.values() for s in t.statements}
    for scenario in bank.scenarios:
        for question in scenario.questions:
            counts[question.statement][question.format] += 1
    return counts


def shortages(bank: Bank, blueprint: Blueprint, pathway: str) -> Iterator[Shortage]:
    """What keeps a paper of the pathway from being drawn.

    A theme is served by one scenario, so some scenario of its pool must ask all of its essential
    statements; and one of the drawn statements must be asked beside them.
    """
    for theme in blueprint.pathways[pathway].themes:
        essential = [s.code for s in blueprint.themes[theme].statements if s.essential]
        if any(all(scenario.question_on(code) for code in essential) for scenario in bank.pool(theme)):
            continue
        for code in essential or [s.code for s in blueprint.themes[theme].statements]:
            live = sum(scenario.question_on(code) is not None for scenario in bank.pool(theme))
            yield Shortage(pathway, code, live, max(live + 1, 1))
