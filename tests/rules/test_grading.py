"""The pass rule of ST0087, over every pattern there is, and the papers that are never graded."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sjt.rules.grading import FAIL, INVALID, PASS, Marked, Outcome, edge_case_faults, grade
from sjt.rules.pass_rules import EdgeCase
from tests.makers import ESSENTIAL, KEY, OTHER, a_script, a_specification, st0087

# Taken from the plan by hand, not from the file; C1.1 stands for the drawn statement.
CORE = ["C1.2", "C2.1", "C2.2", "C3.1", "C4.1", "C4.2", "C4.3", "C4.4", "C5.2", "C6.1", "C7.1"]
PAPERS = {
    "community": [*CORE, "CM1.1", "CM1.3", "CM2.1", "CM2.3", "C1.1"],
    "residential": [*CORE, "RS1.1", "RS1.2", "RS2.1", "RS2.2", "C1.1"],
}
KEYS = {"community": ["C4.2", "CM1.1", "CM1.3"], "residential": ["C4.2", "RS1.1", "RS1.2"]}
BOTH = pytest.mark.parametrize("pathway", ["community", "residential"])
A_PATHWAY = st.sampled_from(["community", "residential"])


def the_outcome(statements: list[str], passed: set[str], pathway: str = "community") -> Outcome:
    return grade(st0087(), pathway, a_script(statements, passed))


def short(outcome: Outcome) -> list[str]:
    return [reason.short for reason in outcome.reasons]


# --- pass or fail ---------------------------------------------------------------------------------
@BOTH
def test_all_65536_patterns(pathway: str) -> None:
    """Pass exactly when eight or more are passed and all three keys are; the reasons name what failed, and no more.

    With the keys passed it takes five or more of the other thirteen: 2^13 - (1 + 13 + 78 + 286 + 715) = 7,099.
    """
    paper, plan = PAPERS[pathway], st0087()
    choices = [(Marked(code, False), Marked(code, True)) for code in paper]
    keys = [(code, 1 << paper.index(code)) for code in KEYS[pathway]]
    passes = 0
    for pattern in range(1 << 16):
        outcome = grade(plan, pathway, [choices[n][pattern >> n & 1] for n in range(16)])
        enough = pattern.bit_count() >= 8
        wrong = ([] if enough else ["count"]) + [f"key:{code}" for code, bit in keys if not pattern & bit]
        assert outcome.outcome == (FAIL if wrong else PASS), f"{pattern:016b}"
        assert short(outcome) == wrong, f"{pattern:016b}"
        passes += not wrong
    assert passes == 7099


@given(A_PATHWAY, st.sets(st.integers(0, 15)), st.randoms(use_true_random=False))
def test_the_order_of_the_questions_is_no_matter(pathway: str, passed: set[int], source: random.Random) -> None:
    script = a_script(PAPERS[pathway], {PAPERS[pathway][n] for n in passed})
    shuffled = source.sample(script, len(script))
    assert grade(st0087(), pathway, shuffled) == grade(st0087(), pathway, script)


@given(A_PATHWAY, st.sets(st.integers(0, 15)), st.integers(0, 15))
def test_one_more_passed_question_never_loses_a_pass(pathway: str, passed: set[int], more: int) -> None:
    paper = PAPERS[pathway]
    before = the_outcome(paper, {paper[n] for n in passed}, pathway)
    after = the_outcome(paper, {paper[n] for n in passed | {more}}, pathway)
    assert set(short(after)) <= set(short(before))


@given(st.sampled_from(["C1.1", "C3.2", "C5.1", "C7.2", "CM1.2", "CM2.2"]), st.sets(st.integers(0, 15)))
def test_it_is_no_matter_which_statement_was_drawn(drawn: str, passed: set[int]) -> None:
    paper = [*PAPERS["community"][:15], drawn]
    same = the_outcome(PAPERS["community"], {PAPERS["community"][n] for n in passed})
    assert the_outcome(paper, {paper[n] for n in passed}) == same


@given(A_PATHWAY, st.sets(st.integers(0, 15)))
def test_an_outcome_says_how_many_were_passed_of_how_many(pathway: str, passed: set[int]) -> None:
    outcome = the_outcome(PAPERS[pathway], {PAPERS[pathway][n] for n in passed}, pathway)
    assert (outcome.passed, outcome.of) == (len(passed), 16)


def test_a_failed_count_says_how_many_are_needed() -> None:
    outcome = the_outcome(PAPERS["community"], set(KEYS["community"]))
    assert outcome.reasons[0].params == {"passed": 3, "needed": 8, "of": 16}


# --- papers that are never graded -----------------------------------------------------------------
def test_fifteen_questions_are_invalid() -> None:
    outcome = the_outcome(PAPERS["community"][:15], set(PAPERS["community"]))
    assert outcome.outcome == INVALID
    assert short(outcome) == ["questions"]


def test_seventeen_questions_are_invalid() -> None:
    outcome = the_outcome([*PAPERS["community"], "C3.2"], set(PAPERS["community"]))
    assert outcome.outcome == INVALID
    assert short(outcome) == ["questions"]


def test_no_question_at_all_is_invalid() -> None:
    assert the_outcome([], set()).outcome == INVALID


def test_a_doubled_statement_is_invalid_even_among_sixteen() -> None:
    outcome = the_outcome([*PAPERS["community"][:15], "C4.2"], set(PAPERS["community"]))
    assert outcome.outcome == INVALID
    assert short(outcome) == ["doubled:C4.2"]


@pytest.mark.parametrize("foreign", ["RS1.1", "C9.9", "c1.1", " C1.1", ""])
def test_a_foreign_statement_is_invalid(foreign: str) -> None:
    outcome = the_outcome([*PAPERS["community"][:15], foreign], set(PAPERS["community"]))
    assert outcome.outcome == INVALID
    assert short(outcome) == [f"foreign:{foreign}"]


@pytest.mark.parametrize("missing", PAPERS["community"][:15])
def test_an_essential_statement_that_is_not_asked_is_invalid(missing: str) -> None:
    paper = [code for code in PAPERS["community"] if code != missing] + ["C3.2"]
    outcome = the_outcome(paper, set(paper))
    assert outcome.outcome == INVALID
    assert short(outcome) == [f"missing:{missing}"]


@BOTH
def test_the_other_pathways_paper_is_invalid(pathway: str) -> None:
    (other,) = set(PAPERS) - {pathway}
    assert the_outcome(PAPERS[other], set(PAPERS[other]), pathway).outcome == INVALID


@given(st.lists(st.sampled_from(sorted({*PAPERS["community"], *PAPERS["residential"], "C3.2", "C1.3"})), max_size=20))
def test_only_a_whole_paper_is_graded(statements: list[str]) -> None:
    essential = set(PAPERS["community"][:15])
    rest = {"C1.1", "C1.3", "C3.2"}
    whole = len(statements) == 16 and essential < set(statements) <= essential | rest
    assert (the_outcome(statements, set(statements)).outcome != INVALID) == whole


@given(A_PATHWAY, st.integers(0, 15), st.sampled_from(["C1.1", "C1.3", "C3.2", "C4.2", "CM1.1", "RS1.1", "X"]))
def test_a_whole_paper_stays_whole_only_under_another_drawn_statement(pathway: str, place: int, other: str) -> None:
    paper = PAPERS[pathway].copy()
    paper[place] = other
    whole = paper == PAPERS[pathway] or (place == 15 and other in {"C1.3", "C3.2"})
    assert (the_outcome(paper, set(paper), pathway).outcome != INVALID) == whole


def test_an_invalid_paper_names_everything_that_is_wrong() -> None:
    paper = [code for code in PAPERS["community"][:15] if code != "C2.1"] + ["C4.2", "RS1.1", "C1.1"]
    assert short(the_outcome(paper, set())) == ["questions", "doubled:C4.2", "foreign:RS1.1", "missing:C2.1"]


def test_an_unknown_pathway_is_an_error() -> None:
    with pytest.raises(KeyError):
        the_outcome(PAPERS["community"], set(), "sideways")


# --- any specification ----------------------------------------------------------------------------
@given(st.sets(st.sampled_from(["A.1", "A.2", "B.1", "B.2"])), st.integers(1, 4))
def test_the_numbers_come_from_the_specification(passed: set[str], needed: int) -> None:
    plan = a_specification({"A.1": KEY, "A.2": ESSENTIAL, "B.1": KEY, "B.2": OTHER}, passes_needed=needed)
    outcome = grade(plan, "main", a_script(["A.1", "A.2", "B.1", "B.2"], passed))
    assert (outcome.outcome == PASS) == (len(passed) >= needed and {"A.1", "B.1"} <= passed)


# --- edge cases -----------------------------------------------------------------------------------
def test_the_shipped_edge_cases_hold() -> None:
    assert len(st0087().edge_cases) >= 6
    assert edge_case_faults(st0087()) == []


@given(st.integers(0, 1), st.integers(0, 3), st.sampled_from(["pass", "fail"]), st.sampled_from([None, "count", "key"]))
def test_an_edge_case_is_a_fault_exactly_when_the_rule_says_otherwise(
    keys: int, others: int, stated: str, reason: str | None
) -> None:
    case = EdgeCase("a case", keys, others, stated, reason, line=7)
    plan = a_specification(passes_needed=2)  # one key and three others
    wrong = {code for code, failed in (("count", keys + others < 2), ("key", keys < 1)) if failed}
    holds = (stated == "pass") == (not wrong) and (reason is None or reason in wrong)
    faults = edge_case_faults(replace(plan, edge_cases=(case,)))
    assert [(f.place.line, f.code) for f in faults] == ([] if holds else [(7, "spec.edge_case")])


def test_a_contradiction_says_what_was_stated_and_what_was_found() -> None:
    case = EdgeCase("a case", 0, 3, "fail", "count", line=7)
    (fault,) = edge_case_faults(replace(a_specification(passes_needed=2), edge_cases=(case,)))
    assert (fault.params["stated"], fault.params["found"]) == ("fail (count)", "fail (key)")
