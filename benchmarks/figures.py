"""Plain statistics: medians with an interval, percentiles over pooled counts."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Middle:
    """A median, and the order statistics that hold it with at least 95% confidence (fewer than six: all there are)."""

    median: float
    low: float
    high: float


def middle(values: Sequence[float]) -> Middle:
    """The median of independent rounds, with an interval that assumes nothing about how they scatter."""
    ordered, count = sorted(values), len(values)
    outside = 0  # how many at each end lie outside the interval
    while outside + 1 < count / 2 and _coverage(count, outside + 1) >= CONFIDENCE:
        outside += 1
    return Middle(statistics.median(ordered), ordered[outside], ordered[count - 1 - outside])


def _coverage(count: int, outside: int) -> float:
    """How often the median lies between the values that leave so many outside at each end."""
    return 1 - 2 * sum(math.comb(count, k) for k in range(outside + 1)) / 2.0**count


def pooled(latencies: Counter[int], share: float) -> float:
    """The percentile of pooled latencies: counts by microseconds; in milliseconds."""
    wanted, seen = share * latencies.total(), 0
    for microseconds in sorted(latencies):
        seen += latencies[microseconds]
        if seen >= wanted:
            return microseconds / 1000
    return math.nan


def percentile(seconds: Sequence[float], share: float) -> float:
    """The percentile of single latencies in seconds; in milliseconds."""
    return pooled(Counter(round(s * 1_000_000) for s in seconds), share)
