"""Specifications and banks read from files, for the tools that need no server and for the first set-up."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from item_bank.exchange import read_bank
from item_bank.scenarios import Bank
from item_bank.shipped import CONTENT, SPECS
from item_bank.sources import Fault, one_line
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


def shipped_specifications() -> list[Specification]:
    """All specifications that come with the product; BadFiles names every fault in them."""
    checked = [check_specification(path, f"item_bank/specs/{path.name}") for path in sorted(SPECS.glob("*.yaml"))]
    _refuse([fault for _, faults in checked for fault in faults])
    return [specification for specification, _ in checked]


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


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise BadFiles([say_fault(fault) for fault in faults])
