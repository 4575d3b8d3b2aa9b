"""YAML files that remember the line of every value, and readers that report every fault at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import ComposerError
from yaml.constructor import ConstructorError

Key = str | int
LARGEST_FILE = 1_000_000  # bytes; a scenario or a specification is a few kilobytes
DEEPEST = 30  # mappings and lists within one another; a specification needs five
LONGEST_NUMBER = 30  # characters; longer ones take Python's arithmetic to its limits
TEXT_TAG = "tag:yaml.org,2002:str"
NUMBER_TAGS = {"tag:yaml.org,2002:int", "tag:yaml.org,2002:float"}


@dataclass(frozen=True, order=True)
class Place:
    """Where something stands: a file (as the user named it) and a line, counted from 1."""

    file: str
    line: int


def one_line(text: str, longest: int = 200) -> str:
    """Somebody's text as part of a line of ours: unprintable characters become blanks, the excess is cut."""
    plain = "".join(character if character.isprintable() else " " for character in text[: longest + 1])
    return plain if len(plain) <= longest else plain[:longest] + "…"


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file: where, a message code, the code's parameters, and the path of the value."""

    place: Place
    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    path: tuple[Key, ...] = ()

    def __post_init__(self) -> None:
        """A fault is said in one line, whatever stands in the file."""
        params = {name: one_line(value) if isinstance(value, str) else value for name, value in self.params.items()}
        object.__setattr__(self, "params", params)


@dataclass(frozen=True)
class Source:
    """A parsed file: plain data beside the line on which each value begins."""

    file: str
    data: Any
    lines: Mapping[tuple[Key, ...], int]

    def at(self, *path: Key) -> Place:
        """The place of a value; of its nearest parent when the value is missing."""
        while path and path not in self.lines:
            path = path[:-1]
        return Place(self.file, self.lines.get(path, 1))


def load(path: Path, shown_as: str | None = None) -> tuple[Source, list[Fault]]:
    """Read one YAML file. A file that cannot be read gives an empty source and its faults."""
    name = shown_as or str(path)
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as error:
        return _nothing(name, 1, "file.unreadable", why=error.strerror or "unreadable")
    return parse(raw, name)


def parse(raw: bytes, name: str) -> tuple[Source, list[Fault]]:
    """Read the bytes of one YAML file."""
    if len(raw) > LARGEST_FILE:
        return _nothing(name, 1, "file.too_large", limit=LARGEST_FILE)
    try:
        return loads(raw.decode("utf-8"), name)
    except UnicodeDecodeError as error:
        return _nothing(name, raw[: error.start].count(b"\n") + 1, "file.not_utf8")


def loads(text: str, name: str) -> tuple[Source, list[Fault]]:
    """Parse YAML text.

    Doubled keys, which YAML itself passes over in silence, are faults; the rest of such a file can still
    be read, with the last value, so that all of its faults are found at once.
    """
    lines: dict[tuple[Key, ...], int] = {}
    try:
        loader = _PlainLoader(text)
        node = loader.get_single_node()
        faults = list(_walk(node, (), lines, name)) if node else []
        data = loader.construct_document(node) if node else {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return _nothing(name, line, "file.not_yaml", why=error.problem or "not YAML")
    except yaml.reader.ReaderError as error:
        return _nothing(name, text.count("\n", 0, error.position) + 1, "file.not_yaml", why=error.reason)
    if not isinstance(data, dict):
        return _nothing(name, 1, "file.not_mapping")
    return Source(name, data, lines), faults


def _nothing(name: str, line: int, code: str, **params: object) -> tuple[Source, list[Fault]]:
    return Source(name, {}, {}), [Fault(Place(name, line), code, params)]


class _PlainLoader(yaml.SafeLoader):
    """Plain data and nothing clever: what a person writes by hand, with every refusal at its line."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """No aliases (a small file could stand for an endless one), no tags, no depths."""
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs leave it out
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None or getattr(event, "tag", None) is not None:
            raise ComposerError(None, None, "anchors, aliases and tags are not allowed", event.start_mark)
        if self.depth > DEEPEST:
            raise ComposerError(None, None, "this is nested too deeply", event.start_mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def compose_scalar_node(self, anchor: Any) -> yaml.ScalarNode:
        """An escape such as ``\\0`` brings in no character that may not stand in the file itself."""
        node: yaml.ScalarNode = super().compose_scalar_node(anchor)
        if yaml.reader.Reader.NON_PRINTABLE.search(node.value):
            raise ComposerError(None, None, "special characters are not allowed", node.start_mark)
        if node.tag in NUMBER_TAGS and len(node.value) > LONGEST_NUMBER:
            raise ComposerError(None, None, "this number is too long", node.start_mark)
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """A value that only looks right, such as 30 February, is a fault at its line."""
        try:
            return super().construct_object(node, deep)
        except (ValueError, OverflowError) as error:
            raise ConstructorError(None, None, str(error), node.start_mark) from error


def _walk(node: yaml.Node, path: tuple[Key, ...], lines: dict[tuple[Key, ...], int], name: str) -> Iterator[Fault]:
    """Note every value's line; make every key a text, so that ``no:`` and ``1:`` are names as written."""
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key_node, value in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            key_node.tag = TEXT_TAG if isinstance(key_node, yaml.ScalarNode) else key_node.tag
            line = key_node.start_mark.line + 1
            if (*path, key) in lines:
                yield Fault(Place(name, line), "file.doubled_key", {"key": key}, (*path, key))
            lines[(*path, key)] = line
            yield from _walk(value, (*path, key), lines, name)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines[(*path, index)] = value.start_mark.line + 1
            yield from _walk(value, (*path, index), lines, name)


class Reader:
    """Reads typed values out of a source. What is wrong becomes a fault; reading goes on with a blank."""

    def __init__(self, source: Source, faults: Iterable[Fault] = ()) -> None:
        self.source = source
        self.faults: list[Fault] = list(faults)

    def fault(self, path: tuple[Key, ...], code: str, **params: object) -> None:
        """Note a fault at the value's place."""
        self.faults.append(Fault(self.source.at(*path), code, params, path))

    def sound(self, *path: Key) -> bool:
        """Whether nothing is known against a value or anything within it."""
        return not any(fault.path[: len(path)] == path for fault in self.faults)

    def get(self, *path: Key) -> Any:
        """The raw value, or None when any step of the path is missing."""
        value: Any = self.source.data
        for step in path:
            if isinstance(value, dict):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def text(self, *path: Key) -> str:
        """A string that is not blank."""
        value = self.get(*path)
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.fault(path, "value.text", name=_name(path))
        return ""

    def whole(self, *path: Key, low: int = 0, high: int = 1_000_000) -> int:
        """A whole number within bounds, both included."""
        value = self.get(*path)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.fault(path, "value.whole", name=_name(path), low=low, high=high)
        return low

    def flag(self, *path: Key) -> bool:
        """true or false."""
        value = self.get(*path)
        if not isinstance(value, bool):
            self.fault(path, "value.flag", name=_name(path))
        return value is True

    def day(self, *path: Key) -> dt.date:
        """A calendar date."""
        value = self.get(*path)
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return value
        self.fault(path, "value.date", name=_name(path))
        return dt.date(1970, 1, 1)

    def one_of(self, allowed: Collection[str], *path: Key) -> str:
        """A string out of a closed list."""
        value = self.get(*path)
        if isinstance(value, str) and value in allowed:
            return value
        self.fault(path, "value.one_of", name=_name(path), value=str(value), allowed=", ".join(sorted(allowed)))
        return ""

    def keys(self, *path: Key) -> list[str]:
        """The keys of a mapping that is not empty."""
        value = self.get(*path)
        if isinstance(value, dict) and value:
            return [str(key) for key in value]
        self.fault(path, "value.mapping", name=_name(path))
        return []

    def items(self, *path: Key) -> range:
        """The indexes of a list that is not empty."""
        value = self.get(*path)
        if isinstance(value, list) and value:
            return range(len(value))
        self.fault(path, "value.list", name=_name(path))
        return range(0)

    def texts(self, *path: Key) -> list[str]:
        """A list of strings."""
        return [self.text(*path, index) for index in self.items(*path)]

    def only(self, allowed: Collection[str], *path: Key) -> None:
        """No key outside the allowed ones: a misspelt key must not pass in silence."""
        value = self.get(*path)
        for key in value if isinstance(value, dict) else ():
            if key not in allowed:
                self.fault((*path, str(key)), "value.unknown_key", key=str(key))


def _name(path: tuple[Key, ...]) -> str:
    return ".".join(str(step) for step in path)
