"""The health of a bank: what is live against what is recommended, and how much two papers will share.

Pure: what has happened (papers begun, reviews) comes in as facts. A specification with missing values has
no papers to count yet; its pools are counted all the same.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import comb

from item_bank.blueprint import QUESTIONS, Blueprint, Statement
from item_bank.dates import months_after
from item_bank.exposure import cap, weights
from item_bank.paper import Paper
from item_bank.paper.pools import Pool, fitting, pools_of
from item_bank.possible import Possible, possible_papers
from item_bank.scenarios import Bank, Scenario

LAUNCH, TARGET, KEYS = 4, 6, 8  # live alternatives for each slot of a paper: before launch, aimed at, and key questions
ALARM = 0.35  # of papers: no scenario should be met that often
FEWEST_PAPERS = 20  # below which a share says little
MOST_SETS = 5_000  # sets of drawn statements that are gone through one by one


@dataclass(frozen=True)
class Facts:
    """What has happened to the live scenarios. Days are those of the last review and of going live."""

    today: dt.date
    exposed: Mapping[str, int] = field(default_factory=dict)
    drawn: Mapping[str, int] = field(default_factory=dict)
    live_since: Mapping[str, dt.date] = field(default_factory=dict)
    reviewed: Mapping[str, dt.date] = field(default_factory=dict)


@dataclass(frozen=True)
class Thin:
    """A pool below what is recommended before launch."""

    name: str
    format: str
    live: int
    launch: int


@dataclass(frozen=True)
class Coverage:
    """A statement (in a format, where questions stand alone): live questions against what is recommended."""

    code: str
    title: str
    theme: str
    formats: Mapping[str, int]
    live: int
    launch: int
    target: int
    key: bool
    essential: bool


@dataclass(frozen=True)
class Unit:
    """A live scenario, or a question that stands alone: how often it is and should be met, and its age."""

    slug: str
    title: str
    pool: str
    alternatives: int
    expected: float | None
    papers: int
    share: float | None
    cap: float
    alarm: bool
    live_since: dt.date | None
    due: dt.date | None
    due_state: str  # "", "soon" or "over"


@dataclass(frozen=True)
class Overlap:
    """How much two papers share on average."""

    scenarios: float
    questions: float
    papers: int = 0  # that it was measured on; 0 when it is reckoned


@dataclass(frozen=True)
class Health:
    """The health of one pathway's pools."""

    pathway: str
    title: str
    coverage: tuple[Coverage, ...]
    units: tuple[Unit, ...]
    possible: Possible | None
    expected: Overlap | None
    weights: Mapping[str, float]
    begun: float  # papers of the last year, as the pools' exposure tells


def health(bank: Bank, blueprint: Blueprint, pathway: str, facts: Facts, *, drawable: bool = True) -> Health:
    """The health of a pathway. ``drawable`` is false while the plan leaves out values that a paper needs."""
    pools = pools_of(bank, blueprint, pathway)
    rates = _rates(pools, blueprint, pathway) if drawable else None
    units = tuple(
        _unit(unit, name, pool, blueprint, facts, rates.units.get(unit.slug, 0.0) if rates else None)
        for name, pool in pools.items()
        for unit in pool.units
    )
    published = blueprint.drawable(pathway) if blueprint.slots.drawn else {}
    falling = weights(published, facts.drawn) if published else {}
    return Health(
        pathway=pathway,
        title=blueprint.pathways[pathway].title,
        coverage=tuple(coverage_of(bank, blueprint, pathway)),
        units=units,
        possible=possible_papers(pools, blueprint.slots.drawn) if drawable else None,
        expected=rates.overlap if rates else None,
        weights={code: weight / sum(falling.values()) for code, weight in falling.items()},
        begun=max((_papers(pool, facts) for pool in pools.values()), default=0.0),
    )


# ------------------------------------------------------------------------------------------- what is recommended
def thin_pools(bank: Bank, blueprint: Blueprint) -> Iterator[Thin]:
    """The pools that hold less than is recommended before launch: themes, or statements and formats."""
    if blueprint.layout != QUESTIONS:
        for theme in blueprint.themes:
            if (live := len(bank.pool(theme))) < LAUNCH:
                yield Thin(theme, "", live, LAUNCH)
        return
    for code, formats in blueprint.slots.pools.items():
        counts = _formats(bank, code)
        for format_, many in formats.items():
            if counts[format_] < LAUNCH * many:
                yield Thin(code, format_, counts[format_], LAUNCH * many)


def coverage_of(bank: Bank, blueprint: Blueprint, pathway: str) -> Iterator[Coverage]:
    """Every statement of a pathway with its live questions; with each of its formats where questions stand alone."""
    for statement in blueprint.statements(pathway):
        counts = _formats(bank, statement.code)
        if blueprint.layout != QUESTIONS:
            yield _covered(statement, counts, 1)
            continue
        for format_, many in blueprint.slots.pools.get(statement.code, {}).items():
            yield _covered(statement, Counter({format_: counts[format_]}), many)


def _covered(statement: Statement, counts: Counter[str], many: int) -> Coverage:
    return Coverage(
        code=statement.code,
        title=statement.title,
        theme=statement.theme,
        formats=dict(sorted(counts.items())),
        live=counts.total(),
        launch=LAUNCH * many,
        target=(KEYS if statement.key else TARGET) * many,
        key=statement.key,
        essential=statement.essential,
    )


def _formats(bank: Bank, statement: str) -> Counter[str]:
    return Counter(q.format for s in bank.scenarios for q in s.questions if q.statement == statement)


# ------------------------------------------------------------------------------------------------- how often met
@dataclass(frozen=True)
class _Rates:
    """On what share of papers each unit and each question stands, when all that fit are used alike."""

    units: dict[str, float]
    questions: dict[str, float]

    @property
    def overlap(self) -> Overlap:
        """Two papers share the sum of the squared rates on average."""
        return Overlap(sum(rate**2 for rate in self.units.values()), sum(rate**2 for rate in self.questions.values()))


def _rates(pools: Mapping[str, Pool], blueprint: Blueprint, pathway: str) -> _Rates | None:
    """None when no paper can be drawn, or when there are too many ways of drawing statements to go through."""
    sets = drawn_sets(blueprint.drawable(pathway), blueprint.slots.drawn)
    if sets is None:
        return None
    rates = _Rates(defaultdict(float), defaultdict(float))
    total = 0.0
    for drawn, chance in sets.items():
        fits = [(pool, fitting(pool, drawn & pool.drawable)) for pool in pools.values()]
        if all(len(found) >= pool.many for pool, found in fits):  # another set is never drawn
            total += chance
            _add_rates(rates, fits, drawn, chance)
    if not total:
        return None
    return _Rates({k: v / total for k, v in rates.units.items()}, {k: v / total for k, v in rates.questions.items()})


def _add_rates(
    rates: _Rates, fits: Iterable[tuple[Pool, Sequence[Scenario]]], drawn: frozenset[str], chance: float
) -> None:
    for pool, found in fits:
        rate = chance * pool.many / len(found)
        for unit in found:
            rates.units[unit.slug] += rate
            for question in unit.questions:
                if question.statement in pool.needs | (drawn & pool.drawable):
                    rates.questions[question.slug] += rate


def drawn_sets(published: Mapping[str, int], many: int) -> dict[frozenset[str], float] | None:
    """Every set of statements that may be drawn, one after the other by weight, with its chance."""
    if comb(len(published), many) > MOST_SETS:
        return None
    found = {frozenset[str](): 1.0}
    for _ in range(many):
        longer: dict[frozenset[str], float] = {}
        for drawn, chance in found.items():
            left = {code: weight for code, weight in published.items() if code not in drawn}
            for code, weight in left.items():
                longer[drawn | {code}] = longer.get(drawn | {code}, 0.0) + chance * weight / sum(left.values())
        found = longer
    return found


def measured(papers: Iterable[Paper]) -> Overlap:
    """What two of these papers share on average, over all pairs."""
    scenarios, questions, count = Counter[str](), Counter[str](), 0
    for paper in papers:
        count += 1
        scenarios.update(s.scenario for s in paper.scenarios)
        questions.update(q.question for q in paper.questions)
    pairs = max(1, comb(count, 2))
    shared = [sum(comb(times, 2) for times in counts.values()) / pairs for counts in (scenarios, questions)]
    return Overlap(shared[0], shared[1], count)


# ------------------------------------------------------------------------------------------------------ one unit
def _papers(pool: Pool, facts: Facts) -> float:
    """How many papers have drawn from a pool: each holds as many of its units as it fills slots."""
    return sum(facts.exposed.get(unit.slug, 0) for unit in pool.units) / pool.many


def _unit(unit: Scenario, name: str, pool: Pool, blueprint: Blueprint, facts: Facts, expected: float | None) -> Unit:
    papers, all_papers = facts.exposed.get(unit.slug, 0), _papers(pool, facts)
    share = papers / all_papers if all_papers else None
    reviewed, months = facts.reviewed.get(unit.slug), blueprint.policy.review_months
    due = months_after(reviewed, months) if reviewed and months is not None else None
    return Unit(
        slug=unit.slug,
        title=unit.title,
        pool=name,
        alternatives=len(pool.units),
        expected=expected,
        papers=papers,
        share=share,
        cap=min(1.0, cap(len(pool.units) / pool.many, blueprint)),
        alarm=share is not None and share >= ALARM and all_papers >= FEWEST_PAPERS,
        live_since=facts.live_since.get(unit.slug),
        due=due,
        due_state=_due_state(due, facts.today, blueprint.policy.warn_days),
    )


def _due_state(due: dt.date | None, today: dt.date, warn_days: int) -> str:
    if due is None or (due - today).days > warn_days:
        return ""
    return "over" if due <= today else "soon"
