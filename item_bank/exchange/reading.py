"""Reading the files of a bank: each by itself, then what they say of each other. Every fault comes at once."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from item_bank.blueprint import Blueprint
from item_bank.exchange.enemies import circles
from item_bank.exchange.readings import READINGS
from item_bank.exchange.units import read_unit, unit_key
from item_bank.framework import framework_points
from item_bank.scenarios import Bank, Scenario
from item_bank.sources import Fault, Key, Place, Reader, Source, load, parse

ENDINGS = {".yaml", ".yml"}
Opened = Iterable[tuple[Source, list[Fault]]]


@dataclass(frozen=True)
class Read:
    """What the files of a bank hold. On any fault the bank holds what could be read and must not be used."""

    bank: Bank
    faults: tuple[Fault, ...]
    sources: Mapping[str, Source] = field(default_factory=dict)  # by the slug of the unit

    def fault(self, unit: str, path: tuple[Key, ...], code: str, /, **params: object) -> Fault:
        """A fault found later, at a value of the unit's own file."""
        return Fault(self.sources[unit].at(*path), code, params, path)


def read_bank(folder: Path, blueprint: Blueprint, shown_under: str = "") -> tuple[Bank, list[Fault]]:
    """Read all files of a bank under a folder and check them against a blueprint.

    ``shown_under`` replaces the folder's own path in the places of faults.
    """
    read = read_folder(folder, blueprint, shown_under)
    return read.bank, list(read.faults)


def read_folder(folder: Path, blueprint: Blueprint, shown_under: str = "", beside: Collection[str] = ()) -> Read:
    """The bank of a folder. ``beside`` are the slugs of scenarios that stand in the bank already."""
    shown = shown_under or str(folder)
    return _read(_opened(folder, shown), blueprint, shown, beside)


def read_files(
    files: Mapping[str, bytes], blueprint: Blueprint, shown_under: str, beside: Collection[str] = ()
) -> Read:
    """The bank of files in memory, by name."""
    kept = {name: content for name, content in files.items() if READINGS not in PurePosixPath(name).parent.parts}
    opened = (parse(content, f"{shown_under}/{name}") for name, content in sorted(kept.items()))
    return _read(opened, blueprint, shown_under, beside)


def _opened(folder: Path, shown: str) -> Iterator[tuple[Source, list[Fault]]]:
    for path, link in _walk(folder):
        shown_as = f"{shown}/{path.relative_to(folder)}"
        if link:
            yield Source(shown_as, {}, {}), [Fault(Place(shown_as, 1), "bank.symlink")]
        else:
            yield load(path, shown_as)


def _walk(folder: Path) -> list[tuple[Path, bool]]:
    """Everything that looks like a file of the bank, and every symbolic link: it may lead anywhere.

    Records of readings stand in a folder of their own, which is passed over.
    """
    found: list[tuple[Path, bool]] = []
    for here, folders, files in os.walk(folder):
        paths = [Path(here, name) for name in (*folders, *files)]
        found += [(path, path.is_symlink()) for path in paths if path.is_symlink() or path.suffix in ENDINGS]
        folders[:] = [name for name in folders if name != READINGS]
    return sorted(found)


def _read(opened: Opened, blueprint: Blueprint, shown: str, beside: Collection[str]) -> Read:
    faults: list[Fault] = []
    units: list[tuple[Reader, Scenario]] = []
    seen: dict[str, Place] = {}
    tags = framework_points()
    for source, found in opened:
        reader = Reader(source, found)
        if not source.data and found:  # what was never read says nothing more
            faults += found
            continue
        units.append((reader, read_unit(reader, blueprint, tags)))
        _once(reader, seen, unit_key(blueprint))
    if not faults and not units:
        faults.append(Fault(Place(shown, 1), "bank.empty"))
    _check_enemies(units, beside, complete=not faults)
    faults += [fault for reader, _ in units for fault in reader.faults]
    return Read(
        Bank(tuple(scenario for _, scenario in units)),
        tuple(sorted(faults, key=lambda fault: (fault.place, fault.code))),
        {scenario.slug: reader.source for reader, scenario in units},
    )


def _once(reader: Reader, seen: dict[str, Place], key: str) -> None:
    """No slug twice in a bank, whether of a scenario or of a question."""
    paths: list[tuple[Key, ...]] = [(key,)]
    questions = reader.get("questions")
    paths += [("questions", n, "question") for n in range(len(questions) if isinstance(questions, list) else 0)]
    for path in paths:
        value = reader.get(*path)
        slug = value.strip() if isinstance(value, str) else ""
        if not slug:
            continue
        if slug in seen:
            first = seen[slug]
            reader.fault(path, "bank.doubled_slug", slug=slug, file=first.file, line=first.line)
        seen.setdefault(slug, reader.source.at(*path))


def _check_enemies(units: Collection[tuple[Reader, Scenario]], beside: Collection[str], *, complete: bool) -> None:
    """Enemies are there, and each pair is written from one side only.

    When a file could not be read at all (not ``complete``), nobody knows whom it would have held.
    """
    readers = {scenario.slug: reader for reader, scenario in units}
    named = {scenario.slug: scenario.enemies for _, scenario in units}
    for reader, scenario in units:
        for n, enemy in enumerate(scenario.enemies):
            if complete and enemy and enemy not in named and enemy not in beside:
                reader.fault(("enemies", n), "bank.unknown_enemy", enemy=enemy)
    for circle in circles(named):
        slug, enemy = circle.slug, circle.chain[-1]
        code = "bank.own_enemy" if slug == enemy else "bank.enemy_circle"
        chain = " → ".join(circle.chain)
        readers[slug].fault(("enemies", circle.index), code, slug=slug, enemy=enemy, chain=chain)
