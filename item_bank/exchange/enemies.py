"""Enemies: scenarios that may not stand on one paper. A pair is written once, from one side, and in no circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Named = Mapping[str, Sequence[str]]  # slug -> the enemies it names


@dataclass(frozen=True)
class Circle:
    """A name that leads back to where its chain began: the scenario, which of its names, and the chain."""

    slug: str
    index: int
    chain: tuple[str, ...]


def circles(named: Named) -> list[Circle]:
    """Every name that closes a circle, a scenario that names itself included.

    Turning each of them round (writing the pair from its other side) leaves no circle.
    """
    found: list[Circle] = []
    done: set[str] = set()
    for slug in named:
        if slug not in done:
            found += _walk(slug, named, done)
    return found


def _walk(start: str, named: Named, done: set[str]) -> Iterator[Circle]:
    """Depth first from one scenario, without recursion: a chain may be as long as the bank."""
    chain, places = {start: 0}, [iter(enumerate(named.get(start, ())))]
    while places:
        step = next(places[-1], None)
        if step is None:
            places.pop()
            done.add(chain.popitem()[0])
            continue
        index, enemy = step
        if enemy in chain:
            path = list(chain)
            yield Circle(path[-1], index, (*path[chain[enemy] :], enemy))
        elif enemy not in done:
            chain[enemy] = len(chain)
            places.append(iter(enumerate(named.get(enemy, ()))))


def untangled(named: Named) -> dict[str, tuple[str, ...]]:
    """The same pairs, written so that no circle is left.

    Files keep to that; people at a desk name enemies from whichever side they think of them.
    """
    turned = {slug: list(enemies) for slug, enemies in named.items()}
    for circle in circles(named):
        enemy = named[circle.slug][circle.index]
        turned[circle.slug].remove(enemy)
        if enemy != circle.slug and circle.slug not in turned[enemy]:
            turned[enemy].append(circle.slug)
    return {slug: tuple(enemies) for slug, enemies in turned.items()}
