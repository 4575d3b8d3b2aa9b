"""The pictures of README and docs, drawn from the running product: ``make pictures``."""

from __future__ import annotations

import logging
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from sjt.db import migrate
from sjt.services import results, timekeeping
from sjt.stores import sittings
from tests import saved_invigilation as board
from tests import saved_marking as marking
from tests.harness import chromium
from tests.saved import Room, Typist, saved_room
from tests.site import Site, served

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
WINDOW = {"width": 1280, "height": 800}
ANSWER = (
    "I should start from the children, not from the form. Before I decide anything I would ask the key workers what"
    " has changed since the last review, and read the last three months of records myself.\n\nThen I would set the"
    " two views side by side with the team, because each sees something true: the first protects, the second teaches."
)
NAMES = [
    "Amina Yusuf", "Ben Hartley", "Chidi Eze", "Dorota Zielinska", "Ewan MacLeod", "Fatima Noor", "Gwen Pritchard",
    "Hamid Rahimi", "Isla Grant", "Jun Park", "Kofi Mensah", "Lena Fischer",
]  # fmt: skip


def main() -> None:
    """Draw all four."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        url = f"sqlite:///{home}/sjt.db"
        migrate(url)
        site = Site(url, Path(home))
        room = saved_room(site)
        browser = playwright.chromium.launch(**chromium.launch_arguments())  # type: ignore[arg-type]
        with served(site) as base:
            made = browser.new_context(viewport=WINDOW, locale="en-GB", timezone_id="Europe/London")  # type: ignore[arg-type]
            exam(made.new_page(), base, room)
            for draw in (live_board, marking_desk, result):
                made.clear_cookies()
                draw(made.new_page(), base, room)
        browser.close()
        site.close()


def kept(page: Page, name: str) -> None:
    """Keep a picture of the window."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.png")
    sys.stdout.write(f"{FOLDER / name}.png\n")


def exam(page: Page, base: str, room: Room) -> None:
    """The paper in mid-answer."""
    booked = room.seat("Amina Yusuf", 1)
    page.goto(f"{base}/sit/")
    page.get_by_label("Keycode").fill(booked.keycode)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Yes, both are right").click()
    page.get_by_role("link", name="Go to the waiting room").click()
    room.admit(booked)
    room.open_gate(booked)
    page.get_by_role("button", name="Begin").click()
    room.site.clock.advance(minutes=32, seconds=5)
    for number in (1, 2, 3):
        page.locator(f".navigator [href$='#q{number}']").click()
        page.locator("html[data-ready=yes]").wait_for(state="attached")
        page.locator(f"#a{number}").fill(ANSWER)
        page.locator(f"#a{number}").blur()
        page.get_by_text("Saved 09:32:05").first.wait_for()
    page.evaluate("window.scrollTo(0, 0)")
    kept(page, "exam")


def live_board(page: Page, base: str, room: Room) -> None:
    """A room in all its states."""
    refs = board.saved_seats(room, NAMES, first=2)
    board.running(room, refs[:9])
    board.gate_open(room, refs[9:11])
    for n, ref in enumerate(refs[:9]):
        board.answered(room.site, ref, (n * 2) % 15 + 1)
    room.site.clock.advance(minutes=41, seconds=12)
    for place, ref in enumerate(refs[:11]):
        board.heard(room.site, ref, seconds_ago=52 if place == 4 else place)
    board.asking(room.site, refs[7])
    signed_in(page, base, room, room.invigilator)
    page.goto(f"{base}/invigilation/{room.sitting[1]}/board")
    kept(page, "board")


def marking_desk(page: Page, base: str, room: Room) -> None:
    """An answer, its guide and its criteria."""
    booked = room.seat("Noor Haddad", 40)
    typist = Typist(room.begun(booked), booked.attempt_ref)
    typist.save(dict.fromkeys(typist.questions, ANSWER))
    with room.site.writing() as conn:
        timekeeping.submit(conn, room.attempt(booked).id, room.site.now())
    (marker,) = marking.markers(room.site, 1)
    mark = marking.claimed(room.site, booked, "C4.2", marker)
    signed_in(page, base, room, marker)
    page.goto(f"{base}/marking/answer/{mark.ref}")
    kept(page, "marking")


def result(page: Page, base: str, room: Room) -> None:
    """A released result with its reasons."""
    site = room.site
    site.clock.advance(minutes=31)  # the answer of the picture before goes back into the queue
    marking.all_marked(site, marking.markers(site, 3), failing={"C4.2"})
    with site.writing() as conn:
        sitting = sittings.by_id(conn, room.sitting[0])
        refs = [
            preview.attempt.ref for preview in results.outcomes(conn, sitting.id) if preview.attempt and preview.can_go
        ]
        results.release(conn, sitting, refs, room.manager, "picture", site.now())
    signed_in(page, base, room, room.manager)
    page.goto(f"{base}/results/sitting/{room.sitting[1]}")
    page.get_by_role("link", name="Noor Haddad").first.click()
    kept(page, "result")


def signed_in(page: Page, base: str, room: Room, person: object) -> None:
    """Sign the browser in."""
    page.context.add_cookies([{"name": "sjt", "value": room.site.session_cookie(person), "url": base}])  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
