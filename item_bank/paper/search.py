"""Choosing one candidate for each slot, so that none are enemies and as little as possible is given up.

Without enemies in the way the cheapest candidate of each slot is the answer. With them it is a search that
always ends with a choice if there is one; a budget bounds only the looking for a cheaper one.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

BUDGET = 20_000  # steps spent on a cheaper choice once there is one

Enemies = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class Candidate:
    """Something that fits a slot: what it costs to use it, and what it brings towards the need."""

    slug: str
    cost: int
    gain: int = 0


@dataclass(frozen=True)
class Chosen:
    """A slug for each slot, in the order of the slots, and what they cost together."""

    slugs: tuple[str, ...]
    cost: int


def choose(
    slots: Sequence[Sequence[Candidate]], enemies: Enemies, need: int, source: random.Random | None = None
) -> Chosen | None:
    """The cheapest choice, at random among equals when a source is given; None when there is none.

    No slug stands twice, no two are enemies, and the gains add up to ``need`` at least. Slots that draw from
    one pool follow each other and hold the same candidates.
    """
    quick = _quick(slots, enemies, need, source)
    return quick or _Search(slots, enemies, need, source).best


def _quick(
    slots: Sequence[Sequence[Candidate]], enemies: Enemies, need: int, source: random.Random | None
) -> Chosen | None:
    """The cheapest of each slot, when nothing stands against it; then no choice is cheaper."""
    taken: dict[str, Candidate] = {}
    for candidates in slots:
        left = [c for c in candidates if c.slug not in taken]
        if not left:
            return None
        least = min(c.cost for c in left)
        found = _one_of([c for c in left if c.cost == least], source)
        if any(other in taken for other in enemies.get(found.slug, ())):
            return None
        taken[found.slug] = found
    if sum(c.gain for c in taken.values()) < need:
        return None
    return Chosen(tuple(taken), sum(c.cost for c in taken.values()))


class _Search:
    """Depth first through the slots, the one with the fewest candidates first, the cheapest candidate first."""

    def __init__(
        self, slots: Sequence[Sequence[Candidate]], enemies: Enemies, need: int, source: random.Random | None
    ) -> None:
        self.enemies, self.need = enemies, need
        self.order = sorted(range(len(slots)), key=lambda place: (len(slots[place]), place))
        self.slots = [_in_order(slots[place], source) for place in self.order]
        self.twins = [n > 0 and _same(self.slots[n - 1], self.slots[n]) for n in range(len(self.slots))]
        for n in (n for n, twin in enumerate(self.twins) if twin):
            self.slots[n] = self.slots[n - 1]  # in one order, so that a pool's picks can be taken in that order
        self.least = _sums([min((c.cost for c in slot), default=0) for slot in self.slots])
        self.most = _sums([max((c.gain for c in slot), default=0) for slot in self.slots])
        self.best: Chosen | None = None
        self.steps = 0
        self.taken: list[Candidate] = []
        self._down(0, 0, 0, 0)

    def _down(self, depth: int, cost: int, gain: int, first: int) -> None:
        if depth == len(self.slots):
            placed = dict(zip(self.order, (c.slug for c in self.taken), strict=True))
            self.best = Chosen(tuple(placed[n] for n in range(len(placed))), cost)
            return
        for place in range(first if self.twins[depth] else 0, len(self.slots[depth])):
            candidate = self.slots[depth][place]
            if self._over(cost + candidate.cost + self.least[depth + 1]):
                return  # the candidates after this one cost no less
            if gain + candidate.gain + self.most[depth + 1] >= self.need and self._fits(candidate):
                self.steps += 1
                self.taken.append(candidate)
                self._down(depth + 1, cost + candidate.cost, gain + candidate.gain, place + 1)
                self.taken.pop()

    def _over(self, cost: int) -> bool:
        return self.best is not None and (cost >= self.best.cost or self.steps > BUDGET)

    def _fits(self, candidate: Candidate) -> bool:
        barred = self.enemies.get(candidate.slug, ())
        return all(other.slug != candidate.slug and other.slug not in barred for other in self.taken)


def _in_order(candidates: Sequence[Candidate], source: random.Random | None) -> list[Candidate]:
    mixed = [(c.cost, source.random() if source else 0.0, n, c) for n, c in enumerate(candidates)]
    return [c for *_, c in sorted(mixed, key=lambda row: row[:3])]


def _same(one: Sequence[Candidate], other: Sequence[Candidate]) -> bool:
    return {c.slug for c in one} == {c.slug for c in other}


def _sums(values: Sequence[int]) -> list[int]:
    """Sums of all values from each place to the end, and 0 beyond it."""
    found = [0]
    for value in reversed(values):
        found.append(found[-1] + value)
    return found[::-1]


def _one_of(candidates: Sequence[Candidate], source: random.Random | None) -> Candidate:
    return candidates[int(source.random() * len(candidates))] if source else candidates[0]
