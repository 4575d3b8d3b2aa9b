"""Safe Exam Browser in a real browser: its JavaScript API is simulated, because no Safe Exam Browser runs on Linux."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.conftest import House, Visit
from tests.journeys.test_sitting import ready, saved_texts
from tests.pages.test_seb import at_home, key_of, locked
from tests.saved import Booked, Room, saved_room
from tests.saved_invigilation import Hands

# What SEB shows a page: SHA-256 of the page's address without fragment and the key, once keys were asked for.
API = """
window.SafeExamBrowser = { security: { async updateKeys(callback) {
  const bytes = new TextEncoder().encode(location.href.split("#")[0] + "%s");
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  this.configKey = Array.from(sum, (byte) => byte.toString(16).padStart(2, "0")).join("");
  window[callback.name]();
} } };
"""


def test_a_browser_without_headers_speaks_by_script_and_a_key_that_stops_fitting_loses_no_word(
    house: House, accessible: Callable[[Page, str], None]
) -> None:
    at_home(house.site, house.base)
    room = saved_room(house.site)
    locked(room)
    booked = room.seat()
    page = _any_browser(house.visit(), room, booked)
    accessible(page, "not Safe Exam Browser")
    desk = house.visit(room.invigilator).go(f"/invigilation/{room.sitting[1]}/seb")
    accessible(desk, "Safe Exam Browser in a sitting")
    desk.get_by_role("link", name="Change").click()
    accessible(desk, "Let in otherwise")
    visit = house.visit()
    visit.context.add_init_script(API % key_of(room))
    page = visit.go(f"/sit/room/{room.sitting[1]}")
    expect(page.get_by_role("heading", name="This test needs Safe Exam Browser")).to_be_hidden()
    page.get_by_label("Keycode").fill(booked.keycode)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Yes, both are right").click()
    room.site.clock.advance(minutes=5)  # reading the instructions takes longer than what was shown at the door lasts
    page.get_by_role("link", name="Go to the waiting room").click()
    expect(page.get_by_role("heading", name="You are in the waiting room")).to_be_visible()
    room.admit(booked)
    room.open_gate(booked)
    page.get_by_role("button", name="Begin").click()
    ready(page)
    page.locator("textarea").first.fill("Written while the key fits.")
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    hands = Hands(room, room.manager)
    hands.after("seb", request=str(uuid.uuid4()))  # new settings: the open browser has those before
    room.site.clock.advance(minutes=5)
    page.locator("textarea").first.fill("Written while the key fits, and after.")
    expect(page.locator("[data-banner]")).to_contain_text("is kept in this browser and is sent once that is mended")
    assert saved_texts(room, booked) == ["Written while the key fits."]
    assert "Not let in" in hands.see("board")
    by = Hands(room, room.invigilator)
    by.after(f"seats/{booked.seat_ref}/seb", allowed="none", reason="Made anew.", request=str(uuid.uuid4()))
    expect(page.locator("[data-saved]")).to_contain_text("Saved", timeout=30_000)
    assert saved_texts(room, booked) == ["Written while the key fits, and after."]


def _any_browser(visit: Visit, room: Room, booked: Booked) -> Page:
    """Whoever comes with another browser is led to the right one, before anything is bound to theirs."""
    page = visit.go(f"/sit/room/{room.sitting[1]}")
    link = page.get_by_role("link", name="Open Safe Exam Browser")
    expect(link).to_have_attribute("href", f"seb://{visit.base.split('//')[1]}/sit/room/{room.sitting[1]}/standard.seb")
    page.get_by_label("Keycode").fill(booked.keycode)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="This test needs Safe Exam Browser")).to_be_visible()
    expect(page.get_by_text("say the code S2")).to_be_visible()
    assert room.attempt(booked).device_hash is None
    return page
