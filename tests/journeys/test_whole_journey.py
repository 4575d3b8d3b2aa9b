"""From a scheduled window to a released result: every desk in a browser of its own."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from sjt.rules.access import Role
from sjt.stores.people import Person
from tests.journeys.conftest import House, Visit
from tests.saved import saved_bank

Check = Callable[[Page, str], None]
NAME, NUMBER, EMAIL = "Amina Yusuf", "C-1001", "amina@example.org"
PASSWORD = "a password of her own"


def test_from_a_scheduled_window_to_a_released_result(house: House, accessible: Check) -> None:
    site = house.site
    with site.writing() as conn:
        saved_bank(conn, site.now())
    manager, invigilator = site.person(Role.MANAGER), site.person(Role.INVIGILATOR, name="Ivo Lindqvist")
    markers = [site.person(Role.MARKER) for _ in range(3)]

    desk = house.visit(manager)
    keycode = scheduled(desk, accessible)
    invitation = invited(desk)
    candidate = house.visit()
    candidate.page.clock.install()
    arrived(candidate, keycode)
    room = house.visit(invigilator)
    admitted(room, accessible)
    sat(house, candidate, room, accessible)
    judged(house, markers, accessible)
    released(desk, accessible)
    read_by_the_apprentice(house.visit(), invitation, accessible)
    assert house.complaints() == []


# --- the manager: a candidate, a sitting, a seat
def scheduled(desk: Visit, accessible: Check) -> str:
    page = desk.go("/manage/candidates/new")
    accessible(page, "new candidate")
    for label, value in {
        "Candidate number": NUMBER,
        "Full name": NAME,
        "E-mail address": EMAIL,
        "Employer": "Three Rivers Homes",
        "Training provider": "Northgate Training",
    }.items():
        page.get_by_label(label).fill(value)
    page.get_by_label("Specification").select_option(index=1)
    page.get_by_label("Pathway").select_option(value="community")
    page.get_by_role("button", name="Save").click()
    accessible(page, "candidate")
    page = desk.go("/manage/sittings/new")
    page.get_by_label("Title").fill("Monday, room 1")
    page.get_by_label("Venue", exact=True).fill("Room 1")
    page.get_by_label("Specification").select_option(index=1)
    page.get_by_label("Date", exact=True).fill("2026-11-23")
    page.get_by_label("Starts").fill("09:00")
    page.get_by_label("Ends").fill("12:00")
    page.get_by_label("Ivo Lindqvist").check()
    accessible(page, "new sitting")
    page.get_by_role("button", name="Save").click()
    sitting = page.url
    booked(page)
    expect(page.get_by_role("alert")).to_contain_text("gateway")
    desk.complaints.clear()  # the refusal of that booking was meant
    desk.go("/manage/candidates")
    page.get_by_role("link", name=NAME).click()
    page.get_by_role("button", name="Confirm: the gateway is complete").click()
    page.goto(sitting)
    booked(page)
    expect(page.get_by_role("row").filter(has_text=NAME)).to_be_visible()
    accessible(page, "sitting")
    page.get_by_role("link", name="Invigilation pack").click()
    accessible(page, "invigilation pack")
    page.get_by_role("link", name="Show and print").click()
    page.get_by_role("button", name="Show 1 slip to print").click()
    accessible(page, "keycode slips")
    found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", page.locator("main").inner_text())
    assert found
    accessible(desk.go("/manage/"), "today")
    return found.group()


def booked(page: Page) -> None:
    page.get_by_label("Candidate number").fill(NUMBER)
    page.get_by_role("button", name=re.compile("^Book")).click()


def invited(desk: Visit) -> str:
    page = desk.go("/manage/candidates")
    page.get_by_role("link", name=NAME).click()
    page.get_by_role("button", name=f"Invite {NAME}").click()
    found = re.search(r"/invitation/[\w-]+", page.content())
    assert found
    return found.group()


# --- the door
def arrived(candidate: Visit, keycode: str) -> None:
    page = candidate.go("/sit/")
    page.get_by_label("Keycode").fill(keycode)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text(NAME)).to_be_visible()
    page.get_by_role("button", name="Yes, both are right").click()
    page.get_by_role("link", name="Go to the waiting room").click()


def admitted(room: Visit, accessible: Check) -> None:
    page = room.go("/invigilation/")
    accessible(page, "invigilator's sittings")
    page.get_by_role("link", name=re.compile("Register")).first.click()
    accessible(page, "register")
    page.get_by_label(f"Photo ID of seat 1 {NAME}").select_option(label="Passport")
    page.get_by_role("button", name=f"ID checked, seat 1 {NAME}").click()
    page.get_by_role("button", name=f"Admit, seat 1 {NAME}").click()
    page.get_by_role("button", name="Open the gate for 1").click()
    page.get_by_role("link", name="Board").click()
    expect(page.get_by_text(NAME).first).to_be_visible()
    accessible(page, "board")


# --- the sitting
def sat(house: House, candidate: Visit, room: Visit, accessible: Check) -> None:
    page = candidate.page
    page.clock.run_for(2500)
    page.get_by_role("button", name="Begin").click()
    ready(page)
    for number in range(1, 9):
        answer(page, number)
    page.locator("#a8").press_sequentially(" And one more thing")
    candidate.close_browser()
    page = candidate.reopen()
    page.clock.install()
    page.goto(f"{house.base}/sit/")
    ready(page)
    expect(page.locator(".exam-bar [data-saved]")).to_contain_text("Saved")
    for number in range(9, 17):
        answer(page, number)
    expect(page.locator("[data-time-left]")).to_have_text("2 h left · ")
    extra_minutes(room.page)
    page.clock.run_for(17_500)  # one heartbeat
    expect(page.locator("[data-time-left]")).to_have_text("2 h 10 min left · ")
    expect(page.locator("[data-finish]")).to_have_text("11:10")
    page.get_by_role("link", name="Review and submit").click()
    expect(page.get_by_text("Every question has an answer")).to_be_visible()
    ready(page)
    page.get_by_role("button", name="Submit my paper").click()
    expect(page.get_by_text("16 of 16")).to_be_visible()
    expect(room.page.get_by_text(re.compile("Handed in|Submitted", re.I)).first).to_be_visible()
    accessible(room.page, "board after the submission")


def ready(page: Page) -> None:
    expect(page.locator("html[data-ready=yes]")).to_be_attached()


def answer(page: Page, number: int) -> None:
    page.locator(f".navigator [href$='#q{number}']").click()
    ready(page)
    page.locator(f"#a{number}").fill(f"What I should do about question {number}, and why.")


def extra_minutes(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Extra minutes")).first.click()
    dialog = page.get_by_role("dialog", name="Give extra minutes")
    dialog.get_by_label("Minutes").fill("10")
    dialog.get_by_label("Reason").fill("The fire alarm was tested.")
    dialog.get_by_role("button", name="Give the minutes").click()
    expect(page.get_by_text("11:10").first).to_be_visible()


# --- marking: all by the first, and by the second, since the first is new to it; the one that differs by the third
def judged(house: House, markers: list[Person], accessible: Check) -> None:
    assert mark_all(house.visit(markers[0]), accessible=accessible) == 16
    assert mark_all(house.visit(markers[1]), first_unmet=True) == 16
    assert mark_all(house.visit(markers[2]), third=True) == 1


def mark_all(visit: Visit, *, first_unmet: bool = False, third: bool = False, accessible: Check | None = None) -> int:
    """Judge every answer on offer by keyboard; returns how many there were."""
    count = 0
    while True:
        page = visit.go("/marking/")
        start = page.get_by_role("button", name=re.compile("^Start marking"))
        if start.count() == 0:
            return count
        start.first.click()
        assert NAME not in page.content() and NUMBER not in page.content()
        expect(page.get_by_text("Two people judged this answer differently")).to_have_count(1 if third else 0)
        expect(page.get_by_role("link", name="Keys")).to_be_visible()  # the keys work from now on
        points = page.locator("[data-point]").count()
        for point in range(1, points + 1):
            page.keyboard.press(str(point))
        if first_unmet and count == 0:
            page.keyboard.press("1")
            page.keyboard.press("r")
            page.keyboard.type("It is named but not explained.")
            page.keyboard.press("Escape")
        if accessible and count == 0:
            accessible(page, "marking desk")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("Judgement committed.")).to_be_visible()
        count += 1


# --- the result
def released(desk: Visit, accessible: Check) -> None:
    page = desk.go("/results/")
    accessible(page, "results")
    page.get_by_role("link", name=re.compile("Monday, room 1")).first.click()
    expect(page.get_by_role("row").filter(has_text=NAME)).to_contain_text("Pass")
    accessible(page, "release")
    page.get_by_role("link", name="Release the selected results").click()
    page.get_by_role("button", name="Release them in my name").click()
    expect(page.get_by_role("heading", name="Released", exact=True)).to_be_visible()


def read_by_the_apprentice(visit: Visit, invitation: str, accessible: Check) -> None:
    page = visit.go(invitation)
    accessible(page, "invitation")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Set my password").click()
    page.get_by_role("link", name=re.compile("Monday")).click()
    expect(page.get_by_text("16 of 16").first).to_be_visible()
    accessible(page, "result")
