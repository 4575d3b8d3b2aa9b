"""What a bank offers: scenarios by theme and questions by statement, and what is missing to draw a paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from item_bank.blueprint import Blueprint
from item_bank.scenarios import Bank, Scenario


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


def candidates(pool: Iterable[Scenario], blueprint: Blueprint, theme: str, extra: Iterable[str] = ()) -> list[Scenario]:
    """The scenarios of a pool that ask all essential statements of a theme and the extra ones beside them."""
    wanted = [s.code for s in blueprint.themes[theme].statements if s.essential] + list(extra)
    return [scenario for scenario in pool if all(scenario.question_on(code) for code in wanted)]


def room(pools: Mapping[str, Sequence[Scenario]], blueprint: Blueprint, pathway: str, drawn: Collection[str]) -> int:
    """How many statements a paper can draw in all, when these are among them; -1 when it cannot have these.

    A theme is served by one scenario, so each theme has room for what its best scenario asks.
    """
    drawable, total = blueprint.drawable(pathway), 0
    for theme, pool in pools.items():
        asked = {s.code for s in blueprint.themes[theme].statements} & set(drawable)
        fits = candidates(pool, blueprint, theme, asked & set(drawn))
        if not fits:
            return -1
        total += max(sum(scenario.question_on(code) is not None for code in asked) for scenario in fits)
    return total


def shortages(bank: Bank, blueprint: Blueprint, pathway: str) -> list[Shortage]:
    """What keeps a paper of the pathway from being drawn.

    A theme is served by one scenario, so some scenario of its pool must ask all of its essential
    statements; and as many statements as are drawn must be asked beside them.
    """
    pools = {theme: bank.pool(theme) for theme in blueprint.pathways[pathway].themes}
    themes = [theme for theme, pool in pools.items() if not candidates(pool, blueprint, theme)]
    if themes:
        return [short for theme in themes for short in _short_theme(pools[theme], blueprint, pathway, theme)]
    if room(pools, blueprint, pathway, ()) >= blueprint.slots.drawn:
        return []
    live = {
        s.code: len(candidates(pools[s.theme], blueprint, s.theme, [s.code])) for s in blueprint.statements(pathway)
    }
    return [Shortage(pathway, code, live[code], live[code] + 1) for code in blueprint.drawable(pathway) or live]


def _short_theme(pool: Sequence[Scenario], blueprint: Blueprint, pathway: str, theme: str) -> list[Shortage]:
    """The statements that no scenario asks; when each is asked somewhere, all that no scenario asks together."""
    statements = blueprint.themes[theme].statements
    wanted = [s.code for s in statements if s.essential] or [s.code for s in statements]
    live = {code: sum(scenario.question_on(code) is not None for scenario in pool) for code in wanted}
    unasked = [code for code in wanted if not live[code]]
    return [Shortage(pathway, code, live[code], live[code] + 1) for code in unasked or wanted]
