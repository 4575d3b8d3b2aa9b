"""What is typed is sent before it could be lost: out of sight, in the last seconds, and before handing in."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import House
from tests.journeys.test_clock_and_notices import writing
from tests.journeys.test_sitting import begun, ready, saved_texts
from tests.saved import Room, saved_room

SAVE = re.compile("/save$")
SOONEST = 1_000  # ms: less than the page waits after the last key at any other time


@pytest.fixture
def room(house: House) -> Room:
    return saved_room(house.site)


def typed(page: Page, text: str) -> None:
    page.locator("textarea").first.fill(text)


def test_a_page_that_goes_out_of_sight_sends_at_once(house: House, room: Room) -> None:
    booked = room.seat()
    page = writing(house, room, booked)
    typed(page, "before I look elsewhere")
    with page.expect_response(SAVE) as saved:
        page.evaluate("""() => {
            Object.defineProperty(document, "hidden", { value: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""")
    assert saved.value.ok
    assert saved_texts(room, booked) == ["before I look elsewhere"]


def test_in_the_last_seconds_everything_is_sent_within_a_second(house: House, room: Room) -> None:
    booked = room.seat()
    page = writing(house, room, booked)
    room.site.clock.advance(minutes=119, seconds=52)
    page.reload()
    ready(page)
    typed(page, "the last words")
    with page.expect_response(SAVE) as saved:
        page.clock.run_for(SOONEST)
    assert saved.value.ok
    assert saved_texts(room, booked) == ["the last words"]


def test_nothing_is_handed_in_while_anything_waits(house: House, room: Room) -> None:
    booked = room.seat()
    visit = begun(house, room, booked)
    page = visit.page
    visit.context.route(SAVE, lambda route: route.abort())
    typed(page, "not yet with the server")
    visit.go(f"/sit/{booked.attempt_ref}/review")
    ready(page)
    page.get_by_role("button", name="Submit my paper").click()
    expect(page.locator("[data-banner]")).to_contain_text("Your paper is not handed in yet")
    assert room.attempt(booked).closed_at is None
    visit.context.unroute(SAVE)
    page.get_by_role("button", name="Submit my paper").click()
    expect(page.locator("[data-closed]")).to_contain_text("You handed in your paper")
    assert saved_texts(room, booked) == ["not yet with the server"]
