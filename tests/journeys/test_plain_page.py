"""A whole sitting in a browser that runs no scripts, once a person has allowed it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.conftest import House
from tests.journeys.test_sitting import in_by_keycode, saved_texts
from tests.pages.test_plain import allowed
from tests.saved import saved_room


def test_a_sitting_without_scripts_from_the_waiting_room_to_the_receipt(house: House) -> None:
    room = saved_room(house.site)
    booked = room.seat()
    visit = house.visit(java_script_enabled=False)
    page = in_by_keycode(visit, booked)
    expect(page.get_by_text("Tell your invigilator before you begin")).to_be_visible()
    room.admit(booked)
    room.open_gate(booked)
    page.get_by_role("link", name="look again").click()
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_text("Nothing has begun.")).to_be_visible()
    allowed(room, booked)
    page.get_by_role("link", name="Back to your sitting").click()
    page.get_by_role("button", name="Begin").click()
    page.locator("textarea").first.fill("Written without scripts.\nOn two lines.")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("heading", name="Scenario 2")).to_be_visible()
    page.locator("textarea").first.fill("And on the next page.")
    room.site.clock.advance(minutes=20)
    page.get_by_role("button", name="Review and submit").click()
    expect(page.get_by_text("14 questions have no answer")).to_be_visible()
    page.get_by_role("link", name="Go on writing").click()
    expect(page.get_by_text("1 h 40 min left at 09:20")).to_be_visible()
    expect(page.locator("textarea").first).to_have_value("Written without scripts.\nOn two lines.")
    page.get_by_role("button", name="Review and submit").click()
    page.get_by_role("button", name="Submit my paper").click()
    expect(page.get_by_text("2 of 16")).to_be_visible()
    assert saved_texts(room, booked) == ["And on the next page.", "Written without scripts.\nOn two lines."]
