"""Papers: drawn from a stored seed, frozen with version numbers and order, and proved.

The draw uses nothing but the blueprint, the bank and the seed, so that it can be repeated; the proof
checks a finished paper against the blueprint without looking at how it was drawn.
"""

from __future__ import annotations

import hashlib
import random
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from item_bank.blueprint import Blueprint
from item_bank.coverage import Shortage, shortages
from item_bank.scenarios import Bank, Scenario

ASSEMBLER = "1"  # stored with each paper; raised whenever the same seed would draw another paper
Item = TypeVar("Item")


@dataclass(frozen=True)
class PaperQuestion:
    """A question of a paper: which version, on which statement, and whether it is a key question."""

    question: str
    version: int
    statement: str
    key: bool


@dataclass(frozen=True)
class PaperScenario:
    """A scenario of a paper with its questions in the order in which they are asked."""

    scenario: str
    version: int
    theme: str
    questions: tuple[PaperQuestion, ...]


@dataclass(frozen=True)
class Paper:
    """The exact scenarios and questions of one candidate, in order."""

    scenarios: tuple[PaperScenario, ...]

    @property
    def questions(self) -> tuple[PaperQuestion, ...]:
        """All questions in the order of the paper."""
        return tuple(q for s in self.scenarios for q in s.questions)


class BankTooThin(Exception):
    """The bank cannot serve a paper; ``shortages`` names what is missing."""

    def __init__(self, missing: Sequence[Shortage]) -> None:
        super().__init__("; ".join(f"{s.pathway} {s.statement}: {s.live} live, {s.needed} needed" for s in missing))
        self.shortages = tuple(missing)


def new_seed() -> str:
    """A fresh seed of 128 bits, stored before the paper is drawn from it."""
    return secrets.token_hex(16)


class Drawer:
    """Draws papers of one pathway. The checks and the pools are prepared once for many papers.

    Raises BankTooThin when the bank cannot serve a single paper.
    """

    def __init__(self, blueprint: Blueprint, pathway: str, bank: Bank) -> None:
        self.blueprint, self.pathway = blueprint, pathway
        missing = list(shortages(bank, blueprint, pathway))
        if missing:
            raise BankTooThin(missing)
        self._key = {s.code: s.key for s in blueprint.statements(pathway)}
        self._theme = {s.code: s.theme for s in blueprint.statements(pathway)}
        self._pools = {theme: bank.pool(theme) for theme in blueprint.pathways[pathway].themes}
        self._essential = {
            theme: frozenset(s.code for s in blueprint.themes[theme].statements if s.essential) for theme in self._pools
        }
        self._drawable = self._served(blueprint.drawable(pathway))

    def draw(self, seed: str) -> Paper:
        """The paper of a seed: the same bank and seed always give the same paper."""
        source = random.Random(hashlib.sha256(seed.encode()).digest())  # noqa: S311 - repeatable on purpose
        drawn = self._draw_statements(source)
        chosen = [self._choose(theme, drawn, source) for theme in self._pools]
        return Paper(tuple(_shuffled(chosen, source)))

    def _served(self, weights: Mapping[str, int]) -> dict[str, int]:
        """The drawn statements that some scenario asks beside its theme's essential statements."""
        served = {code: w for code, w in weights.items() if self._candidates(self._theme[code], {code})}
        if len(served) < self.blueprint.slots.drawn:
            raise BankTooThin([Shortage(self.pathway, code, 0, 1) for code in sorted(set(weights) - set(served))])
        return served

    def _draw_statements(self, source: random.Random) -> frozenset[str]:
        left = dict(self._drawable)
        drawn: set[str] = set()
        while len(drawn) < self.blueprint.slots.drawn:
            drawn.add(_weighted(left, source))
            left = {code: w for code, w in left.items() if code not in drawn and self._compatible(code, drawn)}
        return frozenset(drawn)

    def _compatible(self, code: str, drawn: set[str]) -> bool:
        theme = self._theme[code]
        return bool(self._candidates(theme, {code} | {d for d in drawn if self._theme[d] == theme}))

    def _candidates(self, theme: str, extra: set[str]) -> list[Scenario]:
        wanted = self._essential[theme] | extra
        return [s for s in self._pools[theme] if all(s.question_on(code) for code in wanted)]

    def _choose(self, theme: str, drawn: frozenset[str], source: random.Random) -> PaperScenario:
        extra = {code for code in drawn if self._theme[code] == theme}
        scenario = _pick(self._candidates(theme, extra), source)
        asked = self._essential[theme] | extra
        questions = tuple(
            PaperQuestion(q.slug, q.version, q.statement, self._key[q.statement])
            for q in scenario.questions
            if q.statement in asked
        )
        return PaperScenario(scenario.slug, scenario.version, theme, questions)


def breaches(paper: Paper, blueprint: Blueprint, pathway: str) -> Iterator[str]:
    """What a paper breaks of its blueprint, a message code each; a valid paper yields nothing.

    ST0087: nine scenarios, one a theme; sixteen questions; each essential statement once; one drawn from
    the rest; exactly three key questions; nothing of the other pathway.
    """
    asked = Counter(q.statement for q in paper.questions)
    own = {s.code: s for s in blueprint.statements(pathway)}
    slots = blueprint.slots
    if sorted(s.theme for s in paper.scenarios) != sorted(blueprint.pathways[pathway].themes):
        yield "paper.themes"
    if len({s.scenario for s in paper.scenarios}) != slots.scenarios:
        yield "paper.scenarios"
    if sum(asked.values()) != slots.questions or max(asked.values(), default=0) > 1:
        yield "paper.questions"
    if any(asked[s.code] != 1 for s in blueprint.essential(pathway)):
        yield "paper.essential"
    if sum(asked[code] for code in blueprint.drawable(pathway)) != slots.drawn:
        yield "paper.drawn"
    if sum(q.key for q in paper.questions) != slots.keys or any(q.key != _is_key(own, q) for q in paper.questions):
        yield "paper.keys"
    if any(q.statement not in own or own[q.statement].theme != s.theme for s in paper.scenarios for q in s.questions):
        yield "paper.foreign"


def _is_key(own: Mapping[str, object], question: PaperQuestion) -> bool:
    statement = own.get(question.statement)
    return bool(getattr(statement, "key", False))


def _pick(items: Sequence[Item], source: random.Random) -> Item:
    """One of the items; built on ``random()`` alone, whose sequence is the same in every Python version."""
    return items[int(source.random() * len(items))]


def _weighted(weights: Mapping[str, int], source: random.Random) -> str:
    mark = source.random() * sum(weights.values())
    for code, weight in weights.items():
        mark -= weight
        if mark < 0:
            return code
    return list(weights)[-1]


def _shuffled(items: Sequence[Item], source: random.Random) -> list[Item]:
    left = list(items)
    return [left.pop(int(source.random() * len(left))) for _ in range(len(items))]
