"""What `sjt bank check` says about model answers."""

from __future__ import annotations

from dataclasses import replace

from item_bank.scenarios import Guidance, Question
from item_bank.style.models import model_faults

LIMITS = {"model.fewest": 5, "model.most": 12, "model.alike": 90, "model.touch": 2}
GUIDE = {
    "P-1.1": Guidance("Explains attachment and separation.", "Nothing."),
    "P-1.2": Guidance("Decides with reasons, review and risk in mind: reasons, review.", "Nothing."),
}
SOUND = {
    "at_the_line": "Attachment explains the separation; my reasons are these, with a review.",
    "below_it": "She should see her mother more often, I think.",
    "why": "P-1.2: decides nothing.",
}
QUESTION = Question("one", 1, "C1.1", "extended-answer", "What?", GUIDE, SOUND)


def said(**body: str) -> list[tuple[str, str]]:
    """Field and code of each fault of the sound body with these parts changed."""
    changed = replace(QUESTION, body=SOUND | body)
    return [(name, code) for name, code, _ in model_faults(changed, tuple(GUIDE), LIMITS)]


def test_sound_models_have_no_fault() -> None:
    assert said() == []


def test_missing_short_long_and_alike_models_are_told() -> None:
    assert said(below_it="") == [("", "style.no_model")]
    assert said(below_it="Too short.") == [("below_it", "style.model_length")]
    assert said(below_it="word " * 13) == [("below_it", "style.model_length")]
    assert said(below_it=SOUND["at_the_line"].replace("my", "her")) == [("below_it", "style.models_alike")]


def test_a_model_at_the_line_touches_each_point_and_why_names_one() -> None:
    assert said(at_the_line="Attachment and separation are what this is about.") == [
        ("at_the_line", "style.model_untouched")
    ]
    assert said(why="It is thin.") == [("why", "style.model_why")]
