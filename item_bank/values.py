"""Values of a plan: stated, taken in its silence (``{value, basis}``), or missing (``{missing: words}``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from item_bank.sources import Key, Reader

# derived: it follows from the plan's other figures; inferred: it fits what the plan says; recommended: our advice.
BASES = ("derived", "inferred", "recommended")


def at(reader: Reader, *path: Key) -> tuple[Key, ...]:
    """Where a value itself stands: here, or under ``value`` beside the basis that it was taken on."""
    value = reader.get(*path)
    if not isinstance(value, dict) or not {"value", "basis"} & set(value):
        return path
    reader.only({"value", "basis"}, *path)
    reader.one_of(BASES, *path, "basis")
    return (*path, "value")


def is_missing(reader: Reader, *path: Key) -> bool:
    """Whether the file says in words that the plan does not state this value."""
    value = reader.get(*path)
    if not isinstance(value, dict) or "missing" not in value:
        return False
    reader.only({"missing"}, *path)
    reader.text(*path, "missing")
    return True


def number(reader: Reader, *path: Key, low: float, high: float) -> float:
    """A number within bounds, both included."""
    value = reader.get(*path)
    if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
        return float(value)
    reader.fault(path, "value.number", name=".".join(map(str, path)), low=low, high=high)
    return low


def holds_name(identity: str, name: str) -> bool:
    """Whether a full dated id holds the short name, part by part: ``st0088-1.0-sjt-…`` holds ``st0088-sjt``.

    Where one of the two could not be read there is nothing to compare.
    """
    if not name or not identity:
        return True
    (first, *rest), (begin, *others) = name.split("-"), identity.split("-")
    left = iter(others)
    return first == begin and all(part in left for part in rest)


def bases(data: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Every value with a basis, by its dotted name: ``("test.book", "recommended")``."""
    for key, inner in data.items() if isinstance(data, dict) else ():
        if isinstance(inner, dict) and {"value", "basis"} <= set(inner):
            yield ".".join((*path, key)), str(inner["basis"])
        else:
            yield from bases(inner, (*path, key))


def missing(data: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every value that is missing: its path and the words for it."""
    for key, inner in data.items() if isinstance(data, dict) else ():
        if key == "missing" and isinstance(inner, str):
            yield path, inner.strip()
        else:
            yield from missing(inner, (*path, key))
