"""What a marking policy buys: exact from the rule, and by chance."""

from __future__ import annotations

import pytest

from sjt.rules.marking import MarkingPolicy, drawn, is_borderline, second_reason
from sjt.rules.simulating import judged, sampled, wilson, wrong_fail
from sjt.services.marking.seconds import policies, policy_on


@pytest.mark.parametrize(("error", "single", "double"), [(0.05, 14.3, 2.2), (0.10, 27.1, 8.2)])
def test_wrong_fails_on_three_keys_are_those_that_the_domain_states(error: float, single: float, double: float) -> None:
    assert round(100 * wrong_fail(error, 3, double=False), 1) == single
    assert round(100 * wrong_fail(error, 3, double=True), 1) == double


@pytest.mark.parametrize(("candidates", "within"), [(5_000, 2.0), pytest.param(100_000, 0.5, marks=pytest.mark.long)])
def test_candidates_by_chance_come_near_the_exact_figures(candidates: int, within: float) -> None:
    single, double = sampled(candidates, 0.05, 3, seed=1)
    assert abs(100 * single - 14.3) < within and abs(100 * double - 2.2) < within


def test_an_error_goes_both_ways_and_depends_on_names_only() -> None:
    found = [judged(truth, 7, 0.5, "C4.2", n) for truth in (True, False) for n in range(50)]
    assert found[:50] == [not other for other in found[50:]]
    assert found == [judged(truth, 7, 0.5, "C4.2", n) for truth in (True, False) for n in range(50)]


def test_the_interval_holds_the_rate_and_stays_between_nought_and_one() -> None:
    assert wilson(0, 0) == (0, 1)
    low, high = wilson(2, 100)
    assert round(low, 4) == 0.0055 and round(high, 4) == 0.0700  # Wilson's score interval, worked by hand
    assert wilson(0, 10)[0] == 0 and wilson(10, 10)[1] == pytest.approx(1)


def test_near_the_line_is_six_to_ten_provisional_passes_of_a_script_judged_throughout() -> None:
    policy = policies()[0][1]
    near = [n for n in range(17) if is_borderline(policy, [True] * n + [False] * (16 - n))]
    assert near == [6, 7, 8, 9, 10]
    assert not is_borderline(policy, [True] * 8 + [None])
    assert not is_borderline(MarkingPolicy(), [True] * 8 + [False] * 8)


def test_a_new_marker_s_first_ten_scripts_and_a_random_tenth_are_judged_again() -> None:
    policy = policies()[0][1]
    assert second_reason(policy, scripts=10, seed="s", ref="r") == "new_marker"
    reasons = [second_reason(policy, scripts=11, seed="seed", ref=f"{n}") for n in range(2_000)]
    assert set(reasons) == {None, "share"} and 150 <= reasons.count("share") <= 250
    assert [drawn("seed", f"{n}", 0.1) for n in range(50)] != [drawn("other", f"{n}", 0.1) for n in range(50)]


def test_a_policy_counts_from_its_day() -> None:
    since, policy = policies()[0]
    assert policy_on(since) == policy and policy_on(since.replace(year=2020)) == MarkingPolicy()
