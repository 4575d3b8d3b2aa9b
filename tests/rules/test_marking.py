"""The marking rule: who must judge next, what the judgements come to, and what a judgement must say."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sjt.rules.marking import (
    FIRST,
    LONGEST_WORDS,
    SECOND,
    SHIPPED,
    THIRD,
    Draft,
    Judgement,
    MarkingPolicy,
    Said,
    Verdict,
    decide,
    draft_faults,
    final_faults,
    is_held,
    may_recall,
)

POINTS = ["P.1", "P.2", "P.3"]
NOON = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
points_judged = st.fixed_dictionaries({point: st.booleans() for point in POINTS})


def says(marker: int, *met: bool) -> Judgement:
    return Judgement(marker, dict(zip(POINTS, met, strict=True)))


def decided(key: bool, *judgements: Judgement, policy: MarkingPolicy | None = None) -> Verdict:
    turns = dict(enumerate(judgements, FIRST))
    return decide(POINTS, key=key, answered=True, judgements=turns, policy=policy or SHIPPED)


def test_a_key_question_wants_two_people_and_another_one() -> None:
    assert decided(True).wanted == (FIRST, SECOND)
    assert decided(True, says(1, True, True, True)).wanted == (SECOND,)
    assert decided(False).wanted == (FIRST,)
    assert decided(False, says(1, True, True, True)).passed is True


def test_any_differing_point_of_a_key_question_goes_to_a_third_even_if_both_fail_it() -> None:
    verdict = decided(True, says(1, True, False, False), says(2, False, True, False))
    assert verdict.wanted == (THIRD,)
    assert verdict.disputed == {"P.1", "P.2"}
    assert verdict.passed is None and verdict.points is None


def test_elsewhere_only_a_differing_outcome_goes_to_a_third() -> None:
    both_fail = decided(False, says(1, True, False, True), says(2, False, True, True))
    assert both_fail.wanted == () and both_fail.passed is False
    assert both_fail.points == {"P.1": False, "P.2": False, "P.3": True}
    assert decided(False, says(1, True, True, True), says(2, True, True, False)).wanted == (THIRD,)


def test_the_third_decides_the_disputed_points_and_no_other() -> None:
    blind = [says(1, True, True, True), says(2, True, True, False)]
    assert decided(True, *blind, says(3, False, False, True)).points == {"P.1": True, "P.2": True, "P.3": True}
    assert decided(True, *blind, says(3, True, True, False)).passed is False


def test_one_person_counts_once_on_a_response() -> None:
    assert decided(True, says(1, True, True, True), says(1, True, True, True)).wanted == (SECOND,)
    blind = [says(1, True, True, True), says(2, True, True, False)]
    assert decided(True, *blind, says(2, True, True, True)).wanted == (THIRD,)


def test_a_judgement_that_leaves_a_point_out_is_none() -> None:
    assert decided(False, Judgement(1, {"P.1": True, "P.2": True})).wanted == (FIRST,)


def test_how_many_are_wanted_is_data() -> None:
    assert decided(False, policy=MarkingPolicy(elsewhere=2)).wanted == (FIRST, SECOND)


def test_a_question_without_points_cannot_be_judged() -> None:
    with pytest.raises(ValueError, match="criterion points"):
        decide([], key=False, answered=True, judgements={})


@given(st.booleans(), st.lists(points_judged, max_size=3))
def test_an_unanswered_response_is_not_passed_and_wants_nobody(key: bool, judged: list[dict[str, bool]]) -> None:
    judgements = {turn: Judgement(turn, points) for turn, points in enumerate(judged, FIRST)}
    verdict = decide(POINTS, key=key, answered=False, judgements=judgements)
    assert (verdict.wanted, verdict.passed) == ((), False)


@given(st.booleans(), st.lists(points_judged, min_size=1, max_size=3))
def test_whatever_is_judged_the_rule_holds(key: bool, judged: list[dict[str, bool]]) -> None:
    """Invariants 27 and 28: a result needs every point; a differing key question always meets a third person."""
    judgements = {turn: Judgement(turn, points) for turn, points in enumerate(judged, FIRST)}
    verdict = decide(POINTS, key=key, answered=True, judgements=judgements)
    assert (verdict.points is None) == bool(verdict.wanted)
    if len(judged) == 2 and key:
        assert (verdict.wanted == (THIRD,)) == (judged[0] != judged[1])
    if verdict.points is not None:
        assert set(verdict.points) == set(POINTS)
        assert verdict.passed == all(verdict.points.values())
        agreed = [p for p in POINTS if len({points[p] for points in judged[:2]}) == 1]
        assert all(verdict.points[p] == judged[0][p] for p in agreed)
    if len(judged) == 3 and verdict.points is not None:
        assert all(verdict.points[p] == judged[2][p] for p in verdict.disputed)


@given(points_judged, points_judged)
def test_who_came_first_makes_no_difference(one: dict[str, bool], other: dict[str, bool]) -> None:
    for key in (True, False):
        there = decided(key, Judgement(1, one), Judgement(2, other))
        back = decided(key, Judgement(1, other), Judgement(2, one))
        assert there == back


@given(points_judged, points_judged)
def test_on_other_questions_two_who_agree_on_the_outcome_settle_it(one: dict[str, bool], two: dict[str, bool]) -> None:
    outcomes = {all(one.values()), all(two.values())}
    verdict = decided(False, Judgement(1, one), Judgement(2, two))
    assert {verdict.passed} == (outcomes if len(outcomes) == 1 else {None})


def test_a_recall_is_possible_for_ten_minutes_inside() -> None:
    ten = NOON + dt.timedelta(minutes=10)
    assert may_recall(NOON, ten, another_is_final=False, released=False)
    assert not may_recall(NOON, ten + dt.timedelta(microseconds=1), another_is_final=False, released=False)
    assert not may_recall(NOON, NOON, another_is_final=True, released=False)
    assert not may_recall(NOON, NOON, another_is_final=False, released=True)


def test_what_lies_idle_for_thirty_minutes_is_no_longer_held() -> None:
    later = NOON + dt.timedelta(minutes=30)
    assert is_held(False, NOON, later - dt.timedelta(microseconds=1))
    assert not is_held(False, NOON, later)
    assert is_held(True, NOON, later)


def test_a_final_judgement_needs_every_point_and_a_reason_for_each_not_met() -> None:
    draft = Draft({"P.1": Said(True), "P.2": Said(False, "  "), "P.3": Said(None, "Not sure yet.")})
    assert list(final_faults(POINTS, draft)) == [
        ("P.2", "marking.no_reason", {"number": 2}),
        ("P.3", "marking.undecided", {"number": 3}),
    ]
    assert [point for point, _, _ in final_faults(POINTS, Draft())] == POINTS
    whole = Draft({"P.1": Said(True), "P.2": Said(False, "Missing."), "P.3": Said(True, "Well done.")}, "A comment")
    assert not list(final_faults(POINTS, whole))


def test_words_that_are_too_long_are_no_draft_either() -> None:
    long = "x" * (LONGEST_WORDS + 1)
    draft = Draft({"P.1": Said(True, long), "P.2": Said(False, long[1:])}, long)
    assert [(point, code) for point, code, _ in draft_faults(draft)] == [
        ("P.1", "marking.too_long"),
        (None, "marking.too_long"),
    ]
