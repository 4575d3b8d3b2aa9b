"""Who may be booked: gateway, specification, pathway, and the sum of a slot."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sjt.rules.eligibility import (
    REST,
    Adjustment,
    Applicant,
    Slot,
    booking_faults,
    free_numbers,
    percents_in_force,
    time_faults,
)

START = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)
BEFORE = START - dt.timedelta(days=30)
READY = Applicant("st0087-1.0", "community", gateway_complete=True)


def a_slot(minutes: int, set_up: int = 20, base: int = 120) -> Slot:
    pathways = ("community", "residential")
    return Slot("st0087-1.0", pathways, base, START, START + dt.timedelta(minutes=minutes), set_up)


def codes(applicant: Applicant, slot: Slot) -> list[str]:
    return [code for code, _ in booking_faults(applicant, slot)]


def test_a_ready_candidate_fits() -> None:
    assert codes(READY, a_slot(150)) == []


def test_without_the_gateway_there_is_no_booking() -> None:
    assert codes(replace(READY, gateway_complete=False), a_slot(150)) == ["booking.gateway"]


def test_specification_and_pathway_must_fit() -> None:
    assert codes(replace(READY, spec_name="st0663-kt"), a_slot(150)) == ["booking.specification"]
    assert codes(replace(READY, pathway="prison"), a_slot(150)) == ["booking.pathway"]


def test_everything_that_stands_against_a_booking_is_said_at_once() -> None:
    nobody = Applicant("st0663-kt", "community", gateway_complete=False)
    assert codes(nobody, a_slot(100)) == ["booking.gateway", "booking.specification", "booking.too_short"]


def test_twenty_minutes_and_a_hundred_and_fifty_do_not_fit_a_hundred_and_fifty() -> None:
    quarter = (Adjustment(25, BEFORE),)
    [(code, sum_)] = time_faults(quarter, a_slot(150))
    assert code == "booking.too_short"
    assert sum_ == {"set_up": 20, "entitled": 150, "breaks": 0, "needed": 170, "slot": 150}
    assert time_faults(quarter, a_slot(170)) == []


def test_the_working_time_is_rounded_up_to_the_whole_minute() -> None:
    third = (Adjustment(33, BEFORE),)  # 33% of 121 minutes: 160.93
    assert time_faults(third, a_slot(181, base=121)) == []
    assert time_faults(third, a_slot(180, base=121))[0][1]["entitled"] == 161


def test_a_withdrawn_or_future_adjustment_does_not_count() -> None:
    gone, later = Adjustment(50, BEFORE, withdrawn=True), Adjustment(50, START + dt.timedelta(days=1))
    assert percents_in_force([gone, later, Adjustment(25, START)], START) == (25,)


@given(st.lists(st.integers(1, 200), max_size=4), st.integers(1, 600), st.integers(0, 240), st.integers(1, 300))
def test_a_booking_fits_exactly_when_the_largest_percentage_does(
    percents: list[int], minutes: int, set_up: int, base: int
) -> None:
    slot = a_slot(minutes, set_up, base)
    largest = max(percents, default=0)
    fits = minutes * 100 >= set_up * 100 + base * (100 + largest)  # whole minutes: rounding up changes nothing
    assert (time_faults([Adjustment(p, BEFORE) for p in percents], slot) == []) == fits


@given(st.sets(st.integers(1, 60)), st.integers(0, 40))
def test_free_numbers_are_the_lowest_ones(taken: set[int], count: int) -> None:
    free = free_numbers(taken, count)
    assert len(free) == count and not taken & set(free)
    assert all(number in taken or number in free for number in range(1, max(free, default=0)))


def test_a_break_allowance_is_part_of_the_sum() -> None:
    """20 + 150 + 15 > 180 is refused with this sum."""
    adjusted = (Adjustment(25, BEFORE), Adjustment(15, BEFORE, kind=REST), Adjustment(10, BEFORE, kind=REST))
    ((code, terms),) = time_faults(adjusted, a_slot(180))
    assert code == "booking.too_short"
    assert [terms[name] for name in ("set_up", "entitled", "breaks", "needed", "slot")] == [20, 150, 15, 185, 180]
    assert time_faults(adjusted, a_slot(185)) == []
