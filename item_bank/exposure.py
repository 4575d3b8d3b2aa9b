"""How often scenarios and statements have been used, and what follows from it for the next paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from item_bank.blueprint import Blueprint


@dataclass(frozen=True)
class History:
    """What a draw knows of earlier papers. A paper drawn and never begun is neither met nor exposed.

    Scenarios are named by slug and counted in any version.
    """

    exposed: Mapping[str, int] = field(default_factory=dict)  # scenario -> begun papers that held it
    drawn: Mapping[str, int] = field(default_factory=dict)  # statement -> begun papers that drew it
    beside: Mapping[str, int] = field(default_factory=dict)  # scenario -> papers of others in the same sitting
    met: frozenset[str] = frozenset()  # what this candidate met, from Begin on


NOTHING_YET = History()


def cap(live: float, blueprint: Blueprint) -> float:
    """The share of papers that one of ``live`` alternatives may stand on: max(0.25, 1.5 / live) as shipped.

    A pool that fills several slots has its units divided among them: ``live`` is how many there are for one.
    """
    policy = blueprint.policy
    return max(policy.exposure_floor, policy.exposure_spread / max(live, 1))


def capped(pool: Mapping[str, int], most: float) -> frozenset[str]:
    """Of a pool's scenarios with their counts, those whose share has reached the cap."""
    total = sum(pool.values())
    return frozenset(slug for slug, times in pool.items() if total and times / total >= most)


def weights(published: Mapping[str, int], drawn: Mapping[str, int]) -> dict[str, float]:
    """The weights of the statements that may be drawn: as published, falling with their use.

    A statement drawn as often as its published weight makes one expect keeps that weight; one drawn more
    often loses, one drawn less often gains, within a factor of four. None ever reaches nothing, and the
    least used is never certain: the drawn statement must not be guessable.
    """
    all_weights, all_drawn = sum(published.values()), sum(drawn.get(code, 0) for code in published)
    found = {}
    for code, weight in published.items():
        expected = all_drawn * weight / all_weights
        found[code] = weight * min(4.0, max(0.25, (expected + 1) / (drawn.get(code, 0) + 1)))
    return found
