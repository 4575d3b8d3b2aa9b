"""The marker's desk: what it shows and hides, how a judgement is kept, and that nothing typed is lost."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from sjt.rules.access import Role
from sjt.stores import marks
from sjt.stores import tables as t
from sjt.stores.marks import Mark
from tests import saved_marking as saved
from tests.saved import Room, saved_room
from tests.saved_marking import KEY, OTHER
from tests.site import Site, csrf

COMPLETE = {"verdict_1": "met", "verdict_2": "unmet", "reason_2": "No verdict is given.", "comment": "Weigh it up."}


@pytest.fixture
def room(site: Site) -> Room:
    return saved_room(site)


def at(mark: Mark, act: str = "") -> str:
    return f"/marking/answer/{mark.ref}{act}"


def send(client: FlaskClient, mark: Mark, act: str, fields: dict[str, str], edit: int = 0) -> tuple[int, str, str]:
    data = {"csrf_token": csrf(client, "/marking/"), "edit": str(edit), **fields}
    response = client.post(at(mark, act), data=data)
    return response.status_code, response.headers.get("Location", ""), response.get_data(as_text=True)


def read(site: Site, mark: Mark) -> Mark:
    with site.reading() as conn:
        found = marks.by_ref(conn, mark.ref)
    assert found is not None
    return found


def test_the_queue_is_empty_in_words(site: Site) -> None:
    page = site.signed_in(site.person(Role.MARKER)).get("/marking/").get_data(as_text=True)
    assert "There is nothing for you to mark" in page


def test_a_marker_opens_answers_question_by_question_until_nothing_is_left(site: Site, room: Room) -> None:
    for number in (1, 2):
        saved.handed_in(room, f"Candidate {number}", number)
    (person,) = saved.markers(site, 1)
    client = site.signed_in(person)
    page = client.get("/marking/").get_data(as_text=True)
    assert "32 answers left for you" in page
    address = re.findall(r'action="(/marking/question/[^"]+c4-1/1)"', page)[0]
    token = csrf(client, "/marking/")
    first = client.post(address, data={"csrf_token": token}).headers["Location"]
    assert (
        client.post(address, data={"csrf_token": token}).headers["Location"] == first
    )  # the one in hand, not a second
    page = client.get(first).get_data(as_text=True)
    assert "An answer on C4.1." in page and "Meets the point" in page
    seen = [first]
    while seen[-1] != "/marking/":
        status = client.post(f"{seen[-1]}/final", data={"csrf_token": token, "edit": "0", **COMPLETE})
        assert status.status_code == 303
        seen.append(status.headers["Location"])
    assert "nothing left for you to mark on this question" in client.get("/marking/").get_data(as_text=True)


def test_nothing_on_the_desk_says_whose_answer_it_is_or_which_turn(site: Site, room: Room) -> None:
    booked = saved.handed_in(room, "Amina Yusuf")
    first, second = saved.markers(site, 2)
    other_turn = saved.claimed(site, booked, KEY, first)
    mark = saved.claimed(site, booked, KEY, second)
    with site.reading() as conn:
        candidate = conn.execute(sa.select(t.candidates)).one()
    hidden = [candidate.name, "Amina", candidate.number, candidate.ref, candidate.employer, candidate.provider]
    hidden += ["Room 1", "Monday morning", room.sitting[1], booked.attempt_ref, booked.seat_ref, first.name]
    client = site.signed_in(second)
    texts = [client.get(address).get_data(as_text=True) for address in ("/marking/", at(mark))]
    assert (read(site, other_turn).turn, mark.turn) == (1, 2)
    for text in texts:
        assert not [word for word in hidden if word in text]
        shown = re.sub(r"<[^>]+>", " ", text).lower()
        for telling in (
            "key question",
            "second mark",
            "first mark",
            "third person",
            "third mark",
            "turn 1",
            "turn 2",
            "judgement a",
        ):
            assert telling not in shown, telling
    draft = client.post(
        at(mark, "/draft"),
        data={"csrf_token": csrf(client, "/marking/"), "edit": "0", **COMPLETE},
        headers={"Accept": "application/json"},
    )
    assert draft.get_json() == {"edit": 1, "saved_at": "09:00:00"}


def test_the_third_person_sees_both_reasons_and_no_names(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    first, second, third = saved.markers(site, 3)
    saved.judged(site, booked, KEY, first, comment="Clear throughout.")
    saved.judged(site, booked, KEY, second, unmet=[2])
    mark = saved.claimed(site, booked, KEY, third)
    page = site.signed_in(third).get(at(mark)).get_data(as_text=True)
    for words in ("Judgement A", "Judgement B", "Point 2 is not there.", "Judged differently", "Clear throughout."):
        assert words in page
    assert first.name not in page and second.name not in page
    assert page.count("Judged differently") == 1


def test_every_fault_stands_beside_its_field_and_nothing_typed_is_lost(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    (person,) = saved.markers(site, 1)
    mark = saved.claimed(site, booked, OTHER, person)
    fields = {"verdict_1": "unmet", "reason_2": "Half a thought", "comment": "x" * 2001}
    status, _, page = send(site.signed_in(person), mark, "/final", fields)
    assert status == 400
    for words in ("Give a reason for “not met” on point 1.", "Say whether point 2 is met or not met.", "at most 2000"):
        assert page.count(words) == 2, words  # beside the field and in the summary
    assert "Half a thought" in page and "x" * 2001 in page
    assert read(site, mark).final_at is None


def test_a_draft_is_kept_by_the_form_and_shown_again(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    (person,) = saved.markers(site, 1)
    mark = saved.claimed(site, booked, OTHER, person)
    client = site.signed_in(person)
    fields = {"verdict_2": "unmet", "reason_2": "Line one\r\nline two <b>\0", "comment": "𝔘nicode ✓"}
    status, location, _ = send(client, mark, "/draft", fields)
    assert (status, location) == (303, at(mark))
    page = client.get(at(mark)).get_data(as_text=True)
    assert "Line one\nline two &lt;b&gt;" in page and "𝔘nicode ✓" in page and 'value="1"' in page
    assert re.search(r'<input checked[^>]*value="unmet"', page)


def test_a_stale_window_gets_409_and_sees_both_versions(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    (person,) = saved.markers(site, 1)
    mark = saved.claimed(site, booked, OTHER, person)
    client = site.signed_in(person)
    assert send(client, mark, "/draft", {"comment": "From the other window"})[0] == 303
    for act in ("/draft", "/final"):
        status, _, page = send(client, mark, act, {**COMPLETE, "comment": "From this window"})
        assert status == 409
        assert "From this window" in page and "From the other window" in page and "A newer draft was saved" in page
    status, _, _ = send(client, mark, "/draft", {"comment": "From this window"}, edit=1)  # as the page now offers
    assert status == 303
    asked = {"csrf_token": csrf(client, "/marking/"), "edit": "0", "comment": "Old"}
    reply = client.post(at(mark, "/draft"), data=asked, headers={"Accept": "application/json"})
    assert reply.status_code == 409 and reply.get_json()["error"] == "marking.stale"


def test_a_revision_that_is_no_number_is_stale_and_nothing_worse(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    (person,) = saved.markers(site, 1)
    mark = saved.claimed(site, booked, OTHER, person)
    client = site.signed_in(person)
    for edit in ("", "x", "-1", "9" * 30, "²"):
        data = {"csrf_token": csrf(client, "/marking/"), "edit": edit, "comment": "Anything"}
        assert client.post(at(mark, "/draft"), data=data).status_code == 409, edit


def test_committing_twice_moves_on_and_other_words_are_shown_back(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    (person,) = saved.markers(site, 1)
    mark = saved.claimed(site, booked, OTHER, person)
    client = site.signed_in(person)
    assert send(client, mark, "/final", COMPLETE)[:2] == (303, "/marking/")
    assert send(client, mark, "/final", COMPLETE)[:2] == (303, "/marking/")
    status, _, page = send(client, mark, "/final", {**COMPLETE, "comment": "Other words"})
    assert status == 409 and "Other words" in page and "already committed" in page
    assert read(site, mark).comment == "Weigh it up."


def test_a_judgement_is_recalled_with_its_words_and_then_no_more(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    (person,) = saved.markers(site, 1)
    mark = saved.claimed(site, booked, OTHER, person)
    client = site.signed_in(person)
    send(client, mark, "/final", COMPLETE)
    assert "Just committed" in client.get("/marking/").get_data(as_text=True)
    assert "Committed at 09:00" in client.get(at(mark)).get_data(as_text=True)
    status, location, _ = send(client, mark, "/recall", {})
    assert status == 303 and location != at(mark)
    page = client.get(location).get_data(as_text=True)
    assert "No verdict is given." in page and "Weigh it up." in page
    assert client.get(at(mark)).status_code == 409
    assert send(client, mark, "/recall", {})[0] == 409


def test_giving_back_asks_no_reason_and_closes_the_answer(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    (person,) = saved.markers(site, 1)
    mark = saved.claimed(site, booked, OTHER, person)
    client = site.signed_in(person)
    assert send(client, mark, "/back", {})[:2] == (303, "/marking/")
    assert client.get(at(mark)).status_code == 409
    assert "An answer on" not in client.get(at(mark)).get_data(as_text=True)


def test_an_idle_answer_says_so_and_is_taken_up_by_saving(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    first, second = saved.markers(site, 2)
    mark = saved.claimed(site, booked, OTHER, first)
    site.clock.advance(minutes=31)
    saved.claimed(site, booked, KEY, second)  # any claim sends back what lies idle
    client = site.signed_in(first)
    assert "Back in the queue" in client.get(at(mark)).get_data(as_text=True)
    assert send(client, mark, "/draft", {"comment": "Typed late"})[0] == 303
    assert read(site, mark).returned_at is None
    site.clock.advance(minutes=31)
    saved.claimed(site, booked, OTHER, second)
    status, _, page = send(client, mark, "/final", {**COMPLETE, "comment": "Typed too late"}, edit=1)
    assert status == 409 and "somebody else has it now" in page
    assert "Typed too late" in page and 'data-act="commit"' not in page


def test_anybody_elses_answer_is_not_found_and_other_roles_are_refused(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    first, second = saved.markers(site, 2)
    mark = saved.claimed(site, booked, OTHER, first)
    assert site.signed_in(second).get(at(mark)).status_code == 404
    assert site.signed_in(second).get("/marking/answer/nothing").status_code == 404
    assert send(site.signed_in(second), mark, "/final", COMPLETE)[0] == 404
    auditor, apprentice = site.person(Role.AUDITOR), site.person(Role.APPRENTICE)
    for person in (room.manager, auditor, apprentice):
        assert site.signed_in(person).get("/marking/").status_code == 403
        assert site.signed_in(person).get(at(mark)).status_code == 403
    assert site.signed_in(first).get("/marking/overview").status_code == 403
    assert site.visitor().get("/marking/").status_code == 302
    token = csrf(site.signed_in(first), "/marking/")
    unknown = site.signed_in(first).post("/marking/question/nothing/1", data={"csrf_token": token})
    assert unknown.status_code in (400, 404)


def test_a_marker_named_for_the_sitting_afterwards_is_kept_out(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    (person,) = saved.markers(site, 1)
    mark = saved.claimed(site, booked, OTHER, person)
    with site.writing() as conn:
        row = {"sitting_id": room.sitting[0], "person_id": person.id, "named_by": room.manager.id}
        conn.execute(t.sitting_staff.insert().values(**row, named_at=site.now()))
    client = site.signed_in(person)
    assert client.get(at(mark)).status_code == 403
    assert "There is nothing for you to mark" in client.get("/marking/").get_data(as_text=True)


def test_the_overview_is_for_those_who_lead_and_holds_no_answers(site: Site, room: Room) -> None:
    saved.handed_in(room)
    for person in (site.person(Role.LEAD_MARKER), room.manager, site.person(Role.AUDITOR)):
        response = site.signed_in(person).get("/marking/overview")
        page = response.get_data(as_text=True)
        assert response.status_code == 200 and "Monday morning" in page
        assert "An answer on" not in page and "Amina" not in page
    assert "Nothing is being marked" not in page
