"""The data of the check of style: limits, words to think about again, and what asks for a point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from item_bank.sources import Fault, Reader, load
from item_bank.style.asking import Asking
from item_bank.values import number

HERE = Path(__file__).parent
LIMITS = {
    "situation": ("grade", "from", "alike"),
    "question": ("grade", "from", "words", "alike"),
    "model": ("fewest", "most", "alike", "touch"),
    "key": ("longer", "shorter"),
    "spread": ("from", "fewest", "most", "longest"),
}
QUESTION = "question"


@dataclass(frozen=True)
class Watched:
    """A word or phrase to think about again, with the reason; ``of`` narrows it to the texts of questions."""

    word: str
    why: str
    of: str = ""


@dataclass(frozen=True)
class Style:
    """All that the check of style needs beside a bank; ``limits`` by dotted name, such as ``situation.grade``."""

    limits: Mapping[str, float]
    watched: tuple[Watched, ...]
    asking: Asking


def read_style(spec_name: str) -> tuple[Style, list[Fault]]:
    """The data for a specification, with every fault in the files. One without criteria needs nothing about asking."""
    limits, watch = _reader("limits.yaml"), _reader("watch.yaml")
    asking = _reader(f"asking/{spec_name}.yaml") if (HERE / "asking" / f"{spec_name}.yaml").exists() else None
    points = _points(asking) if asking else {}
    limits.only({"schema", *LIMITS, "openers", "leading"})
    limits.one_of({"style/1"}, "schema")
    style = Style(
        {f"{part}.{name}": number(limits, part, name, low=0, high=1000) for part in LIMITS for name in LIMITS[part]},
        _watched(watch),
        Asking(points, frozenset(limits.texts("openers")), frozenset(limits.texts("leading"))),
    )
    for part, names in LIMITS.items():
        limits.only(names, part)
    return style, [fault for reader in (limits, watch, asking) if reader for fault in reader.faults]


def _reader(name: str) -> Reader:
    return Reader(*load(HERE / name, f"item_bank/style/{name}"))


def _watched(reader: Reader) -> tuple[Watched, ...]:
    reader.only({"schema", "words"})
    reader.one_of({"watch/1"}, "schema")
    found = []
    for n in reader.items("words"):
        here = ("words", n)
        reader.only({"word", "why", "of"}, *here)
        of = reader.one_of({QUESTION}, *here, "of") if reader.get(*here, "of") is not None else ""
        found.append(Watched(reader.text(*here, "word"), reader.text(*here, "why"), of))
    return tuple(found)


def _points(reader: Reader) -> dict[str, tuple[str, ...]]:
    reader.only({"schema", "points"})
    reader.one_of({"asking/1"}, "schema")
    return {code: tuple(reader.texts("points", code)) for code in reader.keys("points")}
