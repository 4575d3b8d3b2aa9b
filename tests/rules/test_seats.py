"""The register as a table: what may be noted of a seat, and what may be taken back."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from proctoring.seats import TABLE, UNDOES, Act, Paper, Standing, possible, progress, standing, why_not

AT = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


def test_a_seat_goes_from_booked_to_present_to_admitted() -> None:
    assert standing(None, None, None, None) is Standing.BOOKED
    assert standing(AT, None, None, None) is Standing.PRESENT
    assert standing(AT, AT, None, None) is Standing.ADMITTED


def test_a_refusal_stands_above_an_admission_so_that_taking_it_back_restores_it() -> None:
    assert standing(AT, AT, AT, None) is Standing.REFUSED
    assert standing(AT, AT, None, None) is Standing.ADMITTED


def test_nobody_is_admitted_without_identity() -> None:
    assert why_not(Act.ADMIT, Standing.BOOKED, Paper.READY) == "seat.is.booked"
    assert why_not(Act.ADMIT, Standing.PRESENT, Paper.READY) is None


def test_nobody_is_admitted_without_a_paper() -> None:
    assert why_not(Act.ADMIT, Standing.PRESENT, Paper.MISSING) == "seat.paper.missing"


def test_a_refusal_is_possible_until_begin_even_after_admission() -> None:
    for paper in (Paper.READY, Paper.OPEN):
        assert why_not(Act.REFUSE, Standing.ADMITTED, paper) is None
    assert why_not(Act.REFUSE, Standing.ADMITTED, Paper.BEGUN) == "seat.paper.begun"


def test_the_gate_opens_only_for_the_admitted() -> None:
    assert [s for s in Standing if why_not(Act.OPEN_GATE, s, Paper.READY) is None] == [Standing.ADMITTED]


def test_an_admission_is_not_taken_back_once_the_gate_is_open() -> None:
    assert why_not(Act.UNDO_ADMISSION, Standing.ADMITTED, Paper.READY) is None
    assert why_not(Act.UNDO_ADMISSION, Standing.ADMITTED, Paper.OPEN) == "seat.paper.open"


def test_identity_is_not_taken_back_from_somebody_admitted() -> None:
    assert why_not(Act.UNDO_IDENTITY, Standing.ADMITTED, Paper.READY) == "seat.is.admitted"


def test_every_act_has_a_rule_and_every_note_can_be_taken_back() -> None:
    assert set(TABLE) == set(Act)
    assert set(UNDOES) == set(Standing) - {Standing.BOOKED}


@given(st.sampled_from(Standing), st.sampled_from(Paper))
def test_what_is_offered_is_exactly_what_is_not_refused(stands: Standing, paper: Paper) -> None:
    assert possible(stands, paper) == {act for act in Act if why_not(act, stands, paper) is None}


@given(st.sampled_from(Standing))
def test_once_begun_the_register_changes_nothing(stands: Standing) -> None:
    assert possible(stands, Paper.BEGUN) == frozenset()


@given(st.sampled_from(Standing), st.sampled_from(Paper))
def test_at_most_one_note_can_be_taken_back(stands: Standing, paper: Paper) -> None:
    assert len(possible(stands, paper) & set(UNDOES.values())) <= 1


def test_how_far_a_paper_is() -> None:
    assert progress(False, False, False) is Paper.MISSING
    assert progress(True, False, False) is Paper.READY
    assert progress(True, True, False) is Paper.OPEN
    assert progress(True, True, True) is Paper.BEGUN
