"""The kinds of pass rule that a specification can lay down, as data, and the cases that settle their edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from item_bank.blueprint import QUESTIONS, Blueprint
from item_bank.sources import Key, Reader
from item_bank.values import at, is_missing

COUNT, MARKS, NONE = "count-and-keys", "marks", "none"
KINDS = (COUNT, MARKS, NONE)
NAMES = {
    COUNT: {"kind", "passes_needed", "clause"},
    MARKS: {"kind", "marks", "total", "grades", "clause"},
    NONE: {"kind", "clause"},
}


@dataclass(frozen=True)
class CountAndKeys:
    """Pass: at least so many questions passed, and every key question (ST0087)."""

    passes_needed: int
    clause: str


@dataclass(frozen=True)
class Grade:
    """A grade and the marks that earn it, both ends included."""

    name: str
    lowest: int
    highest: int


@dataclass(frozen=True)
class Marks:
    """The grade follows from the sum of marks (ST0663). ``each`` is the maximum of one question by format."""

    each: Mapping[str, int]
    total: int
    grades: tuple[Grade, ...]
    clause: str

    def grade(self, marks: int) -> str:
        """The grade that a sum of marks earns; ValueError when no grade holds it."""
        for grade in self.grades:
            if grade.lowest <= marks <= grade.highest:
                return grade.name
        raise ValueError(f"no grade holds {marks} marks")


@dataclass(frozen=True)
class NoOutcome:
    """Practice: nothing is decided, so nothing is marked and nothing is released."""

    clause: str


@dataclass(frozen=True)
class Unstated:
    """The plan does not say what passes; ``words`` say so."""

    words: str


PassRule = CountAndKeys | Marks | NoOutcome | Unstated


@dataclass(frozen=True)
class EdgeCase:
    """A case of count and keys that the plan or its reading settles, graded again at each check of the file."""

    case: str
    keys_passed: int
    others_passed: int
    outcome: str
    reason: str | None
    line: int


@dataclass(frozen=True)
class MarksCase:
    """A sum of marks whose grade the plan or its reading settles. ``points`` are the marks by format, if stated."""

    case: str
    marks: int
    points: Mapping[str, int]
    outcome: str
    line: int


def read_pass_rule(reader: Reader) -> PassRule:
    """Read the pass rule of a specification file; faults gather in the reader."""
    if is_missing(reader, "pass_rule"):
        return Unstated(reader.text("pass_rule", "missing"))
    kind = reader.one_of(KINDS, "pass_rule", "kind") if reader.get("pass_rule", "kind") is not None else COUNT
    reader.only(NAMES[kind or COUNT] if kind else set().union(*NAMES.values()), "pass_rule")
    if kind == MARKS:
        return _marks(reader)
    if kind == NONE:
        return NoOutcome(reader.text("pass_rule", "clause"))
    needed = reader.whole(*at(reader, "pass_rule", "passes_needed"), low=1, high=500) if kind else 1
    return CountAndKeys(needed, reader.text("pass_rule", "clause"))


def _marks(reader: Reader) -> Marks:
    each = at(reader, "pass_rule", "marks")
    return Marks(
        each={name: reader.whole(*each, name, low=1, high=100) for name in reader.keys(*each)},
        total=reader.whole("pass_rule", "total", low=1, high=10_000),
        grades=tuple(_grade(reader, "pass_rule", "grades", n) for n in reader.items("pass_rule", "grades")),
        clause=reader.text("pass_rule", "clause"),
    )


def _grade(reader: Reader, *here: Key) -> Grade:
    reader.only({"grade", "from", "to"}, *here)
    lowest = reader.whole(*here, "from", high=10_000)
    return Grade(reader.text(*here, "grade"), lowest, reader.whole(*here, "to", high=10_000))


def read_cases(reader: Reader, rule: PassRule) -> tuple[EdgeCase | MarksCase, ...]:
    """Read the edge cases, as the kind of the pass rule has them. A rule that grades must state some."""
    if isinstance(rule, NoOutcome | Unstated):
        if reader.get("edge_cases") is not None:
            reader.fault(("edge_cases",), "value.unknown_key", key="edge_cases")
        return ()
    if isinstance(rule, Marks):
        return tuple(_marks_case(reader, index, rule) for index in reader.items("edge_cases"))
    return tuple(_count_case(reader, index) for index in reader.items("edge_cases"))


def _count_case(reader: Reader, index: int) -> EdgeCase:
    here = ("edge_cases", index)
    reader.only({"case", "keys_passed", "others_passed", "outcome", "reason"}, *here)
    reason = reader.one_of({"count", "key"}, *here, "reason") if reader.get(*here, "reason") is not None else None
    return EdgeCase(
        case=reader.text(*here, "case"),
        keys_passed=reader.whole(*here, "keys_passed"),
        others_passed=reader.whole(*here, "others_passed"),
        outcome=reader.one_of({"pass", "fail"}, *here, "outcome"),
        reason=reason,
        line=reader.source.at(*here).line,
    )


def _marks_case(reader: Reader, index: int, rule: Marks) -> MarksCase:
    """Marks in all, or the marks of each format."""
    here = ("edge_cases", index)
    reader.only({"case", "marks", "points", "outcome"}, *here)
    points: dict[str, int] = {}
    if reader.get(*here, "points") is not None:
        reader.only(rule.each, *here, "points")
        points = {name: reader.whole(*here, "points", name) for name in reader.keys(*here, "points")}
    stated = not points or reader.get(*here, "marks") is not None
    return MarksCase(
        case=reader.text(*here, "case"),
        marks=reader.whole(*here, "marks", high=rule.total) if stated else sum(points.values()),
        points=points,
        outcome=reader.one_of({grade.name for grade in rule.grades}, *here, "outcome"),
        line=reader.source.at(*here).line,
    )


# ------------------------------------------------------------------------------------------- as a whole
def check_rule(reader: Reader, rule: PassRule, cases: Sequence[EdgeCase | MarksCase], blueprint: Blueprint) -> None:
    """What the rule and its cases ask must be possible on a paper; faults gather in the reader."""
    if isinstance(rule, CountAndKeys):
        _check_count(reader, rule, cases, blueprint)
    elif isinstance(rule, Marks):
        _check_marks(reader, rule, cases, blueprint)


def _check_count(
    reader: Reader, rule: CountAndKeys, cases: Sequence[EdgeCase | MarksCase], blueprint: Blueprint
) -> None:
    slots = blueprint.slots
    if not reader.sound("slots", "questions") or not reader.sound("slots", "keys") or not slots.questions:
        return  # there is nothing to measure against
    if rule.passes_needed > slots.questions:
        reader.fault(("pass_rule", "passes_needed"), "spec.unreachable", questions=slots.questions)
    for index, case in enumerate(cases):
        if isinstance(case, EdgeCase):
            _at_most(reader, case.keys_passed, slots.keys, "edge_cases", index, "keys_passed")
            _at_most(reader, case.others_passed, slots.questions - slots.keys, "edge_cases", index, "others_passed")


def _at_most(reader: Reader, value: int, most: int, *path: Key) -> None:
    if value > most:
        reader.fault(path, "value.whole", name=".".join(map(str, path)), low=0, high=most)


def _check_marks(reader: Reader, rule: Marks, cases: Sequence[EdgeCase | MarksCase], blueprint: Blueprint) -> None:
    """Marks for exactly the formats of the paper, adding up to the total; grades from 0 to the total without a gap."""
    if reader.sound("pass_rule", "grades") and reader.sound("pass_rule", "total"):
        _check_grades(reader, rule)
    if blueprint.layout != QUESTIONS:
        reader.fault(("pass_rule", "kind"), "spec.marks_need_pools")
    if blueprint.layout != QUESTIONS or not all(blueprint.formats) or not reader.sound("slots", "pools"):
        return
    for name in sorted(set(rule.each) - set(blueprint.formats)):
        reader.fault((*at(reader, "pass_rule", "marks"), name), "spec.marks_for_nothing", format=name)
    for name in sorted(set(blueprint.formats) - set(rule.each)) if rule.each else ():
        reader.fault(("pass_rule", "marks"), "spec.no_marks", format=name)
    if reader.sound("pass_rule", "marks") and reader.sound("pass_rule", "total"):
        _check_total(reader, rule, cases, blueprint)


def _check_total(reader: Reader, rule: Marks, cases: Sequence[EdgeCase | MarksCase], blueprint: Blueprint) -> None:
    most = {name: each * blueprint.slots.of_format(name) for name, each in rule.each.items()}
    if sum(most.values()) != rule.total:
        reader.fault(("pass_rule", "total"), "spec.marks_total", total=rule.total, listed=sum(most.values()))
    for index, case in enumerate(cases):
        points = case.points if isinstance(case, MarksCase) else {}
        for name, marks in points.items():
            _at_most(reader, marks, most.get(name, marks), "edge_cases", index, "points", name)
        if isinstance(case, MarksCase) and points and case.marks != sum(points.values()):
            params = {"marks": case.marks, "listed": sum(points.values())}
            reader.fault(("edge_cases", index, "marks"), "spec.case_sum", **params)


def _check_grades(reader: Reader, rule: Marks) -> None:
    """Each grade begins where the one before ends; together they hold every sum of marks once."""
    expected = 0
    for index, grade in enumerate(rule.grades):
        here = ("pass_rule", "grades", index)
        if grade.lowest != expected:
            reader.fault((*here, "from"), "spec.grade_from", grade=grade.name, expected=expected)
        if grade.highest < grade.lowest:
            reader.fault((*here, "to"), "spec.grade_backwards", grade=grade.name)
        if grade.name in [other.name for other in rule.grades[:index]]:
            reader.fault((*here, "grade"), "spec.doubled_grade", grade=grade.name)
        expected = grade.highest + 1
    if expected != rule.total + 1:
        here = ("pass_rule", "grades", len(rule.grades) - 1)
        reader.fault((*here, "to"), "spec.grades_end", total=rule.total)
