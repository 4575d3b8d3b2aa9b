"""What a draft lacks before anybody is asked to review it: every fault with its field."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from item_bank.blueprint import QUESTIONS, Blueprint
from item_bank.exchange import LONGEST_TEXT, SCENARIO_WORDS, markdown_faults, word_count
from item_bank.formats import FORMATS
from item_bank.scenarios import Guidance
from sjt.rules.authoring.content import (
    Asked,
    Content,
    Fault,
    body_field,
    fields,
    format_field,
    guide_field,
    question_field,
)
from sjt.rules.authoring.enemies import enemy_faults

NOT_MARKDOWN = frozenset({"title", "sources", "enemies", "tags"})


@dataclass(frozen=True)
class Around:
    """What a draft is checked against beside its specification: its own slug, the bank, and the framework."""

    slug: str = ""
    others: Mapping[str, Collection[str]] = field(default_factory=dict)  # every other scenario and its enemies
    tags: Collection[str] | None = None  # the points of the framework; None: nothing to check against


def stands_alone(blueprint: Blueprint) -> bool:
    """Whether the units of a specification are single questions without a situation."""
    return blueprint.layout == QUESTIONS


def missing(content: Content, theme: str, blueprint: Blueprint, around: Around | None = None) -> list[Fault]:
    """What a draft lacks for review: every fault with its field."""
    around = around or Around()
    return [
        *_text_faults(content, blueprint),
        *_markup_faults(content),
        *_statement_faults(content, theme, blueprint),
        *(fault for asked in content.questions for fault in _question_faults(asked, blueprint)),
        *enemy_faults(around.slug, content.enemies, around.others),
        *_tag_faults(content, around.tags),
    ]


def _text_faults(content: Content, blueprint: Blueprint) -> Iterator[Fault]:
    if not content.title.strip():
        yield Fault("title", "authoring.no_title")
    low, high = SCENARIO_WORDS
    words = word_count(content.text)
    if not stands_alone(blueprint) and not low <= words <= high:
        yield Fault("text", "authoring.length", {"words": words, "low": low, "high": high})
    for name, text in fields(content).items():
        if len(text) > LONGEST_TEXT:
            yield Fault(name, "authoring.too_long", {"limit": f"{LONGEST_TEXT:,}"})


def _markup_faults(content: Content) -> Iterator[Fault]:
    """HTML and links that run something, by the rule that files are read by."""
    for name, text in fields(content).items():
        faults = list(markdown_faults(text)) if name not in NOT_MARKDOWN and len(text) <= LONGEST_TEXT else []
        pieces = dict.fromkeys(str(params["found"]) for code, params in faults if code == "bank.html")
        if pieces:
            yield Fault(name, "authoring.markup", {"tags": "  ".join(list(pieces)[:5])})
        yield from (Fault(name, code, params) for code, params in faults if code != "bank.html")


def _statement_faults(content: Content, theme: str, blueprint: Blueprint) -> Iterator[Fault]:
    """A theme is served by one scenario, so it must ask all of the theme's essential statements."""
    statements = blueprint.themes[theme].statements
    if not stands_alone(blueprint):
        for statement in (s for s in statements if s.essential and content.asked(s.code) is None):
            yield Fault("add", "authoring.essential", {"statement": statement.code, "title": statement.title})
    if not content.questions and (stands_alone(blueprint) or not any(s.essential for s in statements)):
        yield Fault("add", "authoring.no_question")
    if stands_alone(blueprint) and len(content.questions) > 1:
        yield Fault("add", "authoring.one_question")


def _question_faults(asked: Asked, blueprint: Blueprint) -> Iterator[Fault]:
    if not asked.text.strip():
        yield Fault(question_field(asked.statement), "authoring.no_text")
    if asked.format not in blueprint.formats or asked.format not in FORMATS:
        yield Fault(format_field(asked.statement), "authoring.format", {"format": asked.format})
        return
    if FORMATS[asked.format].by_points:
        yield from _guide_faults(asked, blueprint)
    for fault in FORMATS[asked.format].faults(asked.body):
        yield Fault(body_field(asked.statement, fault.name), fault.code, fault.params)


def _guide_faults(asked: Asked, blueprint: Blueprint) -> Iterator[Fault]:
    for point in blueprint.points(asked.statement):
        guidance = asked.guide.get(point.code, Guidance("", ""))
        if not guidance.meets.strip():
            yield Fault(guide_field(asked.statement, point.code, "meets"), "authoring.no_guide")
        if not guidance.falls_short.strip():
            yield Fault(guide_field(asked.statement, point.code, "falls_short"), "authoring.no_guide")


def _tag_faults(content: Content, known: Collection[str] | None) -> Iterator[Fault]:
    unknown = [tag for tag in content.tags if known is not None and tag not in known]
    if unknown:
        yield Fault("tags", "authoring.tag_unknown", {"tags": ", ".join(unknown[:10])})
