"""Never falsely green: what the board makes of the last beat, at every second."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctoring.watch import Flag, Hearing, Seen, flags, rank, sign

NOW = dt.datetime(2026, 11, 23, 10, 32, 5, tzinfo=dt.UTC)
LONG_AGO = NOW - dt.timedelta(hours=2)


def ago(seconds: float) -> dt.datetime:
    return NOW - dt.timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("seconds", "hearing"),
    [(0, "live"), (19.9, "live"), (20, "quiet"), (44.9, "quiet"), (45, "silent"), (7200, "silent")],
)
def test_green_only_within_twenty_seconds_and_silent_from_forty_five(seconds: float, hearing: str) -> None:
    heard = sign(ago(seconds), LONG_AGO, None, NOW)
    assert (heard.hearing, heard.seconds) == (hearing, int(seconds))


@given(st.floats(0, 100_000))
def test_nothing_older_than_twenty_seconds_is_ever_live(seconds: float) -> None:
    assert (sign(ago(seconds), LONG_AGO, None, NOW).hearing is Hearing.LIVE) == (seconds < 20)


@given(st.floats(-1, 200), st.floats(0, 200), st.floats(0, 200))
def test_a_seat_that_was_heard_is_live_quiet_or_silent_by_its_beat_alone(
    last: float, since: float, begun: float
) -> None:
    """Neither a flush before the beat nor the moment of Begin makes a seat greener than its last beat does."""
    heard = sign(ago(last), ago(since), ago(begun), NOW)
    seconds = max(0, int((NOW - ago(last)).total_seconds()))
    expected = Hearing.LIVE if seconds < 20 else Hearing.QUIET if seconds < 45 else Hearing.SILENT
    assert (heard.hearing, heard.seconds) == (expected, seconds)


@given(st.floats(0, 7200), st.floats(0, 7200))
def test_a_seat_never_heard_is_never_green_and_silent_45_seconds_after_it_was_due(since: float, begun: float) -> None:
    heard = sign(None, ago(since), ago(begun), NOW)
    waited = NOW - max(ago(since), ago(begun))
    assert heard.hearing is (Hearing.SILENT if waited >= dt.timedelta(seconds=45) else Hearing.UNKNOWN)
    assert heard.since == NOW - waited


@given(st.none() | st.floats(-1, 200), st.none() | st.floats(0, 200))
def test_with_presence_away_every_seat_is_unknown(last: float | None, begun: float | None) -> None:
    known = [None if one is None else ago(one) for one in (last, begun)]
    assert sign(known[0], None, known[1], NOW).hearing is Hearing.AWAY


def test_a_beat_stamped_a_little_ahead_by_another_node_is_heard_now() -> None:
    assert sign(ago(-0.4), LONG_AGO, None, NOW).seconds == 0


def test_after_a_flush_a_seat_is_unknown_since_then_and_silent_after_forty_five_seconds() -> None:
    assert sign(None, ago(10), LONG_AGO, NOW) == sign(None, ago(10), ago(3600), NOW)
    heard = sign(None, ago(10), LONG_AGO, NOW)
    assert (heard.hearing, heard.since) == (Hearing.UNKNOWN, ago(10))
    assert sign(None, ago(45), LONG_AGO, NOW).hearing is Hearing.SILENT


def test_a_seat_is_expected_from_its_own_begin() -> None:
    assert sign(None, LONG_AGO, ago(5), NOW) == sign(None, ago(5), ago(5), NOW)


def test_with_the_store_away_nothing_is_known_not_even_of_a_known_beat() -> None:
    assert sign(ago(1), None, LONG_AGO, NOW).hearing is Hearing.AWAY


def test_a_gate_open_for_three_minutes_is_flagged() -> None:
    assert flags(Seen(gate_open_since=ago(179)), NOW) == ()
    assert flags(Seen(gate_open_since=ago(180)), NOW) == (Flag.GATE_WAITS,)


def test_only_a_running_attempt_is_missed_when_silent() -> None:
    running = NOW + dt.timedelta(hours=1)
    assert flags(Seen(running_until=running, hearing=Hearing.SILENT), NOW) == (Flag.SILENT,)
    assert flags(Seen(hearing=Hearing.SILENT), NOW) == ()


def test_little_time_is_told_and_is_no_alarm() -> None:
    told = flags(Seen(running_until=NOW + dt.timedelta(minutes=4), hearing=Hearing.LIVE), NOW)
    assert told == (Flag.LITTLE_TIME,)
    assert rank(told) == rank(())


def test_what_needs_a_person_comes_first_then_silence_then_everyone_else() -> None:
    asks = flags(Seen(asked_at=NOW, running_until=NOW, hearing=Hearing.SILENT), NOW)
    waits, silent = (Flag.GATE_WAITS,), (Flag.SILENT, Flag.LITTLE_TIME)
    assert asks[0] is Flag.DEVICE_ASKS
    assert rank(asks) < rank(waits) < rank(silent) < rank(())
