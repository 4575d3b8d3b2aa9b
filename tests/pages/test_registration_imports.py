"""Candidates by file: faults by row and column, a preview, then all or nothing; and out again."""

from __future__ import annotations

import html

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sjt.rules.access import Role
from sjt.services.registration.csv_files import BadTable
from sjt.services.registration.imports import plan
from sjt.stores import candidates
from sjt.stores.candidates import Search
from tests.saved_registration import saved_candidate, saved_seat, saved_sitting, send_file
from tests.site import Site, csrf

HEADER = "number,name,email,employer,provider,specification,pathway\n"
GOOD = "B-2,Ben Castellane,ben@example.org,Harbour Council,Tideway College,st0087-1.0,residential\n"
ADDRESS = "/manage/candidates/import"


def confirm(client: FlaskClient, preview: str) -> TestResponse:
    """Press the button of a preview."""
    data = {
        "csrf_token": csrf(client, ADDRESS),
        "mark": _hidden(preview, "mark"),
        "content": _hidden(preview, "content"),
    }
    return client.post(f"{ADDRESS}/confirm", data=data, content_type="multipart/form-data")


def names(site: Site) -> list[str]:
    with site.reading() as conn:
        return [candidate.name for candidate in candidates.search(conn, Search())]


def test_a_file_is_previewed_and_imported_on_the_second_press_only(site: Site) -> None:
    client = site.signed_in(site.person(Role.MANAGER))
    preview = send_file(client, ADDRESS, "\ufeff" + HEADER + GOOD).get_data(as_text=True)
    assert "1 to add, 0 to change" in preview and "Ben Castellane" in preview and names(site) == []
    response = confirm(client, preview)
    assert response.status_code == 303 and names(site) == ["Ben Castellane"]
    assert "1 added, 0 changed" in client.get("/manage/candidates").get_data(as_text=True)


def test_every_fault_is_named_by_row_and_column_and_nothing_is_imported(site: Site) -> None:
    client = site.signed_in(site.person(Role.MANAGER))
    rows = GOOD + "B-2,,not an address,Council,College,st0087-1.0,prison\n,Eve,,,College,st0000,community\n"
    response = send_file(client, ADDRESS, HEADER + rows)
    page = response.get_data(as_text=True)
    assert response.status_code == 400 and names(site) == []
    for where in (
        "Row 3, name",
        "Row 3, email",
        "Row 3, pathway",
        "Row 3, number",
        "Row 4, number",
        "Row 4, employer",
        "Row 4, specification",
    ):
        assert where in page, where
    assert "7 places need another look" in page and "B-2 already stands in row 2." in page


def test_no_file_and_a_file_of_something_else_are_refused_in_words(site: Site) -> None:
    client = site.signed_in(site.person(Role.MANAGER))
    assert "Choose a file." in send_file(client, ADDRESS, "", name="").get_data(as_text=True)
    assert "CSV UTF-8" in send_file(client, ADDRESS, b"\xff\xfe\x00").get_data(as_text=True)
    assert "larger than 500" in send_file(client, ADDRESS, b"x" * 501_000).get_data(as_text=True)
    assert client.post(ADDRESS, data={"csrf_token": csrf(client, ADDRESS)}).status_code == 400


def test_known_candidates_are_changed_and_the_preview_says_how(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        saved_candidate(conn, manager, number="B-2", name="Ben Castelane")
    client = site.signed_in(manager)
    preview = send_file(client, ADDRESS, HEADER + GOOD).get_data(as_text=True)
    assert "0 to add, 1 to change" in preview and "Ben Castelane" in preview and "Ben Castellane" in preview
    confirm(client, preview)
    assert names(site) == ["Ben Castellane"]
    assert "There is nothing" not in preview
    assert "just as in the file" in send_file(client, ADDRESS, HEADER + GOOD).get_data(as_text=True)


def test_what_changed_after_the_preview_is_shown_again_before_anything_is_imported(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    client = site.signed_in(manager)
    preview = send_file(client, ADDRESS, HEADER + GOOD).get_data(as_text=True)
    with site.writing() as conn:
        saved_candidate(conn, manager, number="B-2", name="Somebody Else")
    response = confirm(client, preview)
    page = response.get_data(as_text=True)
    assert response.status_code == 409 and "0 to add, 1 to change" in page and names(site) == ["Somebody Else"]
    assert confirm(client, page).status_code == 303 and names(site) == ["Ben Castellane"]


def test_a_booked_candidates_pathway_is_a_fault_of_its_cell(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        booked = saved_candidate(conn, manager, number="B-2")
        saved_seat(conn, site, saved_sitting(conn, manager), booked, manager)
    page = send_file(site.signed_in(manager), ADDRESS, HEADER + GOOD).get_data(as_text=True)
    assert "Row 2, pathway" in page and "Cancel the booking first" in page


def test_the_template_can_be_imported_as_it_is(site: Site) -> None:
    client = site.signed_in(site.person(Role.MANAGER))
    template = client.get("/manage/candidates/template.csv")
    assert template.headers["Content-Disposition"] == 'attachment; filename="candidates-template.csv"'
    assert "1 to add" in send_file(client, ADDRESS, template.data).get_data(as_text=True)


def test_the_list_goes_out_without_formulas_and_comes_in_again_unchanged(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        saved_candidate(conn, manager, name="=HYPERLINK(1)", employer='@home, and "more"', provider="-2")
        saved_candidate(conn, manager, number="B-2", pathway="residential")
    client = site.signed_in(manager)
    response = client.get("/manage/candidates.csv?pathway=community")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "'=HYPERLINK(1)" in response.text and ",=" not in response.text and "B-2" not in response.text
    with site.reading() as conn:
        planned = plan(conn, response.data)
    assert (len(planned.added), len(planned.changed), planned.same) == (0, 0, 1)


def test_a_thousand_candidates_are_imported_quickly(site: Site) -> None:
    client = site.signed_in(site.person(Role.MANAGER))
    rows = "".join(f"N-{n},Person {n},p{n}@example.org,Council,College,st0087-1.0,community\n" for n in range(1000))
    confirm(client, send_file(client, ADDRESS, HEADER + rows).get_data(as_text=True))
    with site.reading() as conn:
        assert candidates.count(conn, Search()) == 1000


def test_the_plan_never_crashes_on_hostile_cells(site: Site) -> None:
    with site.reading() as conn, pytest.raises(BadTable) as bad:
        plan(conn, (HEADER + '"A\0","' + "x" * 3000 + '",a@b,,,,\n').encode())
    assert {fault.column for fault in bad.value.faults} >= {"number", "name", "email", "employer"}


def _hidden(page: str, name: str) -> str:
    found = next(part for part in page.split("<input")[1:] if f'name="{name}"' in part)
    return html.unescape(found.partition('value="')[2].partition('"')[0])
