"""Specifications and banks read from files, for the tools that need no server and for the first set-up."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from item_bank.exchange import read_bank
from item_bank.scenarios import Bank
from item_bank.shipped import CONTENT, SPECS
from item_bank.sources import Fault, Place, one_line
from sjt.rules.grading import edge_case_faults
from sjt.rules.plan import Specification, read_specification, resolve
from sjt.words import say, say_fault

LONGEST_LINE = 1_000  # characters; a file's own words are cut far shorter


class BadFiles(Exception):
    """Files with faults; ``lines`` holds one clear line for each."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = [one_line(line, LONGEST_LINE) for line in lines]
        super().__init__("\n".join(self.lines))


def check_specification(path: Path, shown_as: str | None = None) -> tuple[Specification, list[Fault]]:
    """Read a specification file and grade its edge cases; returns it with every fault."""
    specification, faults = read_specification(path, shown_as)
    faults = faults + edge_case_faults(specification, faults)
    return specification, sorted(faults, key=lambda fault: (fault.place, fault.code))


def notes(specification: Specification) -> list[Fault]:
    """What the plan leaves out and the file says so: missing values and themes whose statements were lost."""
    found = [
        Fault(Place(specification.file, m.line), "spec.missing", {"name": m.name, "words": m.words})
        for m in specification.missing
    ]
    for theme in specification.blueprint.themes.values():
        if theme.lost:
            place = Place(specification.file, theme.line)
            found.append(Fault(place, "spec.missing", {"name": f"themes.{theme.code}", "words": theme.note}))
    return sorted(found, key=lambda note: note.place)


def shipped_specifications() -> list[Specification]:
    """All specifications that come with the product, practice last; BadFiles names every fault in them."""
    checked = [check_specification(path, f"item_bank/specs/{path.name}") for path in sorted(SPECS.glob("*.yaml"))]
    _refuse([fault for _, faults in checked for fault in faults])
    return sorted((s for s, _ in checked), key=lambda s: (s.practice, s.name, s.in_force_from))


def missing_lines(specification: Specification, pathway: str | None = None) -> list[str]:
    """Why no paper can be drawn, a sentence each: values that the plan does not state, themes that were lost.

    The lost themes are those of one pathway, or without one those of all.
    """
    lines = [missing.words for missing in specification.missing]
    for code in [pathway] if pathway else specification.blueprint.pathways:
        for theme in specification.blueprint.lost(code):
            lines.append(say("spec.lost", pathway=code, theme=theme.code, title=theme.title))
    return lines


def require_drawable(specification: Specification, pathway: str | None = None) -> None:
    """BadFiles when no paper can be drawn, of one pathway or (without one) of every pathway."""
    lines = missing_lines(specification, pathway)
    if lines:
        raise BadFiles([f"{specification.name}: {line}" for line in lines])


def find_specification(name: str, day: dt.date) -> Specification:
    """A shipped specification by full id, or by short name as in force on a day. BadFiles when unknown."""
    known = shipped_specifications()
    found = resolve(known, name, day)
    if found is None:
        raise BadFiles([say("spec.unknown", name=name, known=", ".join(s.name for s in known))])
    return found


def require_pathway(specification: Specification, pathway: str) -> None:
    """BadFiles when the specification has no such pathway."""
    known = specification.blueprint.pathways
    if pathway not in known:
        words = say("spec.unknown_pathway", spec=specification.name, pathway=pathway, known=", ".join(known))
        raise BadFiles([words])


def shipped_bank(specification: Specification) -> Bank:
    """The bank that comes with the product for a specification; BadFiles names every fault in it."""
    folder = CONTENT / specification.name
    bank, faults = read_bank(folder, specification.blueprint, f"item_bank/content/{specification.name}")
    _refuse(faults)
    return bank


def bank_of(specification: Specification, folder: Path | None) -> Bank:
    """The bank in a folder, or the one that comes with the product; BadFiles names every fault in it."""
    if folder is None:
        return shipped_bank(specification)
    bank, faults = read_bank(folder, specification.blueprint)
    _refuse(faults)
    return bank


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise BadFiles([say_fault(fault) for fault in faults])
