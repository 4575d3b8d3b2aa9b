"""What a marking policy buys: how often a true pass of the key questions ends as a fail, exactly and by chance.

A judgement of a question is wrong with one chance, the same both ways; judgements are independent. Chances come
from a seed and a name, so that they do not depend on the order in which anybody asks.
"""

from __future__ import annotations

import hashlib
from functools import cache
from itertools import product
from math import prod, sqrt

from sjt.rules.marking import FIRST, Judgement, decide

POINT = "whole"  # a simulated judgement turns on one point
Z_95 = 1.959963984540054


def chance(seed: int, *names: object) -> float:
    """A number from 0 up to 1, the same for the same seed and names."""
    told = "/".join(map(str, (seed, *names))).encode()
    return int.from_bytes(hashlib.sha256(told).digest()[:7], "big") / 2**56


def judged(truth: bool, seed: int, error: float, *names: object) -> bool:
    """What a simulated person finds: the truth, but for an error."""
    return truth != (chance(seed, "error", *names) < error)


@cache
def decided(judgements: tuple[bool, ...]) -> bool | None:
    """What the marking rule makes of these judgements of a key question, in turn; None while one is wanted."""
    given = {turn: Judgement(turn, {POINT: met}) for turn, met in enumerate(judgements, FIRST)}
    return decide([POINT], key=True, answered=True, judgements=given).passed


def wrong_fail(error: float, keys: int, *, double: bool) -> float:
    """The exact chance that a candidate who deserves all keys is failed on one: the rule, over all judgements."""
    return 1 - (1 - _wrong(error, double)) ** keys


def _wrong(error: float, double: bool) -> float:
    if not double:
        return error
    return sum(
        prod(1 - error if right else error for right in found)
        for found in product((True, False), repeat=3)
        if not _outcome(found)
    )


def _outcome(found: tuple[bool, ...]) -> bool:
    """Decided by two where they agree; the third counts where they do not."""
    by_two = decided(found[:2])
    return bool(decided(found)) if by_two is None else by_two


def sampled(candidates: int, error: float, keys: int, seed: int) -> tuple[float, float]:
    """The same by chance, of so many who deserve all keys: failed wrongly by one judgement, and by the rule."""
    single = double = 0
    for candidate in range(candidates):
        found = [tuple(judged(True, seed, error, candidate, key, turn) for turn in (1, 2, 3)) for key in range(keys)]
        single += not all(one[0] for one in found)
        double += not all(map(_outcome, found))
    return single / candidates, double / candidates


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95% interval of a rate (Wilson's score); from 0 to 1 when nothing was seen."""
    if of == 0:
        return 0.0, 1.0
    rate, z2 = hits / of, Z_95**2
    middle, half = rate + z2 / (2 * of), Z_95 * sqrt(rate * (1 - rate) / of + z2 / (4 * of**2))
    return max(0.0, (middle - half) / (1 + z2 / of)), min(1.0, (middle + half) / (1 + z2 / of))
