"""Records of second readings: which item was read by a second person, at which version, and what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from item_bank.scenarios import Bank
from item_bank.sources import Fault, Key, Reader, load

READINGS = "readings"  # the folder that holds them; no bank takes it for content
KINDS = ("scenario", "question")


def read_readings(path: Path, shown_as: str, bank: Bank, today: dt.date) -> tuple[frozenset[str], list[Fault]]:
    """The slugs of the items that were read as they stand now, and every fault in the file.

    An entry for a version that no longer stands is a fault: what was read is not what would be used.
    """
    reader = Reader(*load(path, shown_as))
    if not reader.source.data:
        return frozenset(), reader.faults
    reader.only({"schema", "spec", "readings"})
    reader.one_of({"readings/1"}, "schema")
    said = reader.text("spec")
    if said and said != path.stem:
        reader.fault(("spec",), "readings.spec", spec=path.stem, said=said)
    stands = dict(_standing(bank))
    read = [_entry(reader, ("readings", n), stands, today) for n in reader.items("readings")]
    return frozenset(slug for slug in read if slug), reader.faults


def unread(bank: Bank, read: frozenset[str]) -> list[str]:
    """The units of a bank that nobody has read a second time, by slug."""
    return sorted(scenario.slug for scenario in bank.scenarios if scenario.slug not in read)


def _standing(bank: Bank) -> Iterator[tuple[tuple[str, str], int]]:
    """Each item by kind and slug, with its version."""
    for scenario in bank.scenarios:
        if not scenario.stands_alone:
            yield ("scenario", scenario.slug), scenario.version
        for question in scenario.questions:
            yield ("question", question.slug), question.version


def _entry(reader: Reader, here: tuple[Key, ...], stands: dict[tuple[str, str], int], today: dt.date) -> str:
    """The slug that an entry names; empty when it is not sound."""
    reader.only({*KINDS, "version", "read", "asked", "changed"}, *here)
    for name in ("asked", "changed"):
        _lines(reader, (*here, name))
    if reader.day(*here, "read") > today:
        reader.fault((*here, "read"), "readings.future")
    version = reader.whole(*here, "version", low=1)
    named = [kind for kind in KINDS if reader.get(*here, kind) is not None]
    if len(named) != 1:
        reader.fault(here, "readings.one_item")
        return ""
    kind, slug = named[0], reader.text(*here, named[0])
    standing = stands.get((kind, slug))
    if slug and standing is None:
        reader.fault((*here, kind), "readings.unknown", kind=kind, slug=slug)
    elif slug and standing != version and reader.sound(*here, "version"):
        reader.fault((*here, "version"), "readings.version", slug=slug, version=version, stands=standing)
    return slug if reader.sound(*here) else ""


def _lines(reader: Reader, path: tuple[Key, ...]) -> None:
    """A list of texts, which may be empty but must be there: "nothing was asked" is said outright."""
    if reader.get(*path) != []:
        reader.texts(*path)
