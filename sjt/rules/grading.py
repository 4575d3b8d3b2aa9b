"""The pass rule: a count of passed questions and every key question, explained.

A pure function of a specification and the questions' outcomes, so that it can be recomputed for any
past cohort. ST0087, temporary dispensation: at least half of the questions and all key questions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from item_bank.sources import Fault, Place
from sjt.rules.plan import EdgeCase, Specification

PASS, FAIL, INVALID = "pass", "fail", "invalid"


@dataclass(frozen=True)
class Marked:
    """A question of a script as the pass rule sees it. Unanswered is simply not passed."""

    statement: str
    passed: bool


@dataclass(frozen=True)
class Reason:
    """Why an outcome is what it is: a message code and its parameters."""

    code: str
    params: Mapping[str, object]

    @property
    def short(self) -> str:
        """The reason for a machine: ``count``, or with what it concerns, ``key:C4.2``."""
        return f"{self.code}:{self.params['statement']}" if "statement" in self.params else self.code


@dataclass(frozen=True)
class Outcome:
    """pass, fail or invalid, with the reasons for it; a pass carries none."""

    outcome: str
    passed: int
    of: int
    reasons: tuple[Reason, ...]


def grade(specification: Specification, pathway: str, questions: Sequence[Marked]) -> Outcome:
    """Grade one script.

    ``pathway`` must be one of the specification's; a KeyError says that it is not. A paper that breaks
    the blueprint (another number of questions, a doubled, foreign or missing statement) is ``invalid``
    and is never graded.
    """
    passed = sum(question.passed for question in questions)
    reasons = tuple(_breaches(specification, pathway, [q.statement for q in questions]))
    if reasons:
        return Outcome(INVALID, passed, len(questions), reasons)
    reasons = tuple(_shortfalls(specification, pathway, questions, passed))
    return Outcome(FAIL if reasons else PASS, passed, len(questions), reasons)


def _breaches(specification: Specification, pathway: str, statements: Sequence[str]) -> Iterator[Reason]:
    blueprint = specification.blueprint
    own = {s.code for s in blueprint.statements(pathway)}
    asked = Counter(statements)
    if len(statements) != blueprint.slots.questions:
        yield Reason("questions", {"found": len(statements), "needed": blueprint.slots.questions})
    for code in sorted(c for c, times in asked.items() if times > 1):
        yield Reason("doubled", {"statement": code, "times": asked[code]})
    for code in sorted(set(asked) - own):
        yield Reason("foreign", {"statement": code, "pathway": pathway})
    for statement in blueprint.essential(pathway):
        if statement.code not in asked:
            yield Reason("missing", {"statement": statement.code, "title": statement.title})


def _shortfalls(
    specification: Specification, pathway: str, questions: Sequence[Marked], passed: int
) -> Iterator[Reason]:
    if passed < specification.passes_needed:
        needed = specification.passes_needed
        yield Reason("count", {"passed": passed, "needed": needed, "of": len(questions)})
    won = {q.statement for q in questions if q.passed}
    for key in specification.blueprint.keys(pathway):
        if key.code not in won:
            yield Reason("key", {"statement": key.code, "title": key.title})


def edge_case_faults(specification: Specification, known: Sequence[Fault] = ()) -> list[Fault]:
    """Grade every edge case that a specification states, in each pathway; a difference is a fault.

    ``known`` are the faults found before: a case, a pathway or a pass rule that is itself at fault shows nothing.
    """
    at_fault = {fault.path[:2] for fault in known}
    if ("pass_rule", "passes_needed") in at_fault:
        return []
    pathways = [pathway for pathway in specification.blueprint.pathways if _is_whole(specification, pathway)]
    cases = [(n, case) for n, case in enumerate(specification.edge_cases) if ("edge_cases", n) not in at_fault]
    found = [_edge_case_fault(specification, pathway, n, case) for n, case in cases for pathway in pathways]
    return [fault for fault in found if fault]


def _is_whole(specification: Specification, pathway: str) -> bool:
    """Whether a pathway makes up the paper that the slots ask for, so that a case can be tried on it."""
    blueprint = specification.blueprint
    if not all(theme in blueprint.themes for theme in blueprint.pathways[pathway].themes):
        return False
    whole = grade(specification, pathway, _script(specification, pathway, 0, 0)).outcome != INVALID
    return whole and len(blueprint.keys(pathway)) == blueprint.slots.keys


def _edge_case_fault(specification: Specification, pathway: str, index: int, case: EdgeCase) -> Fault | None:
    outcome = grade(specification, pathway, _script(specification, pathway, case.keys_passed, case.others_passed))
    codes = {reason.code for reason in outcome.reasons}
    if outcome.outcome == case.outcome and (case.reason is None or case.reason in codes):
        return None
    stated = f"{case.outcome} ({case.reason})" if case.reason else case.outcome
    found = f"{outcome.outcome} ({', '.join(sorted(codes))})" if codes else outcome.outcome
    params = {"case": case.case, "pathway": pathway, "stated": stated, "found": found}
    return Fault(Place(specification.file, case.line), "spec.edge_case", params, ("edge_cases", index))


def _script(specification: Specification, pathway: str, keys_passed: int, others_passed: int) -> list[Marked]:
    blueprint = specification.blueprint
    drawn = sorted(blueprint.drawable(pathway))[: blueprint.slots.drawn]
    keys = [s.code for s in blueprint.keys(pathway)]
    others = [s.code for s in blueprint.essential(pathway) if not s.key] + drawn
    return [Marked(code, n < keys_passed) for n, code in enumerate(keys)] + [
        Marked(code, n < others_passed) for n, code in enumerate(others)
    ]
