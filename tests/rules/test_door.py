"""At the door: who may still be let in, who is late, and what the document says."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sjt.rules.door import (
    ANOTHER,
    AS_RECORDED,
    NONE_RECORDED,
    Arrival,
    Lateness,
    compare,
    lateness,
    minutes_late,
    why_not,
)

START = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)
END = START + dt.timedelta(minutes=170)
FINE = Arrival(True, "st0087-1.0", "st0087-1.0", "community", "community", START, END)


@pytest.mark.parametrize(
    ("arrival", "now", "code"),
    [
        (FINE, START, None),
        (FINE, END, None),
        (FINE, END + dt.timedelta(seconds=1), "door.over"),
        (FINE, START - dt.timedelta(hours=9), None),
        (FINE, START - dt.timedelta(hours=10), "door.early"),
        (replace(FINE, gateway_complete=False), START, "door.gateway"),
        (replace(FINE, theirs="st0663-kt"), START, "door.specification"),
        (replace(FINE, pathway="residential"), START, "door.pathway"),
        (replace(FINE, notice_owed=True), START, "door.notice"),
    ],
)
def test_who_was_booked_is_looked_at_again_at_the_door(arrival: Arrival, now: dt.datetime, code: str | None) -> None:
    refused = why_not(arrival, now)
    assert (refused[0] if refused else None) == code


@given(st.integers(-300, 600), st.integers(0, 60), st.none() | st.integers(1, 120), st.integers(30, 180))
def test_late_begins_a_minute_after_the_start_and_very_late_after_the_rules_minutes(
    after: int, set_up: int, very_late_after: int | None, base: int
) -> None:
    minutes = minutes_late(START, set_up, START + dt.timedelta(minutes=set_up + after))
    assert minutes == max(0, after)
    found = lateness(minutes, very_late_after, base)
    assert (found is Lateness.IN_TIME) == (after <= 0)
    assert (found is Lateness.VERY_LATE) == (very_late_after is not None and base > 60 and after > very_late_after)


def test_exactly_an_hour_late_is_late_and_a_minute_more_is_very_late() -> None:
    assert lateness(60, 60, 120) is Lateness.LATE and lateness(61, 60, 120) is Lateness.VERY_LATE
    assert lateness(61, 60, 60) is Lateness.LATE  # a test of an hour knows no very late


def test_the_document_shown_is_compared_with_the_kind_of_the_gateway() -> None:
    assert compare("passport", "passport") == AS_RECORDED
    assert compare("passport", "work_card") == ANOTHER
    assert compare("passport", None) == NONE_RECORDED
