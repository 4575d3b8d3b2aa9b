"""Banks as files: a folder of scenario files in, every fault at once out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from item_bank.blueprint import Blueprint
from item_bank.formats import FORMATS
from item_bank.scenarios import Bank, Guidance, Question, Scenario
from item_bank.sources import Fault, Place, Reader, load

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
ENDINGS = {".yaml", ".yml"}
SCENARIO_WORDS = (120, 250)
LONGEST_TEXT = 20_000  # code points, the same bound as for an answer

SCENARIO_KEYS = {"schema", "scenario", "version", "theme", "title", "sample", "text", "questions", "sources"}
QUESTION_KEYS = {"question", "version", "statement", "format", "text", "guide"}


def read_bank(folder: Path, blueprint: Blueprint, shown_under: str = "") -> tuple[Bank, list[Fault]]:
    """Read all scenario files under a folder and check them against a blueprint.

    ``shown_under`` replaces the folder's own path in the places of faults. On any fault the bank holds
    what could be read and must not be used.
    """
    faults: list[Fault] = []
    scenarios: list[Scenario] = []
    seen: dict[str, Place] = {}
    for path in sorted(path for path in folder.rglob("*") if path.suffix in ENDINGS):
        shown_as = f"{shown_under or folder}/{path.relative_to(folder)}"
        source, found = load(path, shown_as)
        reader = Reader(source, found)
        if source.data or not found:  # what was never read says nothing more
            scenarios.append(_scenario(reader, blueprint))
            _once(reader, seen)
        faults += reader.faults
    if not scenarios and not faults:
        faults.append(Fault(Place(shown_under or str(folder), 1), "bank.empty"))
    return Bank(tuple(scenarios)), sorted(faults, key=lambda fault: (fault.place, fault.code))


def word_count(text: str) -> int:
    """Words as a writer counts them: runs of characters between white space."""
    return len(text.split())


def _once(reader: Reader, seen: dict[str, Place]) -> None:
    """No slug twice in a bank, whether of a scenario or of a question."""
    paths: list[tuple[str | int, ...]] = [("scenario",)]
    questions = reader.get("questions")
    paths += [("questions", n, "question") for n in range(len(questions) if isinstance(questions, list) else 0)]
    for path in paths:
        value = reader.get(*path)
        slug = value.strip() if isinstance(value, str) else ""
        if not slug:
            continue
        if slug in seen:
            first = seen[slug]
            reader.fault(path, "bank.doubled_slug", slug=slug, file=first.file, line=first.line)
        seen.setdefault(slug, reader.source.at(*path))


def _scenario(reader: Reader, blueprint: Blueprint) -> Scenario:
    reader.only(SCENARIO_KEYS)
    reader.one_of({"scenario/1"}, "schema")
    theme = reader.one_of(set(blueprint.themes), "theme")
    text = reader.text("text")
    low, high = SCENARIO_WORDS
    if text and not low <= word_count(text) <= high:
        reader.fault(("text",), "bank.length", words=word_count(text), low=low, high=high)
    questions = tuple(_question(reader, n, theme, blueprint) for n in reader.items("questions"))
    asked = [q.statement for q in questions]
    for n, statement in enumerate(asked):
        if statement and statement in asked[:n]:
            reader.fault(("questions", n, "statement"), "bank.doubled_statement", statement=statement)
    return Scenario(
        slug=_slug(reader, "scenario"),
        version=reader.whole("version", low=1),
        theme=theme,
        title=reader.text("title"),
        text=text,
        sample=reader.flag("sample"),
        questions=questions,
        sources=tuple(reader.texts("sources")) if reader.get("sources") is not None else (),
    )


def _question(reader: Reader, index: int, theme: str, blueprint: Blueprint) -> Question:
    here = ("questions", index)
    reader.only(QUESTION_KEYS, *here)
    allowed = {s.code for s in blueprint.themes[theme].statements} if theme else set()
    statement = reader.one_of(allowed, *here, "statement") if theme else ""
    text = reader.text(*here, "text")
    if len(text) > LONGEST_TEXT:
        reader.fault((*here, "text"), "bank.text_too_long", limit=LONGEST_TEXT)
    return Question(
        slug=_slug(reader, *here, "question"),
        version=reader.whole(*here, "version", low=1),
        statement=statement,
        format=reader.one_of(FORMATS, *here, "format"),
        text=text,
        guide=dict(_guide(reader, here, statement, blueprint)) if statement else {},
    )


def _guide(
    reader: Reader, here: tuple[str | int, ...], statement: str, blueprint: Blueprint
) -> Iterator[tuple[str, Guidance]]:
    """Guidance for exactly the points of the statement's criteria set."""
    points = [point.code for point in blueprint.points(statement)]
    reader.only(points, *here, "guide")
    for point in points:
        path = (*here, "guide", point)
        if reader.get(*path) is None:
            reader.fault(path, "bank.no_guide", point=point, statement=statement)
            continue
        reader.only({"meets", "falls_short"}, *path)
        yield point, Guidance(reader.text(*path, "meets"), reader.text(*path, "falls_short"))


def _slug(reader: Reader, *path: str | int) -> str:
    slug = reader.text(*path)
    if slug and not SLUG.match(slug):
        reader.fault(path, "bank.slug", slug=slug)
    return slug
