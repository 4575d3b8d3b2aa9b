"""A paper as its candidate sees it, as the lines that stand in a bundle and that the event of its drawing proves."""

from __future__ import annotations

from typing import Any

from item_bank.formats import FORMATS
from item_bank.formats.views import in_order
from proctoring import bundle
from proctoring.events import text_hash
from sjt.stores.papers import ShownPaper, ShownQuestion

Line = dict[str, Any]


def scenario_lines(shown: ShownPaper) -> list[Line]:
    """Its scenarios, in order."""
    return [
        {"kind": "scenario", "position": one.position, "scenario": one.code, "title": one.title, "text": one.text,
         "sha256": text_hash(one.text)}
        for one in shown.scenarios
    ]  # fmt: skip


def question_lines(shown: ShownPaper) -> list[Line]:
    """Its questions with their options, in the order in which they are asked: no key, no guide, no reasons."""
    return [_question(asked) for scenario in shown.scenarios for asked in scenario.questions]


def digest(shown: ShownPaper) -> str:
    """What the event of the drawing keeps of a paper as it is shown."""
    return bundle.shown_digest(scenario_lines(shown), question_lines(shown))


def _question(asked: ShownQuestion) -> Line:
    options = in_order(FORMATS[asked.format].options(asked.body), asked.options)
    return {
        "kind": "question", "position": asked.position, "question": asked.code, "statement": asked.statement,
        "key": asked.key, "format": asked.format, "text": asked.text, "sha256": text_hash(asked.text),
        "options": [{"id": option.id, "text": option.text} for option in options],
    }  # fmt: skip
