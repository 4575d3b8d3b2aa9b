"""What may be entered of a candidate, by form or by file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sjt.rules.entries import COLUMNS, candidate_faults, tidy, tidy_candidate

KNOWN = {"st0087-1.0": ("community", "residential")}
WHOLE = {
    "number": "A-1", "name": "Amina Yusuf", "email": "amina@example.org", "employer": "Harbour Council",
    "provider": "Tideway College", "specification": "st0087-1.0", "pathway": "community",
}  # fmt: skip


def faults(**changes: str) -> list[tuple[str, str]]:
    return [(field, code) for field, code, _ in candidate_faults(tidy_candidate({**WHOLE, **changes}), KNOWN)]


def test_a_whole_candidate_is_sound() -> None:
    assert faults() == []


def test_the_address_may_be_left_out_and_nothing_else() -> None:
    assert faults(**dict.fromkeys(COLUMNS, "")) == [(c, "entry.missing") for c in COLUMNS if c != "email"]


@pytest.mark.parametrize(
    "address", ["amina", "amina@", "@example.org", "a b@example.org", "a@b", "a@b..org", "a@b.org,c@d.org"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    assert faults(email=address) == [("email", "entry.email")]


@pytest.mark.parametrize("number", ["=1+1", "-5", "@x", "A\x001", "’A"])
def test_a_number_begins_with_a_letter_or_digit_and_holds_nothing_strange(number: str) -> None:
    assert [field for field, _ in faults(number=number)] == ["number"]


def test_a_pathway_is_one_of_its_specification() -> None:
    assert faults(pathway="prison") == [("pathway", "entry.pathway")]
    assert faults(specification="st0000") == [("specification", "entry.specification")]


def test_control_signs_and_too_much_are_refused() -> None:
    assert faults(name="A\0B") == [("name", "entry.control")]
    assert faults(employer="x" * 201) == [("employer", "entry.long")]


def test_names_of_any_alphabet_are_kept_as_they_are() -> None:
    for name in ("Zoë O’Hara-Núñez", "李小龍", "ʻOkina", "محمد علي"):
        assert faults(name=name) == [] and tidy(name) == name


def test_a_number_is_kept_in_capitals_and_an_address_in_small_letters() -> None:
    kept = tidy_candidate({**WHOLE, "number": " a-1 ", "email": "Amina@Example.ORG"})
    assert (kept["number"], kept["email"]) == ("A-1", "amina@example.org")


@given(st.text())
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@given(st.fixed_dictionaries({column: st.text() for column in COLUMNS}))
def test_whatever_is_entered_gets_faults_and_never_a_crash(values: dict[str, str]) -> None:
    assert all(field in COLUMNS for field, _, _ in candidate_faults(tidy_candidate(values), KNOWN))
