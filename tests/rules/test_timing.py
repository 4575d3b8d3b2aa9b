"""Time allowed and the one deadline."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctoring.timing import Allowance, deadline, entitled_minutes, minutes_needed, seconds_left

START = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
percents = st.lists(st.integers(0, 200), max_size=4).map(tuple)


@pytest.mark.parametrize(
    ("base", "extra", "minutes"),
    [(120, (), 120), (120, (25,), 150), (120, (50,), 180), (120, (25, 50), 180), (90, (25,), 113), (1, (1,), 2)],
)
def test_a_percentage_is_of_the_base_and_rounds_up_to_the_whole_minute(
    base: int, extra: tuple[int, ...], minutes: int
) -> None:
    assert entitled_minutes(base, extra) == minutes


@given(st.integers(1, 600), percents)
def test_nobody_gets_less_than_the_base(base: int, extra: tuple[int, ...]) -> None:
    assert entitled_minutes(base, extra) >= base


@given(st.integers(1, 600), percents, st.integers(0, 200), st.integers(0, 10**6), st.integers(0, 10**6))
def test_no_fact_moves_a_deadline_earlier(
    base: int, extra: tuple[int, ...], more: int, granted: int, further: int
) -> None:
    before = deadline(START, Allowance(base, extra, granted))
    assert deadline(START, Allowance(base, (*extra, more), granted)) >= before
    assert deadline(START, Allowance(base, extra, granted + further)) == before + further * SECOND


@given(st.integers(-(10**6), 10**10))
def test_seconds_left_are_whole_never_negative_and_rounded_up(microseconds: int) -> None:
    left = seconds_left(START + dt.timedelta(microseconds=microseconds), START)
    assert left == max(0, -(-microseconds // 1_000_000))


def test_a_strip_around_the_deadline() -> None:
    until = deadline(START, Allowance(120))
    assert [seconds_left(until, until + n * SECOND) for n in (-1, 0, 1)] == [1, 0, 0]


def test_the_clock_change_sundays_cost_and_give_nobody_an_hour() -> None:
    for day in (dt.datetime(2026, 3, 29, 0, 30, tzinfo=dt.UTC), dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)):
        assert deadline(day, Allowance(120)) - day == dt.timedelta(hours=2)


def test_a_booking_needs_set_up_working_time_and_breaks() -> None:
    assert minutes_needed(20, entitled_minutes(120, (25,)), 10) == 180
