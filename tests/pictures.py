"""The pictures of README and docs, drawn from the running product: ``make pictures``."""

from __future__ import annotations

import logging
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from item_bank.scenarios import Bank
from sjt.db import migrate
from sjt.rules.access import Role
from sjt.services import results, timekeeping
from sjt.stores import sittings
from sjt.stores.bank import import_bank
from tests import saved_invigilation as board
from tests import saved_marking as marking
from tests.harness import chromium
from tests.makers import st0087_bank, two_a_theme
from tests.saved import SPECIFICATION, Booked, Room, Typist, saved_room, saved_sitting
from tests.site import Site, served

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
WINDOW = {"width": 1280, "height": 800}
TALL = {"width": 1280, "height": 1080}  # a whole situation beside its questions
NARROW = {"width": 320, "height": 1080}
SHOWN = {  # on the page of what ships: by pathway, one of each of these pools
    "community": ("week-thirty", "the-van-on-thursdays", "eighty-four-doors"),
    "residential": ("no-hugs", "who-decides-tonight"),
}
SHOWN_NARROW = "eighty-four-doors"
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
    """Draw those of the README and those of the page of what ships."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium.launch_arguments())  # type: ignore[arg-type]
        for draw in (desks, scenarios):
            with tempfile.TemporaryDirectory() as home:
                url = f"sqlite:///{home}/sjt.db"
                migrate(url)
                site = Site(url, Path(home))
                with served(site) as base:
                    draw(browser, base, site)
                site.close()
        browser.close()


def window(browser: Browser, size: dict[str, int]) -> Page:
    """A browser of its own, in London."""
    made = browser.new_context(viewport=size, locale="en-GB", timezone_id="Europe/London")  # type: ignore[arg-type]
    return made.new_page()


def desks(browser: Browser, base: str, site: Site) -> None:
    """The four of the README: one room from the paper to the result."""
    room = saved_room(site)
    first = exam(window(browser, WINDOW), base, room)
    live_board(window(browser, WINDOW), base, room, first)
    marking_desk(window(browser, WINDOW), base, room)
    result(window(browser, WINDOW), base, room)


def scenarios(browser: Browser, base: str, site: Site) -> None:
    """Some of what ships, as the apprentice sees it."""
    room = room_with(site, shown_bank())
    for number, (pathway, slugs) in enumerate(SHOWN.items(), 1):
        booked = room.seat(NAMES[number], number, pathway=pathway)
        page = window(browser, TALL)
        come_in(page, base, room, booked)
        for slug in slugs:
            turned_to(page, f"{base}/sit/{booked.attempt_ref}", slug)
            kept(page, f"scenario-{slug}")
            if slug == SHOWN_NARROW:
                page.set_viewport_size(NARROW)  # type: ignore[arg-type]
                kept(page, f"scenario-{slug}-narrow")
                page.set_viewport_size(TALL)  # type: ignore[arg-type]


def shown_bank() -> Bank:
    """A small bank whose papers hold what is to be shown, whatever the seed."""
    named = {slug for slugs in SHOWN.values() for slug in slugs}
    shown = [scenario for scenario in st0087_bank().scenarios if scenario.slug in named]
    themes = {scenario.theme for scenario in shown}
    return Bank((*shown, *(s for s in two_a_theme(st0087_bank()).scenarios if s.theme not in themes)))


def room_with(site: Site, bank: Bank) -> Room:
    """A room whose papers come from this bank."""
    manager, invigilator = site.person(Role.MANAGER), site.person(Role.INVIGILATOR)
    with site.writing() as conn:
        import_bank(conn, SPECIFICATION.name, bank, site.now())
        sitting = saved_sitting(conn, manager, [invigilator])
    return Room(site, manager, invigilator, sitting)


def turned_to(page: Page, sitting: str, slug: str) -> None:
    """The page of a scenario on this paper, wherever it stands."""
    (title,) = [scenario.title for scenario in st0087_bank().scenarios if scenario.slug == slug]
    for number in range(1, 10):
        page.goto(f"{sitting}/scenario/{number}")
        if page.get_by_role("heading", name=f"Scenario {number}: {title}").count():
            page.locator("html[data-ready=yes]").wait_for(state="attached")
            return
    raise AssertionError(f"{title} is not on this paper")


def kept(page: Page, name: str) -> None:
    """Keep a picture of the window."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.png")
    sys.stdout.write(f"{FOLDER / name}.png\n")


def come_in(page: Page, base: str, room: Room, booked: Booked) -> None:
    """From the keycode to the first page of the paper."""
    page.goto(f"{base}/sit/")
    page.get_by_label("Keycode").fill(booked.keycode)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Yes, both are right").click()
    page.get_by_role("link", name="Go to the waiting room").click()
    room.admit(booked)
    room.open_gate(booked)
    page.get_by_role("button", name="Begin").click()
    page.locator("html[data-ready=yes]").wait_for(state="attached")


def exam(page: Page, base: str, room: Room) -> str:
    """The paper in mid-answer; returns the seat."""
    booked = room.seat("Rosa Delgado", 1)
    come_in(page, base, room, booked)
    room.site.clock.advance(minutes=32, seconds=5)
    for number in (1, 2, 3):
        page.locator(f".navigator [href$='#q{number}']").click()
        page.locator("html[data-ready=yes]").wait_for(state="attached")
        page.locator(f"#a{number}").fill(ANSWER)
        page.locator(f"#a{number}").blur()
        page.get_by_text("Saved 09:32:05").first.wait_for()
    page.evaluate("window.scrollTo(0, 0)")
    kept(page, "exam")
    return booked.seat_ref


def live_board(page: Page, base: str, room: Room, sitting_already: str) -> None:
    """A room in all its states."""
    refs = board.saved_seats(room, NAMES, first=2)
    board.running(room, refs[:9])
    board.gate_open(room, refs[9:11])
    for n, ref in enumerate(refs[:9]):
        board.answered(room.site, ref, (n * 2) % 15 + 1)
    room.site.clock.advance(minutes=41, seconds=12)
    for place, ref in enumerate(refs[:11]):
        board.heard(room.site, ref, seconds_ago=52 if place == 4 else place)
    board.heard(room.site, sitting_already, seconds_ago=3)
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
