"""The ledger of a candidate's time: whatever happened, its entries add up to the deadline, to the microsecond."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from proctoring.ledger import ledger
from proctoring.timing import PAUSE_WINDOW, Allowance, Pause, Reopening, deadline

START = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
KINDS = st.sampled_from(["rest", "incident", "evacuation", "suspension"])


@st.composite
def stops(draw: st.DrawFn) -> tuple[Pause, ...]:
    """Ended pauses in the order in which they began; they may overlap."""
    made = []
    for _ in range(draw(st.integers(0, 6))):
        began = START + dt.timedelta(seconds=draw(st.integers(0, 9_000)), microseconds=draw(st.integers(0, 999_999)))
        made.append(Pause(draw(KINDS), began, began + dt.timedelta(seconds=draw(st.integers(0, 3_000)))))
    return tuple(sorted(made, key=lambda pause: pause.began))


@given(stops(), st.integers(1, 240), st.sampled_from([0, 10, 25, 33, 50]), st.integers(0, 7_200), st.integers(0, 60))
def test_the_entries_add_up_to_the_deadline(
    pauses: tuple[Pause, ...], base: int, percent: int, granted: int, rest: int
) -> None:
    allowance = Allowance(base, (percent,), granted, rest, pauses)
    found = ledger(START, allowance)
    assert abs(found.deadline - deadline(START, allowance)) < dt.timedelta(microseconds=10)
    assert all(entry.seconds >= 0 for entry in found.entries)


@given(stops(), st.integers(1, 7_200), st.integers(0, 600), st.integers(0, 60), st.integers(0, 6_000))
def test_after_a_reopening_they_add_up_from_the_return(
    pauses: tuple[Pause, ...], seconds: int, granted: int, rest: int, later: int
) -> None:
    back = START + dt.timedelta(seconds=12_000 + later)
    since = (Pause("incident", back + PAUSE_WINDOW, back + 3 * PAUSE_WINDOW),)
    reopened = Reopening(START + dt.timedelta(seconds=12_000), seconds, back)
    allowance = Allowance(120, (), granted, rest, (*pauses, *since), reopened)
    found = ledger(START, allowance)
    assert found.since == back
    assert abs(found.deadline - deadline(START, allowance)) < dt.timedelta(microseconds=10)


def test_a_rest_break_beyond_its_allowance_is_credited_up_to_it() -> None:
    pause = Pause("rest", START + dt.timedelta(minutes=30), START + dt.timedelta(minutes=50))
    entries = ledger(START, Allowance(120, (), 0, 15, (pause,))).entries
    assert [(entry.what, entry.seconds) for entry in entries] == [("entitled", 7200), ("rest", 900)]
