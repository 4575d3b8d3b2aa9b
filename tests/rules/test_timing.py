"""Time allowed and the one deadline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctoring.timing import (
    PAUSE_WINDOW,
    Allowance,
    Pause,
    Reopening,
    credit,
    deadline,
    entitled_minutes,
    minutes_needed,
    rest_left,
    seconds_left,
    writable_until,
)

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


# --- pauses -----------------------------------------------------------------------------------------
MINUTE = dt.timedelta(minutes=1)


def at(minute: float) -> dt.datetime:
    return START + minute * MINUTE


def pause(kind: str, began: float, ended: float | None = None) -> Pause:
    return Pause(kind, at(began), None if ended is None else at(ended))


def kept(pauses: Sequence[Pause], rest: int = 0, now: float | None = None) -> float:
    """Credited minutes."""
    return credit(pauses, rest, None if now is None else at(now)) / MINUTE


def test_a_pause_gives_back_what_it_took() -> None:
    assert kept([pause("incident", 10, 25)]) == 15


def test_overlapping_pauses_are_credited_once() -> None:
    assert kept([pause("incident", 10, 20), pause("evacuation", 15, 30), pause("incident", 40, 41)]) == 21


def test_a_rest_break_is_credited_up_to_its_allowance() -> None:
    assert kept([pause("rest", 10, 18), pause("rest", 30, 40)], rest=15) == 15
    assert kept([pause("rest", 10, 18)], rest=0) == 0


def test_an_evacuation_during_a_rest_break_uses_up_none_of_it() -> None:
    assert kept([pause("rest", 10, 30), pause("evacuation", 12, 28)], rest=5) == 20


def test_a_pause_that_lasts_is_credited_up_to_now_and_a_rest_break_no_further_than_its_allowance() -> None:
    assert [kept([pause("incident", 10)], now=now) for now in (10, 11, 70)] == [0, 1, 60]
    assert [kept([pause("rest", 10)], rest=5, now=now) for now in (14, 15, 16)] == [4, 5, 5]
    assert kept([pause("incident", 10)]) == 0


def test_what_is_left_of_the_rest_allowance() -> None:
    allowance = Allowance(120, rest_minutes=10, pauses=(pause("rest", 10, 14), pause("rest", 30)))
    assert [rest_left(allowance, at(now)) / MINUTE for now in (30, 33, 36, 40)] == [6, 3, 0, 0]


@pytest.mark.parametrize(("grace", "seconds"), [(5, 15), (0, 20)])
def test_while_paused_writes_are_taken_for_twenty_seconds_after_the_pause(grace: int, seconds: int) -> None:
    """The save adds the grace to what stands here: at −1 s, 0 and +1 s of the window."""
    until = writable_until(START, Allowance(120, pauses=(pause("incident", 60),)), grace)
    assert until == at(60) + seconds * SECOND
    window = at(60) + PAUSE_WINDOW
    taken = [until >= received - grace * SECOND for received in (window - SECOND, window, window + SECOND)]
    assert taken == [True, True, False]


def test_the_window_after_a_pause_never_reaches_beyond_the_deadline() -> None:
    paused = Allowance(120, pauses=(Pause("incident", at(120) - 2 * SECOND),))
    assert writable_until(START, paused, 5) == at(120)


kinds = st.sampled_from(["rest", "incident", "evacuation", "suspension"])
moments = st.integers(0, 200)
some_pauses = st.lists(st.tuples(kinds, moments, st.integers(0, 60)), max_size=6).map(
    lambda found: tuple(sorted((pause(k, b, b + n) for k, b, n in found), key=lambda one: one.began))
)


def by_the_minute(pauses: Sequence[Pause], rest: int) -> int:
    """The same sum counted minute by minute."""
    others = rests = 0
    for minute in range(300):
        here = [p.kind for p in pauses if p.ended and p.began <= at(minute) < p.ended]
        others += any(kind != "rest" for kind in here)
        rests += bool(here) and all(kind == "rest" for kind in here)
    return others + min(rests, rest)


@given(some_pauses, st.integers(0, 60))
def test_credit_agrees_with_counting_minute_by_minute(pauses: tuple[Pause, ...], rest: int) -> None:
    assert kept(pauses, rest) == by_the_minute(pauses, rest)


@given(some_pauses, st.integers(0, 60), kinds, moments, st.integers(0, 60))
def test_another_pause_never_moves_a_deadline_earlier(
    pauses: tuple[Pause, ...], rest: int, kind: str, began: int, length: int
) -> None:
    before = deadline(START, Allowance(120, rest_minutes=rest, pauses=pauses))
    more = (*pauses, pause(kind, began, began + length))
    assert deadline(START, Allowance(120, rest_minutes=rest, pauses=more)) >= before


@given(some_pauses, st.integers(0, 60), st.integers(0, 300), st.integers(0, 60))
def test_while_a_pause_lasts_the_time_left_stands_still(
    pauses: tuple[Pause, ...], rest: int, now: int, later: int
) -> None:
    began = max([p.ended for p in pauses if p.ended] + [START])
    allowance = Allowance(120, rest_minutes=rest, pauses=(*pauses, Pause("incident", began)))
    one, other = (began + n * MINUTE for n in (now, now + later))
    assert deadline(START, allowance, one) - one == deadline(START, allowance, other) - other


def test_clock_change_sundays_pause_like_any_other_day() -> None:
    for day in (dt.datetime(2026, 3, 29, 0, 30, tzinfo=dt.UTC), dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)):
        stop = Pause("evacuation", day + 20 * MINUTE, day + 50 * MINUTE)
        assert deadline(day, Allowance(120, pauses=(stop,))) - day == dt.timedelta(hours=2, minutes=30)


# --- reopening: return + seconds + pauses and grants since
AWAY = Reopening(START + 130 * 60 * SECOND, 600)
BACK = dt.timedelta(minutes=140)


def test_after_a_reopening_the_seconds_count_from_the_return() -> None:
    allowance = Allowance(120, (25,), 0, 10, (), replace(AWAY, returned=START + BACK))
    assert deadline(START, allowance) == START + BACK + 600 * SECOND
    later = replace(allowance, granted_seconds=60)  # granted since
    assert deadline(START, later) == START + BACK + 660 * SECOND


@pytest.mark.parametrize("waited", [0, 1, 86_400])
def test_until_the_return_the_time_left_stands_still(waited: int) -> None:
    now = AWAY.at + waited * SECOND
    allowance = Allowance(120, (), 0, 0, (), AWAY)
    assert deadline(START, allowance, now) - now == 600 * SECOND
    assert deadline(START, allowance) == AWAY.at + 600 * SECOND  # the earliest that it can come to be


def test_pauses_from_before_a_reopening_give_nothing_a_second_time() -> None:
    before = Pause("incident", START + 60 * SECOND, START + 360 * SECOND)
    since = Pause("incident", START + BACK + 60 * SECOND, START + BACK + 90 * SECOND)
    allowance = Allowance(120, (), 0, 0, (before, since), replace(AWAY, returned=START + BACK))
    assert deadline(START, allowance) == START + BACK + 630 * SECOND


@pytest.mark.parametrize(("used", "credited"), [(0, 600), (240, 360), (600, 0), (900, 0)])
def test_a_rest_break_after_a_reopening_is_given_what_is_left_of_the_allowance(used: int, credited: int) -> None:
    before = Pause("rest", START, START + used * SECOND)
    since = Pause("rest", START + BACK, START + BACK + 1200 * SECOND)
    allowance = Allowance(120, (), 0, 10, (before, since), replace(AWAY, returned=START + BACK))
    assert deadline(START, allowance) == START + BACK + (600 + credited) * SECOND


@given(st.integers(0, 86_400), st.integers(0, 86_400), st.integers(0, 3600), st.integers(0, 3600))
def test_nothing_after_a_reopening_moves_its_deadline_earlier(
    waited: int, seconds: int, granted: int, paused: int
) -> None:
    reopened = replace(AWAY, seconds=seconds)
    back = reopened.at + waited * SECOND
    waiting = Allowance(120, reopened=reopened)
    returned = replace(waiting, reopened=replace(reopened, returned=back))
    assert deadline(START, returned) >= deadline(START, waiting)
    stopped = replace(returned, pauses=(Pause("incident", back, back + paused * SECOND),))
    assert deadline(START, stopped) == deadline(START, returned) + paused * SECOND
    assert deadline(START, replace(stopped, granted_seconds=granted)) == deadline(START, stopped) + granted * SECOND
