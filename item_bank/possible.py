"""How many different papers a bank can give: an exact whole number, enemies taken into account where it can be."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import comb

from item_bank.paper.pools import Pool, enemies_of, fitting
from item_bank.scenarios import Scenario

MOST_CHOICES = 50_000  # of enemies that are gone through one by one

Counts = tuple[int, ...]  # papers by how many drawn statements they ask: a polynomial
ONE: Counts = (1,)


@dataclass(frozen=True)
class Possible:
    """A number of papers; ``exact`` is false when enemies were left out of it, so that there are fewer."""

    papers: int
    exact: bool


class _TooMany(Exception):
    """More choices of enemies than are gone through."""


@dataclass(frozen=True)
class _Item:
    slug: str
    pool: str
    counts: Counts


def possible_papers(pools: Mapping[str, Pool], drawn: int) -> Possible:
    """Sets of questions that a paper may hold, in whatever order, when it asks ``drawn`` statements beside the rest."""
    items = {name: [_item(name, pool, unit, drawn) for unit in fitting(pool)] for name, pool in pools.items()}
    enemies = enemies_of(unit for pool in pools.values() for unit in fitting(pool))
    many = {name: pool.many for name, pool in pools.items()}
    try:
        return Possible(_papers(items, many, enemies, drawn), exact=True)
    except _TooMany:
        return Possible(_papers(items, many, {}, drawn), exact=False)


def _item(name: str, pool: Pool, unit: Scenario, drawn: int) -> _Item:
    """A unit counts once for each choice of drawn statements out of those that it asks."""
    asked = len({q.statement for q in unit.questions} & pool.drawable)
    return _Item(unit.slug, name, tuple(comb(asked, n) for n in range(drawn + 1)))


def _papers(
    items: Mapping[str, Sequence[_Item]], many: Mapping[str, int], enemies: Mapping[str, Collection[str]], drawn: int
) -> int:
    total: Counts = ONE
    for names in _together(items, enemies):
        total = _times(total, _component({name: items[name] for name in names}, many, enemies, drawn), drawn)
    return total[drawn] if drawn < len(total) else 0


def _together(
    items: Mapping[str, Sequence[_Item]], enemies: Mapping[str, Collection[str]]
) -> Iterator[tuple[str, ...]]:
    """Pools that enemies join, one group after the other: groups multiply."""
    pool_of = {item.slug: name for name, of_pool in items.items() for item in of_pool}
    joined = {name: {name} for name in items}
    for slug, others in enemies.items():
        for other in others:
            group = joined[pool_of[slug]] | joined[pool_of[other]]
            for name in group:
                joined[name] = group
    seen: set[str] = set()
    for name, group in joined.items():
        if name not in seen:
            seen |= group
            yield tuple(sorted(group))


def _component(
    items: Mapping[str, Sequence[_Item]], many: Mapping[str, int], enemies: Mapping[str, Collection[str]], drawn: int
) -> Counts:
    """Every choice among the enemies themselves, one by one; all others follow in one go."""
    involved = [item for of_pool in items.values() for item in of_pool if item.slug in enemies]
    free = {name: [i for i in of_pool if i.slug not in enemies] for name, of_pool in items.items()}
    rest = {name: _choices(of_pool, many[name], drawn) for name, of_pool in free.items()}
    total: Counts = (0,)
    for number, chosen in enumerate(_peaceful(involved, many, enemies)):
        if number > MOST_CHOICES:
            raise _TooMany
        counts = ONE
        for item in chosen:
            counts = _times(counts, item.counts, drawn)
        for name in items:
            left = many[name] - sum(item.pool == name for item in chosen)
            counts = _times(counts, rest[name][left], drawn)
        total = _plus(total, counts)
    return total


def _peaceful(
    involved: Sequence[_Item], many: Mapping[str, int], enemies: Mapping[str, Collection[str]]
) -> Iterator[tuple[_Item, ...]]:
    """Every set of them in which no two are enemies and no pool gives more than it may."""
    stack: list[tuple[int, tuple[_Item, ...]]] = [(0, ())]
    while stack:
        place, chosen = stack.pop()
        if place == len(involved):
            yield chosen
            continue
        stack.append((place + 1, chosen))
        item = involved[place]
        room = sum(other.pool == item.pool for other in chosen) < many[item.pool]
        if room and not any(other.slug in enemies[item.slug] for other in chosen):
            stack.append((place + 1, (*chosen, item)))


def _choices(items: Sequence[_Item], many: int, drawn: int) -> list[Counts]:
    """In how many ways none, one, two and so on of the items are chosen."""
    ways: list[Counts] = [ONE, *[(0,)] * many]
    for item in items:
        for n in range(many, 0, -1):
            ways[n] = _plus(ways[n], _times(ways[n - 1], item.counts, drawn))
    return ways


def _plus(one: Counts, other: Counts) -> Counts:
    longest = max(len(one), len(other))
    both = zip(_padded(one, longest), _padded(other, longest), strict=True)
    return tuple(a + b for a, b in both)


def _times(one: Counts, other: Counts, drawn: int) -> Counts:
    found = [0] * (drawn + 1)
    for n, a in enumerate(one):
        for m, b in enumerate(other[: drawn + 1 - n]):
            found[n + m] += a * b
    return tuple(found)


def _padded(counts: Counts, length: int) -> Counts:
    return counts + (0,) * (length - len(counts))
