"""The health of a bank with papers drawn from it: from files for the command, from the database for the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from threading import Lock

import sqlalchemy as sa

from item_bank import health as reckoned
from item_bank.health import Facts, Health, Overlap
from item_bank.paper import Paper
from item_bank.scenarios import Bank
from sjt.rules.plan import Specification
from sjt.services.files import BadFiles, missing_lines
from sjt.services.papers import draw_many, prepare
from sjt.stores import bank as stored
from sjt.stores import history

DRAWN = 1_000  # papers that the overlap is measured on
SEED = "health"  # the same bank gives the same figures
KEPT = 16  # measurements remembered, one a pathway and state of the bank


@dataclass(frozen=True)
class PathwayHealth:
    """A pathway's health, with the overlap of papers drawn from it; or why none can be drawn, a line each."""

    health: Health
    measured: Overlap | None
    short: tuple[str, ...]


@dataclass(frozen=True)
class State:
    """What the health of a bank in the database is reckoned from."""

    bank: Bank
    facts: Facts


def from_files(specification: Specification, bank: Bank, today: dt.date) -> list[PathwayHealth]:
    """The health of a bank of files, of which nothing has been used yet."""
    facts = Facts(today)
    return [pathway_health(specification, code, bank, facts) for code in specification.blueprint.pathways]


def state_of(conn: sa.Connection, specification: Specification, now: dt.datetime) -> State:
    """The live bank of a specification and what has happened to it."""
    ages = stored.ages(conn, specification.name)
    facts = Facts(
        now.date(),
        exposed=history.exposed(conn, specification.name, now),
        drawn=history.drawn(conn, specification.name, now),
        live_since={slug: age.live_at.date() for slug, age in ages.items()},
        reviewed={slug: age.reviewed_at.date() for slug, age in ages.items()},
    )
    return State(stored.live_bank(conn, specification.name), facts)


def pathway_health(specification: Specification, pathway: str, bank: Bank, facts: Facts) -> PathwayHealth:
    """The health of one pathway. Call it outside a transaction: papers are drawn."""
    missing = tuple(missing_lines(specification, pathway))
    found = reckoned.health(bank, specification.blueprint, pathway, facts, drawable=not missing)
    if missing:
        return PathwayHealth(found, None, missing)
    overlap, short = _measurements.of(specification, pathway, bank)
    return PathwayHealth(found, overlap, short)


class _Measurements:
    """Overlaps by what they were measured on. Drawing a thousand papers takes about a second."""

    def __init__(self) -> None:
        self._kept: dict[object, tuple[Overlap | None, tuple[str, ...]]] = {}
        self._lock = Lock()

    def of(self, specification: Specification, pathway: str, bank: Bank) -> tuple[Overlap | None, tuple[str, ...]]:
        """The overlap on this very bank; or what it is short of."""
        key = (specification.id, pathway, hash(bank_key(bank)))
        with self._lock:
            if key in self._kept:
                return self._kept[key]
        found = _measure(specification, pathway, bank)
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > KEPT:
                del self._kept[next(iter(self._kept))]
        return found


_measurements = _Measurements()


def bank_key(bank: Bank) -> tuple[object, ...]:
    """What decides which papers a bank gives: its versions, what they ask, and enemies."""
    return tuple((s.slug, s.version, tuple(q.statement for q in s.questions), s.enemies) for s in bank.scenarios)


def _measure(specification: Specification, pathway: str, bank: Bank) -> tuple[Overlap | None, tuple[str, ...]]:
    try:
        drawer = prepare(specification, pathway, bank)
        papers = _papers(draw_many(drawer, specification, SEED, DRAWN))
        return reckoned.measured(papers), ()
    except BadFiles as bad:
        return None, tuple(bad.lines)


def _papers(drawn: Iterator[tuple[str, Paper]]) -> Iterator[Paper]:
    return (paper for _, paper in islice(drawn, DRAWN))


# ------------------------------------------------------------------------------------------------------- as data
def as_json(specification: Specification, found: list[PathwayHealth]) -> dict[str, object]:
    """Everything for a machine; ``docs/bank-files.md`` tells the names."""
    return {"spec": specification.id, "pathways": {p.health.pathway: _as_json(p) for p in found}}


def _as_json(found: PathwayHealth) -> dict[str, object]:
    health = found.health
    return {
        "title": health.title,
        "statements": [vars(row) for row in health.coverage],
        "possible_papers": vars(health.possible) if health.possible else None,
        "overlap": {"expected": _overlap(health.expected), "measured": _overlap(found.measured)},
        "weights": dict(health.weights),
        "scenarios": [_unit(vars(unit)) for unit in health.units],
        "short": list(found.short),
    }


def _overlap(overlap: Overlap | None) -> Mapping[str, float] | None:
    return vars(overlap) if overlap else None


def _unit(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values.items()}
