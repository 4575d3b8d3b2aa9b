"""The pass rules, explained: a count of passed questions and every key question, or a sum of marks.

Pure functions of a specification and the questions' outcomes, so that they can be recomputed for any
past cohort. ST0087, temporary dispensation: at least half of the questions and all key questions.
ST0663, marking of the knowledge test: the sum of marks decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from item_bank.sources import Fault, Key, Place
from sjt.rules.pass_rules import CountAndKeys, EdgeCase, Marks, MarksCase
from sjt.rules.plan import Specification

PASS, FAIL, INVALID = "pass", "fail", "invalid"


@dataclass(frozen=True)
class Marked:
    """A question of a script as the pass rule sees it. Unanswered is simply not passed."""

    statement: str
    passed: bool


@dataclass(frozen=True)
class Scored:
    """A question of a script as a grade by marks sees it. A missing or wrong answer has 0 points."""

    statement: str
    format: str
    points: int


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


@dataclass(frozen=True)
class Graded:
    """The grade that a sum of marks earns, or invalid with the reasons for it."""

    grade: str
    marks: int
    of: int
    reasons: tuple[Reason, ...]


def grade(specification: Specification, pathway: str, questions: Sequence[Marked]) -> Outcome:
    """Grade one script by count and keys.

    ``pathway`` must be one of the specification's; a KeyError says that it is not. ValueError when the pass rule
    is of another kind. A paper that breaks the blueprint (another number of questions, a doubled, foreign or
    missing statement) is ``invalid`` and is never graded.
    """
    rule = specification.pass_rule
    if not isinstance(rule, CountAndKeys):
        raise ValueError(f"{specification.name} is not graded by count and keys")
    passed = sum(question.passed for question in questions)
    reasons = tuple(_breaches(specification, pathway, [q.statement for q in questions]))
    if reasons:
        return Outcome(INVALID, passed, len(questions), reasons)
    reasons = tuple(_shortfalls(specification, rule, pathway, questions, passed))
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
    specification: Specification, rule: CountAndKeys, pathway: str, questions: Sequence[Marked], passed: int
) -> Iterator[Reason]:
    if passed < rule.passes_needed:
        yield Reason("count", {"passed": passed, "needed": rule.passes_needed, "of": len(questions)})
    won = {q.statement for q in questions if q.passed}
    for key in specification.blueprint.keys(pathway):
        if key.code not in won:
            yield Reason("key", {"statement": key.code, "title": key.title})


# --------------------------------------------------------------------------------------------- by marks
def grade_by_marks(specification: Specification, pathway: str, questions: Sequence[Scored]) -> Graded:
    """Grade one script by its sum of marks.

    A paper that is not made up as the pools say, or with points that its format cannot give, is ``invalid``.
    KeyError for an unknown pathway; ValueError when the pass rule is of another kind.
    """
    rule = specification.pass_rule
    if not isinstance(rule, Marks):
        raise ValueError(f"{specification.name} is not graded by marks")
    marks = sum(question.points for question in questions)
    reasons = tuple(_pool_breaches(specification, rule, pathway, questions))
    return Graded(INVALID if reasons else rule.grade(marks), marks, rule.total, reasons)


def _pool_breaches(
    specification: Specification, rule: Marks, pathway: str, questions: Sequence[Scored]
) -> Iterator[Reason]:
    wanted = _pool_counts(specification, pathway)
    asked = Counter((question.statement, question.format) for question in questions)
    for statement, name in sorted(set(wanted) | set(asked)):
        found, needed = asked[statement, name], wanted[statement, name]
        if found != needed:
            yield Reason("pool", {"statement": statement, "format": name, "found": found, "needed": needed})
    for question in questions:
        if not 0 <= question.points <= rule.each.get(question.format, question.points):
            yield Reason("points", vars(question))


def _pool_counts(specification: Specification, pathway: str) -> Counter[tuple[str, str]]:
    """How many questions a paper has on each statement in each format."""
    pools = specification.blueprint.slots.pools
    own = [s.code for s in specification.blueprint.statements(pathway) if s.code in pools]
    return Counter({(code, name): count for code in own for name, count in pools[code].items()})


# ------------------------------------------------------------------------------------------- edge cases
def edge_case_faults(specification: Specification, known: Sequence[Fault] = ()) -> list[Fault]:
    """Grade every edge case that a specification states, in each pathway; a difference is a fault.

    ``known`` are the faults found before: a case, a pathway or a pass rule that is itself at fault shows nothing.
    """
    at_fault = {fault.path[:2] for fault in known}
    if any(path[:1] == ("pass_rule",) and path != ("pass_rule", "clause") for path in at_fault):
        return []
    cases = [(n, case) for n, case in enumerate(specification.edge_cases) if ("edge_cases", n) not in at_fault]
    if isinstance(specification.pass_rule, Marks):
        return [] if _blueprint_at_fault(at_fault) else _marks_case_faults(specification, cases)
    if not isinstance(specification.pass_rule, CountAndKeys):
        return []
    pathways = [pathway for pathway in specification.blueprint.pathways if _is_whole(specification, pathway)]
    found = [
        _edge_case_fault(specification, pathway, n, case)
        for n, case in cases
        for pathway in pathways
        if isinstance(case, EdgeCase)
    ]
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


def _blueprint_at_fault(at_fault: Collection[tuple[Key, ...]]) -> bool:
    return any(path[:1] in (("slots",), ("formats",), ("themes",), ("pathways",)) for path in at_fault)


def _marks_case_faults(specification: Specification, cases: Sequence[tuple[int, EdgeCase | MarksCase]]) -> list[Fault]:
    """Grade a script with the marks of each case through the rule itself; the pathways share their pools."""
    found = []
    pathway = next(iter(specification.blueprint.pathways))
    for index, case in cases:
        if isinstance(case, MarksCase):
            graded = grade_by_marks(specification, pathway, _marks_script(specification, pathway, case))
            if (graded.grade, graded.marks) != (case.outcome, case.marks):
                params = {"case": case.case, "stated": case.outcome, "found": f"{graded.grade} ({graded.marks} marks)"}
                place = Place(specification.file, case.line)
                found.append(Fault(place, "spec.edge_case_marks", params, ("edge_cases", index)))
    return found


def _marks_script(specification: Specification, pathway: str, case: MarksCase) -> list[Scored]:
    """A whole script with these marks: as the case spreads them over the formats, else in the order of the paper."""
    rule = specification.pass_rule
    each = rule.each if isinstance(rule, Marks) else {}
    left = dict(case.points) or dict.fromkeys(each, 0)
    if not case.points:
        counts = _pool_counts(specification, pathway)
        rest = case.marks
        for name in left:
            left[name] = min(rest, each[name] * sum(count for (_, own), count in counts.items() if own == name))
            rest -= left[name]
    script = []
    for (statement, name), count in _pool_counts(specification, pathway).items():
        for _ in range(count):
            points = min(each[name], left.get(name, 0))
            left[name] = left.get(name, 0) - points
            script.append(Scored(statement, name, points))
    return script
