"""The specifications and frameworks of this installation, as pages and other services ask for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache

from item_bank.framework import Framework, shipped_frameworks
from sjt.rules.pass_rules import Marks
from sjt.rules.plan import Specification, resolve
from sjt.rules.refusals import NotFound
from sjt.services.files import missing_lines
from sjt.services.papers_drawn import specifications
from sjt.words import say


def in_order() -> Sequence[Specification]:
    """All versions of all specifications, practice last."""
    return tuple(specifications().values())


def find(name: str, now: dt.datetime) -> Specification:
    """A specification by full id, or by short name as in force now (else its newest version). NotFound if unknown."""
    known = [s for s in in_order() if name in (s.name, s.id)]
    found = resolve(known, name, now.date()) or max(known, key=lambda s: s.in_force_from, default=None)
    if found is None:
        raise NotFound("spec.no_page")
    return found


def versions(name: str) -> Sequence[Specification]:
    """All versions under a short name, the newest first."""
    return sorted((s for s in in_order() if s.name == name), key=lambda s: s.in_force_from, reverse=True)


def frameworks_of(specification: Specification) -> Sequence[Framework]:
    """The frameworks whose points its scenarios may be tagged with."""
    return tuple(framework for framework in shipped_frameworks() if framework.name in specification.frameworks)


@cache
def practice_ids() -> frozenset[str]:
    """Full ids of specifications that decide nothing: their attempts are neither marked nor released."""
    return frozenset(s.id for s in in_order() if s.practice)


def not_schedulable(specification: Specification) -> list[str]:
    """Why no sitting can be laid down for it, a sentence each; empty when one can.

    Values that the plan does not state, or an outcome that the product cannot decide yet.
    """
    lines = missing_lines(specification)
    if isinstance(specification.pass_rule, Marks):
        lines.append(say("spec.marks_not_yet", spec=specification.name))
    return lines
