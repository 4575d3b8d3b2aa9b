"""A watched sitting in a real browser: what is told, what is not, and that nothing is done to the candidate."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import BrowserContext, Page, expect

from sjt.rules.attempt import State, state
from sjt.stores import tables as t
from tests.journeys.conftest import House, Visit
from tests.journeys.test_sitting import in_by_keycode, ready, saved_texts
from tests.saved import Booked, Room, saved_room

Check = Callable[[Page, str], None]
OUTSIDE = "A long paragraph that somebody else has written about something else, somewhere else. " * 2
SECOND_SCREEN = "Object.defineProperty(Screen.prototype, 'isExtended', { get: () => true });"
CLIPBOARD = ["clipboard-read", "clipboard-write"]


@pytest.fixture
def room(house: House) -> Room:
    made = saved_room(house.site)
    with house.site.writing() as conn:
        conn.execute(t.sittings.update().values(lockdown="watched"))
    return made


def watched(house: House, room: Room, booked: Booked, browser_is: str = "") -> Visit:
    visit = house.visit(viewport={"width": 1280, "height": 800}, permissions=CLIPBOARD)
    if browser_is:
        visit.context.add_init_script(f"{SECOND_SCREEN} {browser_is}")
    page = in_by_keycode(visit, booked)
    room.admit(booked)
    room.open_gate(booked)
    page.get_by_role("button", name="Begin").click()
    is_watched(page)
    return visit


def is_watched(page: Page) -> None:
    ready(page)
    expect(page.locator("html[data-watched=yes]")).to_be_attached()


def reported(room: Room) -> list[str]:
    with room.site.reading() as conn:
        return list(conn.scalars(sa.select(t.signals.c.kind).order_by(t.signals.c.received_at, t.signals.c.number)))


def wait_for(page: Page, room: Room, *kinds: str) -> None:
    """Until the server holds these kinds; a report leaves two seconds after its first signal."""
    for _ in range(150):
        if set(kinds) <= set(reported(room)):
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"{kinds} were not reported, only {reported(room)}")


def away_and_back(context: BrowserContext, page: Page) -> None:
    """As when another window is brought to the front, which a browser without windows cannot do by itself."""
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    page.wait_for_timeout(1200)
    page.evaluate("window.dispatchEvent(new Event('focus'))")


def test_leaving_copying_inside_and_pasting_from_outside_are_told_and_nothing_is_done(
    house: House, room: Room, accessible: Check
) -> None:
    booked = room.seat()
    visit = watched(house, room, booked)
    page = visit.page
    accessible(page, "watched paper")
    page.get_by_role("button", name="Go to full screen").click()
    expect(page.locator("[data-strip-said]")).to_have_text("This sitting is watched. Full screen is on.")
    page.evaluate("document.exitFullscreen()")
    expect(page.locator("[data-strip-said]")).to_have_text("Full screen is off. Your answers are safe.")
    box = page.locator("textarea.answer").first
    box.fill("My own words.")
    box.press("Control+a")
    box.press("Control+c")
    box.press("End")
    box.press("Control+v")
    expect(box).to_have_value("My own words.My own words.")
    away_and_back(visit.context, page)
    page.evaluate("text => navigator.clipboard.writeText(text)", OUTSIDE)
    box.press("End")
    box.press("Control+v")
    expect(box).to_have_value(f"My own words.My own words.{OUTSIDE}")
    wait_for(page, room, "full_screen_left", "copied", "pasted_own", "focus_lost", "focus_regained", "pasted_outside")
    box.blur()
    expect(page.locator(".exam-bar [data-saved]")).to_contain_text("Saved")
    with room.site.reading() as conn:
        rows = conn.execute(sa.select(t.signals)).all()
    assert not any("words" in str(row) or "paragraph" in str(row) for row in rows)  # kinds and numbers, and no text
    attempt = room.attempt(booked)
    assert state(attempt.facts, room.site.now()) is State.RUNNING and not attempt.allowance.pauses
    assert saved_texts(room, booked) == [f"My own words.My own words.{OUTSIDE}"]
    board = house.visit(room.invigilator).go(f"/invigilation/{room.sitting[1]}/board")
    expect(board.locator("#seat-1")).to_contain_text("1 to look at")
    board.locator("#seat-1 summary").click()
    board.get_by_role("link", name="Browser report").click()
    expect(board.get_by_role("row", name="Pasted from elsewhere").first).to_contain_text("Look")
    accessible(board, "browser report")
    board.get_by_label("What you make of it").fill("Asked: it was their own note.")
    board.get_by_role("button", name="Note that I have looked").click()
    expect(board.get_by_role("status")).to_contain_text("Noted.")
    expect(board.locator("#flags")).to_contain_text("Looked at")
    accessible(board, "browser report, looked at")
    assert house.complaints() == []


def test_going_from_page_to_page_is_not_leaving_and_what_was_copied_there_stays_ones_own(
    house: House, room: Room
) -> None:
    booked = room.seat()
    visit = watched(house, room, booked)
    page = visit.page
    page.get_by_role("button", name="Go to full screen").click()
    box = page.locator("textarea.answer").first
    box.fill("Words of mine that go along to another question.")
    box.press("Control+a")
    box.press("Control+c")
    page.get_by_role("link", name="Next").click()
    page.wait_for_url("**/scenario/2")
    is_watched(page)
    expect(page.locator("[data-strip-said]")).to_contain_text("Full screen")
    other = page.locator("textarea.answer").first
    other.click()
    expect(page.locator("[data-strip-said]")).to_have_text("This sitting is watched. Full screen is on.")
    other.press("Control+v")
    wait_for(page, room, "copied", "pasted_own")
    assert not {"page_left", "pasted_outside", "full_screen_left", "focus_lost", "hidden"} & set(reported(room))
    page.reload()
    is_watched(page)
    wait_for(page, room, "reloaded", "page_left")


def test_a_report_that_finds_no_server_goes_out_later_and_once_and_no_full_screen_is_no_fault(
    house: House, room: Room
) -> None:
    booked = room.seat()
    visit = watched(house, room, booked, "Element.prototype.requestFullscreen = () => Promise.reject(new Error());")
    page = visit.page
    page.get_by_role("button", name="Go to full screen").click()
    expect(page.locator("[data-strip-said]")).to_contain_text("gives no full screen; that is no fault of yours")
    page.locator("h1").click(button="right")
    wait_for(page, room, "full_screen_refused", "second_screen", "menu")
    visit.context.set_offline(True)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.wait_for_timeout(3000)
    assert "printed" not in reported(room)
    visit.context.set_offline(False)
    page.get_by_role("link", name="Review and submit").click()
    is_watched(page)
    wait_for(page, room, "printed")
    assert reported(room).count("printed") == 1


def test_an_approved_help_is_not_pressed_into_full_screen(house: House, room: Room) -> None:
    booked = room.seat()
    with room.site.writing() as conn:
        candidate = conn.execute(sa.select(t.seats.c.candidate_id).where(t.seats.c.id == booked.seat_id)).scalar_one()
        row = {"candidate_id": candidate, "kind": "magnifier", "value": 1, "approved_by": room.manager.id}
        conn.execute(t.adjustments.insert().values(**row, approved_at=room.site.now(), in_force_from=room.site.now()))
    page = watched(house, room, booked).page
    page.get_by_role("button", name="Go to full screen").click()
    page.get_by_role("link", name="Next").click()
    page.wait_for_url("**/scenario/2")
    is_watched(page)
    page.locator("textarea.answer").first.click()
    expect(page.get_by_role("button", name="Back to full screen")).to_be_visible()


def test_the_device_check_with_its_practice_question_by_keyboard(house: House, room: Room, accessible: Check) -> None:
    booked = room.seat()
    visit = house.visit(viewport={"width": 1280, "height": 800})
    visit.page.clock.set_system_time(house.site.now())
    page = in_by_keycode(visit, booked)
    expect(page.get_by_text("Not checked yet")).to_be_visible()
    page.get_by_role("link", name="Check this device").focus()
    page.keyboard.press("Enter")
    ready(page)
    expect(page.locator("[data-tried]")).to_contain_text("The page has saved")
    accessible(page, "device check")
    page.get_by_label("Your practice answer").focus()
    page.keyboard.type("I look at the rota and say hello.")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Saved 09:00:00")).to_be_visible()
    page.keyboard.press("Enter")  # the button that finishes the check
    expect(page.get_by_role("list", name="Results")).to_contain_text("Practice questionPassed")
    expect(page.get_by_text("this device is ready")).to_be_visible()
    accessible(page, "device check, done")
    page.get_by_role("link", name="Go to the waiting room").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Checked at 09:00")).to_be_visible()
    reports = house.visit(room.invigilator).go(f"/invigilation/{room.sitting[1]}/reports")
    expect(reports.get_by_role("row", name="Amina Yusuf")).to_contain_text("Device checked at 09:00")
    accessible(reports, "device checks and reports")
    with room.site.reading() as conn:
        assert conn.execute(sa.select(sa.func.count()).select_from(t.answers)).scalar_one() == 0
    assert house.complaints() == []
