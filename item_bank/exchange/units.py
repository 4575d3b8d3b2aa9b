"""One file: a scenario with its questions, or a question that stands alone, checked against a blueprint."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from item_bank.blueprint import QUESTIONS, Blueprint
from item_bank.exchange.markdown import markdown_faults
from item_bank.formats import FORMATS
from item_bank.scenarios import Guidance, Question, Scenario
from item_bank.sources import Key, Reader

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
SCENARIO_WORDS = (120, 250)
LONGEST_TEXT = 20_000  # code points, the same bound as for an answer
LONGEST_TITLE = 200  # code points
LONGEST_SLUG = 120
LONGEST_LINE = 500  # code points of a source

LISTS = {"sources", "enemies", "tags"}
ASKED = {"version", "statement", "format", "text", "guide", "body"}
SCENARIO_KEYS = {"schema", "scenario", "version", "theme", "title", "sample", "text", "questions", *LISTS}
QUESTION_KEYS = {"question", *ASKED}
ALONE_KEYS = {"schema", "title", "sample", *QUESTION_KEYS, *LISTS}


def word_count(text: str) -> int:
    """Words as a writer counts them: runs of characters between white space."""
    return len(text.split())


def read_unit(reader: Reader, blueprint: Blueprint, tags: Collection[str]) -> Scenario:
    """The scenario or question of a file; faults gather in the reader. ``tags`` are the codes of all frameworks."""
    return _alone(reader, blueprint, tags) if blueprint.layout == QUESTIONS else _scenario(reader, blueprint, tags)


def unit_key(blueprint: Blueprint) -> str:
    """The name under which a file of this layout gives its slug."""
    return "question" if blueprint.layout == QUESTIONS else "scenario"


def _scenario(reader: Reader, blueprint: Blueprint, tags: Collection[str]) -> Scenario:
    reader.only(SCENARIO_KEYS)
    reader.one_of({"scenario/1"}, "schema")
    theme = reader.one_of(set(blueprint.themes), "theme")
    text = _markdown(reader, "text")
    low, high = SCENARIO_WORDS
    if text and not low <= word_count(text) <= high:
        reader.fault(("text",), "bank.length", words=word_count(text), low=low, high=high)
    allowed = {s.code for s in blueprint.themes[theme].statements} if theme else set()
    questions = tuple(_question(reader, ("questions", n), allowed, blueprint) for n in reader.items("questions"))
    _each_once(reader, questions)
    return Scenario(
        slug=_slug(reader, "scenario"),
        version=reader.whole("version", low=1),
        theme=theme,
        title=_line(reader, LONGEST_TITLE, "title"),
        text=text,
        sample=reader.flag("sample"),
        questions=questions,
        sources=_sources(reader),
        enemies=_slugs(reader, "enemies"),
        tags=_tags(reader, tags),
    )


def _alone(reader: Reader, blueprint: Blueprint, tags: Collection[str]) -> Scenario:
    """A question that stands alone is a unit without a situation. Without a title it is called by its own words."""
    reader.only(ALONE_KEYS)
    reader.one_of({"question/1"}, "schema")
    question = _question(reader, (), set(blueprint.by_code()), blueprint)
    titled = reader.get("title") is not None
    return Scenario(
        slug=question.slug,
        version=question.version,
        theme=blueprint.statement(question.statement).theme if question.statement else "",
        title=_line(reader, LONGEST_TITLE, "title") if titled else " ".join(question.text.split())[:80].strip(),
        text="",
        sample=reader.flag("sample"),
        questions=(question,),
        sources=_sources(reader),
        enemies=_slugs(reader, "enemies"),
        tags=_tags(reader, tags),
    )


def _each_once(reader: Reader, questions: Collection[Question]) -> None:
    asked = [q.statement for q in questions]
    for n, statement in enumerate(asked):
        if statement and statement in asked[:n]:
            reader.fault(("questions", n, "statement"), "bank.doubled_statement", statement=statement)


def _question(reader: Reader, here: tuple[Key, ...], allowed: Collection[str], blueprint: Blueprint) -> Question:
    if here:
        reader.only(QUESTION_KEYS, *here)
    statement = reader.one_of(allowed, *here, "statement") if allowed else ""
    name = reader.one_of(blueprint.formats, *here, "format")
    guided = name in FORMATS and FORMATS[name].by_points
    return Question(
        slug=_slug(reader, *here, "question"),
        version=reader.whole(*here, "version", low=1),
        statement=statement,
        format=name,
        text=_markdown(reader, *here, "text"),
        guide=dict(_guide(reader, here, statement, blueprint)) if guided and statement else {},
        body=_body(reader, here, name, guided) if name else {},
    )


def _no_guide(reader: Reader, here: tuple[Key, ...]) -> None:
    """A guide by points must not stand in vain in a question that is not judged by them."""
    if reader.get(*here, "guide") is not None:
        reader.fault((*here, "guide"), "value.unknown_key", key="guide")


def _guide(
    reader: Reader, here: tuple[Key, ...], statement: str, blueprint: Blueprint
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
        yield point, Guidance(_markdown(reader, *path, "meets"), _markdown(reader, *path, "falls_short"))


def _body(reader: Reader, here: tuple[Key, ...], name: str, guided: bool) -> dict[str, str]:
    """What the question's format has beside its text and, if it is judged by points, beside their guide."""
    if not guided:
        _no_guide(reader, here)
    body = FORMATS[name].read(reader, *here, "body")
    for text in body.values():
        for code, params in markdown_faults(text):
            reader.fault(_place_of(reader, text, *here, "body"), code, **params)
    return body


def _place_of(reader: Reader, text: str, *path: Key) -> tuple[Key, ...]:
    """Where a text of a body stands in the file, which every format arranges as it likes."""
    value = reader.get(*path)
    steps = value if isinstance(value, dict) else range(len(value) if isinstance(value, list) else 0)
    for step in steps:
        inner = reader.get(*path, step)
        if isinstance(inner, str) and inner.strip() == text:
            return (*path, step)
        if isinstance(inner, dict | list) and (found := _place_of(reader, text, *path, step)) != (*path, step):
            return found
    return path


def _markdown(reader: Reader, *path: Key) -> str:
    """A Markdown text within its bound, without HTML and without links that run something."""
    text = reader.text(*path)
    if len(text) > LONGEST_TEXT:
        reader.fault(path, "bank.text_too_long", limit=LONGEST_TEXT)
        return text
    for code, params in markdown_faults(text):
        reader.fault(path, code, **params)
    return text


def _line(reader: Reader, limit: int, *path: Key) -> str:
    """A text of one line within a bound."""
    text = reader.text(*path)
    if len(text) > limit:
        reader.fault(path, "bank.text_too_long", limit=limit)
    elif len(text.splitlines()) > 1:
        reader.fault(path, "bank.one_line")
    return text


def _listed(reader: Reader, name: str) -> range:
    return reader.items(name) if reader.get(name) is not None else range(0)


def _sources(reader: Reader) -> tuple[str, ...]:
    return tuple(_line(reader, LONGEST_LINE, "sources", n) for n in _listed(reader, "sources"))


def _slugs(reader: Reader, name: str) -> tuple[str, ...]:
    found = tuple(_slug(reader, name, n) for n in _listed(reader, name))
    _once_each(reader, name, found)
    return found


def _tags(reader: Reader, tags: Collection[str]) -> tuple[str, ...]:
    found = tuple(reader.text("tags", n) for n in _listed(reader, "tags"))
    for n, tag in enumerate(found):
        if tag and tag not in tags:
            reader.fault(("tags", n), "bank.unknown_tag", tag=tag)
    _once_each(reader, "tags", found)
    return found


def _once_each(reader: Reader, name: str, found: tuple[str, ...]) -> None:
    for n, entry in enumerate(found):
        if entry and entry in found[:n]:
            reader.fault((name, n), "bank.doubled_entry", entry=entry)


def _slug(reader: Reader, *path: Key) -> str:
    slug = reader.text(*path)
    if slug and (not SLUG.match(slug) or len(slug) > LONGEST_SLUG):
        reader.fault(path, "bank.slug", slug=slug, limit=LONGEST_SLUG)
    return slug
