"""The pools that a paper is drawn from, and what is missing in them: proved before any search."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from item_bank.blueprint import Blueprint
from item_bank.paper.proof import own_pools
from item_bank.paper.search import Candidate, choose
from item_bank.scenarios import Bank, Scenario


@dataclass(frozen=True)
class Shortage:
    """Something that keeps a paper from being drawn.

    Either a statement (in a format, where questions stand alone) with what is live for it and what is needed;
    or, with ``barred``, themes whose scenarios are enemies of each other in every combination.
    """

    pathway: str
    statement: str
    live: int
    needed: int
    format: str = ""
    barred: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The message code for it."""
        if self.barred:
            return "bank.enemies"
        return "bank.short_format" if self.format else "bank.short"

    @property
    def params(self) -> dict[str, object]:
        """The message's parameters."""
        questions = "question" if self.live == 1 else "questions"
        return {**vars(self), "barred": ", ".join(self.barred), "questions": questions}

    def __str__(self) -> str:
        """For operators; users get the message of ``code``."""
        what = f"enemies bar {', '.join(self.barred)}" if self.barred else f"{self.live} live, {self.needed} needed"
        return f"{self.pathway} {self.statement}: {what}"


@dataclass(frozen=True)
class Pool:
    """The units that one or more slots of a paper are filled from.

    ``needs`` are the statements that a unit must ask; ``drawable`` those that it may be drawn to ask beside them.
    """

    units: tuple[Scenario, ...]
    needs: frozenset[str]
    drawable: frozenset[str]
    many: int = 1


def pools_of(bank: Bank, blueprint: Blueprint, pathway: str) -> dict[str, Pool]:
    """The pools of a pathway's papers by name: a theme, or a statement and a format."""
    if blueprint.layout == "questions":
        return {
            f"{code} {format_}": Pool(_alone(bank, code, format_), frozenset({code}), frozenset(), many)
            for code, formats in own_pools(blueprint, pathway).items()
            for format_, many in formats.items()
            if many
        }
    drawable = frozenset(blueprint.drawable(pathway))
    return {theme: _theme_pool(bank, blueprint, theme, drawable) for theme in blueprint.pathways[pathway].themes}


def _alone(bank: Bank, statement: str, format_: str) -> tuple[Scenario, ...]:
    """The questions that stand alone on a statement in a format, in the order of their slugs."""
    alone = (s for s in bank.scenarios if s.stands_alone)
    found = [s for s in alone if {(q.statement, q.format) for q in s.questions} == {(statement, format_)}]
    return tuple(sorted(found, key=lambda s: s.slug))


def _theme_pool(bank: Bank, blueprint: Blueprint, theme: str, drawable: frozenset[str]) -> Pool:
    own = blueprint.themes[theme].statements
    needs = frozenset(s.code for s in own if s.essential)
    return Pool(bank.pool(theme), needs, drawable & {s.code for s in own})


def fitting(pool: Pool, drawn: Collection[str] = ()) -> list[Scenario]:
    """The units of a pool that ask all that it needs, and these drawn statements beside it."""
    wanted = pool.needs | set(drawn)
    return [unit for unit in pool.units if wanted <= {q.statement for q in unit.questions}]


def enemies_of(units: Iterable[Scenario]) -> dict[str, frozenset[str]]:
    """Which units may not stand on one paper, each pair in both directions, whichever of the two names the other."""
    found: dict[str, set[str]] = {}
    held = {unit.slug: unit for unit in units}
    for unit in held.values():
        for other in unit.enemies:
            if other in held:
                found.setdefault(unit.slug, set()).add(other)
                found.setdefault(other, set()).add(unit.slug)
    return {slug: frozenset(others) for slug, others in found.items()}


def shortages(bank: Bank, blueprint: Blueprint, pathway: str) -> list[Shortage]:
    """What keeps a paper of the pathway from being drawn; nothing when one can be.

    A theme is served by one scenario, so some scenario of its pool must ask all of its essential
    statements; as many statements as are drawn must be asked beside them; a pool of questions must hold as
    many as a paper asks; and some choice must be without enemies.
    """
    found = pools_of(bank, blueprint, pathway)
    thin = [name for name, pool in found.items() if len(fitting(pool)) < pool.many]
    if thin and blueprint.layout == "questions":
        return [_short_pool(found[name], name, pathway) for name in thin]
    if thin:
        return [short for name in thin for short in _short_theme(found[name], blueprint, pathway, name)]
    if sum(_room(pool) for pool in found.values()) < blueprint.slots.drawn:
        return list(_nothing_to_draw(found, blueprint, pathway))
    return list(_barred(found, blueprint, pathway))


def _short_pool(pool: Pool, name: str, pathway: str) -> Shortage:
    code, _, format_ = name.partition(" ")
    return Shortage(pathway, code, len(pool.units), pool.many, format_)


def _short_theme(pool: Pool, blueprint: Blueprint, pathway: str, theme: str) -> list[Shortage]:
    """The statements that no scenario asks; when each is asked somewhere, all that no scenario asks together."""
    wanted = [s.code for s in blueprint.themes[theme].statements if s.code in pool.needs]
    wanted = wanted or [s.code for s in blueprint.themes[theme].statements]
    live = {code: sum(unit.question_on(code) is not None for unit in pool.units) for code in wanted}
    unasked = [code for code in wanted if not live[code]]
    return [Shortage(pathway, code, live[code], live[code] + 1) for code in unasked or wanted]


def _room(pool: Pool) -> int:
    """How many statements a paper can draw from a pool: what its best unit asks."""
    return max((_gain(unit, pool) for unit in fitting(pool)), default=0)


def _gain(unit: Scenario, pool: Pool) -> int:
    return sum(q.statement in pool.drawable for q in unit.questions)


def _nothing_to_draw(pools: Mapping[str, Pool], blueprint: Blueprint, pathway: str) -> Iterator[Shortage]:
    drawable = blueprint.drawable(pathway) or [s.code for s in blueprint.statements(pathway)]
    for code in drawable:
        live = sum(len(fitting(pool, [code])) for pool in pools.values())
        yield Shortage(pathway, code, live, live + 1)


def _barred(pools: Mapping[str, Pool], blueprint: Blueprint, pathway: str) -> Iterator[Shortage]:
    """The fewest pools that enemies keep apart in every combination; nothing when some choice is free of them."""
    enemies = enemies_of(unit for pool in pools.values() for unit in pool.units)
    need = blueprint.slots.drawn
    if not enemies or _free(pools, enemies, need):
        return
    guilty = dict(pools)
    for name in pools:  # leave out whatever is not needed for it to be impossible
        rest = {other: pool for other, pool in guilty.items() if other != name}
        if not _free(rest, enemies, need - sum(_room(p) for n, p in pools.items() if n not in rest)):
            guilty = rest
    live = min(len(fitting(pool)) for pool in guilty.values())
    yield Shortage(pathway, " and ".join(guilty), live, live + 1, barred=_pairs(guilty, enemies))


def _free(pools: Mapping[str, Pool], enemies: Mapping[str, Collection[str]], need: int) -> bool:
    slots = [
        [Candidate(unit.slug, 0, _gain(unit, pool)) for unit in fitting(pool)]
        for pool in pools.values()
        for _ in range(pool.many)
    ]
    return choose(slots, enemies, need) is not None


def _pairs(pools: Mapping[str, Pool], enemies: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    held: Sequence[str] = [unit.slug for pool in pools.values() for unit in fitting(pool)]
    return tuple(
        f"{one} and {other}" for one in held for other in held if one < other and other in enemies.get(one, ())
    )
