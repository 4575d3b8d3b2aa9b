"""The clock: aware, in UTC, deaf to steps of the machine's own time."""

import datetime as dt
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sjt.clock import HeldClock, SystemClock

NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)


def test_a_held_clock_stands_still() -> None:
    clock = HeldClock(NOON)
    assert clock.now() == clock.now() == NOON


@given(st.lists(st.integers(0, 10_000), max_size=5))
def test_a_held_clock_moves_by_what_it_is_told(steps: list[int]) -> None:
    clock = HeldClock(NOON)
    for seconds in steps:
        clock.advance(seconds=seconds)
    assert clock.now() == NOON + dt.timedelta(seconds=sum(steps))


def test_a_held_clock_says_the_new_time() -> None:
    assert HeldClock(NOON).advance(minutes=2, seconds=5) == NOON + dt.timedelta(seconds=125)


def test_a_held_clock_speaks_utc_whatever_it_was_given() -> None:
    clock = HeldClock(NOON.astimezone(dt.timezone(dt.timedelta(hours=1))))
    assert clock.now().utcoffset() == dt.timedelta(0)
    assert clock.now() == NOON


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        HeldClock(NOON.replace(tzinfo=None))


def test_the_system_clock_speaks_utc_and_begins_at_the_machines_time() -> None:
    now = SystemClock().now()
    assert now.utcoffset() == dt.timedelta(0)
    assert abs(now.timestamp() - time.time()) < 5


def test_a_step_of_the_machines_clock_moves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SystemClock()
    before = clock.now()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert dt.timedelta(0) <= clock.now() - before < dt.timedelta(seconds=5)


def test_the_system_clock_never_goes_back() -> None:
    clock = SystemClock()
    read = [clock.now() for _ in range(1_000)]
    assert read == sorted(read)


@given(st.integers(-100_000, 100_000))
def test_the_system_clock_takes_over_a_reference_and_says_how_far_off_it_was(seconds: int) -> None:
    clock = SystemClock()
    away = dt.timedelta(seconds=seconds)
    reference = clock.now() + away
    skew = clock.follow(reference)
    assert abs(skew - away) < dt.timedelta(seconds=1)
    assert abs(clock.now() - reference) < dt.timedelta(seconds=1)
