"""A marker finds a guide unclear: the writer gets the words and the answer's text, and no name."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from sjt.rules.access import Role
from sjt.services import authoring, marking
from sjt.stores import tables as t
from sjt.stores.people import Person
from tests import saved_authoring as saved
from tests import saved_marking
from tests.saved import Room, saved_room
from tests.site import Site

NAME = "Amina Yusuf"


@pytest.fixture
def room(site: Site) -> Room:
    return saved_room(site)


def report(site: Site, room: Room, comment: str) -> tuple[Person, FlaskClient, str, tuple[int, str]]:
    """A marker with an answer in hand who reports on its guide: their browser, the answer's page, what came."""
    booked = saved_marking.handed_in(room, NAME)
    (marker,) = saved_marking.markers(site, 1)
    with site.writing() as conn:
        question = saved_marking.question_of(conn, saved_marking.response_id(conn, booked, "C1.2"))
        mark = marking.next_answer(conn, question, marker.id, site.now())
    assert mark is not None
    client, page = site.signed_in(marker), f"/marking/answer/{mark.ref}"
    return marker, client, page, saved.send(client, f"{page}/unclear", {"comment": comment}, page)


def reported(site: Site) -> tuple[str, str]:
    """The reference of the one report, and of the version that it is on."""
    g, q, v = t.guide_reports, t.question_versions, t.scenario_versions
    with site.reading() as conn:
        query = sa.select(g.c.ref, v.c.ref.label("version")).join(q, q.c.id == g.c.question_version_id)
        row = conn.execute(query.join(v, v.c.id == q.c.scenario_version_id)).one()
    return row.ref, row.version


def test_a_report_reaches_the_writers_without_a_name_and_comes_back_answered(site: Site, room: Room) -> None:
    marker, client, page, (status, shown) = report(site, room, "Does <one> theory suffice?")
    assert status == 303 and "Your report went to the people who wrote the guide" in shown
    ref, version = reported(site)
    writer = site.person(Role.ITEM_WRITER)
    desk = site.signed_in(writer)
    mine = desk.get("/bank/").get_data(as_text=True)
    assert "Guides that markers found unclear" in mine and "Does &lt;one&gt; theory suffice?" in mine
    address = f"/bank/version/{version}/reports"
    assert "An answer on C1.2" not in desk.get(address).get_data(as_text=True)  # the text opens for a purpose
    assert saved.send(desk, f"/bank/version/{version}/open", {"then": "reports", "purpose": "writing"})[0] == 303
    seen = desk.get(address).get_data(as_text=True)
    assert "An answer on C1.2." in seen and "Open a new version" in seen
    for name in (NAME, marker.name, "Monday morning", "Room 1"):
        assert name not in seen
    status, seen = saved.send(desk, f"/bank/report/{ref}/answer", {"answer": " "})
    assert status == 400 and "Write an answer." in seen
    assert saved.send(desk, f"/bank/report/{ref}/answer", {"answer": "One is enough, with reasons."})[0] == 303
    assert saved.send(desk, f"/bank/report/{ref}/answer", {"answer": "Again"})[0] == 409
    assert "Guides that markers found unclear" not in desk.get("/bank/").get_data(as_text=True)
    assert "One is enough, with reasons." in client.get(page).get_data(as_text=True)


def test_an_empty_or_endless_report_is_refused_and_kept_on_the_page(site: Site, room: Room) -> None:
    _, client, page, (status, shown) = report(site, room, "  ")
    assert status == 400 and "Say what is unclear." in shown
    status, shown = saved.send(client, f"{page}/unclear", {"comment": "x" * 2_001}, page)
    assert status == 400 and "at most 2,000" in shown and "x" * 2_001 in shown
    with site.reading() as conn:
        assert conn.scalar(sa.select(sa.func.count()).select_from(t.guide_reports)) == 0


def test_a_report_waits_for_those_who_wrote_the_version(site: Site, room: Room) -> None:
    report(site, room, "Unclear")
    ref, version = reported(site)
    writer, other = site.person(Role.ITEM_WRITER), site.person(Role.ITEM_WRITER)
    with site.writing() as conn:
        held = authoring.version(conn, version)
        conn.execute(t.scenario_authors.insert().values(scenario_version_id=held.id, person_id=writer.id))
    assert "markers found unclear" in site.signed_in(writer).get("/bank/").get_data(as_text=True)
    assert "markers found unclear" not in site.signed_in(other).get("/bank/").get_data(as_text=True)
    for role in (Role.REVIEWER, Role.MANAGER, Role.AUDITOR, Role.MARKER):
        client = site.signed_in(site.person(role))
        assert client.get(f"/bank/version/{version}/reports").status_code == 403
        assert client.post(f"/bank/report/{ref}/answer", data={"answer": "x"}).status_code in (400, 403)
