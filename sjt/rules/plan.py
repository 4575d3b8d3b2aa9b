"""A test specification as data: what an assessment plan lays down, read from a dated file.

Every number of a plan stands in such a file. An attempt pins the full dated id when its paper is
drawn, so that a later version never changes an old outcome.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from item_bank.blueprint import Blueprint, read_blueprint
from item_bank.sources import Fault, Key, Reader, load

TOP_LEVEL = {
    "schema", "name", "id", "in_force", "standard", "test", "pass_rule", "slots",
    "pathways", "themes", "criteria", "edge_cases", "open_questions",
}  # fmt: skip
SECTIONS = {
    "in_force": {"from", "until"},
    "standard": {"reference", "version", "level", "title"},
    "test": {"title", "duration_minutes", "modes", "book", "grace_seconds"},
    "pass_rule": {"passes_needed", "clause"},
}
ENTRIES = {
    "edge_cases": {"case", "keys_passed", "others_passed", "outcome", "reason"},
    "open_questions": {"about", "basis", "question"},
}
BASES = {"inferred", "recommended"}


@dataclass(frozen=True)
class EdgeCase:
    """A case that the plan or its reading settles, graded again whenever the file is checked."""

    case: str
    keys_passed: int
    others_passed: int
    outcome: str
    reason: str | None
    line: int


@dataclass(frozen=True)
class OpenQuestion:
    """A point on which the plan is silent, and what was taken in its place."""

    about: str
    basis: str
    question: str


@dataclass(frozen=True)
class Specification:
    """One version of a test specification, in force from a date until it is replaced."""

    name: str
    id: str
    in_force_from: dt.date
    in_force_until: dt.date | None
    standard: str
    title: str
    test_title: str
    duration_minutes: int
    grace_seconds: int
    passes_needed: int
    pass_clause: str
    blueprint: Blueprint
    edge_cases: tuple[EdgeCase, ...]
    open_questions: tuple[OpenQuestion, ...]
    file: str

    def in_force(self, day: dt.date) -> bool:
        """Whether this version governs an attempt that is drawn on a day."""
        return self.in_force_from <= day and (self.in_force_until is None or day <= self.in_force_until)


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
    until = reader.day("in_force", "until") if reader.get("in_force", "until") is not None else None
    specification = Specification(
        name=reader.text("name"),
        id=reader.text("id"),
        in_force_from=reader.day("in_force", "from"),
        in_force_until=until,
        standard=reader.text("standard", "reference"),
        title=reader.text("standard", "title"),
        test_title=reader.text("test", "title"),
        duration_minutes=reader.whole("test", "duration_minutes", low=1, high=600),
        grace_seconds=reader.whole("test", "grace_seconds", "value", high=60),
        passes_needed=reader.whole("pass_rule", "passes_needed", low=1, high=500),
        pass_clause=reader.text("pass_rule", "clause"),
        blueprint=read_blueprint(reader),
        edge_cases=tuple(_edge_case(reader, index) for index in reader.items("edge_cases")),
        open_questions=tuple(_open_question(reader, index) for index in reader.items("open_questions")),
        file=reader.source.file,
    )
    _check_whole(reader, specification)
    return specification


def _check_names(reader: Reader) -> None:
    """A misspelt name must not pass in silence: ``untill`` would leave a specification in force for ever."""
    reader.only(TOP_LEVEL)
    for section, names in SECTIONS.items():
        reader.only(names, section)
    for section, names in ENTRIES.items():
        listed = reader.get(section)
        for index in range(len(listed) if isinstance(listed, list) else 0):
            reader.only(names, section, index)
    for setting in ("book", "grace_seconds"):
        reader.only({"value", "basis"}, "test", setting)
        if reader.get("test", setting, "basis") is not None:
            reader.one_of(BASES, "test", setting, "basis")


def _edge_case(reader: Reader, index: int) -> EdgeCase:
    here = ("edge_cases", index)
    reason = reader.one_of({"count", "key"}, *here, "reason") if reader.get(*here, "reason") is not None else None
    return EdgeCase(
        case=reader.text(*here, "case"),
        keys_passed=reader.whole(*here, "keys_passed"),
        others_passed=reader.whole(*here, "others_passed"),
        outcome=reader.one_of({"pass", "fail"}, *here, "outcome"),
        reason=reason,
        line=reader.source.at(*here).line,
    )


def _open_question(reader: Reader, index: int) -> OpenQuestion:
    here = ("open_questions", index)
    basis = reader.one_of(BASES, *here, "basis")
    return OpenQuestion(reader.text(*here, "about"), basis, reader.text(*here, "question"))


def _check_whole(reader: Reader, specification: Specification) -> None:
    if specification.id and not specification.id.startswith(specification.name):
        reader.fault(("id",), "spec.id", id=specification.id, name=specification.name)
    slots = specification.blueprint.slots
    if not reader.sound("slots", "questions") or not reader.sound("slots", "keys"):
        return  # there is nothing to measure against
    if specification.passes_needed > slots.questions:
        reader.fault(("pass_rule", "passes_needed"), "spec.unreachable", questions=slots.questions)
    for index, case in enumerate(specification.edge_cases):
        _at_most(reader, case.keys_passed, slots.keys, "edge_cases", index, "keys_passed")
        _at_most(reader, case.others_passed, slots.questions - slots.keys, "edge_cases", index, "others_passed")


def _at_most(reader: Reader, value: int, most: int, *path: Key) -> None:
    if value > most:
        reader.fault(path, "value.whole", name=".".join(map(str, path)), low=0, high=most)
