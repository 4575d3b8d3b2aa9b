"""Frameworks: published lists of points, such as a National Occupational Standard, that scenarios may be tagged with.

A tag names a point as ``framework.code`` (``nos.K59``), so that two frameworks never clash.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from item_bank.shipped import FRAMEWORKS
from item_bank.sources import Fault, Reader, load
from item_bank.values import holds_name

SCHEMA = "framework/1"
KINDS = {"performance", "knowledge"}


@dataclass(frozen=True)
class FrameworkPoint:
    """One point: its code within the framework, and a short text in our own words."""

    code: str
    text: str


@dataclass(frozen=True)
class Section:
    """Points under one heading; ``kind`` is "performance" or "knowledge"."""

    title: str
    kind: str
    points: tuple[FrameworkPoint, ...]


@dataclass(frozen=True)
class Framework:
    """A dated framework of points."""

    name: str
    id: str
    title: str
    source: str
    use: str
    sections: tuple[Section, ...]
    file: str

    @property
    def points(self) -> dict[str, FrameworkPoint]:
        """All points by the tag that names them, in the order of the file."""
        return {f"{self.name}.{point.code}": point for section in self.sections for point in section.points}


def read_framework(path: Path, shown_as: str | None = None) -> tuple[Framework, list[Fault]]:
    """Read and check one framework file; every fault is returned with file and line."""
    source, faults = load(path, shown_as)
    reader = Reader(source, faults)
    framework = _framework(reader)
    found = faults if faults and not source.data else reader.faults  # what was never read says nothing more
    return framework, sorted(found, key=lambda fault: (fault.place, fault.code))


@cache
def shipped_frameworks() -> tuple[Framework, ...]:
    """The frameworks that come with the product; whether they have faults is checked by ``sjt spec check``."""
    return tuple(read_framework(path, f"item_bank/frameworks/{path.name}")[0] for path in shipped_files())


def shipped_files() -> list[Path]:
    """The files of the shipped frameworks."""
    return sorted(FRAMEWORKS.glob("*.yaml"))


def shipped_names() -> frozenset[str]:
    """The short names of the shipped frameworks."""
    return frozenset(framework.name for framework in shipped_frameworks())


@cache
def framework_points() -> frozenset[str]:
    """Every tag that a scenario may carry."""
    return frozenset(tag for framework in shipped_frameworks() for tag in framework.points)


def _framework(reader: Reader) -> Framework:
    reader.only({"schema", "name", "id", "title", "source", "use", "expect", "sections"})
    reader.one_of({SCHEMA}, "schema")
    framework = Framework(
        name=reader.text("name"),
        id=reader.text("id"),
        title=reader.text("title"),
        source=reader.text("source"),
        use=reader.text("use"),
        sections=tuple(_section(reader, index) for index in reader.items("sections")),
        file=reader.source.file,
    )
    if not holds_name(framework.id, framework.name):
        reader.fault(("id",), "spec.id", id=framework.id, name=framework.name)
    _check_points(reader, framework)
    _check_counts(reader, framework)
    return framework


def _section(reader: Reader, index: int) -> Section:
    here = ("sections", index)
    reader.only({"title", "kind", "points"}, *here)
    codes = reader.keys(*here, "points")
    points = tuple(FrameworkPoint(code, reader.text(*here, "points", code)) for code in codes)
    return Section(reader.text(*here, "title"), reader.one_of(KINDS, *here, "kind"), points)


def _check_points(reader: Reader, framework: Framework) -> None:
    """No code stands in two sections."""
    seen: set[str] = set()
    for index, section in enumerate(framework.sections):
        for point in section.points:
            if point.code in seen:
                reader.fault(("sections", index, "points", point.code), "file.doubled_key", key=point.code)
            seen.add(point.code)


def _check_counts(reader: Reader, framework: Framework) -> None:
    """The file's own expected counts must agree with what it lists."""
    reader.only({"sections", *KINDS}, "expect")
    found = {kind: sum(len(s.points) for s in framework.sections if s.kind == kind) for kind in KINDS}
    found["sections"] = len(framework.sections)
    for name in sorted(found):
        expected = reader.whole("expect", name)
        if reader.sound("expect", name) and reader.sound("sections") and expected != found[name]:
            reader.fault(("expect", name), "spec.count", name=name, expected=expected, found=found[name])
