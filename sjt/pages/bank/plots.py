"""Plots as plain numbers: where each bar and mark of a drawing goes. The template draws them as SVG."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH = 400  # units of the drawing; labels stand above their bars, so that it stays readable on a telephone
ROW = 34
BAR = 12
LABEL = 14
LONGEST_LABEL = 52  # characters


@dataclass(frozen=True)
class Mark:
    """A line across a bar: what is recommended, or a cap."""

    x: float
    kind: str


@dataclass(frozen=True)
class Bar:
    """One bar with its label, its value in words, and its marks."""

    label: str
    words: str
    y: int
    width: float
    low: bool
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Plot:
    """A drawing: its name, what it shows in words, its height and its bars."""

    id: str
    title: str
    words: str
    bars: tuple[Bar, ...]

    @property
    def height(self) -> int:
        """Units of the drawing."""
        return ROW * len(self.bars) + 4


@dataclass(frozen=True)
class Value:
    """What a bar stands for."""

    label: str
    value: float
    words: str
    low: bool = False
    marks: Sequence[tuple[float, str]] = ()


def plot(id: str, title: str, words: str, values: Iterable[Value]) -> Plot | None:
    """Bars for values, all on one scale that the largest value or mark fills; None when there is nothing to draw."""
    shown = list(values)
    most = max((max(v.value, *(at for at, _ in v.marks), 0) for v in shown), default=0) or 1
    bars = tuple(
        Bar(
            label=v.label if len(v.label) <= LONGEST_LABEL else f"{v.label[: LONGEST_LABEL - 1]}…",
            words=v.words,
            y=n * ROW,
            width=round(WIDTH * v.value / most, 1),
            low=v.low,
            marks=tuple(Mark(round(min(WIDTH - 1.5, WIDTH * at / most), 1), kind) for at, kind in v.marks),
        )
        for n, v in enumerate(shown)
    )
    return Plot(id, title, words, bars) if bars else None
