"""What an import would do to the bank, and everything that stands against it, each at its file and line."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from item_bank.exchange import Read, scenario_file, untangled
from item_bank.scenarios import Scenario
from item_bank.sources import Fault, Key
from sjt.stores import bank
from sjt.stores.bank import Asked, Coming, Standing

IN_PROGRESS = frozenset({"draft", "in_review", "approved"})


@dataclass(frozen=True)
class Change:
    """A new version of a scenario that stands already, with how many of its words come and go."""

    scenario: Scenario
    before: int
    words_in: int
    words_out: int


@dataclass(frozen=True)
class ImportPlan:
    """What an import would do. With faults it does nothing."""

    spec_name: str
    added: tuple[Scenario, ...] = ()
    changed: tuple[Change, ...] = ()
    unchanged: tuple[str, ...] = ()
    coming: tuple[Coming, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def mark(self) -> str:
        """The same for the same doing: what was confirmed is what is done."""
        texts = [f"{c.scenario_id}\n{scenario_file(c.scenario)}" for c in self.coming]
        return hashlib.sha256("\n".join([self.spec_name, *texts]).encode()).hexdigest()


@dataclass(frozen=True)
class _Bank:
    """What stands in the bank around the scenarios of the files."""

    spec_name: str
    standing: Mapping[str, Standing]
    texts: Mapping[int, Scenario]
    questions: Mapping[str, Asked]
    by_statement: Mapping[tuple[int, str], str]


def plan(conn: sa.Connection, read: Read, spec_name: str) -> ImportPlan:
    """Hold the files of a bank against what stands. Texts are compared as files, so that no blank tells them apart."""
    if read.faults:
        return ImportPlan(spec_name, faults=read.faults)
    around = _around(conn, read.bank.scenarios, spec_name)
    faults = [fault for scenario in read.bank.scenarios for fault in _faults(read, scenario, around)]
    if faults:
        return ImportPlan(spec_name, faults=tuple(sorted(faults, key=lambda fault: (fault.place, fault.code))))
    new = [s for s in read.bank.scenarios if s.slug not in around.standing]
    higher = [s for s in read.bank.scenarios if s.slug in around.standing and _number_of(s, around) is None]
    coming = sorted([*new, *higher], key=lambda s: s.slug)
    return ImportPlan(
        spec_name,
        added=tuple(new),
        changed=tuple(_change(scenario, around) for scenario in higher),
        unchanged=tuple(s.slug for s in read.bank.scenarios if _number_of(s, around) is not None),
        coming=tuple(Coming(s, around.standing[s.slug].id if s.slug in around.standing else None) for s in coming),
    )


def _around(conn: sa.Connection, scenarios: Sequence[Scenario], spec_name: str) -> _Bank:
    standing = bank.standing(conn, [s.slug for s in scenarios])
    wanted = [number for s in scenarios if (number := _compared(s, standing.get(s.slug))) is not None]
    enemies = untangled(bank.enemies_named(conn, spec_name))
    texts = {
        number: replace(scenario, enemies=enemies.get(scenario.slug, scenario.enemies))
        if scenario.version == max(standing[scenario.slug].versions)
        else scenario
        for number, scenario in bank.texts_of(conn, wanted).items()
    }
    asked = bank.asked(conn, [q.slug for s in scenarios for q in s.questions], [s.id for s in standing.values()])
    by_statement = {(a.scenario_id, a.statement): a.slug for a in asked}
    return _Bank(spec_name, standing, texts, {a.slug: a for a in asked}, by_statement)


def _compared(scenario: Scenario, stands: Standing | None) -> int | None:
    """The id of the version to hold a scenario against: that of the same number, else the newest."""
    if stands is None or not stands.versions:
        return None
    return stands.versions.get(scenario.version, stands.versions[max(stands.versions)])[0]


def _number_of(scenario: Scenario, around: _Bank) -> int | None:
    """The id of the version of the same number, if there is one."""
    stands = around.standing.get(scenario.slug)
    found = stands.versions.get(scenario.version) if stands else None
    return found[0] if found else None


def _change(scenario: Scenario, around: _Bank) -> Change:
    stands = around.standing[scenario.slug]
    compared = _compared(scenario, stands)
    before = Counter(scenario_file(around.texts[compared]).split()) if compared is not None else Counter[str]()
    after = Counter(scenario_file(scenario).split())
    return Change(scenario, max(stands.versions, default=0), (after - before).total(), (before - after).total())


# -------------------------------------------------------------------------------------------------------- faults
def _faults(read: Read, scenario: Scenario, around: _Bank) -> Iterator[Fault]:
    stands = around.standing.get(scenario.slug)
    slug = scenario.slug
    if stands is None:
        yield from _question_faults(read, scenario, None, around)
    elif stands.spec_name != around.spec_name:
        yield read.fault(slug, _slug_path(scenario), "import.foreign", slug=slug, spec=stands.spec_name)
    elif stands.theme != scenario.theme:
        yield read.fault(slug, ("theme",), "import.theme", theme=stands.theme)
    elif scenario.version in stands.versions:
        if scenario_file(around.texts[stands.versions[scenario.version][0]]) != scenario_file(scenario):
            newest = max(stands.versions)
            yield read.fault(slug, ("version",), "import.differs", version=scenario.version, newest=newest)
    else:
        yield from _version_faults(read, scenario, stands)
        yield from _question_faults(read, scenario, stands, around)


def _version_faults(read: Read, scenario: Scenario, stands: Standing) -> Iterator[Fault]:
    newest = max(stands.versions, default=0)
    if scenario.version < newest:
        yield read.fault(scenario.slug, ("version",), "import.older", version=scenario.version, newest=newest)
    for number, (_, state) in stands.versions.items():
        if state in IN_PROGRESS:
            yield read.fault(scenario.slug, ("version",), "import.in_progress", version=number)


def _question_faults(read: Read, scenario: Scenario, stands: Standing | None, around: _Bank) -> Iterator[Fault]:
    """A question keeps its slug, statement and scenario for good; each version of it has a number of its own."""
    for n, question in enumerate(scenario.questions):
        here: tuple[Key, ...] = () if scenario.stands_alone else ("questions", n)
        known = around.questions.get(question.slug)
        other = around.by_statement.get((stands.id, question.statement)) if stands else None
        if known is not None and (stands is None or known.scenario_id != stands.id):
            yield read.fault(scenario.slug, (*here, "question"), "import.question_foreign", slug=question.slug)
        elif known is not None and known.statement != question.statement:
            yield read.fault(scenario.slug, (*here, "statement"), "import.question_moved", statement=known.statement)
        elif known is None and other is not None:
            words = {"statement": question.statement, "slug": other}
            yield read.fault(scenario.slug, (*here, "question"), "import.question_renamed", **words)
        elif known is not None and question.version <= known.newest:
            words = {"slug": question.slug, "newest": str(known.newest)}
            yield read.fault(scenario.slug, (*here, "version"), "import.question_number", **words)


def _slug_path(scenario: Scenario) -> tuple[Key, ...]:
    return ("question",) if scenario.stands_alone else ("scenario",)
