"""Past cohorts graded from JSON lines by the product's own rule: all faults first, then all outcomes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sjt.rules.grading import Marked, Outcome, grade
from sjt.rules.pass_rules import CountAndKeys
from sjt.rules.plan import Specification
from sjt.services.files import BadFiles
from sjt.words import say

Script = tuple[str | int, list[Marked]]


def require_counted(specification: Specification) -> None:
    """BadFiles when the specification is not graded by passed questions, which is what a script line holds."""
    if not isinstance(specification.pass_rule, CountAndKeys):
        raise BadFiles([say("grade.not_counted", spec=specification.name, rule=rule_words(specification))])


def rule_words(specification: Specification) -> str:
    """The kind of a specification's pass rule, in one sentence."""
    return say(f"rule.{type(specification.pass_rule).__name__}", vars(specification.pass_rule))


def read_scripts(lines: Iterable[bytes]) -> list[Script]:
    """Scripts from JSON lines ``{"id": …, "questions": [{"statement": …, "passed": …}, …]}``.

    Blank lines are passed over. BadFiles names every fault by line and question; a line that is not UTF-8 is
    a fault like any other.
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


def _read_line(number: int, line: bytes) -> Script | list[str]:
    try:
        value = json.loads(line.decode("utf-8-sig"), object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError) as error:
        why = f"{error.msg} (column {error.colno})" if isinstance(error, json.JSONDecodeError) else str(error)
        return [say("grade.not_json", line=number, why=why)]
    if not isinstance(value, dict):
        return [say("grade.not_object", line=number)]
    identity, questions = value.get("id"), value.get("questions")
    faults = [] if _is_identity(identity) else [say("grade.id", line=number)]
    if not isinstance(questions, list):
        return [*faults, say("grade.questions", line=number)]
    faults += [say("grade.question", line=number, number=n) for n, q in enumerate(questions, 1) if not _is_question(q)]
    if faults or not isinstance(identity, str | int):
        return faults
    return identity, [Marked(q["statement"], q["passed"]) for q in questions]


def _without_doubles(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """JSON lets the last of two equal names win in silence; an outcome must not hang on that."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(say("file.doubled_key", key=name))
        found[name] = value
    return found


def _is_identity(value: Any) -> bool:
    return _is_text(value) or (isinstance(value, int) and not isinstance(value, bool))


def _is_question(value: Any) -> bool:
    return isinstance(value, dict) and _is_text(value.get("statement")) and isinstance(value.get("passed"), bool)


def _is_text(value: Any) -> bool:
    """A text that is not empty and can be written out again: JSON allows half a character, UTF-8 does not."""
    return isinstance(value, str) and bool(value) and not any("\ud800" <= c <= "\udfff" for c in value)


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
