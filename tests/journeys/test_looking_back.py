"""What a candidate keeps and takes back: earlier versions, notes, highlights."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import House
from tests.journeys.test_exam_page import arrived
from tests.journeys.test_sitting import ready, saved_texts
from tests.saved import Room, saved_room

Check = Callable[[Page, str], None]


@pytest.fixture
def room(house: House) -> Room:
    return saved_room(house.site)


def test_an_earlier_version_comes_back_in_two_presses(house: House, room: Room, accessible: Check) -> None:
    booked = room.seat()
    page = arrived(house, room, booked).go(f"/sit/{booked.attempt_ref}/scenario/1")
    ready(page)
    box, button = page.locator("textarea").first, page.get_by_role("button", name="Earlier versions").first
    saved = page.locator(".answer-foot .saved").first
    expect(button).to_be_hidden()
    box.fill("First I would listen.")
    box.blur()
    expect(saved).to_have_text("Saved 09:00:00")
    room.site.clock.advance(minutes=3)
    box.fill("Something that I regret.")
    button.click()  # as the box loses the focus its text is sent, and the button appears
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("09:00:00 · 4 words")
    accessible(page, "earlier versions")
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Restore").press("Enter")
    expect(box).to_be_focused()
    expect(box).to_have_value("First I would listen.")
    expect(saved).to_have_text("Saved 09:03:00")
    expect(page.locator("html[data-ready=yes]")).to_be_attached()
    assert saved_texts(room, booked) == ["First I would listen."]
    button.click()
    expect(dialog).to_contain_text("Something that I regret.")
    assert house.complaints() == []
