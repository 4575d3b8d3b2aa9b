"""The board in a real browser: live without reload, covered when it hears nothing, and steady under the hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from sjt.stores import tables as t
from tests.saved import Room
from tests.saved_invigilation import asking, attempt_at, heard, running, saved_seats, small_room
from tests.site import Site, served

NAMES = ["Amina Yusuf", "Ben Castellane", "Chloe Nakamura"]


@pytest.fixture
def room(sqlite_url: str, tmp_path: Path) -> Iterator[Room]:
    site = Site(sqlite_url, tmp_path)
    yield small_room(site)
    site.close()


@pytest.fixture
def seats(room: Room) -> list[str]:
    """Three seats that work and are heard."""
    refs = saved_seats(room, NAMES)
    running(room, refs)
    for ref in refs:
        heard(room.site, ref)
    return refs


@pytest.fixture
def page(room: Room, seats: list[str], browser: Browser) -> Iterator[Page]:
    """The board, open at an invigilator's."""
    with served(room.site) as address:
        context = browser.new_context(
            locale="en-GB", timezone_id="Europe/London", viewport={"width": 1280, "height": 800}
        )
        cookie = room.site.session_cookie(room.invigilator)
        context.add_cookies([{"name": "sjt", "value": cookie, "url": address}])
        opened = context.new_page()
        opened.goto(f"{address}/invigilation/{room.sitting[1]}/board")
        expect(opened.locator(".live-stamp")).to_contain_text("Live,")
        yield opened
        context.close()


def card(page: Page, number: int) -> str:
    return page.locator(f"#seat-{number}").inner_text()


def test_a_card_changes_in_place_and_focus_and_an_open_dialog_stay(room: Room, seats: list[str], page: Page) -> None:
    page.locator("#seat-2").get_by_role("link", name="Extra minutes, seat 2").click()
    minutes = page.locator("#grant-minutes")
    minutes.fill("10")
    asking(room.site, seats[2])
    expect(page.locator("#seat-3")).to_contain_text("New device asks", timeout=6000)
    expect(page.locator("#grant")).to_be_visible()
    expect(minutes).to_be_focused()
    expect(minutes).to_have_value("10")
    assert [item.get_attribute("id") for item in page.locator("[data-seat]").all()][0] == "seat-1"  # nothing moved
    page.locator("#grant-reason").fill("Fire bell")
    page.get_by_role("button", name="Give the minutes").click()
    expect(page.get_by_role("status")).to_contain_text("Ben Castellane has 10 more minutes and finishes at 11:10")
    assert attempt_at(room.site, seats[1]).allowance.granted_seconds == 600
    assert [item.get_attribute("id") for item in page.locator("[data-seat]").all()][0] == "seat-3"  # drawn anew


def test_what_needs_a_person_comes_first_and_the_focused_card_stays_in_the_page(
    room: Room, seats: list[str], page: Page
) -> None:
    link = page.locator("#seat-1").get_by_role("link", name="Extra minutes, seat 1")
    link.focus()
    asking(room.site, seats[2])
    expect(page.locator("[data-seat]").first).to_have_id("seat-3", timeout=9000)
    expect(link).to_be_focused()
    page.locator("#seat-3").get_by_role("button", name="Let the new device in, seat 3").click()
    expect(page.get_by_role("status")).to_contain_text("The new device of Chloe Nakamura is let in")


def test_a_board_that_hears_nothing_covers_its_state_and_comes_back_by_itself(page: Page) -> None:
    page.route("**/board/st*", lambda route: route.abort())
    page.evaluate("dispatchEvent(new Event('pagehide'))")  # the stream breaks off
    expect(page.locator(".stale-cover")).to_be_visible(timeout=9000)
    expect(page.locator(".stale-cover")).to_contain_text("Not live since 09:00:00")
    expect(page.locator("#seat-1")).to_contain_text("Unknown since 09:00:00")
    assert "Working" not in card(page, 1) and "Heard" not in card(page, 1)
    page.unroute("**/board/st*")
    expect(page.locator(".stale-cover")).to_be_hidden(timeout=9000)
    expect(page.locator("#seat-1")).to_contain_text("Working")


def test_a_board_signed_out_meanwhile_is_covered_and_says_why(room: Room, page: Page) -> None:
    expect(page.locator("#seat-1")).to_contain_text("Working")
    with room.site.writing() as conn:
        conn.execute(t.staff_sessions.update().values(ended_at=room.site.now()))
    expect(page.locator(".stale-cover")).to_contain_text("Sign in", timeout=9000)


def test_beyond_the_cap_a_board_asks_and_is_as_live(room: Room, seats: list[str], page: Page) -> None:
    rooms = room.site.product.rooms
    while rooms.enter():
        pass
    page.reload()
    asking(room.site, seats[2])
    expect(page.locator("#seat-3")).to_contain_text("New device asks", timeout=6000)


def test_a_card_is_not_green_for_want_of_news(room: Room, seats: list[str], page: Page) -> None:
    """The server says nothing more: 20 seconds after the last beat the page itself takes the green away."""
    heard(room.site, seats[0], 17)
    expect(page.locator("#seat-1")).to_contain_text("17 s ago", timeout=6000)
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    page.route("**/board/st*", lambda route: route.abort())
    expect(page.locator("#seat-1 .badge-good")).to_have_count(0, timeout=6000)
    expect(page.locator("#seat-2 .badge-good")).to_have_count(1)  # heard three seconds ago


def test_twenty_seats_fit_a_tablet_without_scrolling(room: Room, seats: list[str], page: Page) -> None:
    names = ["Bartholomew Featherstonehaugh", *[f"Candidate {n}" for n in range(5, 20)], "Oluwaseun Adebayo-Richardson"]
    more = saved_seats(room, names, first=4)
    running(room, more)
    for ref in more:
        heard(room.site, ref, 12)
    expect(page.locator("[data-seat]")).to_have_count(20, timeout=9000)  # drawn anew by itself
    page.wait_for_function("document.documentElement.scrollHeight <= 800")


def test_seats_are_chosen_and_given_minutes_by_keyboard_alone(room: Room, seats: list[str], page: Page) -> None:
    page.locator("#seat-1 [data-pick]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#seat-3 [data-pick]")).to_be_focused()
    expect(page.locator("[data-chosen-count]")).to_have_text("2 seats chosen")
    page.keyboard.press("Escape")  # undo
    expect(page.locator("[data-chosen]")).to_be_hidden()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Extra minutes", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Extra minutes")).to_be_visible()
    page.get_by_label("Minutes").focus()
    page.keyboard.type("15")
    page.keyboard.press("Tab")
    page.keyboard.type("Fire bell")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("More minutes given: 2.")
    given = [attempt_at(room.site, ref).allowance.granted_seconds for ref in seats]
    assert given == [0, 900, 900]


def test_no_violation_in_cards_in_the_table_and_where_an_act_is_chosen(
    room: Room, seats: list[str], page: Page, accessible: Callable[[Page, str], None]
) -> None:
    asking(room.site, seats[2])
    for view in ("cards", "table"):
        page.goto(page.url.partition("?")[0] + f"?view={view}")
        page.locator("#seat-2 [data-pick]").check()
        expect(page.locator(".live-stamp")).to_contain_text("Live,")
        accessible(page, view)
    page.goto(page.url.partition("?")[0])
    expect(page.locator(".board-table")).to_be_visible()  # it is remembered
    page.locator("#seat-2 [data-pick]").check()
    page.locator("[data-chosen]").get_by_role("button", name="Pause").click()
    accessible(page, "chosen")


def test_everything_works_by_keyboard(room: Room, seats: list[str], page: Page) -> None:
    summary = page.locator("#seat-1 summary")
    summary.focus()
    page.keyboard.press("Enter")
    for _ in ("Pause", "Warn", "Leaves or returns", "Message", "Move", "Plain pages", "End this attempt"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#end")).to_be_visible()
    expect(page.locator("#end")).to_contain_text("1 Amina Yusuf")
    page.keyboard.press("Escape")
    expect(page.locator("#end")).to_be_hidden()
    expect(summary).to_be_focused()
