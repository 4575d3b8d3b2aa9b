"""Specifications of every kind: pools, marks, missing values, practice; every fault at its line."""

import copy
import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from item_bank.blueprint import QUESTIONS, SCENARIOS, BankPolicy
from item_bank.shipped import SPECS
from item_bank.sources import Reader, Source, loads
from sjt.rules.grading import INVALID, Scored, edge_case_faults, grade, grade_by_marks
from sjt.rules.pass_rules import Grade, Marks, MarksCase, NoOutcome, Unstated
from sjt.rules.plan import Ratio, Specification, _specification
from sjt.services import plan_words
from sjt.services.files import BadFiles, missing_lines, notes, require_drawable, shipped_specifications
from sjt.words import say_fault
from tests.makers import st0087
from tests.rules.test_plan import JUNK, Mistake, checked, faults_of, paths, spoil

PLANS = {plan.name: plan for plan in shipped_specifications()}
KT, SJT, PRACTICE = PLANS["st0663-kt"], PLANS["st0088-sjt"], PLANS["practice-1.0"]
TEXTS = {name: (SPECS / f"{name}.yaml").read_text(encoding="utf-8") for name in PLANS}


# --- the knowledge test -----------------------------------------------------------------------------
def test_the_knowledge_test_is_read_as_the_plan_states_it() -> None:
    """Taken from the plan by hand: 40 questions, 14 of one mark and 26 of two, 120 minutes, closed book, 1 to 20."""
    slots = KT.blueprint.slots
    assert (KT.id, KT.minutes, KT.book, KT.blueprint.layout) == ("st0663-kt-2022-05-22", 120, "closed", QUESTIONS)
    assert (slots.questions, slots.of_format("single-best"), slots.of_format("short-answer")) == (40, 14, 26)
    assert KT.blueprint.formats == ("single-best", "short-answer")
    assert KT.ratio is not None and KT.ratio.candidates == 20 and "20 apprentices" in KT.ratio.clause
    mapped = {"K3", "K9", "K10", "K11", "K14", "K15", "K16", "K17", "K19", "S8"}
    assert set(slots.pools) == {s.code for s in KT.blueprint.statements("main")} == mapped


def test_its_pass_rule_is_by_marks() -> None:
    rule = KT.pass_rule
    assert isinstance(rule, Marks)
    assert (rule.total, dict(rule.each)) == (66, {"single-best": 1, "short-answer": 2})
    assert rule.grades == (Grade("fail", 0, 45), Grade("pass", 46, 52), Grade("distinction", 53, 66))


@pytest.mark.parametrize(
    ("marks", "earned"),
    [(0, "fail"), (40, "fail"), (45, "fail"), (46, "pass"), (52, "pass"), (53, "distinction"), (66, "distinction")],
)
def test_the_boundaries_of_the_grades(marks: int, earned: str) -> None:
    assert isinstance(KT.pass_rule, Marks)
    assert KT.pass_rule.grade(marks) == earned
    assert (marks, earned) in [(case.marks, case.outcome) for case in KT.edge_cases if isinstance(case, MarksCase)]


@pytest.mark.parametrize("marks", [-1, 67])
def test_no_grade_holds_what_no_paper_gives(marks: int) -> None:
    assert isinstance(KT.pass_rule, Marks)
    with pytest.raises(ValueError, match="no grade"):
        KT.pass_rule.grade(marks)


def script(points: dict[str, list[int]]) -> list[Scored]:
    """A whole paper, the points of each format given out in turn."""
    left = {name: iter(values) for name, values in points.items()}
    asked = [(code, name, count) for code, pool in KT.blueprint.slots.pools.items() for name, count in pool.items()]
    return [Scored(code, name, next(left[name])) for code, name, count in asked for _ in range(count)]


SINGLES = st.lists(st.integers(0, 1), min_size=14, max_size=14)
SHORTS = st.lists(st.integers(0, 2), min_size=26, max_size=26)


@given(SINGLES, SHORTS)
def test_the_sum_of_marks_decides(singles: list[int], shorts: list[int]) -> None:
    graded = grade_by_marks(KT, "main", script({"single-best": singles, "short-answer": shorts}))
    marks = sum(singles) + sum(shorts)
    assert (graded.marks, graded.of, graded.reasons) == (marks, 66, ())
    assert graded.grade == ("fail" if marks < 46 else "pass" if marks < 53 else "distinction")


def test_every_single_choice_right_and_half_marks_everywhere_is_a_fail() -> None:
    graded = grade_by_marks(KT, "main", script({"single-best": [1] * 14, "short-answer": [1] * 26}))
    assert (graded.marks, graded.grade) == (40, "fail")


def test_a_paper_that_breaks_its_pools_is_never_graded() -> None:
    whole = script({"single-best": [1] * 14, "short-answer": [2] * 26})
    assert grade_by_marks(KT, "main", whole).grade == "distinction"
    for broken in (whole[1:], [*whole, whole[0]], [replace(whole[0], statement="K99"), *whole[1:]]):
        assert grade_by_marks(KT, "main", broken).grade == INVALID


@pytest.mark.parametrize("points", [-1, 3])
def test_points_that_a_format_cannot_give_are_never_graded(points: int) -> None:
    whole = script({"single-best": [1] * 14, "short-answer": [2] * 26})
    graded = grade_by_marks(KT, "main", [replace(whole[0], points=points), *whole[1:]])
    assert (graded.grade, [reason.code for reason in graded.reasons]) == (INVALID, ["points"])


def test_a_rule_of_another_kind_is_an_error_of_the_program() -> None:
    with pytest.raises(ValueError, match="count and keys"):
        grade(KT, "main", [])
    with pytest.raises(ValueError, match="by marks"):
        grade_by_marks(st0087(), "community", [])


@given(st.integers(0, 66), st.sampled_from(["fail", "pass", "distinction"]))
def test_an_edge_case_by_marks_is_a_fault_exactly_when_the_rule_says_otherwise(marks: int, stated: str) -> None:
    case = MarksCase("a case", marks, {}, stated, line=7)
    holds = isinstance(KT.pass_rule, Marks) and KT.pass_rule.grade(marks) == stated
    faults = edge_case_faults(replace(KT, edge_cases=(case,)))
    assert [(f.place.line, f.code) for f in faults] == ([] if holds else [(7, "spec.edge_case_marks")])


# --- the test with missing values ---------------------------------------------------------------------
def test_what_the_plan_does_not_state_is_named() -> None:
    assert {m.name: m.words for m in SJT.missing} == {
        "test.duration_minutes": "ST0088 does not state its duration",
        "slots.questions": "ST0088 does not state how many questions a paper has",
        "pass_rule": "ST0088 does not state its pass mark",
    }
    assert (SJT.duration_minutes, SJT.blueprint.slots.questions) == (None, 0)
    assert isinstance(SJT.pass_rule, Unstated)


def test_missing_values_are_notes_at_their_lines_and_no_faults() -> None:
    lines = TEXTS["st0088-sjt"].splitlines()
    found = [lines[note.place.line - 1].strip().partition(":")[0] for note in notes(SJT)]
    assert faults_of(TEXTS["st0088-sjt"]) == []
    assert found == ["duration_minutes", "pass_rule", "questions", "PC1"]
    assert all(notes(PLANS[name]) == [] for name in ("st0087-1.0", "st0663-kt", "practice-1.0"))


def test_its_pathways_have_eight_themes_and_two_areas_of_one_option() -> None:
    core = [f"P{n}" for n in range(1, 9)]
    assert list(SJT.blueprint.pathways["community"].themes) == [*core, "PC1", "PC2"]
    assert list(SJT.blueprint.pathways["residential"].themes) == [*core, "PR1", "PR2"]
    statements = [s for theme in SJT.blueprint.themes.values() for s in theme.statements]
    assert not any(s.essential or s.key for s in statements)
    assert {s.criteria for s in statements} == {"P-SJT"}


def test_a_theme_whose_statements_were_lost_stands_as_one_statement() -> None:
    (lost,) = SJT.blueprint.themes["PC1"].statements
    assert (lost.code, lost.theme, lost.lost) == ("PC1", "PC1", True)
    assert [theme.code for theme in SJT.blueprint.lost("community")] == ["PC1"]
    assert SJT.blueprint.lost("residential") == ()


def test_a_refusal_to_draw_names_each_missing_value_and_each_lost_theme() -> None:
    with pytest.raises(BadFiles) as refused:
        require_drawable(SJT, "community")
    assert len(refused.value.lines) == 4
    assert refused.value.lines[0] == "st0088-sjt: ST0088 does not state its duration"
    assert refused.value.lines[3].startswith("st0088-sjt: community: PC1 (Networks")
    assert "its statements were lost in the source" in refused.value.lines[3]
    assert len(missing_lines(SJT, "residential")) == 3
    assert len(missing_lines(SJT)) == 4


@pytest.mark.parametrize("name", ["st0087-1.0", "st0663-kt", "practice-1.0"])
def test_whatever_states_all_can_be_drawn(name: str) -> None:
    require_drawable(PLANS[name])


def test_a_duration_that_is_not_stated_is_never_taken_for_a_number() -> None:
    with pytest.raises(ValueError, match="no duration"):
        _ = SJT.minutes


# --- practice, and the bank's policy ------------------------------------------------------------------
def test_practice_decides_nothing() -> None:
    assert isinstance(PRACTICE.pass_rule, NoOutcome) and PRACTICE.practice
    assert [name for name, plan in PLANS.items() if plan.practice] == ["practice-1.0"]
    assert PRACTICE.minutes == 30
    asked = {code: dict(pool) for code, pool in PRACTICE.blueprint.slots.pools.items()}
    assert asked == {"F1": {"single-best": 2}, "F2": {"most-and-least": 2}, "F3": {"pick-n": 2}, "F4": {"rank": 2},
                     "F5": {"rate": 2}}  # fmt: skip


def test_practice_is_listed_last() -> None:
    assert list(PLANS) == ["st0087-1.0", "st0088-sjt", "st0663-kt", "practice-1.0"]


def test_the_policy_of_a_bank_is_data_with_its_basis() -> None:
    plan = st0087()
    assert plan.blueprint.policy == BankPolicy(12, 60, 0.25, 1.5)
    names = ("review_months", "warn_days", "exposure_floor", "exposure_spread")
    assert {plan.bases[f"bank_policy.{name}"] for name in names} == {"recommended"}
    assert "bank_policy.review_months" not in KT.bases  # the plan states the yearly review
    assert PRACTICE.blueprint.policy.review_months is None


def test_what_was_taken_and_not_stated_is_marked() -> None:
    assert st0087().bases["test.book"] == "recommended"
    assert st0087().bases["slots.drawn"] == "inferred"
    assert KT.bases["slots.pools"] == "recommended"
    assert KT.bases["formats"] == "derived"


def test_st0087_is_as_it_was() -> None:
    plan = st0087()
    assert (plan.blueprint.layout, plan.blueprint.formats) == (SCENARIOS, ("extended-answer",))
    assert (plan.modes, plan.book, plan.ratio, plan.missing) == (("online", "paper"), "closed", None, ())


def test_a_ratio_is_read() -> None:
    text = TEXTS["st0663-kt"].replace("candidates_at_most: 20", "candidates_at_most: 15")
    plan: Specification = checked(text)[0]
    assert isinstance(plan.ratio, Ratio) and plan.ratio.candidates == 15


# --- one mistake at a time ----------------------------------------------------------------------------
BOTH_ENDS = "in_force:\n  from: 2018-06-29\n"
MISTAKES = {
    "st0087-1.0": [
        Mistake("an end before the beginning", BOTH_ENDS, BOTH_ENDS + "  until: 2018-06-28\n", (
            ("until: 2018", "spec.until_first"),)),
        Mistake("a book that is none", "book: {value: closed", "book: {value: ajar", (("ajar", "value.one_of"),)),
        Mistake("a mode that is none", "modes: [online, paper]", "modes: [online, vellum]", (
            ("vellum", "value.one_of"),)),
        Mistake("no mode", "modes: [online, paper]", "modes: []", (("modes: []", "value.list"),)),
        Mistake("a policy that is none", "exposure_floor: {value: 0.25", "exposure_floor: {value: wide", (
            ("value: wide", "value.number"),)),
        Mistake("a policy nobody knows", "  warn_days: {value: 60", "  warn_day: {value: 60", (
            ("warn_day:", "value.unknown_key"),)),
        Mistake("a framework nobody knows", "frameworks: [nos]", "frameworks: [nosy]", (("nosy", "value.one_of"),)),
        Mistake("a kind of rule nobody knows", "  passes_needed: 8", "  kind: luck\n  passes_needed: 8", (
            ("kind: luck", "value.one_of"),)),
        Mistake("a basis without a value", "{value: closed, basis: recommended}", "{basis: recommended}", (
            ("book: {basis", "value.one_of"),)),
        Mistake("pools among scenarios", "slots:\n  scenarios: 9", "slots:\n  pools: {C1.1: {}}\n  scenarios: 9", (
            ("pools:", "value.unknown_key"),)),
    ],
    "st0663-kt": [
        Mistake("pools that do not add up", "K3: {single-best: 1, short", "K3: {single-best: 2, short", (
            ("  questions: 40", "spec.slots"), ("total: 66", "spec.marks_total"))),
        Mistake("a pool of no statement", "      K3: {single-best", "      K4: {single-best", (
            ("      K4: {single", "spec.unknown_statement"), ("K3: {title", "spec.no_pool"))),
        Mistake("a pool in an unknown format", "S8: {single-best: 1", "S8: {haiku: 1", (
            ("haiku", "spec.unlisted_format"),)),
        Mistake("a format nobody knows", "[single-best, short-answer]", "[single-best, short-answer, haiku]", (
            ("haiku", "value.one_of"),)),
        Mistake("a format that no pool asks for", "[single-best, short-answer]", "[single-best, short-answer, rank]", (
            ("formats:", "spec.unused_format"), ("marks: {single", "spec.no_marks"))),
        Mistake("a layout nobody knows", "layout: questions", "layout: squares", (
            ("squares", "value.one_of"),)),
        Mistake("marks for a format that is not asked", "marks: {single-best: 1,", "marks: {rank: 1, single-best: 1,", (
            ("rank: 1", "spec.marks_for_nothing"),)),
        Mistake("a total that the pools do not give", "total: 66", "total: 67", (
            ("total: 67", "spec.marks_total"), ("to: 66", "spec.grades_end"))),
        Mistake("a gap between grades", "{grade: pass, from: 46", "{grade: pass, from: 47", (
            ("from: 47", "spec.grade_from"),)),
        Mistake("grades that overlap", "from: 0, to: 45", "from: 0, to: 46", (("from: 46", "spec.grade_from"),)),
        Mistake("a grade that ends before it begins", "from: 53, to: 66", "from: 53, to: 50", (
            ("to: 50", "spec.grade_backwards"), ("to: 50", "spec.grades_end"))),
        Mistake("a grade twice", "grade: distinction, from", "grade: pass, from", (
            ("from: 53", "spec.doubled_grade"), ("the lowest distinction", "value.one_of"),
            ("everything right", "value.one_of"))),
        Mistake("an edge case that the rule contradicts", "marks: 45, outcome: fail", "marks: 45, outcome: pass", (
            ("the highest fail", "spec.edge_case_marks"),)),
        Mistake("an edge case that does not add up", "short-answer: 26}, marks: 40", "short-answer: 26}, marks: 41", (
            ("every single choice right", "spec.case_sum"),)),
        Mistake("an edge case above the most", "points: {single-best: 14,", "points: {single-best: 15,", (
            ("every single choice right", "value.whole"), ("every single choice right", "spec.case_sum"))),
        Mistake("a ratio of nobody", "candidates_at_most: 20", "candidates_at_most: 0", (
            ("candidates_at_most", "value.whole"),)),
        Mistake("a flag where none is used", "K3: {title: ", "K3: {essential: true, title: ", (
            ("K3: {essential", "value.unknown_key"),)),
    ],
    "st0088-sjt": [
        Mistake("missing without words", "{missing: ST0088 does not state its duration}", "{missing: }", (
            ("duration_minutes", "value.text"),)),
        Mistake("lost without words", f"lost: {SJT.blueprint.themes['PC1'].note}", "lost: ''", (
            ("lost: ''", "value.text"),)),
        Mistake("lost, and statements all the same", "    criteria: P-SJT\n  PC2",
                "    criteria: P-SJT\n    statements: {PC1.1: {title: x}}\n  PC2", (
            ("statements: {PC1.1", "value.unknown_key"),)),
        Mistake("edge cases where nothing is graded", "open_questions:", "edge_cases: [{case: x}]\nopen_questions:", (
            ("edge_cases", "value.unknown_key"),)),
    ],
    "practice-1.0": [
        Mistake("a count where nothing is decided", "kind: none", "kind: none\n  passes_needed: 3", (
            ("passes_needed", "value.unknown_key"),)),
    ],
}  # fmt: skip
EVERY = [
    pytest.param(name, mistake, id=f"{name}: {mistake.what}") for name, found in MISTAKES.items() for mistake in found
]


@pytest.mark.parametrize(("name", "mistake"), EVERY)
def test_a_mistake_is_named_at_its_line(name: str, mistake: Mistake) -> None:
    text = mistake.made_in(TEXTS[name])
    assert faults_of(text) == mistake.expected(text)


def test_a_theme_without_an_essential_statement_is_a_fault_where_scenarios_are_laid_out() -> None:
    text = TEXTS["st0087-1.0"]
    for words in ('the ethics beneath them", essential: true', "kept up in practice, essential: true"):
        assert text.count(words) == 1
        text = text.replace(words, words.replace("true", "false"))
    codes = [code for _, code in faults_of(text)]
    assert codes.count("spec.theme_asks_nothing") == 1


def test_a_version_governs_from_its_day_to_its_last() -> None:
    plan = replace(PRACTICE, in_force_until=dt.date(2026, 12, 31))
    days = [dt.date(2025, 12, 31), dt.date(2026, 1, 1), dt.date(2026, 12, 31), dt.date(2027, 1, 1)]
    assert [plan.in_force(day) for day in days] == [False, True, True, False]


# --- nothing breaks the check --------------------------------------------------------------------------
@given(st.data())
@settings(max_examples=25)
def test_whatever_happens_to_its_lines_the_check_says_so_in_faults(data: st.DataObject) -> None:
    lines = TEXTS[data.draw(st.sampled_from(["st0663-kt", "st0088-sjt", "practice-1.0"]))].splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(lines) - 1))
        lines[place : place + 1] = data.draw(
            st.sampled_from([[], [lines[place]] * 2, ["  " + lines[place]], [lines[place][2:]], [lines[place][:-1]]])
            | st.sampled_from(["x: y", "- x", "  missing: none", "  value: {a: 1}", "  questions: {missing: 3}"]).map(
                lambda line: [line]
            )
        )
    plan, faults = checked("\n".join(lines))
    assert all(say_fault(fault).isprintable() for fault in [*faults, *notes(plan)])


SOURCES = {name: loads(text, f"{name}.yaml")[0] for name, text in TEXTS.items() if name != "st0087-1.0"}
PLACES = {name: sorted(paths(source.data), key=str) for name, source in SOURCES.items()}
MORE_JUNK = JUNK | st.sampled_from(
    [{"missing": "x"}, {"missing": None}, {"value": 1}, {"value": {"K3": {"rank": 1}}, "basis": "inferred"}, "marks"]
)


@given(st.data())
def test_whatever_stands_in_a_file_there_is_a_fault_or_a_specification_that_can_be_told(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(SOURCES)))
    values = copy.deepcopy(SOURCES[name].data)
    for _ in range(data.draw(st.integers(1, 4))):
        spoil(values, data.draw(st.sampled_from(PLACES[name])), data.draw(MORE_JUNK), delete=data.draw(st.booleans()))
    reader = Reader(Source(f"{name}.yaml", values, SOURCES[name].lines))
    plan = _specification(reader)
    faults = [*reader.faults, *edge_case_faults(plan, reader.faults)]
    assert all(say_fault(fault).isprintable() for fault in [*faults, *notes(plan)])
    if not faults:
        assert missing_lines(plan) or plan.minutes
        told = [line.words for line in [*plan_words.paper(plan), *plan_words.policy(plan)]]
        assert all([*told, plan_words.pass_rule(plan)[0]])
