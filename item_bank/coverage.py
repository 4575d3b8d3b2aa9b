"""What a bank offers: scenarios by theme and questions by statement, and what is missing to draw a paper."""

from __future__ import annotations

from collections import Counter

from item_bank.blueprint import Blueprint
from item_bank.paper.pools import Shortage, shortages
from item_bank.scenarios import Bank

__all__ = ["Shortage", "pools", "shortages", "statements"]


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
