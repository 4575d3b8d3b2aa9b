"""The dated thresholds that turn signals into flags, read from their shipped files."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

import msgspec

import proctoring
from proctoring.flags import HELPS, Level, Policy, Subject, Threshold

FOLDER = Path(proctoring.__file__).parent / "policies"
LEVELS = {"info": Level.INFO, "look": Level.LOOK, "act": Level.ACT}


class _Step(msgspec.Struct, forbid_unknown_fields=True):
    times: int | None = None
    total: int | None = None
    most: int | None = None


class _InForce(msgspec.Struct, forbid_unknown_fields=True):
    since: dt.date = msgspec.field(name="from")


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """A policy file as it is written; anything else in it is refused."""

    schema: str
    id: str
    in_force: _InForce
    basis: str
    most_a_minute: int
    most_a_seat: int
    flags: dict[str, dict[str, _Step]]
    exempt: dict[str, list[str]]


def read_policy(text: str) -> Policy:
    """One policy. ValueError for a file that names what no code knows: a threshold is never left out in silence."""
    told = msgspec.yaml.decode(text, type=_File)
    if told.schema != "lockdown-policy/1" or not set(told.exempt) <= set(HELPS):
        raise ValueError(f"{told.id} is no policy that this version reads")
    thresholds = {
        Subject(subject): {_level(name): Threshold(step.times, step.total, step.most) for name, step in steps.items()}
        for subject, steps in told.flags.items()
    }
    exempt = {one: frozenset(Subject(subject) for subject in subjects) for one, subjects in told.exempt.items()}
    return Policy(told.id, told.in_force.since, thresholds, exempt, told.most_a_minute, told.most_a_seat)


def _level(name: str) -> Level:
    if name not in LEVELS:
        raise ValueError(f"{name} is no level")
    return LEVELS[name]


@cache
def shipped() -> tuple[Policy, ...]:
    """Every shipped policy, oldest first."""
    read = [read_policy(path.read_text()) for path in sorted(FOLDER.glob("*.yaml"))]
    return tuple(sorted(read, key=lambda policy: policy.in_force_from))


def policy_on(day: dt.date) -> Policy:
    """The policy in force on the day of a sitting, so that its flags read the same ever after; else the oldest."""
    return next((policy for policy in reversed(shipped()) if policy.in_force_from <= day), shipped()[0])
