"""A board of two hundred seats stays smooth: what a change costs the browser."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from sjt.stores import tables as t
from tests.saved import Room
from tests.saved_invigilation import asking, heard, saved_seats, small_room
from tests.site import Site, served

SEATS, CHANGES = 200, 10


@pytest.fixture
def room(sqlite_url: str, tmp_path: Path) -> Iterator[Room]:
    site = Site(sqlite_url, tmp_path)
    yield small_room(site)
    site.close()


def script_ms(session: CDPSession) -> float:
    """Milliseconds of script that the page has taken so far."""
    told = session.send("Performance.getMetrics")["metrics"]
    return next(float(one["value"]) * 1000 for one in told if one["name"] == "ScriptDuration")


def shown(page: Page, number: int) -> None:
    expect(page.locator(f"#seat-{number}")).to_contain_text("New device asks", timeout=10_000)


@pytest.mark.long
@pytest.mark.parametrize("view", ["cards", "table"])
def test_a_change_on_a_board_of_200_takes_less_than_50_ms_of_script(room: Room, browser: Browser, view: str) -> None:
    refs = saved_seats(room, [f"Candidate {n}" for n in range(1, SEATS + 1)])
    with room.site.writing() as conn:
        conn.execute(t.attempts.update().values(opened_at=room.site.now(), started_at=room.site.now()))
    for ref in refs:
        heard(room.site, ref)
    with served(room.site) as address:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        cookie = room.site.session_cookie(room.invigilator)
        context.add_cookies([{"name": "sjt", "value": cookie, "url": address}])
        page = context.new_page()
        page.goto(f"{address}/invigilation/{room.sitting[1]}/board?view={view}")
        expect(page.locator(".live-stamp")).to_contain_text("Live,", timeout=20_000)
        session, took = context.new_cdp_session(page), []
        session.send("Performance.enable")
        page.wait_for_timeout(2000)
        for number in range(1, CHANGES + 1):
            before = script_ms(session)
            asking(room.site, refs[number * 15])
            shown(page, number * 15 + 1)
            took.append(script_ms(session) - before)
        before = script_ms(session)
        room.site.clock.advance(minutes=2)  # everybody is silent at once, and has less time left
        expect(page.locator("[data-part=state].badge-warn", has_text="Silent")).to_have_count(
            SEATS - CHANGES, timeout=10_000
        )
        all_at_once = script_ms(session) - before
        context.close()
    print(
        f"{view}: one seat median {statistics.median(took):.1f} ms, most {max(took):.1f} ms; all {all_at_once:.1f} ms"
    )
    assert statistics.median(took) < 50
