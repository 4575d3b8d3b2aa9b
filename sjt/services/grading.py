"""Past cohorts graded from JSON lines by the product's own rule: all faults first, then all outcomes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sjt.rules.grading import Marked, Outcome, grade
from sjt.rules.plan import Specification
from sjt.services.files import BadFiles
from sjt.words import say

Script = tuple[str | int, list[Marked]]


def read_scripts(lines: Iterable[str]) -> list[Script]:
    """Scripts from JSON lines ``{"id": …, "questions": [{"statement": …, "passed": …}, …]}``.

    Blank lines are passed over. BadFiles names every fault by line and question.
    """
    scripts: list[Script] = []
    faults: list[str] = []
    seen: dict[str | int, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        found = _read_line(number, line)
        if isinstance(found, list):
            faults += found
        elif found[0] in seen:
            faults.append(say("grade.doubled_id", line=number, id=found[0], first=seen[found[0]]))
        else:
            seen[found[0]] = number
            scripts.append(found)
    if faults:
        raise BadFiles(faults)
    return scripts


def _read_line(number: int, line: str) -> Script | list[str]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return [say("grade.not_json", line=number, why=str(error))]
    if not isinstance(value, dict):
        return [say("grade.not_object", line=number)]
    identity, questions = value.get("id"), value.get("questions")
    faults = []
    if isinstance(identity, bool) or not isinstance(identity, str | int) or identity == "":
        faults.append(say("grade.id", line=number))
    if not isinstance(questions, list):
        return [*faults, say("grade.questions", line=number)]
    faults += [say("grade.question", line=number, number=n) for n, q in enumerate(questions, 1) if not _is_question(q)]
    if faults or not isinstance(identity, str | int):
        return faults
    return identity, [Marked(q["statement"], q["passed"]) for q in questions]


def _is_question(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("statement"), str) and isinstance(value.get("passed"), bool)


def graded(specification: Specification, pathway: str, script: Script) -> Mapping[str, object]:
    """One outcome as a JSON-ready mapping: id, outcome, reason codes and words."""
    identity, questions = script
    outcome = grade(specification, pathway, questions)
    reasons = [reason.short for reason in outcome.reasons]
    return {"id": identity, "outcome": outcome.outcome, "reasons": reasons, "words": outcome_words(outcome)}


def outcome_words(outcome: Outcome) -> str:
    """An outcome and all its reasons in one sentence."""
    reasons = "; ".join(say(f"reason.{reason.code}", reason.params) for reason in outcome.reasons)
    return say(f"outcome.{outcome.outcome}", reasons=reasons, passed=outcome.passed, of=outcome.of)
