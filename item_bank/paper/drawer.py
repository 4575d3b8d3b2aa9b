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
from item_bank.coverage import Shortage, candidates, room, shortages
from item_bank.scenarios import Bank

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
        missing = shortages(bank, blueprint, pathway)
        if missing:
            raise BankTooThin(missing)
        self._statements = {s.code: s for s in blueprint.statements(pathway)}
        self._pools = {theme: bank.pool(theme) for theme in blueprint.pathways[pathway].themes}
        self._first = self._possible(blueprint.drawable(pathway), frozenset())

    def draw(self, seed: str) -> Paper:
        """The paper of a seed: the same bank and seed always give the same paper."""
        source = random.Random(hashlib.sha256(seed.encode()).digest())  # noqa: S311 - repeatable on purpose
        drawn = self._draw_statements(source)
        chosen = [self._choose(theme, drawn, source) for theme in self._pools]
        return Paper(tuple(_shuffled(chosen, source)))

    def _draw_statements(self, source: random.Random) -> frozenset[str]:
        """Statements by weight, each such that the paper can still be completed after it."""
        left, drawn = self._first, frozenset[str]()
        while len(drawn) < self.blueprint.slots.drawn:
            left = self._possible(left, drawn) if drawn else left
            drawn |= {_weighted(left, source)}
        return drawn

    def _possible(self, weights: Mapping[str, int], drawn: frozenset[str]) -> dict[str, int]:
        needed = self.blueprint.slots.drawn
        return {
            code: weight
            for code, weight in weights.items()
            if code not in drawn and room(self._pools, self.blueprint, self.pathway, drawn | {code}) >= needed
        }

    def _choose(self, theme: str, drawn: frozenset[str], source: random.Random) -> PaperScenario:
        extra = {code for code in drawn if self._statements[code].theme == theme}
        scenario = _pick(candidates(self._pools[theme], self.blueprint, theme, extra), source)
        asked = {s.code for s in self.blueprint.themes[theme].statements if s.essential} | extra
        questions = tuple(
            PaperQuestion(q.slug, q.version, q.statement, self._statements[q.statement].key)
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
    if sum(asked.values()) != slots.questions or _doubled(paper):
        yield "paper.questions"
    if any(asked[s.code] != 1 for s in blueprint.essential(pathway)):
        yield "paper.essential"
    if sum(asked[code] for code in blueprint.drawable(pathway)) != slots.drawn:
        yield "paper.drawn"
    if sum(q.key for q in paper.questions) != slots.keys or any(q.key != _is_key(own, q) for q in paper.questions):
        yield "paper.keys"
    if any(q.statement not in own or own[q.statement].theme != s.theme for s in paper.scenarios for q in s.questions):
        yield "paper.foreign"


def _doubled(paper: Paper) -> bool:
    """Whether a statement is asked twice, or the same question stands there twice."""
    questions = paper.questions
    return len({q.statement for q in questions}) < len(questions) or len({q.question for q in questions}) < len(
        questions
    )


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
