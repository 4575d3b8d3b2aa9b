"""How many invigilators a room needs: the plan's ceiling, the sitting's own figure, and what a person overrode.

Invariant 39: a start needs invigilators present at or within the ruleset's ratio; each override has a name and a
reason. ST0663's plan fixes one invigilator to at most 20 apprentices; a stricter local figure is the sitting's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Override:
    """A person let the gate open for so many candidates with so few invigilators."""

    candidates: int
    present: int


def needed(candidates: int, most: int | None, at_least: int) -> int:
    """Invigilators that so many candidates need; an empty room needs nobody.

    ``most`` is the plan's ceiling of candidates to one invigilator, None where the plan states none;
    ``at_least`` is what the sitting itself asks for.
    """
    if candidates <= 0:
        return 0
    return max(1, at_least, -(-candidates // most) if most else 1)


def covered(candidates: int, present: int, overrides: Iterable[Override]) -> bool:
    """Whether somebody has taken it upon themselves: for as many candidates, with as few invigilators."""
    return any(one.candidates >= candidates and one.present <= present for one in overrides)


def enough(candidates: int, present: int, most: int | None, at_least: int, overrides: Iterable[Override] = ()) -> bool:
    """Whether the gate may open for so many candidates."""
    return present >= needed(candidates, most, at_least) or covered(candidates, present, overrides)
