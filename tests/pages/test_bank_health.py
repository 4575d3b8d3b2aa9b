"""The health of a bank on its page: figures, plots with tables, the file, and who may read them."""

from __future__ import annotations

import csv
import io

import pytest

from sjt.rules.access import Role
from sjt.stores import tables as t
from tests.saved import saved_bank, saved_candidate, saved_seat, saved_sitting
from tests.site import Site

SPEC = "st0087-1.0"
ADDRESS = f"/bank/health?spec={SPEC}"


def with_bank(site: Site) -> None:
    with site.writing() as conn:
        saved_bank(conn)


def test_an_empty_bank_says_what_is_missing(site: Site) -> None:
    page = site.signed_in(site.person(Role.ITEM_WRITER)).get(ADDRESS).get_data(as_text=True)
    assert "No paper can be drawn on this pathway yet" in page and "Nothing is live yet." in page


def test_the_page_shows_figures_plots_and_tables(site: Site) -> None:
    with_bank(site)
    page = site.signed_in(site.person(Role.MANAGER)).get(ADDRESS).get_data(as_text=True)
    assert "3,072" in page and "4.50 scenarios" in page and "on 1,000 papers drawn" in page
    assert page.count('<svg class="plot"') == 2 and '<desc id="plot-coverage-words">' in page
    assert "style=" not in page
    residential = site.signed_in(site.person(Role.AUDITOR)).get(f"{ADDRESS}&pathway=residential")
    assert "RS1.1" in residential.get_data(as_text=True) and "CM1.1" not in residential.get_data(as_text=True)


def test_every_specification_has_its_page(site: Site) -> None:
    client = site.signed_in(site.person(Role.REVIEWER))
    for name in ("st0663-kt", "st0088-sjt", "practice-1.0"):
        assert client.get(f"/bank/health?spec={name}").status_code == 200
    assert "ST0088 does not state its duration" in client.get("/bank/health?spec=st0088-sjt").get_data(as_text=True)
    assert client.get("/bank/health?spec=nothing").status_code == 404


def test_papers_count_from_the_moment_they_are_begun(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        saved_bank(conn)
        sitting = saved_sitting(conn, manager, [])
        candidate = saved_candidate(conn, manager, "Amina Yusuf")
    seat = saved_seat(site, sitting, candidate, manager)
    client = site.signed_in(manager)
    assert "nothing has been used yet" in client.get(ADDRESS).get_data(as_text=True)
    with site.writing() as conn:
        begun = t.attempts.update().where(t.attempts.c.ref == seat.attempt_ref)
        conn.execute(begun.values(started_at=site.now()))
    page = client.get(ADDRESS).get_data(as_text=True)
    assert "Papers begun in the last year: 1." in page and page.count("100\u00a0%") >= 9
    assert 'id="plot-exposure-title"' in page and "Used too often" not in page


def test_reviews_fall_due_twelve_months_after_the_last(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        saved_bank(conn)
    for days, words in ((300, ""), (20, "Due 23 November 2027"), (60, "Overdue since 23 November 2027")):
        site.clock.advance(days=days)
        page = site.signed_in(manager).get(ADDRESS).get_data(as_text=True)
        assert (words in page) and ("Overdue since" in page) == (words.startswith("Overdue"))
        assert ("Due 23" in page) == words.startswith("Due")


def test_the_file_has_every_scenario(site: Site) -> None:
    with_bank(site)
    response = site.signed_in(site.person(Role.AUDITOR)).get(f"/bank/health.csv?spec={SPEC}")
    rows = list(csv.DictReader(io.StringIO(response.get_data(as_text=True).removeprefix("\ufeff"))))
    assert len(rows) == 18 and {row["alternatives"] for row in rows} == {"2"}
    assert response.headers["Content-Type"].startswith("text/csv")


@pytest.mark.parametrize("role", [Role.MARKER, Role.INVIGILATOR, Role.APPRENTICE])
def test_others_see_nothing_of_it(site: Site, role: Role) -> None:
    client = site.signed_in(site.person(role))
    assert (client.get(ADDRESS).status_code, client.get("/bank/health.csv").status_code) == (403, 403)
