"""The blueprint of ST0087 as the plan states it, and what any blueprint can be asked."""

import pytest

from item_bank.blueprint import Blueprint
from sjt.rules.pass_rules import CountAndKeys
from tests.makers import ESSENTIAL, KEY, OTHER, a_blueprint, st0087

CORE = ["C1", "C2", "C3", "C4", "C5", "C6", "C7"]
# Taken from the plan by hand, not from the file.
THEMES = {"community": [*CORE, "CM1", "CM2"], "residential": [*CORE, "RS1", "RS2"]}
KEYS = {"community": {"C4.2", "CM1.1", "CM1.3"}, "residential": {"C4.2", "RS1.1", "RS1.2"}}
REST = {
    "community": {"C1.1", "C1.3", "C3.2", "C5.1", "C6.2", "C7.2", "CM1.2", "CM2.2"},
    "residential": {"C1.1", "C1.3", "C3.2", "C5.1", "C6.2", "C7.2", "RS1.3"},
}
BOTH = pytest.mark.parametrize("pathway", ["community", "residential"])


@pytest.fixture
def plan() -> Blueprint:
    return st0087().blueprint


# --- ST0087 ---------------------------------------------------------------------------------------
def test_there_are_two_pathways(plan: Blueprint) -> None:
    assert set(plan.pathways) == set(THEMES)


@BOTH
def test_a_pathway_has_nine_themes(plan: Blueprint, pathway: str) -> None:
    assert list(plan.pathways[pathway].themes) == THEMES[pathway]


@BOTH
def test_fifteen_statements_are_essential(plan: Blueprint, pathway: str) -> None:
    assert len(plan.essential(pathway)) == 15


@BOTH
def test_three_statements_are_key_and_all_of_them_essential(plan: Blueprint, pathway: str) -> None:
    assert {s.code for s in plan.keys(pathway)} == KEYS[pathway]
    assert {s.code for s in plan.keys(pathway)} <= {s.code for s in plan.essential(pathway)}


@BOTH
def test_the_sixteenth_is_drawn_from_the_rest_without_those_that_would_mark_a_set_twice(
    plan: Blueprint, pathway: str
) -> None:
    assert {s.code for s in plan.statements(pathway) if not s.essential} == REST[pathway]
    assert set(plan.drawable(pathway)) == REST[pathway] - {"C1.3", "C6.2"}


@BOTH
def test_no_paper_marks_a_criteria_set_twice(plan: Blueprint, pathway: str) -> None:
    essential = [s.criteria for s in plan.essential(pathway)]
    assert len(set(essential)) == 15
    assert not set(essential) & {plan.statement(code).criteria for code in plan.drawable(pathway)}


def test_a_paper_has_nine_scenarios_sixteen_questions_three_keys_and_one_drawn(plan: Blueprint) -> None:
    slots = plan.slots
    assert (slots.scenarios, slots.questions, slots.keys, slots.drawn) == (9, 16, 3, 1)


def test_the_test_takes_two_hours_and_needs_eight_passes() -> None:
    rule = st0087().pass_rule
    assert (st0087().duration_minutes, isinstance(rule, CountAndKeys) and rule.passes_needed) == (120, 8)


def test_every_answer_must_meet_at_least_two_points(plan: Blueprint) -> None:
    assert {len(plan.points(s.code)) for theme in plan.themes.values() for s in theme.statements} == {2, 3}


def test_a_point_is_named_by_its_set_and_number(plan: Blueprint) -> None:
    assert [point.code for point in plan.points("C4.2")] == ["P-C4b.1", "P-C4b.2", "P-C4b.3"]


# --- any blueprint --------------------------------------------------------------------------------
def test_statements_come_in_the_order_of_the_pathways_themes() -> None:
    blueprint = a_blueprint({"B.1": ESSENTIAL, "A.2": ESSENTIAL, "A.1": OTHER})
    assert [s.code for s in blueprint.statements("main")] == ["B.1", "A.2", "A.1"]


def test_what_weighs_nothing_is_not_drawn_and_what_has_no_weight_weighs_one() -> None:
    blueprint = a_blueprint({"A.1": KEY, "A.2": OTHER, "A.3": OTHER, "A.4": OTHER}, weights={"A.2": 0, "A.3": 5})
    assert blueprint.drawable("main") == {"A.3": 5, "A.4": 1}


def test_an_essential_statement_is_never_drawn_whatever_it_weighs() -> None:
    assert a_blueprint({"A.1": ESSENTIAL, "A.2": OTHER}, weights={"A.1": 9}).drawable("main") == {"A.2": 1}


def test_an_unknown_statement_is_an_error() -> None:
    with pytest.raises(KeyError):
        a_blueprint().statement("Z.9")


def test_an_unknown_pathway_is_an_error() -> None:
    with pytest.raises(KeyError):
        a_blueprint().statements("sideways")
