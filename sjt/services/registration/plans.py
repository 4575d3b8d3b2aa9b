"""The specifications that candidates and sittings may name. Their files are read once a process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sjt.rules.eligibility import Slot
from sjt.rules.plan import Specification, resolve
from sjt.services.papers_drawn import specifications
from sjt.stores.sittings import SittingFacts


def titles() -> Mapping[str, str]:
    """Short names, each with the title of its standard."""
    return {s.name: f"{s.name}: {s.title}" for s in specifications().values()}


def pathways() -> Mapping[str, Mapping[str, str]]:
    """Short names, each with its pathways and their titles."""
    found: dict[str, dict[str, str]] = {}
    for specification in specifications().values():
        known = {code: pathway.title for code, pathway in specification.blueprint.pathways.items()}
        found.setdefault(specification.name, {}).update(known)
    return found


def in_force(name: str, day: dt.date) -> Specification | None:
    """The version of a specification that is in force on a day."""
    return resolve(specifications().values(), name, day)


def pinned(spec_id: str) -> Specification:
    """A specification by its full dated id; KeyError when it is not shipped any more."""
    return specifications()[spec_id]


def slot_of(sitting: SittingFacts) -> Slot:
    """What a sitting offers."""
    plan = pinned(sitting.spec_id)
    return Slot(
        plan.name,
        tuple(plan.blueprint.pathways),
        plan.minutes,
        sitting.starts_at,
        sitting.ends_at,
        sitting.set_up_minutes,
    )
