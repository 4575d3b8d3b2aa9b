"""Whether the model answers of an extended answer can guide a marker, as far as a machine can see."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from rapidfuzz import fuzz

from item_bank.exchange import word_count
from item_bank.scenarios import Question
from item_bank.style.prose import words

STEM, SHORTEST = 6, 5  # letters: words that begin alike are one word; shorter words than five say little
UNWRITTEN = "style.no_model"
ModelFault = tuple[str, str, dict[str, object]]


def model_faults(question: Question, points: Collection[str], limits: Mapping[str, float]) -> Iterator[ModelFault]:
    """Faults as the field of the body, a code and its parameters, for a question with these criterion points."""
    body = question.body
    if not body.get("at_the_line") or not body.get("below_it"):
        yield "", UNWRITTEN, {}
        return
    for name in ("at_the_line", "below_it"):
        yield from _length(name, body[name], limits)
    alike = fuzz.ratio(body["at_the_line"], body["below_it"])
    if alike >= limits["model.alike"]:
        yield "below_it", "style.models_alike", {"alike": f"{alike:.0f}"}
    said = _said(body["at_the_line"])
    for point in points:
        if point in question.guide and len(said & _said(question.guide[point].meets)) < limits["model.touch"]:
            yield "at_the_line", "style.model_untouched", {"point": point}
    if not any(point in body.get("why", "") for point in points):
        yield "why", "style.model_why", {"points": ", ".join(points)}


def _length(name: str, text: str, limits: Mapping[str, float]) -> Iterator[ModelFault]:
    count, low, high = word_count(text), limits["model.fewest"], limits["model.most"]
    if not low <= count <= high:
        yield name, "style.model_length", {"words": count, "low": f"{low:.0f}", "high": f"{high:.0f}"}


def _said(text: str) -> frozenset[str]:
    """The words of a text that say something, cut to their beginnings."""
    return frozenset(word[:STEM] for word in words(text.lower()) if len(word) >= SHORTEST)
