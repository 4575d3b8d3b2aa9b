"""A test specification as data: what an assessment plan lays down, read from a dated file.

Every number of a plan stands in such a file. An attempt pins the full dated id when its paper is
drawn, so that a later version never changes an old outcome.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from item_bank.blueprint import Blueprint, read_blueprint
from item_bank.framework import shipped_names
from item_bank.sources import Fault, Reader, load
from item_bank.values import BASES, at, bases, holds_name, is_missing, missing
from sjt.rules.pass_rules import EdgeCase, MarksCase, NoOutcome, PassRule, check_rule, read_cases, read_pass_rule

TOP_LEVEL = {
    "schema", "name", "id", "in_force", "standard", "test", "pass_rule", "bank_policy", "formats", "frameworks",
    "slots", "pathways", "themes", "criteria", "edge_cases", "open_questions",
}  # fmt: skip
SECTIONS: Mapping[str, set[str]] = {
    "in_force": {"from", "until"},
    "standard": {"reference", "version", "level", "title"},
    "test": {
        "title",
        "duration_minutes",
        "modes",
        "book",
        "grace_seconds",
        "invigilation",
        "conditions",
        "permitted",
        "late_entry",
    },
}
MODES, BOOKS = ("online", "paper"), ("closed", "open")


@dataclass(frozen=True)
class Missing:
    """A value that the plan does not state: its name in the file, the words for it, and where they stand."""

    name: str
    words: str
    line: int = 1


@dataclass(frozen=True)
class OpenQuestion:
    """A point on which the plan is silent, and what was taken in its place."""

    about: str
    basis: str
    question: str


@dataclass(frozen=True)
class Ratio:
    """How many candidates one invigilator may have at most, and the clause that says so."""

    candidates: int
    clause: str


@dataclass(frozen=True)
class LateEntry:
    """After how many minutes an arrival is very late, and within how many working days that is reported."""

    very_late_minutes: int
    report_working_days: int


@dataclass(frozen=True)
class Specification:
    """One version of a test specification, in force from a date until it is replaced.

    ``duration_minutes`` is None when the plan does not state it. ``bases`` names every value that was not
    stated but taken, by its dotted name, with its basis; ``missing`` names what was neither.
    """

    name: str
    id: str
    in_force_from: dt.date
    in_force_until: dt.date | None
    standard: str
    title: str
    test_title: str
    duration_minutes: int | None
    grace_seconds: int
    pass_rule: PassRule
    blueprint: Blueprint
    edge_cases: tuple[EdgeCase | MarksCase, ...]
    open_questions: tuple[OpenQuestion, ...]
    file: str
    modes: tuple[str, ...] = MODES
    book: str = "closed"
    ratio: Ratio | None = None
    conditions: tuple[str, ...] = ()
    permitted: tuple[str, ...] = ()  # what a candidate may have on the desk
    invigilators: tuple[str, ...] = ()  # who may invigilate
    late_entry: LateEntry | None = None
    frameworks: tuple[str, ...] = ()
    bases: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()

    def in_force(self, day: dt.date) -> bool:
        """Whether this version governs an attempt that is drawn on a day."""
        return self.in_force_from <= day and (self.in_force_until is None or day <= self.in_force_until)

    @property
    def minutes(self) -> int:
        """The working time. ValueError when the plan states none: nothing is scheduled or drawn then."""
        if self.duration_minutes is None:
            raise ValueError(f"{self.name} states no duration")
        return self.duration_minutes

    @property
    def practice(self) -> bool:
        """Whether it decides nothing: no answer is marked and no result is released."""
        return isinstance(self.pass_rule, NoOutcome)


def read_specification(path: Path, shown_as: str | None = None) -> tuple[Specification, list[Fault]]:
    """Read and check one specification file; every fault is returned with file and line."""
    source, faults = load(path, shown_as)
    reader = Reader(source, faults)
    specification = _specification(reader)
    found = faults if faults and not source.data else reader.faults  # what was never read says nothing more
    return specification, sorted(found, key=lambda fault: (fault.place, fault.code))


def resolve(specifications: Iterable[Specification], name: str, day: dt.date) -> Specification | None:
    """A specification by its full dated id, or by its short name the version in force on a day."""
    known = list(specifications)
    exact = next((s for s in known if s.id == name), None)
    dated = [s for s in known if s.name == name and s.in_force(day)]
    return exact or max(dated, key=lambda s: s.in_force_from, default=None)


def _specification(reader: Reader) -> Specification:
    _check_names(reader)
    reader.one_of({"specification/1"}, "schema")
    rule = read_pass_rule(reader)
    specification = Specification(
        name=reader.text("name"),
        id=reader.text("id"),
        in_force_from=reader.day("in_force", "from"),
        in_force_until=reader.day("in_force", "until") if reader.get("in_force", "until") is not None else None,
        standard=reader.text("standard", "reference"),
        title=reader.text("standard", "title"),
        test_title=reader.text("test", "title"),
        duration_minutes=_duration(reader),
        grace_seconds=reader.whole(*at(reader, "test", "grace_seconds"), high=60),
        pass_rule=rule,
        blueprint=read_blueprint(reader),
        edge_cases=read_cases(reader, rule),
        open_questions=_open_questions(reader, rule),
        file=reader.source.file,
        modes=_modes(reader),
        book=reader.one_of(BOOKS, *at(reader, "test", "book")),
        ratio=_ratio(reader),
        conditions=tuple(reader.text("test", "conditions", n) for n in _optional(reader, "test", "conditions")),
        permitted=_texts(reader, "test", "permitted"),
        invigilators=_texts(reader, "test", "invigilation", "who"),
        late_entry=_late_entry(reader),
        frameworks=tuple(reader.one_of(shipped_names(), "frameworks", n) for n in _optional(reader, "frameworks")),
        bases=dict(bases(reader.source.data)),
        missing=_missing(reader),
    )
    _check_whole(reader, specification)
    return specification


def _check_names(reader: Reader) -> None:
    """A misspelt name must not pass in silence: ``untill`` would leave a specification in force for ever."""
    reader.only(TOP_LEVEL)
    for section, names in SECTIONS.items():
        reader.only(names, section)


def _optional(reader: Reader, *path: str) -> range:
    """The indexes of a list that may be left out."""
    return reader.items(*path) if reader.get(*path) is not None else range(0)


def _duration(reader: Reader) -> int | None:
    here = ("test", "duration_minutes")
    return None if is_missing(reader, *here) else reader.whole(*at(reader, *here), low=1, high=600)


def _modes(reader: Reader) -> tuple[str, ...]:
    here = at(reader, "test", "modes")
    return tuple(reader.one_of(MODES, *here, index) for index in reader.items(*here))


def _texts(reader: Reader, *path: str) -> tuple[str, ...]:
    """A list of sentences that may be left out."""
    if reader.get(*path) is None:
        return ()
    here = at(reader, *path)
    return tuple(reader.text(*here, index) for index in reader.items(*here))


def _late_entry(reader: Reader) -> LateEntry | None:
    here = ("test", "late_entry")
    if reader.get(*here) is None:
        return None
    reader.only({"very_late_minutes", "report_working_days"}, *here)
    very_late = reader.whole(*at(reader, *here, "very_late_minutes"), low=1, high=600)
    return LateEntry(very_late, reader.whole(*at(reader, *here, "report_working_days"), low=1, high=60))


def _ratio(reader: Reader) -> Ratio | None:
    here = ("test", "invigilation")
    if reader.get(*here) is None:
        return None
    reader.only({"candidates_at_most", "clause", "who"}, *here)
    if reader.get(*here, "who") is not None and reader.get(*here, "candidates_at_most") is None:
        return None
    most = reader.whole(*at(reader, *here, "candidates_at_most"), low=1, high=1000)
    return Ratio(most, reader.text(*here, "clause"))


def _open_questions(reader: Reader, rule: PassRule) -> tuple[OpenQuestion, ...]:
    """A plan always leaves something open; practice, which is our own, need not."""
    if isinstance(rule, NoOutcome) and reader.get("open_questions") is None:
        return ()
    return tuple(_open_question(reader, index) for index in reader.items("open_questions"))


def _open_question(reader: Reader, index: int) -> OpenQuestion:
    here = ("open_questions", index)
    reader.only({"about", "basis", "question"}, *here)
    basis = reader.one_of(BASES, *here, "basis")
    return OpenQuestion(reader.text(*here, "about"), basis, reader.text(*here, "question"))


def _missing(reader: Reader) -> tuple[Missing, ...]:
    found = missing(reader.source.data)
    return tuple(Missing(".".join(path), words, reader.source.at(*path).line) for path, words in found)


def _check_whole(reader: Reader, specification: Specification) -> None:
    if not holds_name(specification.id, specification.name):
        reader.fault(("id",), "spec.id", id=specification.id, name=specification.name)
    until = specification.in_force_until
    if until and reader.sound("in_force") and until < specification.in_force_from:
        reader.fault(("in_force", "until"), "spec.until_first")
    check_rule(reader, specification.pass_rule, specification.edge_cases, specification.blueprint)
