"""The marker's desk in a real browser: hands on the keyboard, drafts kept by themselves, nothing stale or lost."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from sjt.rules.access import Role
from sjt.services import marking, results
from sjt.stores import marks, sittings
from sjt.stores import results as store
from sjt.stores import tables as t
from sjt.stores.marks import Mark
from tests import saved_marking as saved
from tests.journeys.conftest import House
from tests.saved import Room, saved_room
from tests.saved_marking import KEY, OTHER

Check = Callable[[Page, str], None]


@pytest.fixture
def room(house: House) -> Room:
    return saved_room(house.site)


def read(house: House, mark: Mark) -> Mark:
    with house.site.reading() as conn:
        found = marks.by_ref(conn, mark.ref)
    assert found is not None
    return found


def test_an_answer_is_judged_from_the_keyboard_alone(house: House, room: Room) -> None:
    booked = saved.handed_in(room)
    (person,) = saved.markers(house.site, 1)
    mark = saved.claimed(house.site, booked, OTHER, person)
    visit = house.visit(person)
    page = visit.go(f"/marking/answer/{mark.ref}")
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.keyboard.press("2")
    page.keyboard.press("r")
    page.keyboard.type("1 verdict is missing; g")  # letters and digits are words here, not keys
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.keyboard.type("Weigh it up.")
    expect(page.get_by_text("Draft saved 09:00:00")).to_be_visible()
    draft = marking.draft_of(read(house, mark))
    assert [said.met for said in draft.points.values()] == [True, False] and draft.comment == "Weigh it up."
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Judgement committed.")).to_be_visible()
    final = read(house, mark)
    assert final.final_at is not None and final.comment == "Weigh it up."
    assert [judged.reason for judged in final.points.values()] == ["", "1 verdict is missing; g"]
    assert house.complaints() == []


def test_single_keys_can_be_turned_off_and_one_key_gives_an_answer_back(house: House, room: Room) -> None:
    booked = saved.handed_in(room)
    (person,) = saved.markers(house.site, 1)
    mark = saved.claimed(house.site, booked, OTHER, person)
    page = house.visit(person).go(f"/marking/answer/{mark.ref}")
    page.keyboard.press("?")
    page.get_by_label("Single keys do something here").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("g")
    page.keyboard.press("1")
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    page.get_by_role("link", name="Keys").click()
    page.get_by_label("Single keys do something here").check()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    expect(page.get_by_text("You gave the answer back.")).to_be_visible()
    assert read(house, mark).returned_reason == "given back"


def test_a_second_window_is_told_and_nothing_typed_is_lost(house: House, room: Room) -> None:
    booked = saved.handed_in(room)
    (person,) = saved.markers(house.site, 1)
    mark = saved.claimed(house.site, booked, OTHER, person)
    one, two = house.visit(person), house.visit(person)
    first, second = one.go(f"/marking/answer/{mark.ref}"), two.go(f"/marking/answer/{mark.ref}")
    first.get_by_label("Comment on the whole answer").fill("From the first window")
    expect(first.get_by_text("Draft saved")).to_be_visible()
    second.get_by_label("Comment on the whole answer").fill("From the second window")
    expect(second.get_by_text("A newer draft was saved in another window")).to_be_visible()
    second.get_by_role("button", name="Save draft").click()
    expect(second.get_by_role("alert")).to_contain_text("Nothing was overwritten")
    expect(second.get_by_label("Comment on the whole answer")).to_have_value("From the second window")
    second.get_by_text("The newer draft, saved at").click()
    expect(second.get_by_text("From the first window")).to_be_visible()
    assert marking.draft_of(read(house, mark)).comment == "From the first window"


def test_a_draft_that_met_no_server_is_sent_again(house: House, room: Room) -> None:
    booked = saved.handed_in(room)
    (person,) = saved.markers(house.site, 1)
    mark = saved.claimed(house.site, booked, OTHER, person)
    visit = house.visit(person)
    page = visit.go(f"/marking/answer/{mark.ref}")
    visit.context.set_offline(True)
    page.get_by_label("Comment on the whole answer").fill("Typed without a network")
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    visit.context.set_offline(False)
    expect(page.get_by_text("Draft saved")).to_be_visible(timeout=15_000)
    assert marking.draft_of(read(house, mark)).comment == "Typed without a network"


def test_the_pages_of_marking_and_results_are_accessible(house: House, room: Room, accessible: Check) -> None:
    site = house.site
    booked, other = saved.handed_in(room, "Amina Yusuf", 1, unanswered=["C1.2"]), saved.handed_in(room, "Ben Ash", 2)
    first, second, third = saved.markers(site, 3)
    saved.judged(site, other, KEY, first, comment="Clear throughout.")
    saved.judged(site, other, KEY, second, unmet=[2])
    disputed = saved.claimed(site, other, KEY, third)
    apprentice = site.person(Role.APPRENTICE)
    with site.writing() as conn:
        own = sa.select(t.seats.c.candidate_id).where(t.seats.c.id == booked.seat_id).scalar_subquery()
        conn.execute(t.candidates.update().where(t.candidates.c.id == own).values(person_id=apprentice.id))
    marker = house.visit(third)
    page = marker.go(f"/marking/answer/{disputed.ref}")
    page.get_by_role("button", name="Commit and next").click()
    expect(page.get_by_role("alert")).to_be_visible()
    accessible(page, "the third judgement, with faults")
    accessible(marker.go("/marking/"), "the queue")
    saved.all_marked(site, [first, second], failing=["C2.1"])
    with site.writing() as conn:
        sitting = sittings.by_ref(conn, room.sitting[1])
        assert sitting is not None
        results.release(conn, sitting, [booked.attempt_ref], room.manager, str(uuid.uuid4()), site.now())
    accessible(house.visit(room.manager).go(f"/results/sitting/{room.sitting[1]}"), "the preview")
    mine = house.visit(apprentice).go("/results/mine")
    mine.get_by_role("link", name="Monday morning").click()
    accessible(mine, "my result")


def test_a_release_is_confirmed_in_a_dialog(house: House, room: Room) -> None:
    saved.handed_in(room)
    saved.all_marked(house.site, saved.markers(house.site, 2))
    page = house.visit(room.manager).go(f"/results/sitting/{room.sitting[1]}")
    page.get_by_role("link", name="Release the selected results").click()
    page.get_by_role("button", name="Release them in my name").click()
    expect(page.get_by_text("Results released: 1.")).to_be_visible()
    with house.site.reading() as conn:
        assert len(store.of_sitting(conn, room.sitting[0])) == 1
