"""One file checked for ``sjt spec``: a specification or a framework, with its faults and what it leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from item_bank.framework import SCHEMA, Framework, read_framework, shipped_files
from item_bank.sources import Fault, load
from sjt.rules.plan import Specification
from sjt.services.files import BadFiles, check_specification, notes
from sjt.words import say, say_fault


@dataclass(frozen=True)
class Checked:
    """What a check found: the file's own id, a summary in words, every fault, and notes that are no faults."""

    id: str
    summary: str
    faults: tuple[Fault, ...]
    notes: tuple[Fault, ...] = ()


def check_file(path: Path) -> Checked:
    """Check a file by the schema that it names; one that names neither is checked as a specification."""
    source, _ = load(path)
    if isinstance(source.data, dict) and source.data.get("schema") == SCHEMA:
        framework, faults = read_framework(path)
        words = say("spec.framework", points=len(framework.points), sections=len(framework.sections))
        return Checked(framework.id, words, tuple(faults))
    specification, faults = check_specification(path)
    return Checked(specification.id, _summary(specification), tuple(faults), tuple(notes(specification)))


def check_frameworks() -> list[Framework]:
    """The shipped frameworks; BadFiles names every fault in them."""
    checked = [read_framework(path, f"item_bank/frameworks/{path.name}") for path in shipped_files()]
    lines = [say_fault(fault) for _, faults in checked for fault in faults]
    if lines:
        raise BadFiles(lines)
    return [framework for framework, _ in checked]


def _summary(specification: Specification) -> str:
    minutes = specification.duration_minutes
    duration = say("spec.no_duration") if minutes is None else say("spec.minutes", minutes=minutes)
    return say("spec.summary", pathways=", ".join(specification.blueprint.pathways), duration=duration)
