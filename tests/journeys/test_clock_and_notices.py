"""The clock by the server's time whatever the device does, and messages that take neither focus nor room."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from sjt.services import timekeeping
from tests.journeys.conftest import House
from tests.journeys.test_exam_page import arrived
from tests.journeys.test_sitting import ready
from tests.pages.test_notices import written_to
from tests.pages.test_return import reopened
from tests.saved import Booked, Room, saved_room

Check = Callable[[Page, str], None]
A_BEAT = 17_000


@pytest.fixture
def room(house: House) -> Room:
    return saved_room(house.site)


def writing(house: House, room: Room, booked: Booked, at: str | None = None) -> Page:
    """The paper under a clock of the device that the test holds."""
    visit = arrived(house, room, booked)
    visit.page.clock.install(time=at) if at else visit.page.clock.install()
    page = visit.go(f"/sit/{booked.attempt_ref}/scenario/1")
    ready(page)
    return page


def seconds(page: Page) -> int:
    return int(page.locator("[data-time-left]").get_attribute("data-seconds") or -1)


def granted(room: Room, booked: Booked, minutes: int, request: str = "r-1") -> None:
    with room.site.writing() as conn:
        attempt, by = room.attempt(booked), room.invigilator
        timekeeping.grant(conn, attempt, minutes * 60, "a fire drill", by, request, room.site.now())


@pytest.mark.parametrize("at", ["2026-11-23T10:00:00Z", "2026-11-23T08:00:00Z"])
def test_a_device_an_hour_ahead_or_behind_shows_the_same_time_left(house: House, room: Room, at: str) -> None:
    booked = room.seat()
    page = writing(house, room, booked, at)
    assert abs(seconds(page) - 7200) <= 2
    room.site.clock.advance(seconds=17)
    page.clock.run_for(A_BEAT)
    assert abs(seconds(page) - 7183) <= 2


def test_a_tab_that_slept_shows_the_servers_time_and_says_what_is_left(house: House, room: Room) -> None:
    booked = room.seat()
    page = writing(house, room, booked)
    room.site.clock.advance(minutes=91)
    page.clock.fast_forward("01:31:00")  # asleep, and its clock went on
    page.clock.run_for(1000)
    assert abs(seconds(page) - 29 * 60) <= 2
    expect(page.locator("[data-time-said]")).to_have_text("30 minutes left")
    room.site.clock.advance(minutes=10)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # asleep, and its clock stood
    expect(page.locator("[data-time-left]")).to_have_text("19 min left · ")
    page.get_by_role("button", name="Hide").click()
    expect(page.locator("[data-time-left]")).to_be_hidden()
    page.get_by_role("button", name="Say how much time is left").press("Enter")
    page.clock.run_for(200)
    expect(page.locator("[data-time-said]")).to_have_text("19 min left. You finish at 11:00.")


def test_a_stale_tab_at_the_old_end_closes_nothing_and_says_what_was_added(house: House, room: Room) -> None:
    booked = room.seat()
    page = writing(house, room, booked)
    granted(room, booked, 10)
    room.site.clock.advance(hours=2)
    page.clock.fast_forward("02:00:00")
    page.clock.run_for(2000)
    expect(page.locator("[data-time-left]")).to_have_text("10 min left · ")
    expect(page.get_by_text("10 minutes were added. You finish at 11:10.")).to_be_visible()
    box = page.locator("textarea").first
    box.fill("In the added time.")
    box.blur()
    expect(page.locator(".exam-bar [data-saved]")).to_have_text("Saved 11:00:00")
    assert room.attempt(booked).closed_at is None


def test_messages_are_read_one_at_a_time_and_take_neither_focus_nor_text(
    house: House, room: Room, accessible: Check
) -> None:
    booked = room.seat()
    page = writing(house, room, booked)
    box = page.locator("textarea").first
    box.focus()
    written_to(room, booked, "The fire alarm is tested at ten. Go on writing.")
    written_to(room, booked, "It is over.", "2")
    granted(room, booked, 1)
    page.clock.run_for(A_BEAT)
    notice = page.locator(".exam-notice")
    expect(notice).to_contain_text("From your invigilator, 09:00: The fire alarm is tested at ten.")
    expect(box).to_be_focused()
    page.evaluate("window.scrollTo(0, 600)")
    bar, text = page.locator(".exam-bar").bounding_box(), page.locator(".scenario").bounding_box()
    assert bar is not None and text is not None and bar["y"] + bar["height"] <= text["y"] + 1
    accessible(page, "paper with a message")
    notice.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(notice).to_contain_text("It is over.")
    page.keyboard.press("Enter")
    expect(notice).to_contain_text("Your time: 1 minute was added. You finish at 11:01.")
    page.keyboard.press("Enter")
    expect(notice).to_have_count(0)
    expect(box).to_be_focused()
    page.clock.run_for(A_BEAT)
    expect(notice).to_have_count(0)
    assert house.complaints() == []


def test_the_receipt_hears_of_a_reopening_and_leads_back_to_the_paper(
    house: House, room: Room, accessible: Check
) -> None:
    booked = room.seat()
    page = writing(house, room, booked)
    page.locator("textarea").first.fill("Before the end.")
    page.get_by_role("link", name="Review and submit").click()
    page.get_by_role("button", name="Submit my paper").click()
    expect(page.get_by_role("heading", name="Your paper is in our hands")).to_be_visible()
    reopened(room, booked)
    page.clock.run_for(A_BEAT)
    expect(page.get_by_role("heading", name="Your paper was reopened")).to_be_visible()
    accessible(page, "reopened")
    page.get_by_role("button", name="Go on").click()
    ready(page)
    expect(page.locator("[data-time-left]")).to_have_text("10 min left · ")
    expect(page.locator("textarea").first).to_have_value("Before the end.")
    page.locator("textarea").first.fill("After it.")
    page.locator("textarea").first.blur()
    expect(page.locator(".exam-bar [data-saved]")).to_have_text("Saved 09:00:00")
    assert house.complaints() == []
