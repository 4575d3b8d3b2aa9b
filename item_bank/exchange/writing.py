"""A bank as files, the same bytes each time: keys in a fixed order, Markdown as it is typed, no folded lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from item_bank.exchange.enemies import untangled
from item_bank.formats import EXTENDED_ANSWER, FORMATS
from item_bank.scenarios import Bank, Question, Scenario

PLAIN = re.compile(r"[^\W\d_][\w ’'(),./–-]*(?<! )\Z")
LIKE_A_VALUE = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
MARKDOWN = frozenset(
    {"text", "meets", "falls_short", "at_the_line", "below_it"}
)  # keys whose text always stands in lines of its own
BREAKS = frozenset("\r\x85\u2028\u2029")  # other line breaks, which YAML would turn into plain ones
ESCAPES = str.maketrans(
    {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\x85": "\\N", "\u2028": "\\L", "\u2029": "\\P"}
)
FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*\Z")
STEP = "  "


def bank_files(bank: Bank) -> dict[str, str]:
    """Every file of a bank by its path, a folder a theme, in order of the paths."""
    enemies = untangled({scenario.slug: scenario.enemies for scenario in bank.scenarios})
    files = {str(_path(s)): scenario_file(replace(s, enemies=enemies[s.slug])) for s in bank.scenarios}
    return dict(sorted(files.items()))


def scenario_file(scenario: Scenario) -> str:
    """A scenario, or a question that stands alone, as one file."""
    return to_yaml(_standing_alone(scenario) if is_question(scenario) else _scenario(scenario))


def is_question(scenario: Scenario) -> bool:
    """Whether the unit is a question without a situation, with a file form of its own."""
    return scenario.stands_alone and [q.slug for q in scenario.questions] == [scenario.slug]


def _path(scenario: Scenario) -> PurePosixPath:
    folder = scenario.theme if FOLDER.match(scenario.theme) else ""
    return PurePosixPath(folder, f"{scenario.slug}.yaml")


def _scenario(scenario: Scenario) -> dict[str, object]:
    return {
        "schema": "scenario/1",
        "scenario": scenario.slug,
        "version": scenario.version,
        "theme": scenario.theme,
        "title": scenario.title.strip(),
        "sample": scenario.sample,
        "text": scenario.text.strip(),
        "questions": [_question(q) for q in sorted(scenario.questions, key=lambda q: q.statement)],
        **_lists(scenario),
    }


def _standing_alone(scenario: Scenario) -> dict[str, object]:
    head: dict[str, object] = {"schema": "question/1", "question": scenario.slug, "version": scenario.version}
    found = _question(scenario.questions[0])
    titled: dict[str, object] = {"title": scenario.title.strip(), "sample": scenario.sample}
    rest = {name: value for name, value in found.items() if name not in head and name != "statement"}
    return {**head, "statement": found["statement"], **titled, **rest, **_lists(scenario)}


def _lists(scenario: Scenario) -> dict[str, list[str]]:
    listed = {"sources": scenario.sources, "enemies": scenario.enemies, "tags": scenario.tags}
    return {name: [text.strip() for text in texts] for name, texts in listed.items() if texts}


def _question(question: Question) -> dict[str, object]:
    found: dict[str, object] = {
        "question": question.slug,
        "version": question.version,
        "statement": question.statement,
        "format": question.format,
        "text": question.text.strip(),
    }
    if question.format == EXTENDED_ANSWER:
        found["guide"] = {
            point: {"meets": told.meets.strip(), "falls_short": told.falls_short.strip()}
            for point, told in sorted(question.guide.items())
        }
    if body := FORMATS[question.format].written(question.body) if question.body else {}:
        found["body"] = body
    return found


# ------------------------------------------------------------------------------------------------------------ YAML
def to_yaml(value: Mapping[str, object]) -> str:
    """A mapping of texts, whole numbers, flags, lists and mappings as YAML that reads back as it was."""
    return "".join(f"{line}\n" for line in _mapping(value, ""))


def _mapping(value: Mapping[str, object], indent: str) -> Iterator[str]:
    for key, inner in value.items():
        yield from _valued(f"{indent}{_scalar(key)}:", inner, indent + STEP, key in MARKDOWN)


def _list(value: Sequence[object], indent: str) -> Iterator[str]:
    for inner in value:
        if isinstance(inner, Mapping) and inner:
            first, *rest = _mapping(inner, indent + STEP)
            yield f"{indent}- {first.removeprefix(indent + STEP)}"
            yield from rest
        else:
            yield from _valued(f"{indent}-", inner, indent + STEP, False)


def _valued(head: str, value: object, indent: str, markdown: bool) -> Iterator[str]:
    """What stands before a value, then the value: on the same line, or below in lines of its own."""
    if isinstance(value, Mapping) and value:
        yield head
        yield from _mapping(value, indent)
    elif isinstance(value, (list, tuple)) and value:
        yield head
        yield from _list(value, indent)
    elif isinstance(value, str) and (markdown or "\n" in value) and _fits_a_block(value):
        yield f"{head} |-"
        yield from (f"{indent}{line}" if line else "" for line in value.split("\n"))
    else:
        yield f"{head} {_scalar(value)}"


def _fits_a_block(text: str) -> bool:
    return bool(text) and text == text.strip() and not BREAKS & set(text)


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        plain = PLAIN.match(value) and value.lower() not in LIKE_A_VALUE
        return value if plain else f'"{value.translate(ESCAPES)}"'
    if isinstance(value, (Mapping, list, tuple)):
        return "{}" if isinstance(value, Mapping) else "[]"
    raise TypeError(f"a file holds no {type(value).__name__}")
