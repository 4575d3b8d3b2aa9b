"""How many invigilators a room needs: ST0663's one to twenty, a sitting's own figure, an override."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sjt.rules.ratio import Override, covered, enough, needed

COUNTS = st.integers(0, 400)


@pytest.mark.parametrize(("candidates", "invigilators"), [(0, 0), (1, 1), (20, 1), (21, 2), (40, 2), (41, 3)])
def test_one_invigilator_to_twenty_apprentices(candidates: int, invigilators: int) -> None:
    assert needed(candidates, 20, 1) == invigilators


@given(COUNTS, st.integers(1, 60), st.integers(1, 9))
def test_nobody_has_more_candidates_than_the_ceiling_and_one_fewer_would_not_do(
    candidates: int, most: int, at_least: int
) -> None:
    least = needed(candidates, most, at_least)
    assert least * most >= candidates
    assert candidates == 0 or least >= at_least
    if candidates and least > max(1, at_least):
        assert (least - 1) * most < candidates


@given(COUNTS, COUNTS, st.none() | st.integers(1, 60), st.integers(1, 9))
def test_more_invigilators_never_close_a_gate_and_more_candidates_never_open_one(
    candidates: int, present: int, most: int | None, at_least: int
) -> None:
    if enough(candidates, present, most, at_least):
        assert enough(candidates, present + 1, most, at_least)
        assert candidates == 0 or enough(candidates - 1, present, most, at_least)


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_an_override_covers_what_was_said_and_nothing_worse(
    said: int, with_: int, candidates: int, present: int
) -> None:
    assert covered(candidates, present, [Override(said, with_)]) == (candidates <= said and present >= with_)


def test_a_plan_without_a_ratio_still_needs_somebody_in_the_room() -> None:
    assert needed(200, None, 1) == 1 and needed(1, None, 3) == 3
