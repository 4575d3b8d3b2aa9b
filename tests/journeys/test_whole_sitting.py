"""A whole sitting in five browsers: three apprentices and two invigilators, until it is signed off and adds up."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable

from playwright.sync_api import Page, expect

from proctoring import bundle
from proctoring.replay import replay
from sjt.rules.access import Role
from sjt.services import bundles, sealing
from sjt.stores import attempts
from tests.journeys.conftest import House, Visit
from tests.journeys.test_sitting import begun, ready
from tests.saved import Booked, Room, saved_room
from tests.saved_invigilation import named_for

Rows = list[dict[str, str]]
Check = Callable[[Page, str], None]


class Desk:
    """An invigilator at their own browser: every act through its page."""

    def __init__(self, visit: Visit, room: Room) -> None:
        self.visit, self.base, self.site = visit, f"/invigilation/{room.sitting[1]}", room.site

    def at(self, path: str) -> Page:
        return self.visit.go(f"{self.base}/{path}")

    def fill(self, path: str, button: str, ticks: tuple[str, ...] = (), **fields: str) -> Page:
        """Open a page, fill its form in, press its button; returns the page that follows."""
        page = self.at(path)
        for label in ticks:
            page.get_by_label(label).check()
        for label, value in fields.items():
            page.get_by_label(label.replace("_", " "), exact=True).fill(value)
        page.get_by_role("button", name=button, exact=True).click()
        page.wait_for_url(lambda url: path not in url)
        return page


def write(visit: Visit, text: str) -> None:
    page = visit.page
    box = page.locator("textarea").first
    box.fill(text)
    box.blur()
    expect(page.locator(".exam-bar [data-saved]")).to_contain_text("Saved")


def back_at_work(visit: Visit, booked: Booked) -> None:
    visit.go(f"/sit/{booked.attempt_ref}/scenario/1")
    ready(visit.page)


def is_stopped(visit: Visit) -> None:
    visit.page.reload()
    expect(visit.page.get_by_role("heading", name="The test is paused")).to_be_visible()


def test_a_whole_sitting_adds_up_to_the_second(house: House, accessible: Check) -> None:
    room = saved_room(house.site)
    clock = room.site.clock
    second = room.site.person(Role.INVIGILATOR, name="Omar Haddad")
    named_for(room.site, room, second)
    helen, omar = Desk(house.visit(room.invigilator), room), Desk(house.visit(second), room)
    booked = [room.seat("Ann One", 1, percent=25), room.seat("Bea Two", 2), room.seat("Cy Three", 3)]
    clock.advance(seconds=0.4)
    sitting = []
    for one in booked:
        sitting.append(begun(house, room, one))
        clock.advance(seconds=11.3)
    ann, bea, cy = sitting
    for visit in sitting:
        write(visit, "Before the alarm.")

    clock.advance(minutes=9, seconds=2.6)
    helen.fill("evacuation", "Stop every clock now", Reason="The fire alarm")
    for visit in sitting:
        is_stopped(visit)
    clock.advance(minutes=13, seconds=7.7)
    omar.at("board").get_by_role("button", name="Everyone is back: go on").click()
    expect(omar.visit.page.get_by_text("3 go on with their full time.")).to_be_visible()
    for visit, one in zip(sitting, booked, strict=True):
        back_at_work(visit, one)

    helen.fill(f"seats/{booked[0].seat_ref}/grant", "Give the minutes", Minutes="6", Reason="A late start")
    omar.fill(f"messages?at={booked[1].seat_ref}", "Send", Message="Seat 2 has a new chair.")
    bea.page.reload()
    expect(bea.page.get_by_text("Seat 2 has a new chair.")).to_be_visible()
    helen.fill(f"seats/{booked[1].seat_ref}/move", "Move", New_seat_number="9", Reason="A broken chair")
    bea = sitting[1] = house.visit()  # the computer of the other place
    bea.go("/sit/").get_by_label("Keycode").fill(booked[1].keycode)
    bea.page.get_by_role("button", name="Go on").click()
    back_at_work(bea, booked[1])
    expect(bea.page.locator("textarea").first).to_have_value("Before the alarm.")

    clock.advance(minutes=3, seconds=0.9)
    suspended = f"seats/{booked[2].seat_ref}/pause"
    omar.fill(suspended, "Pause", ("Suspend on a suspicion",), Reason="A phone on the desk")
    is_stopped(cy)
    clock.advance(minutes=4, seconds=44.4)
    helen.at("board").get_by_role("button", name="Resume, the clock goes on, seat 3").first.click()
    expect(helen.visit.page.get_by_text("goes on and finishes at")).to_be_visible()
    back_at_work(cy, booked[2])

    page = helen.at("sign-off")
    expect(page.get_by_text("These seats are still open")).to_be_visible()
    accessible(page, "sign-off")
    accessible(helen.at("incidents"), "incidents")
    for visit in sitting:
        clock.advance(seconds=5.5)
        write(visit, "My last word.")
        visit.page.get_by_role("link", name="Review and submit").click()
        visit.page.get_by_role("button", name="Submit my paper").click()
        expect(visit.page.get_by_text("1 of 16")).to_be_visible()
    for desk in (helen, omar):
        desk.at("sign-off").get_by_label("The sitting is over, and I sign it off").check()
    helen.visit.page.get_by_role("button", name="Sign off").click()
    expect(helen.visit.page.get_by_text("This sitting is signed off")).to_be_visible()
    omar.visit.page.get_by_role("button", name="Sign off").click()
    expect(omar.visit.page.get_by_text(f"{room.invigilator.name} has signed this sitting off already")).to_be_visible()

    accessible(helen.at("session"), "session report")
    rows = table(house, helen)
    for one in booked:
        adds_up(room, one, rows)
    given = {row["what"]: row["seconds"] for row in rows if row["section"] == "time" and row["seat"] == "1"}
    assert (given["Working time"], given["Extra time given"]) == ("9000", "360")
    acts = {row["what"] for row in rows if row["section"] == "act"}
    assert acts >= {
        "Clock stopped",
        "Clock goes on",
        "Extra time given",
        "Moved to another place",
        "Message sent",
        "Handed in",
    }


def table(house: House, desk: Desk) -> Rows:
    text = desk.visit.context.request.get(f"{house.base}{desk.base}/session.csv").body().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def adds_up(room: Room, booked: Booked, rows: Rows) -> None:
    """The lines of one candidate are their deadline, which the evidence alone gives as well."""
    with room.site.reading() as conn:
        attempt = room.attempt(booked)
        chain = attempts.chain(conn, attempt)
        number = str(conn.exec_driver_sql(f"SELECT number FROM seats WHERE id = {int(booked.seat_id)}").scalar_one())
        made = bundles.export(conn, room.site.product, attempt, frozenset({Role.AUDITOR}), room.site.now())
        assert bundle.verify(made, sealing.public_keys(room.site.product).values()).is_trusted
    told = replay(json.loads(event.payload) for event in chain)
    mine = [row for row in rows if row["section"] == "time" and row["seat"] == number]
    since, total = (next(row for row in mine if row["what"] == what) for what in (FIRST, LAST))
    given = sum(int(row["seconds"]) for row in mine if row["seconds"] and row is not total)
    until = dt.datetime.fromisoformat(since["at"].replace("Z", "+00:00")) + dt.timedelta(seconds=given)
    assert given == int(total["seconds"]) and total["until"] == f"{until:%Y-%m-%dT%H:%M:%SZ}"
    assert told.deadline is not None and told.deadline.replace(microsecond=0) == until
    assert attempt.deadline == told.deadline


FIRST, LAST = "The clock starts", "In all, and the deadline"
