"""What the paper's page weighs and asks for, and that nothing on it moves: in a real browser, on the first visit."""

from __future__ import annotations

import gzip

import pytest
from playwright.sync_api import Response

from tests.journeys.conftest import House, Visit
from tests.journeys.test_sitting import ready
from tests.saved import Booked, Room, saved_room
from tests.saved_formats import saved_formats_room, saved_formats_seat

FILES = ("document", "stylesheet", "script", "image", "font")
SHIFTS = """() => new Promise((resolve) => {
  let total = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) total += one.value; })
    .observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(total), 100)));
})"""


def arrived(house: House, room: Room, booked: Booked) -> Visit:
    """A browser that has the seat and nothing in its cache; how one gets there is told elsewhere."""
    client, visit = room.begun(booked), house.visit(viewport={"width": 1280, "height": 800})
    for name in ("sjt", "sjt-device"):
        cookie = client.get_cookie(name)
        assert cookie is not None, name
        visit.context.add_cookies([{"name": name, "value": cookie.value, "url": house.base}])
    return visit


def weighed(told: list[Response], kind: str) -> int:
    return sum(len(gzip.compress(one.body())) for one in told if one.request.resource_type == kind)


def test_the_first_visit_is_six_requests_and_sixty_kilobytes_and_nothing_moves(house: House) -> None:
    room = saved_room(house.site)
    booked = room.seat()
    visit = arrived(house, room, booked)
    told: list[Response] = []
    visit.page.on("response", lambda one: told.append(one) if one.request.resource_type in FILES else None)
    page = visit.go(f"/sit/{booked.attempt_ref}/scenario/1")
    ready(page)
    kinds = sorted(one.request.resource_type for one in told)
    assert kinds == ["document", "script", "script", "script", "stylesheet", "stylesheet"], [one.url for one in told]
    assert weighed(told, "stylesheet") <= 8 * 1024 and weighed(told, "script") <= 12 * 1024
    assert sum(weighed(told, kind) for kind in FILES) <= 60 * 1024
    for one in told[1:]:
        assert "immutable" in one.headers["cache-control"] and one.headers["content-encoding"] == "gzip", one.url
    assert page.evaluate(SHIFTS) == 0


@pytest.mark.parametrize("width", [320, 768])
def test_nothing_moves_on_a_narrow_page_of_choices(house: House, width: int) -> None:
    room = saved_formats_room(house.site)
    booked = saved_formats_seat(room)
    visit = arrived(house, room, booked)
    visit.page.set_viewport_size({"width": width, "height": 900})
    page = visit.go(f"/sit/{booked.attempt_ref}/scenario/3")
    ready(page)
    assert page.evaluate(SHIFTS) == 0
    assert house.complaints() == []
