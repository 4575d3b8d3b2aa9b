"""Release and results: nothing goes early, nothing changes afterwards, and an apprentice reads only their own."""

from __future__ import annotations

import re
import uuid

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from sjt.rules.access import Role
from sjt.services import marking, results
from sjt.services.results import Preview
from sjt.stores import results as store
from sjt.stores import tables as t
from sjt.stores.results import Result
from tests import saved_marking as saved
from tests.saved import Booked, Room, saved_room
from tests.saved_marking import KEY, OTHER
from tests.site import Site, csrf


@pytest.fixture
def room(site: Site) -> Room:
    return saved_room(site)


def previews(room: Room) -> list[Preview]:
    with room.site.reading() as conn:
        return results.outcomes(conn, room.sitting[0])


def codes(preview: Preview) -> list[str]:
    return [reason.code for reason in preview.missing]


def released(room: Room) -> list[Result]:
    with room.site.reading() as conn:
        return list(store.of_sitting(conn, room.sitting[0]).values())


def page_of(room: Room) -> str:
    return f"/results/sitting/{room.sitting[1]}"


def send(client: FlaskClient, room: Room, chosen: list[str], request_id: str | None = None) -> tuple[int, str]:
    data = {"csrf_token": csrf(client, page_of(room)), "chosen": chosen, "request_id": request_id or str(uuid.uuid4())}
    response = client.post(f"{page_of(room)}/release", data=data)
    return response.status_code, response.get_data(as_text=True)


def belongs_to(site: Site, booked: Booked, name: str = "Amina Yusuf") -> FlaskClient:
    """The browser of the apprentice whose seat it is, by a sign-in of their own."""
    person = site.person(Role.APPRENTICE, name=name)
    with site.writing() as conn:
        own = sa.select(t.seats.c.candidate_id).where(t.seats.c.id == booked.seat_id).scalar_subquery()
        conn.execute(t.candidates.update().where(t.candidates.c.id == own).values(person_id=person.id))
    return site.signed_in(person)


def test_each_candidate_has_an_outcome_or_the_words_for_what_is_missing(site: Site, room: Room) -> None:
    saved.handed_in(room, "All marked", 1, unanswered=["C1.2"])
    saved.all_marked(site, saved.markers(site, 2), failing=[KEY])
    saved.handed_in(room, "Open marks", 2)
    saved.handed_in(room, "Void", 3, closed_as="void")
    room.seat("Never came", 4)
    booked = room.seat("Still writing", 5)
    absent = room.seat("Absent", 6)
    with site.writing() as conn:
        attempt = t.attempts.c.ref == booked.attempt_ref
        conn.execute(t.attempts.update().where(attempt).values(started_at=site.now()))
        conn.execute(t.seats.update().where(t.seats.c.id == absent.seat_id).values(absent_at=site.now()))
    found = previews(room)
    assert [codes(preview) for preview in found] == [
        [],
        ["results.open_marks"],
        ["results.void"],
        ["results.not_begun"],
        ["results.not_closed"],
        ["results.absent"],
    ]
    first = found[0].outcome
    assert first is not None and (first.outcome, first.passed) == ("fail", 14)
    assert [reason.short for reason in first.reasons] == ["key:C4.2"]
    assert found[1].missing[0].params == {"count": 19}
    page = site.signed_in(room.manager).get(page_of(room)).get_data(as_text=True)
    for words in ("the key question on C4.2", "Judgements still to come: 19", "The attempt is void", "Absent from"):
        assert words in page


def test_a_preview_stores_nothing(site: Site, room: Room) -> None:
    saved.handed_in(room)
    saved.all_marked(site, saved.markers(site, 2))
    (preview,) = previews(room)
    assert preview.can_go and preview.outcome is not None and preview.outcome.outcome == "pass"
    site.signed_in(room.manager).get(page_of(room))
    with site.reading() as conn:
        assert conn.scalar(sa.select(sa.func.count()).select_from(t.results)) == 0


def test_a_paper_that_breaks_its_blueprint_cannot_go(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    with site.writing() as conn:
        conn.execute(t.attempts.update().where(t.attempts.c.ref == booked.attempt_ref).values(pathway="residential"))
    saved.all_marked(site, saved.markers(site, 2))
    (preview,) = previews(room)
    assert codes(preview) == ["results.invalid"] and not preview.can_go
    status, page = send(site.signed_in(room.manager), room, [booked.attempt_ref])
    assert status == 409 and "cannot be graded" in page and released(room) == []


def test_a_release_is_by_a_named_person_and_those_who_cannot_go_stay_behind(site: Site, room: Room) -> None:
    ready = saved.handed_in(room, "Amina Yusuf", 1)
    saved.all_marked(site, saved.markers(site, 2))
    stays = saved.handed_in(room, "Ben Ashcroft", 2)
    client = site.signed_in(room.manager)
    status, _ = send(client, room, [ready.attempt_ref, stays.attempt_ref])
    assert status == 303
    page = client.get(page_of(room)).get_data(as_text=True)
    assert "Results released: 1. Stayed behind: Ben Ashcroft." in page
    (result,) = released(room)
    assert (result.outcome, result.version, result.released_by) == ("pass", 1, room.manager.name)
    assert result.notified_at == result.released_at == site.now()
    with site.reading() as conn:
        acts = conn.execute(sa.select(t.records).where(t.records.c.act == "results.release")).all()
    assert [act.person_id for act in acts] == [room.manager.id]


def test_posting_a_release_twice_releases_once(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    saved.all_marked(site, saved.markers(site, 2))
    client, request_id = site.signed_in(room.manager), str(uuid.uuid4())
    assert send(client, room, [booked.attempt_ref], request_id)[0] == 303
    assert send(client, room, [booked.attempt_ref], request_id)[0] == 303
    assert send(client, room, [booked.attempt_ref])[0] == 409  # another form, but it has gone already
    assert len(released(room)) == 1


def test_a_form_that_chooses_nothing_or_has_lost_its_id_comes_back_with_the_fault(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    saved.all_marked(site, saved.markers(site, 2))
    client = site.signed_in(room.manager)
    status, page = send(client, room, [])
    assert status == 400 and "Choose at least one result" in page
    status, page = send(client, room, [booked.attempt_ref], "no id")
    assert status == 400 and f'value="{booked.attempt_ref}" checked' in page
    assert send(client, room, ["f" * 32])[0] == 409
    assert released(room) == []


def test_a_mark_that_changes_later_never_alters_what_was_released(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    people = saved.markers(site, 2)
    saved.all_marked(site, people)
    send(site.signed_in(room.manager), room, [booked.attempt_ref])
    (before,) = released(room)
    with site.writing() as conn:
        conn.execute(t.mark_points.update().values(met=False, reason="Changed behind our back"))
    (after,) = released(room)
    assert after == before and after.outcome == "pass"
    with site.reading() as conn:
        assert marking.queue(conn, people[0].id, site.now()).left == 0


def test_a_released_judgement_cannot_be_recalled(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    first, second = saved.markers(site, 2)
    mark = saved.judged(site, booked, OTHER, first)
    saved.all_marked(site, [first, second])
    send(site.signed_in(room.manager), room, [booked.attempt_ref])
    client = site.signed_in(first)
    data = {"csrf_token": csrf(client, "/marking/")}
    assert client.post(f"/marking/answer/{mark.ref}/recall", data=data).status_code == 409


def test_an_apprentice_reads_their_own_released_result_and_no_other(site: Site, room: Room) -> None:
    booked = saved.handed_in(room, "Amina Yusuf", 1, unanswered=["C2.1"])
    other = saved.handed_in(room, "Ben Ashcroft", 2)
    first, second, third = saved.markers(site, 3)
    saved.judged(site, booked, OTHER, first, unmet=[2], comment="Weigh the sources against each other.")
    saved.judged(site, booked, OTHER, second, unmet=[2])  # a new marker's scripts are judged twice
    saved.all_marked(site, [first, second, third])
    mine, theirs = belongs_to(site, booked), belongs_to(site, other, "Ben Ashcroft")
    assert "There is no result for you yet" in mine.get("/results/mine").get_data(as_text=True)
    send(site.signed_in(room.manager), room, [booked.attempt_ref])
    page = mine.get("/results/mine").get_data(as_text=True)
    address = re.findall(r'href="(/results/mine/[0-9a-f]{32})"', page)[0]
    page = mine.get(address).get_data(as_text=True)
    for words in (
        "Pass",
        "14 of 16 questions passed",
        "(key question)",
        "No answer.",
        "Weigh the sources",
        "Your result",
    ):
        assert words in page, words
    for hidden in (first.name, second.name, "Point 2 is not there.", "An answer on", "You manage", "C-"):
        assert hidden not in page or hidden == "C-", hidden
    assert "There is no result for you yet" in theirs.get("/results/mine").get_data(as_text=True)
    assert theirs.get(address).status_code == 404
    assert mine.get(address.replace("mine", "result")).status_code == 403
    assert site.signed_in(room.manager).get(address).status_code == 403


def test_scenario_and_question_texts_never_stand_in_a_result(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    saved.all_marked(site, saved.markers(site, 2))
    send(site.signed_in(room.manager), room, [booked.attempt_ref])
    (result,) = released(room)
    with site.reading() as conn:
        texts = list(conn.scalars(sa.select(t.question_texts.c.text)))
        titles = list(conn.scalars(sa.select(t.scenario_texts.c.title)))
    page = site.signed_in(room.manager).get(f"/results/result/{result.ref}").get_data(as_text=True)
    told = page + str(result.questions)
    assert not [text for text in texts if text[:40] in told] and not [title for title in titles if title in told]


def test_the_staff_page_holds_the_reasons_and_no_markers_names(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    people = saved.markers(site, 3)
    saved.judged(site, booked, KEY, people[0], unmet=[1])
    saved.all_marked(site, people[1:], failing=[KEY])
    manager = site.signed_in(room.manager)
    send(manager, room, [booked.attempt_ref])
    (result,) = released(room)
    page = manager.get(f"/results/result/{result.ref}").get_data(as_text=True)
    assert result.outcome == "fail" and "Not passed: C4.2" in page and "Reason: Point 1 is not there." in page
    assert not [person.name for person in people if person.name in page]
    auditor = site.signed_in(site.person(Role.AUDITOR))
    assert auditor.get(f"/results/result/{result.ref}").status_code == 200
    assert manager.get("/results/result/unknown").status_code == 404


def test_the_export_is_safe_in_a_spreadsheet(site: Site, room: Room) -> None:
    booked = saved.handed_in(room, "=HYPERLINK(1)")
    saved.all_marked(site, saved.markers(site, 2))
    client = site.signed_in(room.manager)
    send(client, room, [booked.attempt_ref])
    response = client.get(f"{page_of(room)}/results.csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    header, row = response.data.decode("utf-8-sig").splitlines()
    assert header.startswith("candidate number,name,") and "'=HYPERLINK(1)" in row and ",pass,16,16," in row


def test_only_a_manager_releases_and_an_auditor_reads(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    saved.all_marked(site, saved.markers(site, 2))
    auditor = site.signed_in(site.person(Role.AUDITOR))
    page = auditor.get(page_of(room)).get_data(as_text=True)
    assert "Pass" in page and "Release the selected" not in page
    data = {"csrf_token": csrf(auditor, "/results/"), "chosen": booked.attempt_ref, "request_id": str(uuid.uuid4())}
    assert auditor.post(f"{page_of(room)}/release", data=data).status_code == 403
    for role in (Role.MARKER, Role.LEAD_MARKER, Role.INVIGILATOR, Role.APPRENTICE):
        client = site.signed_in(site.person(role))
        assert client.get("/results/").status_code == 403 and client.get(page_of(room)).status_code == 403
    assert site.signed_in(room.manager).get("/results/mine").status_code == 403
    assert site.signed_in(room.manager).get("/results/sitting/unknown").status_code == 404


def test_the_list_of_sittings_says_how_far_each_has_come(site: Site, room: Room) -> None:
    client = site.signed_in(room.manager)
    booked = saved.handed_in(room)
    assert "Not released" in client.get("/results/").get_data(as_text=True)
    saved.all_marked(site, saved.markers(site, 2))
    send(client, room, [booked.attempt_ref])
    assert "All released" in client.get("/results/").get_data(as_text=True)
    assert "no more sittings" in client.get("/results/?page=2").get_data(as_text=True)
    assert client.get("/results/?page=x").status_code == 200
