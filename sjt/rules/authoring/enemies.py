"""Scenarios that may not stand on one paper. Each pair is written once, from one side, and names form no circle."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from sjt.rules.authoring.content import Fault

Named = Mapping[str, Collection[str]]  # slug -> the slugs that it names as its enemies


def enemy_faults(slug: str, enemies: Collection[str], others: Named) -> Iterator[Fault]:
    """What is wrong with the enemies that a scenario names; ``others`` holds every other scenario of the bank."""
    for enemy in enemies:
        if enemy == slug:
            yield Fault("enemies", "authoring.enemy_itself", {"slug": slug})
        elif enemy not in others:
            yield Fault("enemies", "authoring.enemy_unknown", {"slug": enemy})
        elif slug in others[enemy]:
            yield Fault("enemies", "authoring.enemy_twice", {"slug": enemy})
        elif chain := way_back(slug, enemy, others):
            yield Fault("enemies", "authoring.enemy_circle", {"slug": enemy, "chain": ", ".join(chain)})


def way_back(slug: str, start: str, others: Named) -> tuple[str, ...]:
    """The names that lead from a scenario back to ``slug``, both included; empty when none do."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    while ways:
        way = ways.pop(0)
        if way[-1] == slug:
            return way
        for name in sorted(others.get(way[-1], ())):
            if name not in seen:
                seen.add(name)
                ways.append((*way, name))
    return ()
