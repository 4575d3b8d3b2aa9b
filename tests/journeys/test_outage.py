"""An outage in real browsers: the page tells of its silence, and at the board the time is given back."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from sjt.services import invigilation
from sjt.services.invigilation import Actor
from sjt.stores import gaps, seats, sittings
from tests.journeys.conftest import House
from tests.journeys.test_sitting import begun
from tests.saved import Booked, Room, saved_room

Check = Callable[[Page, str], None]


@pytest.fixture
def room(house: House) -> Room:
    return saved_room(house.site)


def kept(room: Room) -> list[tuple[str, int]]:
    with room.site.reading() as conn:
        found = gaps.uncredited(conn, room.sitting[0])
    return [(gap.told_by, int(gap.length.total_seconds())) for gap in found]


def writing(house: House, room: Room, booked: Booked) -> Page:
    """The paper under a clock of the device that the test holds."""
    page = begun(house, room, booked).page
    page.clock.install()
    page.reload()
    expect(page.locator("html[data-ready=yes]")).to_be_attached()
    return page


def test_answers_that_never_came_are_told_of_with_the_first_beat_that_gets_one(house: House, room: Room) -> None:
    page = writing(house, room, room.seat())
    reached: list[bool] = []

    def answer_is_lost(route: Route) -> None:
        """The server hears the beat, and the page hears nothing: only the page can tell of that."""
        reached.append(route.fetch().ok)
        route.abort()

    page.route(re.compile("/beat$"), answer_is_lost)
    for _ in range(5):
        room.site.clock.advance(seconds=15)
        with page.expect_event("requestfailed"):
            page.clock.run_for(17_000)
    assert all(reached)
    page.unroute(re.compile("/beat$"))
    room.site.clock.advance(seconds=15)
    with page.expect_response(re.compile("/beat$"), timeout=60_000) as heard:  # a busy machine takes its time
        page.clock.run_for(17_000)
        page.clock.run_for(17_000)
    assert int((heard.value.request.post_data_json or {})["silent"]) >= 45
    assert [told for told, _ in kept(room)] == ["page"]


def test_at_the_board_an_outage_is_seen_and_given_back_in_one_act(house: House, room: Room, accessible: Check) -> None:
    booked = room.seat()
    attempt = room.attempt(booked)
    begun(house, room, booked).close_browser()  # a beat after the ten minutes would end a gap of its own
    now = room.site.clock.advance(minutes=10)
    with room.site.writing() as conn:
        gaps.add(conn, room.sitting[0], attempt.id, now - dt.timedelta(minutes=5), now, gaps.BEATS)
    page = house.visit(room.invigilator).go(f"/invigilation/{room.sitting[1]}/board")
    accessible(page, "board with an outage")
    page.get_by_role("link", name="1 not heard for a while: look").click()
    accessible(page, "outage")
    expect(page.get_by_label("Seconds to give, seat 1 Amina Yusuf")).to_have_value("300")
    page.get_by_label("Reason").fill("The network failed.")
    page.get_by_role("button", name="Give the time back").click()
    expect(page.get_by_text("Time is given back for 1.")).to_be_visible()
    expect(page.get_by_role("table", name="Given back")).to_contain_text("5 min")
    assert room.attempt(booked).allowance.granted_seconds == 300


def test_the_forms_of_the_board_s_acts_are_accessible(house: House, room: Room, accessible: Check) -> None:
    booked = room.seat()
    begun(house, room, booked)
    page = house.visit(room.invigilator).page
    base = f"{house.base}/invigilation/{room.sitting[1]}"
    for path in ("messages", "outage", *(f"seats/{booked.seat_ref}/{act}" for act in ("move", "plain", "reopen"))):
        page.goto(f"{base}/{path}")
        accessible(page, path)
    page.goto(f"{base}/seats/{booked.seat_ref}/move")
    page.get_by_label("New seat number").fill("5")
    page.get_by_label("Reason").fill("A broken chair.")
    page.get_by_role("button", name="Move").click()
    expect(page.locator("#seat-5")).to_contain_text("Amina Yusuf")


def test_a_board_follows_when_somebody_is_moved_elsewhere(house: House, room: Room) -> None:
    booked = room.seat()
    begun(house, room, booked)
    page = house.visit(room.invigilator).go(f"/invigilation/{room.sitting[1]}/board")
    expect(page.locator("#seat-1")).to_be_visible()
    with room.site.writing() as conn:
        seat = seats.by_ref(conn, booked.seat_ref)
        assert seat is not None
        by = Actor(room.invigilator, sittings.by_id(conn, room.sitting[0]))
        invigilation.move(conn, seat, 9, "A broken chair.", by, str(uuid.uuid4()), room.site.now())
    expect(page.locator("#seat-9")).to_contain_text("Amina Yusuf", timeout=10_000)
