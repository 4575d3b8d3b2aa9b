"""A released result told in words: the outcome, the rules behind it, and every question by theme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sjt.rules.grading import Outcome, Reason
from sjt.rules.pass_rules import CountAndKeys, PassRule
from sjt.services.grading import outcome_words
from sjt.services.papers_drawn import specifications
from sjt.stores.results import Result
from sjt.words import say


@dataclass(frozen=True)
class Told:
    """A result for its page. ``rules`` are (met, words); ``themes`` are (title, questions in paper order)."""

    result: Result
    standard: str
    test_title: str
    pathway: str
    words: str
    rules: tuple[tuple[bool, str], ...]
    themes: tuple[tuple[str, tuple[Mapping[str, Any], ...]], ...]


def told(result: Result) -> Told:
    """A released result in words. Everything but titles comes from the result as it was kept."""
    specification = specifications()[result.spec_id]
    reasons = tuple(Reason(reason["code"], reason["params"]) for reason in result.reasons)
    outcome = Outcome(result.outcome, result.passed, result.of, reasons)
    return Told(
        result=result,
        standard=f"{specification.standard} {specification.title}",
        test_title=specification.test_title,
        pathway=specification.blueprint.pathways[result.pathway].title,
        words=outcome_words(outcome),
        rules=_rules(result, specification.pass_rule),
        themes=_by_theme(result.questions),
    )


def _rules(result: Result, rule: PassRule) -> tuple[tuple[bool, str], ...]:
    """The parts of the pass rule, each met or not. Only results by count and keys are released so far."""
    return (_count_rule(result, rule.passes_needed), _key_rule(result)) if isinstance(rule, CountAndKeys) else ()


def _count_rule(result: Result, needed: int) -> tuple[bool, str]:
    params = {"needed": needed, "of": result.of, "passed": result.passed}
    return result.passed >= needed, say("result.count", params)


def _key_rule(result: Result) -> tuple[bool, str]:
    keys = [question for question in result.questions if question["key"]]
    failed = [f"{question['statement']} ({question['title']})" for question in keys if not question["passed"]]
    code = "result.keys_unmet" if failed else "result.keys_met"
    params = {"keys": len(keys), "passed": len(keys) - len(failed), "failed": "; ".join(failed)}
    return not failed, say(code, params)


def _by_theme(questions: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, tuple[Mapping[str, Any], ...]], ...]:
    themes: dict[str, list[Mapping[str, Any]]] = {}
    for question in sorted(questions, key=lambda q: int(q["position"])):
        themes.setdefault(question["theme_title"], []).append(question)
    return tuple((title, tuple(own)) for title, own in themes.items())
