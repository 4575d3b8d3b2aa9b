"""Specifications: their pages, what cannot be scheduled, and practice, which asks for no marks and no release."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient

from sjt.rules.access import Role
from sjt.services import marking, results
from sjt.services.specifications import practice_ids
from sjt.stores import results as result_store
from sjt.stores import tables as t
from sjt.stores import today
from tests import saved_marking as saved
from tests.saved import Room, saved_room
from tests.saved_registration import send
from tests.site import Site

PAGES = "/specifications/"
FORM: dict[str, object] = {
    "title": "Room 2, morning", "venue": "Harbour Centre", "day": "2026-11-24", "starts": "09:30", "ends": "12:20",
    "set_up_minutes": "20", "staff_needed": "2", "lockdown": "open",
}  # fmt: skip


def words_of(client: FlaskClient, name: str) -> str:
    """The text of a page, without its tags, each run of white space one blank."""
    response = client.get(PAGES + name)
    assert response.status_code == 200, name
    text = html.unescape(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))
    return re.sub(r"\s+([.,:;)])", r"\1", " ".join(text.split()))


@pytest.fixture
def reader(site: Site) -> FlaskClient:
    return site.signed_in(site.person(Role.ITEM_WRITER))


# --- the pages ------------------------------------------------------------------------------------
def test_all_tests_are_listed_and_the_framework_apart(reader: FlaskClient) -> None:
    page = words_of(reader, "")
    for words in ("st0087-1.0", "Ready to schedule", "st0088-sjt", "Values are missing", "st0663-kt",
                  "Not to be scheduled yet", "practice-1.0", "160 points, written as nos.P1"):  # fmt: skip
        assert words in page, words


def test_who_reads_the_bank_reads_specifications(site: Site) -> None:
    for role in (Role.ITEM_WRITER, Role.REVIEWER, Role.MANAGER, Role.AUDITOR):
        client = site.signed_in(site.person(role))
        assert f'href="{PAGES}"' in client.get(PAGES).get_data(as_text=True), role
    for role in (Role.INVIGILATOR, Role.MARKER, Role.APPRENTICE):
        assert site.signed_in(site.person(role)).get(PAGES).status_code == 403, role


SAID = {
    "st0087-1.0": (
        "from 29 June 2018", "2 h", "Online, on paper", "Closed: no books, notes or other help Recommended",
        "A paper holds 9 scenarios", "15 essential statements and 1 drawn from the others. Inferred",
        "At least 8 of the 16 questions are passed, and so is every one of the 3 key questions",
        "C4.2 Quality assurance", "Key question Essential", "Carries the ideas over to another setting",
        "Never drawn at present: C1.3, C6.2. Recommended", "12 months without a review", "more than 25% of the papers",
        "National Occupational Standard", "Who picks the sixteenth question", "Thirteen, every key missed",
    ),
    "st0663-kt": (
        "from 22 May 2022", "2 h", "Online, on paper Inferred", "At most 20 candidates to one invigilator",
        "A paper asks 40 questions, each standing alone", "14 × single best, 26 × short answer", "66 at most",
        "Distinction 53 marks 66 marks", "Every single choice right, every short answer half right 40 marks Fail",
        "K17 Safeguarding and Prevent, and when to escalate 2 × single best, 2 × short answer", "Derived",
        "Taken: marks decide", "short answers cannot be marked here yet",
    ),
    "st0088-sjt": (
        "The plan leaves this out, so no paper is drawn and no sitting scheduled", "ST0088 does not state its duration",
        "ST0088 does not state how many questions a paper has", "ST0088 does not state its pass mark",
        "community: PC1 (Networks with agencies and community) cannot be asked", "Working time Not stated",
        "Incomplete: statements lost", "It must be passed before the interview",
        "To be passed, every answer must meet these points of P-SJT Recommended",
    ),
    "practice-1.0": ("30 min Recommended", "Nothing is decided", "2 × most and least", "No review is asked for"),
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_a_page_tells_what_its_file_lays_down(reader: FlaskClient, name: str) -> None:
    page = words_of(reader, name)
    for words in SAID[name]:
        assert words in page, words


def test_a_full_id_opens_the_same_page(reader: FlaskClient) -> None:
    assert words_of(reader, "st0087-1.0-sjt-2018-06-29") == words_of(reader, "st0087-1.0")


def test_a_framework_shows_its_points_as_tags(reader: FlaskClient) -> None:
    page = words_of(reader, "frameworks/nos")
    assert "nos.P49" in page and "nos.K111" in page and "Safeguarding (knowledge)" in page


@pytest.mark.parametrize("name", ["st9999", "frameworks/none", "..", "st0087-1.0-sjt-2018-06-28"])
def test_what_there_is_not_is_not_found(reader: FlaskClient, name: str) -> None:
    assert reader.get(PAGES + name).status_code == 404


# --- what cannot be scheduled ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("st0088-sjt", ["ST0088 does not state its duration", "ST0088 does not state its pass mark",
                        "ST0088 does not state how many questions a paper has", "community: PC1"]),
        ("st0663-kt", ["short answers cannot be marked here yet"]),
    ],
)  # fmt: skip
def test_a_sitting_is_refused_with_each_reason_beside_the_field(site: Site, name: str, words: list[str]) -> None:
    manager = site.signed_in(site.person(Role.MANAGER))
    response = send(manager, "/manage/sittings/new", **FORM, spec_name=name)
    page = html.unescape(response.get_data(as_text=True))
    assert response.status_code == 400 and 'id="spec_name-faults"' in page and "Room 2, morning" in page
    assert all(page.count(reason) == 2 for reason in words)  # in the summary and beside the field


def test_practice_is_scheduled(site: Site) -> None:
    manager = site.signed_in(site.person(Role.MANAGER))
    response = send(manager, "/manage/sittings/new", **FORM, spec_name="practice-1.0")
    assert response.status_code == 303
    assert "practice-1.0-2026-01-01" in manager.get(response.headers["Location"]).get_data(as_text=True)


# --- practice asks for nothing --------------------------------------------------------------------
@pytest.fixture
def practised(site: Site) -> Room:
    """A room whose closed attempt is one of practice."""
    room = saved_room(site)
    saved.handed_in(room)
    (practice,) = practice_ids()
    with site.writing() as conn:
        conn.execute(t.attempts.update().values(spec_id=practice, pathway="main"))
        conn.execute(t.sittings.update().values(spec_id=practice))
    return room


def test_a_practice_attempt_is_in_no_marking_queue(practised: Room) -> None:
    site = practised.site
    (marker,) = saved.markers(site, 1)
    with site.reading() as conn:
        assert marking.queue(conn, marker.id, site.now()).questions == ()
        assert marking.overview(conn, site.now()) == []
        assert marking.open_marks(conn) == marking.open_marks(conn, practised.sitting[0]) == 0
        (question,) = conn.execute(t.responses.select().limit(1)).all()
    with site.writing() as conn:
        assert marking.next_answer(conn, question.question_version_id, marker.id, site.now()) is None


def test_a_practice_attempt_waits_for_no_release(practised: Room) -> None:
    site = practised.site
    with site.reading() as conn:
        (preview,) = results.outcomes(conn, practised.sitting[0])
        assert today.held_results(conn, practice_ids()) == []
        assert today.open_marks(conn, practice_ids()) == 0
        assert len(today.held_results(conn)) == 1 and today.open_marks(conn) > 0
        assert result_store.sittings_begun(conn, site.now(), 10, but=practice_ids()) == []
    assert [reason.code for reason in preview.missing] == ["results.practice"] and not preview.can_go


def test_the_managers_pages_hold_no_line_of_practice(practised: Room) -> None:
    manager = practised.site.signed_in(practised.manager)
    page = manager.get("/manage/").get_data(as_text=True)
    assert "held" not in page and "to be made" not in page
    assert "Monday morning" not in manager.get("/results/").get_data(as_text=True)
    one = manager.get(f"/results/sitting/{practised.sitting[1]}").get_data(as_text=True)
    assert "Practice: nothing is marked" in one
