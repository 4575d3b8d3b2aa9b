"""One candidate's sitting in a real browser: typing, a lost connection, a closed browser, the end of the time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from sjt.services import timekeeping
from sjt.stores import scripts
from tests.journeys.conftest import House, Visit
from tests.saved import Booked, Room, saved_room

Check = Callable[[Page, str], None]
ANSWERED = (1, 8, 16)


@pytest.fixture
def room(house: House) -> Room:
    return saved_room(house.site)


def in_by_keycode(visit: Visit, booked: Booked) -> Page:
    page = visit.go("/sit/")
    page.get_by_label("Keycode").fill(booked.keycode)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Yes, both are right").click()
    page.get_by_role("link", name="Go to the waiting room").click()
    return page


def begun(house: House, room: Room, booked: Booked) -> Visit:
    visit = house.visit()
    page = in_by_keycode(visit, booked)
    room.admit(booked)
    room.open_gate(booked)
    page.get_by_role("button", name="Begin").click()  # waits until the page has heard that the gate is open
    ready(page)
    return visit


def ready(page: Page) -> None:
    expect(page.locator("html[data-ready=yes]")).to_be_attached()


def saved_texts(room: Room, booked: Booked) -> list[str]:
    with room.site.reading() as conn:
        held = scripts.current(conn, room.attempt(booked))
    return sorted(answer.text for answer in held.values())


def test_from_the_keycode_to_the_receipt(house: House, room: Room, accessible: Check) -> None:
    booked = room.seat()
    visit = house.visit()
    accessible(visit.go("/sit/"), "keycode")
    page = in_by_keycode(visit, booked)
    accessible(page, "waiting room")
    expect(page.get_by_role("button", name="Begin")).to_be_disabled()
    room.admit(booked)
    expect(page.get_by_text("You were admitted")).to_be_visible()
    room.open_gate(booked)
    page.get_by_role("button", name="Begin").click()
    ready(page)
    accessible(page, "paper")
    for number in ANSWERED:
        page.locator(f".navigator [href$='#q{number}']").click()
        ready(page)
        page.locator(f"#a{number}").fill(f"My answer to question {number}.")
    page.get_by_role("link", name="Review and submit").click()
    expect(page.get_by_text("13 questions have no answer")).to_be_visible()
    ready(page)
    accessible(page, "review")
    page.get_by_role("button", name="Submit my paper").click()
    expect(page.get_by_text("3 of 16")).to_be_visible()
    accessible(page, "receipt")
    assert saved_texts(room, booked) == sorted(f"My answer to question {n}." for n in ANSWERED)
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('sjt/') && k.includes('@'))") == []
    assert house.complaints() == []


def test_the_bar_says_when_the_server_saved(house: House, room: Room) -> None:
    booked = room.seat()
    page = begun(house, room, booked).page
    room.site.clock.advance(minutes=92, seconds=5)
    page.locator("textarea").first.fill("An answer")
    page.locator("textarea").first.blur()
    expect(page.locator(".exam-bar [data-saved]")).to_have_text("Saved 10:32:05")
    expect(page.locator("[data-time-left]")).to_have_text("28 min left · ")


def test_closing_the_browser_in_mid_answer_loses_nothing(house: House, room: Room) -> None:
    booked = room.seat()
    visit = begun(house, room, booked)
    box = visit.page.locator("textarea").first
    box.fill("Saved before the crash.")
    box.blur()
    expect(visit.page.locator(".exam-bar [data-saved]")).to_contain_text("Saved")
    visit.context.set_offline(True)
    box.press_sequentially(" Typed when nothing could be sent.")
    visit.close_browser()
    visit.context.set_offline(False)
    page = visit.reopen()
    page.goto(f"{house.base}/sit/")
    ready(page)
    whole = "Saved before the crash. Typed when nothing could be sent."
    expect(page.locator("textarea").first).to_have_value(whole)
    expect(page.locator(".exam-bar [data-saved]")).to_contain_text("Saved 09:")
    assert saved_texts(room, booked) == [whole]


def test_a_lost_connection_is_said_within_seconds_and_mends_itself(house: House, room: Room) -> None:
    booked = room.seat()
    visit = begun(house, room, booked)
    page = visit.page
    visit.context.set_offline(True)
    page.locator("textarea").first.fill("Typed without a connection")
    expect(page.locator("[data-banner]")).to_contain_text("One answer is kept in this browser", timeout=5000)
    page.get_by_role("link", name="Review and submit").click()
    expect(page.locator("[data-banner]")).to_contain_text("this page stays open")
    visit.context.set_offline(False)
    expect(page.locator(".exam-bar [data-saved]")).to_contain_text("Saved")
    expect(page.locator("[data-banner]")).to_be_hidden()
    assert saved_texts(room, booked) == ["Typed without a connection"]


def test_extra_minutes_are_seen_without_a_reload(house: House, room: Room) -> None:
    booked = room.seat()
    visit = house.visit()
    visit.page.clock.install()
    page = in_by_keycode(visit, booked)
    room.admit(booked)
    room.open_gate(booked)
    page.clock.run_for(2500)
    expect(page.get_by_role("button", name="Begin")).to_be_enabled()
    page.get_by_role("button", name="Begin").click()
    ready(page)
    expect(page.locator("[data-time-left]")).to_have_text("2 h left · ")
    with room.site.writing() as conn:
        timekeeping.grant(conn, room.attempt(booked), 600, "a fire drill", room.invigilator, "r-1", room.site.now())
    page.clock.run_for(17_000)
    expect(page.locator("[data-time-left]")).to_have_text("2 h 10 min left · ")
    expect(page.locator("[data-finish]")).to_have_text("11:10")


def test_the_time_runs_out(house: House, room: Room) -> None:
    booked = room.seat()
    visit = house.visit()
    visit.page.clock.install()
    page = in_by_keycode(visit, booked)
    room.admit(booked)
    room.open_gate(booked)
    page.clock.run_for(2500)
    page.get_by_role("button", name="Begin").click()
    ready(page)
    page.locator("textarea").first.fill("Written in the last minute.")
    room.site.clock.advance(minutes=119, seconds=58)
    page.clock.run_for(17_000)  # a heartbeat: the page hears that two seconds are left
    expect(page.locator("[data-time-left]")).to_have_text("less than a minute left · ")
    room.site.clock.advance(seconds=2)
    page.clock.run_for(3000)
    expect(page.get_by_role("heading", name="Your time is over")).to_be_visible()
    expect(page.locator("textarea")).to_have_count(0)
    room.site.clock.advance(seconds=6)
    page.clock.run_for(3000)
    expect(page.get_by_text("your paper was closed with everything that was saved")).to_be_visible()
    assert room.attempt(booked).closed_at is None  # closed by rule; the sweep writes it down
    assert timekeeping.sweep(room.site.product.database, room.site.now()) == 1
    with room.site.reading() as conn:
        from sjt.stores import tables as t

        assert "Written in the last minute." in set(
            conn.scalars(t.responses.select().with_only_columns(t.responses.c.text))
        )


def test_a_second_tab_takes_over_and_the_first_says_so(house: House, room: Room) -> None:
    booked = room.seat()
    visit = begun(house, room, booked)
    first = visit.page
    second = visit.reopen()
    second.goto(f"{house.base}/sit/")
    ready(second)
    first.locator("textarea").first.fill("From the first tab")
    first.locator("textarea").first.blur()
    expect(first.locator("[data-banner]")).to_contain_text("open on another page")
    second.locator("textarea").first.fill("From the second tab")
    second.locator("textarea").first.blur()
    expect(second.locator(".exam-bar [data-saved]")).to_contain_text("Saved")
    assert saved_texts(room, booked) == ["From the second tab"]


@pytest.mark.parametrize("width", [320, 1280])
def test_the_paper_fits_its_window(house: House, room: Room, width: int) -> None:
    booked = room.seat()
    page = begun(house, room, booked).page
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator(".scenario-text")).to_be_in_viewport()
