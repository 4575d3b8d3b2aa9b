"""Conflicts of interest: about whom, and on which days."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from sjt.rules.interests import APPRENTICE, EMPLOYER, KINDS, PROVIDER, Interest, Whom, touches

DAY = dt.date(2026, 11, 24)
WHOM = Whom("A-1", "Harbour Council", "Tideway College")
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31))


def test_an_interest_is_in_one_apprentice_or_in_all_of_an_employer_or_provider() -> None:
    assert touches(Interest(APPRENTICE, "a-1", DAY), WHOM, DAY)
    assert touches(Interest(EMPLOYER, " harbour  COUNCIL", DAY), WHOM, DAY)
    assert touches(Interest(PROVIDER, "Tideway College", DAY), WHOM, DAY)
    assert not touches(Interest(EMPLOYER, "Tideway College", DAY), WHOM, DAY)


@given(st.sampled_from(KINDS), DAYS, st.none() | DAYS, DAYS)
def test_it_holds_from_its_first_day_to_its_last_both_included(
    kind: str, first: dt.date, last: dt.date | None, day: dt.date
) -> None:
    name = {APPRENTICE: WHOM.number, EMPLOYER: WHOM.employer, PROVIDER: WHOM.provider}[kind]
    assert touches(Interest(kind, name, first, last), WHOM, day) == (first <= day <= (last or dt.date.max))


def test_nothing_matches_a_name_that_is_empty() -> None:
    assert not touches(Interest(EMPLOYER, "", DAY), Whom("A-1", " ", ""), DAY)
