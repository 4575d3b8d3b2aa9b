"""A browser that cannot lose text: the server hangs, fails or is gone, the browser is killed, its stores are refused.

What was acknowledged is on the server, and what was typed and not acknowledged comes back.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from proctoring.emergency import open_file
from sjt.services import timekeeping
from sjt.services.emergency import PURPOSE
from sjt.stores import tables as t
from tests.journeys.conftest import House, Visit
from tests.journeys.test_sitting import begun, in_by_keycode, ready, saved_texts
from tests.saved import Booked, Room, saved_room

Check = Callable[[Page, str], None]
SAVE = "**/sit/*/save"
AWKWARD = 'Zażółć 👩🏽‍🚒🦉\r\nשלום עולם\tمرحبا\u200f\u0301\r\n\\" </script>'

REFUSED = {
    "refused": "window.indexedDB.open = () => { throw new DOMException('no', 'SecurityError'); };",
    "silent": "window.indexedDB.open = () => ({});",
    "full": "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); };",
    "no localStorage": "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };",
}  # fmt: skip


@pytest.fixture
def room(house: House) -> Room:
    return saved_room(house.site)


def first(page: Page) -> Any:
    return page.locator("textarea").first


def bar(page: Page) -> Any:
    return page.locator(".exam-bar [data-saved]")


def banner(page: Page) -> Any:
    return page.locator("[data-banner]")


def revisions(room: Room, booked: Booked) -> list[tuple[int, str]]:
    """Every revision of the first question that has any, as the server journalled them."""
    with room.site.reading() as conn:
        s = t.answers.c
        of_attempt = s.attempt_id == room.attempt(booked).id
        rows = conn.execute(sa.select(s.revision, s.text).where(of_attempt).order_by(s.question_version_id, s.revision))
        return [(row.revision, row.text) for row in rows]


def kept_in(page: Page) -> dict[str, Any]:
    """What IndexedDB holds, by ``attempt/question``."""
    return dict(
        page.evaluate(
            """() => new Promise((done) => {
              const asked = indexedDB.open("sjt", 1);
              asked.onsuccess = () => {
                const found = {};
                asked.result.transaction("typed").objectStore("typed").openCursor().onsuccess = ({ target }) => {
                  if (!target.result) { asked.result.close(); return done(found); }
                  found[target.result.key.join("/")] = target.result.value;
                  target.result.continue();
                };
              };
            })"""
        )
    )


def leave_behind(page: Page, attempt: str, question: str, entry: dict[str, Any]) -> None:
    """Put an entry into IndexedDB, as another page left it."""
    page.evaluate(
        """([key, entry]) => new Promise((done) => {
          const asked = indexedDB.open("sjt", 1);
          asked.onsuccess = () => {
            const steps = asked.result.transaction("typed", "readwrite");
            steps.objectStore("typed").put(entry, key);
            steps.oncomplete = () => { asked.result.close(); done(); };
          };
        })""",
        [[attempt, question], entry],
    )


def question_of(page: Page) -> str:
    return str(first(page).get_attribute("data-question"))


# ------------------------------------------------------------------------------------------- no answer in time
def test_a_server_that_hangs_is_told_within_five_seconds_of_the_key(house: House, room: Room) -> None:
    booked = room.seat()
    visit = begun(house, room, booked)
    held: list[Route] = []

    def hang(route: Route) -> None:
        held.append(route)

    visit.context.route(SAVE, hang)
    first(visit.page).press_sequentially("x")
    began = time.monotonic()
    expect(banner(visit.page)).to_contain_text("One answer is kept in this browser", timeout=8000)
    assert time.monotonic() - began < 5
    expect(bar(visit.page)).to_contain_text("Not saved since")
    held[0].continue_()  # it was only slow: the same request goes on and is acknowledged
    expect(bar(visit.page)).to_contain_text("Saved 09:")
    expect(banner(visit.page)).to_be_hidden()
    assert revisions(room, booked) == [(1, "x")]


def test_faults_of_the_server_keep_everything_and_are_tried_again(house: House, room: Room) -> None:
    booked = room.seat()
    visit = begun(house, room, booked)
    statuses = [503, 429, 500]
    met: list[int] = []

    def fail(route: Route) -> None:
        if not statuses:
            return route.continue_()
        met.append(statuses.pop(0))
        return route.fulfill(status=met[-1], body="no")

    visit.context.route(SAVE, fail)
    boxes = visit.page.locator("textarea")
    for number in range(boxes.count()):
        boxes.nth(number).fill(f"Answer {number}")
    count = boxes.count()
    words = "One answer is kept" if count == 1 else f"{count} answers are kept"
    expect(banner(visit.page)).to_contain_text(words, timeout=5000)
    expect(bar(visit.page)).to_contain_text("Saved 09:", timeout=25_000)
    assert met == [503, 429, 500]
    assert saved_texts(room, booked) == [f"Answer {number}" for number in range(count)]


def test_a_server_that_was_gone_gets_everything_when_it_is_back(house: House, room: Room) -> None:
    booked = room.seat()
    visit = begun(house, room, booked)
    page = visit.page
    first(page).fill("Acknowledged.")
    first(page).blur()
    expect(bar(page)).to_contain_text("Saved 09:")
    house.server.stop()
    first(page).press_sequentially(" Typed while it was gone.")
    expect(banner(page)).to_contain_text("kept in this browser", timeout=5000)
    page.get_by_role("link", name="Review and submit").click()
    expect(banner(page)).to_contain_text("this page stays open")
    assert saved_texts(room, booked) == ["Acknowledged."]
    house.server.start()
    expect(bar(page)).to_contain_text("Saved 09:", timeout=20_000)
    expect(banner(page)).to_be_hidden()
    assert saved_texts(room, booked) == ["Acknowledged. Typed while it was gone."]


def test_server_and_browser_both_die_and_both_come_back(house: House, room: Room) -> None:
    booked = room.seat()
    visit = begun(house, room, booked)
    first(visit.page).fill("Acknowledged.")
    first(visit.page).blur()
    expect(bar(visit.page)).to_contain_text("Saved 09:")
    house.server.stop()
    first(visit.page).press_sequentially(" And then both died 🦉.")
    visit.close_browser()
    house.server.start()
    page = visit.reopen()
    page.goto(f"{house.base}/sit/")
    ready(page)
    whole = "Acknowledged. And then both died 🦉."
    expect(first(page)).to_have_value(whole)
    expect(bar(page)).to_contain_text("Saved 09:")
    assert saved_texts(room, booked) == [whole]


def test_a_lost_reply_is_no_other_page(house: House, room: Room) -> None:
    """The save arrives, its reply does not, and the candidate types on: nothing is doubled and nothing is asked."""
    booked = room.seat()
    visit = begun(house, room, booked)
    page = visit.page
    lost: list[bool] = []

    def lose(route: Route) -> None:
        route.fetch()
        lost.append(True)
        route.abort()

    visit.context.route(SAVE, lose, times=1)
    first(page).press_sequentially("First words")
    expect(banner(page)).to_contain_text("kept in this browser", timeout=5000)
    first(page).press_sequentially(", and more.")
    expect(bar(page)).to_contain_text("Saved 09:", timeout=10_000)
    expect(first(page)).to_have_value("First words, and more.")
    expect(banner(page)).to_be_hidden()
    assert lost == [True]
    assert revisions(room, booked) == [(1, "First words"), (2, "First words, and more.")]


def test_a_lost_reply_and_a_killed_browser(house: House, room: Room) -> None:
    booked = room.seat()
    visit = begun(house, room, booked)
    gone: list[bool] = []

    def lose(route: Route) -> None:
        if not gone:
            route.fetch()
        gone.append(True)
        route.abort()

    visit.context.route(SAVE, lose)
    first(visit.page).press_sequentially("First words")
    expect(banner(visit.page)).to_contain_text("kept in this browser", timeout=5000)
    first(visit.page).press_sequentially(", and more.")
    visit.close_browser()
    visit.context.unroute(SAVE)
    page = visit.reopen()
    page.goto(f"{house.base}/sit/")
    ready(page)
    expect(first(page)).to_have_value("First words, and more.")
    expect(bar(page)).to_contain_text("Saved 09:")
    assert saved_texts(room, booked) == ["First words, and more."]


def test_more_than_a_closing_page_may_send_goes_in_parts(house: House, room: Room) -> None:
    booked = room.seat()
    visit = begun(house, room, booked)
    page, long = visit.page, "é" * 19_000
    sent: list[int] = []
    page.on("request", lambda asked: sent.append(len(asked.post_data or "")) if asked.url.endswith("/save") else None)
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true })")
    boxes = page.locator("textarea")
    for number in range(boxes.count()):
        page.evaluate(
            """([n, text]) => {
              const box = document.querySelectorAll("textarea")[n];
              box.value = text;
              box.dispatchEvent(new Event("input"));
            }""",
            [number, long],
        )
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(bar(page)).to_contain_text("Saved 09:")
    assert len(sent) == boxes.count()
    assert saved_texts(room, booked) == [long] * boxes.count()


def test_what_a_pause_refused_goes_out_on_resume(house: House, room: Room) -> None:
    booked = room.seat()
    visit = begun(house, room, booked)
    page = visit.page
    now = room.site.now
    with room.site.writing() as conn:
        timekeeping.pause(conn, room.attempt(booked), "incident", "Fire bell", room.invigilator, "p-1", now())
    room.site.clock.advance(seconds=30)
    visit.context.route("**/beat", lambda route: route.abort())
    first(page).fill("Typed before the page had heard.")
    expect(banner(page)).to_contain_text("paused")
    visit.context.unroute("**/beat")
    expect(page.get_by_role("heading", name="The test is paused")).to_be_visible()
    assert saved_texts(room, booked) == []
    with room.site.writing() as conn:
        timekeeping.resume(conn, room.attempt(booked), room.invigilator, now())
    ready(page)
    expect(first(page)).to_have_value("Typed before the page had heard.")
    expect(bar(page)).to_contain_text("Saved 09:")
    assert saved_texts(room, booked) == ["Typed before the page had heard."]


def test_the_first_heartbeat_after_a_silence_tells_its_length_once(house: House, room: Room) -> None:
    visit, page = begun_under_a_held_clock(house, room, room.seat())
    told: list[int | None] = []

    def beat(asked: Request) -> None:
        if asked.url.endswith("/beat"):
            told.append(json.loads(asked.post_data or "{}").get("silent"))

    page.on("response", lambda reply: beat(reply.request))
    visit.context.set_offline(True)
    page.clock.run_for(70_000)
    visit.context.set_offline(False)
    page.clock.run_for(17_000)
    page.wait_for_timeout(200)
    page.clock.run_for(17_000)
    page.wait_for_timeout(200)
    spoken = [silent for silent in told if silent is not None]
    assert len(spoken) == 1 and 60 <= spoken[0] <= 95


# -------------------------------------------------------------------------------------------- refused stores
@pytest.mark.parametrize("how", list(REFUSED))
def test_a_browser_that_refuses_a_store_still_gives_the_text_back(house: House, room: Room, how: str) -> None:
    booked = room.seat()
    visit = house.visit()
    visit.context.add_init_script(REFUSED[how])
    page = begun_in(visit, room, booked)
    first(page).fill("Acknowledged.")
    first(page).blur()
    expect(bar(page)).to_contain_text("Saved 09:")
    visit.context.set_offline(True)
    first(page).press_sequentially(" Not sent.")
    expect(banner(page)).to_contain_text("kept in this browser", timeout=5000)
    visit.close_browser()
    visit.context.set_offline(False)
    page = visit.reopen()
    page.goto(f"{house.base}/sit/")
    ready(page)
    expect(first(page)).to_have_value("Acknowledged. Not sent.")
    expect(bar(page)).to_contain_text("Saved 09:")
    assert saved_texts(room, booked) == ["Acknowledged. Not sent."]


def test_without_any_store_the_server_gets_it_as_usual(house: House, room: Room) -> None:
    booked = room.seat()
    visit = house.visit()
    visit.context.add_init_script(REFUSED["refused"] + REFUSED["no localStorage"])
    page = begun_in(visit, room, booked)
    first(page).fill("Kept by the server alone.")
    expect(bar(page)).to_contain_text("Saved 09:")
    assert saved_texts(room, booked) == ["Kept by the server alone."]


def test_the_receipt_leaves_nothing_of_a_submitted_paper_and_nothing_old(house: House, room: Room) -> None:
    booked = room.seat()
    visit = begun(house, room, booked)
    page = visit.page
    first(page).fill("My answer.")
    question = question_of(page)
    expect(bar(page)).to_contain_text("Saved 09:")
    page.get_by_role("link", name="Review and submit").click()
    page.get_by_role("button", name="Submit my paper").click()
    ready(page)
    entry = {"base": 3, "text": "From a page that came back", "typed_at": "2026-11-23T09:00:00.000Z"}
    leave_behind(page, booked.attempt_ref, question, entry)
    today = page.evaluate("new Date().toISOString()")
    leave_behind(page, "another", "recent@1", {"base": 0, "text": "theirs", "typed_at": today})
    leave_behind(page, "another", "old@1", {"base": 0, "text": "old", "typed_at": "2020-01-01T00:00:00.000Z"})
    page.evaluate(
        '([key]) => localStorage.setItem(key, \'{"base":0,"text":"x"}\')', [f"sjt/{booked.attempt_ref}/{question}"]
    )
    page.reload()
    ready(page)
    assert list(kept_in(page)) == ["another/recent@1"]
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('@'))") == []


# ---------------------------------------------------------------------------------------- the emergency file
def begun_in(visit: Visit, room: Room, booked: Booked) -> Page:
    page = in_by_keycode(visit, booked)
    room.admit(booked)
    room.open_gate(booked)
    page.get_by_role("button", name="Begin").click()
    ready(page)
    return page


def begun_under_a_held_clock(house: House, room: Room, booked: Booked, **context: Any) -> tuple[Visit, Page]:
    visit = house.visit(**context)
    visit.page.clock.install()
    page = in_by_keycode(visit, booked)
    room.admit(booked)
    room.open_gate(booked)
    page.clock.run_for(2500)
    page.get_by_role("button", name="Begin").click()
    ready(page)
    return visit, page


def downloaded(page: Page, folder: Path) -> Path:
    with page.expect_download() as found:
        page.get_by_role("button", name="Save an emergency file").click()
    file = folder / found.value.suggested_filename
    found.value.save_as(file)
    return file


def at_the_receipt_of_an_expired_paper(visit: Visit, room: Room, booked: Booked) -> None:
    visit.context.route("**/beat", lambda route: route.abort())  # or the page would go there by itself
    room.site.clock.advance(minutes=121)
    visit.page.goto(f"{visit.base}/sit/{booked.attempt_ref}/receipt")
    ready(visit.page)


def typed_awkwardly(context: BrowserContext, page: Page, booked: Booked) -> str:
    """A text with everything in it, as an earlier page left it behind; no save is answered. Returns its question."""
    context.route(SAVE, lambda route: route.abort())
    question = question_of(page)
    leave_behind(page, booked.attempt_ref, question, {"base": 0, "text": AWKWARD, "typed_at": "2026-11-23T09:01:00Z"})
    page.reload()
    ready(page)
    return question


def test_the_file_that_a_browser_seals_is_opened_by_the_server_byte_for_byte(
    house: House, room: Room, tmp_path: Path, accessible: Check
) -> None:
    booked = room.seat()
    visit, page = begun_under_a_held_clock(house, room, booked, accept_downloads=True)
    question = typed_awkwardly(visit.context, page, booked)
    page.clock.run_for(50_000)
    button = page.get_by_role("button", name="Save an emergency file")
    expect(button).to_be_hidden()
    house.server.stop()
    page.clock.run_for(15_000)
    expect(button).to_be_visible()
    file = downloaded(page, tmp_path)
    expect(page.get_by_text("Saved with one answer as")).to_be_visible()
    accessible(page, "the offer of an emergency file")
    assert file.name == f"emergency-{booked.attempt_ref[:8]}.sjt"
    opened = open_file(file.read_bytes(), room.site.product.keys(PURPOSE), booked.attempt_ref)
    assert [(line.question, line.revision, line.text) for line in opened.lines] == [(question, 1, AWKWARD)]
    assert (opened.attempt, opened.broken) == (booked.attempt_ref, ())
    assert opened.lines[0].typed_at is not None and opened.made_at is not None


def test_the_offer_goes_when_all_is_saved(house: House, room: Room) -> None:
    booked = room.seat()
    visit, page = begun_under_a_held_clock(house, room, booked)
    visit.context.set_offline(True)
    first(page).fill("Typed without a connection")
    page.clock.run_for(65_000)
    expect(page.get_by_role("button", name="Save an emergency file")).to_be_visible()
    visit.context.set_offline(False)
    expect(bar(page)).to_contain_text("Saved 09:")  # the browser says that it is online again, and the page sends
    page.clock.run_for(2000)
    expect(page.get_by_role("button", name="Save an emergency file")).to_be_hidden()
    assert saved_texts(room, booked) == ["Typed without a connection"]


def test_without_a_secure_address_there_is_no_button_and_the_page_says_why(house: House, room: Room) -> None:
    booked = room.seat()
    visit = house.visit()
    visit.context.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    visit.page.clock.install()
    page = in_by_keycode(visit, booked)
    room.admit(booked)
    room.open_gate(booked)
    page.clock.run_for(2500)
    page.get_by_role("button", name="Begin").click()
    ready(page)
    visit.context.set_offline(True)
    first(page).fill("Typed without a connection")
    page.clock.run_for(65_000)
    expect(page.get_by_text("does not have a secure address")).to_be_visible()
    expect(page.get_by_role("button", name="Save an emergency file")).to_have_count(0)


def test_what_came_too_late_can_be_saved_from_the_receipt(house: House, room: Room, tmp_path: Path) -> None:
    booked = room.seat()
    visit = begun(house, room, booked)
    page = visit.page
    question = typed_awkwardly(visit.context, page, booked)
    at_the_receipt_of_an_expired_paper(visit, room, booked)
    opened = open_file(downloaded(page, tmp_path).read_bytes(), room.site.product.keys(PURPOSE), booked.attempt_ref)
    assert [(line.question, line.text) for line in opened.lines] == [(question, AWKWARD)]


def test_from_the_download_to_the_script(house: House, room: Room, tmp_path: Path, accessible: Check) -> None:
    """The line stays dead until the time is over; the invigilator brings the file, compares it and enters it."""
    booked = room.seat()
    visit = begun(house, room, booked)
    page = visit.page
    first(page).fill("Acknowledged.")
    first(page).blur()
    expect(bar(page)).to_contain_text("Saved 09:")
    visit.context.route(SAVE, lambda route: route.abort())
    first(page).press_sequentially(" Never sent 🦉.")
    expect(banner(page)).to_contain_text("kept in this browser", timeout=5000)
    at_the_receipt_of_an_expired_paper(visit, room, booked)
    file = downloaded(page, tmp_path)
    desk = house.visit(room.invigilator)
    board = desk.go(f"/invigilation/{booked.sitting_ref}/seats/{booked.seat_ref}/emergency")
    accessible(board, "emergency files")
    board.get_by_label("Emergency file").set_input_files(file)
    board.get_by_role("button", name="Bring the file").click()
    expect(board.get_by_text("Different from what the server holds: 1 of 1")).to_be_visible()
    expect(board.locator(".diff ins")).to_contain_text("Never sent 🦉.")
    accessible(board, "an emergency file")
    for width in (320, 768, 1280):
        board.set_viewport_size({"width": width, "height": 800})
        assert board.evaluate("document.documentElement.scrollWidth") <= width
    board.get_by_label("Reason").fill("The line was down from 09:00 on.")
    board.get_by_role("button", name="Enter the ticked answers").click()
    expect(board.get_by_text("The script was frozen again")).to_be_visible()
    assert saved_texts(room, booked) == ["Acknowledged. Never sent 🦉."]
    assert room.attempt(booked).script == 2
    assert desk.complaints == []
