"""London times and the two Sundays on which the clocks change."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sjt.rules.local_time import LONDON, DoubledTime, NoSuchTime, is_doubled, london_day, midnight, moment

SPRING, AUTUMN = dt.date(2026, 3, 29), dt.date(2026, 10, 25)


def utc(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=dt.UTC)


def test_winter_is_utc_and_summer_is_an_hour_ahead() -> None:
    assert moment(dt.date(2026, 11, 24), dt.time(9, 30)) == utc(dt.date(2026, 11, 24), 9, 30)
    assert moment(dt.date(2026, 7, 1), dt.time(9, 30)) == utc(dt.date(2026, 7, 1), 8, 30)


@pytest.mark.parametrize("time", [dt.time(1, 0), dt.time(1, 30), dt.time(1, 59)])
def test_the_hour_that_is_skipped_in_spring_does_not_exist(time: dt.time) -> None:
    with pytest.raises(NoSuchTime):
        moment(SPRING, time)


def test_the_times_around_the_skipped_hour_exist() -> None:
    assert moment(SPRING, dt.time(0, 59)) == utc(SPRING, 0, 59)
    assert moment(SPRING, dt.time(2, 0)) == utc(SPRING, 1)


@pytest.mark.parametrize("time", [dt.time(1, 0), dt.time(1, 30), dt.time(1, 59)])
def test_the_hour_that_comes_twice_must_be_told_apart(time: dt.time) -> None:
    with pytest.raises(DoubledTime):
        moment(AUTUMN, time)
    assert moment(AUTUMN, time, second=True) - moment(AUTUMN, time, second=False) == dt.timedelta(hours=1)


def test_saying_which_one_changes_nothing_where_there_is_only_one() -> None:
    assert moment(AUTUMN, dt.time(2, 0), second=True) == moment(AUTUMN, dt.time(2, 0)) == utc(AUTUMN, 2)


def test_only_moments_of_the_doubled_hour_are_doubled() -> None:
    doubled = [hour for hour in range(24) if is_doubled(utc(AUTUMN, hour))]
    assert doubled == [0, 1]


@given(st.dates(dt.date(2020, 1, 1), dt.date(2035, 12, 31)), st.times())
def test_every_moment_is_shown_again_as_it_was_written(day: dt.date, time: dt.time) -> None:
    try:
        at = moment(day, time)
    except (NoSuchTime, DoubledTime):
        return
    assert at.astimezone(LONDON).replace(tzinfo=None) == dt.datetime.combine(day, time.replace(fold=0))


@given(st.dates(dt.date(2020, 1, 1), dt.date(2035, 12, 31)))
def test_every_day_has_a_midnight_of_its_own(day: dt.date) -> None:
    assert london_day(midnight(day)) == day
