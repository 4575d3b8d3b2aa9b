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


SELECT = """([from, to]) => {
  const walker = document.createTreeWalker(document.querySelector(".scenario-text"), NodeFilter.SHOW_TEXT);
  walker.nextNode();
  document.getSelection().setBaseAndExtent(walker.currentNode, from, walker.currentNode, to);
}"""


def test_notes_and_highlights_are_made_by_keyboard_and_survive_a_reload(
    house: House, room: Room, accessible: Check
) -> None:
    booked = room.seat()
    page = arrived(house, room, booked).go(f"/sit/{booked.attempt_ref}/scenario/1")
    ready(page)
    plain = page.locator(".scenario-text").text_content()
    highlight, marks = page.get_by_role("button", name="Highlight", exact=True), page.locator(".scenario-text mark")
    page.evaluate(SELECT, [0, 7])
    expect(highlight).to_have_attribute("aria-disabled", "false")
    with page.expect_response("**/jot"):
        highlight.press("Enter")
    expect(marks).to_have_text([str(plain)[:7].strip()])
    page.evaluate(SELECT, [0, 2])  # a part of it changes nothing
    page.get_by_text("My notes").click()
    page.get_by_label("Notes on this scenario").press_sequentially("Who decides?")
    expect(page.locator("[data-note-said]")).to_have_text("Saved 09:00:00")
    accessible(page, "notes and highlights")
    page.get_by_label("Notes on this scenario").press_sequentially(" And when?")
    page.get_by_role("link", name="Next").click()  # leaving sends what waits
    ready(page)
    page.get_by_text("My notes", exact=True).click()
    expect(page.get_by_label("Notes on this scenario")).to_have_value("")
    page.get_by_role("link", name="Back").click()
    ready(page)
    page.get_by_text("My notes (4 words)").click()
    expect(page.get_by_label("Notes on this scenario")).to_have_value("Who decides? And when?")
    expect(marks).to_have_count(1)
    with page.expect_response("**/jot"):
        marks.press("Enter")
    expect(marks).to_have_count(0)
    assert page.locator(".scenario-text").text_content() == plain
    page.reload()
    ready(page)
    expect(marks).to_have_count(0)
    assert house.complaints() == []
