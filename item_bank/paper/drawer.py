"""Drawing a paper: what the bank can serve is checked first, then statements are drawn, then scenarios chosen."""

from __future__ import annotations

import hashlib
import random
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import TypeVar

from item_bank.blueprint import Blueprint
from item_bank.exposure import NOTHING_YET, History, cap, capped, weights
from item_bank.formats import FORMATS
from item_bank.paper.model import Paper, PaperQuestion, PaperScenario
from item_bank.paper.pools import Shortage, enemies_of, fitting, pools_of, shortages
from item_bank.paper.proof import drawn_slot, own_pools, pool_slot
from item_bank.paper.search import Candidate, Chosen, choose
from item_bank.scenarios import Bank, Question

# What is given up, dearest first: a scenario met before, an exposure cap, overlap with others in the room.
MET, CAPPED, BESIDE = 1 << 60, 1 << 40, 1
AHEAD = 3  # papers that a candidate may need after this one, and is to meet nothing twice on
OTHERS, COURSES = 20, 4  # papers looked at for one that leaves these, and courses for each: one is enough as a rule
Item = TypeVar("Item")


class BankTooThin(Exception):
    """The bank cannot serve a paper; ``shortages`` names what is missing."""

    def __init__(self, missing: Sequence[Shortage]) -> None:
        super().__init__("; ".join(map(str, missing)))
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
        self._pools = pools_of(bank, blueprint, pathway)
        self._units = {unit.slug: unit for pool in self._pools.values() for unit in pool.units}
        self._enemies = enemies_of(self._units.values())
        self._fitting: dict[tuple[str, frozenset[str]], list[tuple[str, int]]] = {}
        self._first = self._possible(blueprint.drawable(pathway), frozenset())

    def draw(self, seed: str, history: History = NOTHING_YET) -> Paper:
        """The paper of a seed: the same bank, history and seed always give the same paper.

        Whoever sits again gets, where that can be found, a paper after which they may sit again and meet nothing
        twice: enemies must not be all that is left. For this overlap in the room is given up, and never a cap.
        """
        source = random.Random(hashlib.sha256(seed.encode()).digest())  # noqa: S311 - repeatable on purpose
        first = self._paper(source, history)
        if not history.met & self._units.keys():
            return first
        bare = replace(history, beside={})
        others = (self._paper(source, bare) for _ in range(OTHERS))
        return next((p for p in chain((first,), others) if self._leaves_papers(p, history.met, source)), first)

    def _paper(self, source: random.Random, history: History) -> Paper:
        """A paper on which the least is given up, whatever comes after it."""
        costs = self._costs(history)
        drawn = self._draw_statements(source, history)
        chosen = self._choose(frozenset(drawn), costs, source)
        if chosen is None:
            raise AssertionError("statements are drawn such that a paper is possible")
        slots = {code: drawn_slot(n) for n, code in enumerate(drawn, 1)}
        made = self._arranged([self._scenario(slug, slots, source) for slug in chosen.slugs], source)
        return Paper(tuple(made), tuple(sorted(set(chosen.slugs) & history.met)))

    # ------------------------------------------------------------------------------------------ later papers
    def _leaves_papers(self, paper: Paper, met: frozenset[str], source: random.Random) -> bool:
        """Whether as many papers without repeats may follow as the unmet of each pool suffice for."""
        met |= {scenario.scenario for scenario in paper.scenarios}
        left = min(sum(u.slug not in met for u in pool.units) // pool.many for pool in self._pools.values())
        courses = COURSES if left > 1 else 1  # a single paper is drawn as well as it can be
        return any(self._unbroken(met, min(left, AHEAD), source) for _ in range(courses))

    def _unbroken(self, met: frozenset[str], many: int, source: random.Random) -> bool:
        """Whether that many papers, drawn one after the other, repeat nothing."""
        for _ in range(many):
            paper = self._paper(source, History(met=met))
            if paper.repeats:
                return False
            met |= {scenario.scenario for scenario in paper.scenarios}
        return True

    # ------------------------------------------------------------------------------------- drawn statements
    def _draw_statements(self, source: random.Random, history: History) -> list[str]:
        """Statements by weight, each such that the paper can still be completed after it, with fewest repeats."""
        drawn: list[str] = []
        left: Mapping[str, int] = self._first
        while len(drawn) < self.blueprint.slots.drawn:
            left = self._possible(left, frozenset(drawn)) if drawn else left
            least = self._least_met(left, frozenset(drawn), history.met)
            drawn.append(_weighted(weights(least, history.drawn), source))
        return drawn

    def _possible(self, published: Mapping[str, int], drawn: frozenset[str]) -> dict[str, int]:
        """The statements that may be drawn beside these, so that a paper holds enough of them in the end."""
        left = {code: weight for code, weight in published.items() if code not in drawn}
        return {code: weight for code, weight in left.items() if self._choose(drawn | {code}, {}) is not None}

    def _least_met(self, left: Mapping[str, int], drawn: frozenset[str], met: frozenset[str]) -> Mapping[str, int]:
        """Of the statements left, those with which the candidate meets the fewest scenarios again."""
        if not met & self._units.keys():
            return left
        again = {code: self._choose(drawn | {code}, dict.fromkeys(met, 1)) for code in left}
        fewest = min(found.cost for found in again.values() if found)
        return {code: left[code] for code, found in again.items() if found and found.cost == fewest}

    # ------------------------------------------------------------------------------------------- scenarios
    def _choose(
        self, drawn: frozenset[str], costs: Mapping[str, int], source: random.Random | None = None
    ) -> Chosen | None:
        """A unit for each slot, asking all drawn statements, at the least cost; None when there is none."""
        slots = [
            [Candidate(slug, costs.get(slug, 0), gain) for slug, gain in self._fit(name, drawn)]
            for name, pool in self._pools.items()
            for _ in range(pool.many)
        ]
        return choose(slots, self._enemies, self.blueprint.slots.drawn, source)

    def _fit(self, name: str, drawn: frozenset[str]) -> list[tuple[str, int]]:
        """The units of a pool that ask the drawn statements of its theme; and how many drawable ones each asks."""
        pool = self._pools[name]
        own = drawn & pool.drawable
        if (name, own) not in self._fitting:
            fits = fitting(pool, own)
            self._fitting[name, own] = [(u.slug, sum(q.statement in pool.drawable for q in u.questions)) for u in fits]
        return self._fitting[name, own]

    def _costs(self, history: History) -> dict[str, int]:
        """What it costs to use each unit; units that cost nothing are left out."""
        costs = {slug: BESIDE * times for slug, times in history.beside.items()}
        for pool in self._pools.values():
            used = {unit.slug: history.exposed.get(unit.slug, 0) for unit in pool.units}
            for slug in capped(used, cap(len(used) / pool.many, self.blueprint) / pool.many):
                costs[slug] = costs.get(slug, 0) + CAPPED
        for slug in history.met:
            costs[slug] = costs.get(slug, 0) + MET
        return costs

    # --------------------------------------------------------------------------------------------- the paper
    def _scenario(self, slug: str, drawn: Mapping[str, str], source: random.Random) -> PaperScenario:
        unit = self._units[slug]
        asked = [q for q in unit.questions if self._asks(q, drawn)]
        questions = tuple(self._question(q, drawn.get(q.statement, q.statement), source) for q in asked)
        return PaperScenario(slug, unit.version, unit.theme, questions)

    def _asks(self, question: Question, drawn: Collection[str]) -> bool:
        alone = self.blueprint.layout == "questions"
        return alone or question.statement in drawn or self._statements[question.statement].essential

    def _question(self, question: Question, slot: str, source: random.Random) -> PaperQuestion:
        options = [option.id for option in FORMATS[question.format].options(question.body)]
        key = self._statements[question.statement].key
        shown = tuple(_shuffled(options, source))
        return PaperQuestion(question.slug, question.version, question.statement, key, slot, question.format, shown)

    def _arranged(self, scenarios: list[PaperScenario], source: random.Random) -> list[PaperScenario]:
        """Scenarios in any order; questions that stand alone by format, in any order within it, and numbered."""
        mixed = _shuffled(scenarios, source)
        if self.blueprint.layout == "scenarios":
            return mixed
        formats = list(self.blueprint.formats)
        mixed.sort(key=lambda s: formats.index(s.questions[0].format))
        return list(_numbered(mixed, own_pools(self.blueprint, self.pathway)))


def _numbered(scenarios: Iterable[PaperScenario], pools: Mapping[str, Mapping[str, int]]) -> Iterator[PaperScenario]:
    """Each question that stands alone gets a slot of its pool."""
    numbers = {(code, format_): iter(range(1, many + 1)) for code, of in pools.items() for format_, many in of.items()}
    for scenario in scenarios:
        (q,) = scenario.questions
        slot = pool_slot(q.statement, q.format, next(numbers[q.statement, q.format]))
        numbered = PaperQuestion(q.question, q.version, q.statement, q.key, slot, q.format, q.options)
        yield PaperScenario(scenario.scenario, scenario.version, scenario.theme, (numbered,))


def _weighted(among: Mapping[str, float], source: random.Random) -> str:
    """One of the codes by weight; built on ``random()`` alone, whose sequence is the same in every Python version."""
    mark = source.random() * sum(among.values())
    for code, weight in among.items():
        mark -= weight
        if mark < 0:
            return code
    return list(among)[-1]


def _shuffled(items: Sequence[Item], source: random.Random) -> list[Item]:
    left = list(items)
    return [left.pop(int(source.random() * len(left))) for _ in range(len(items))]
