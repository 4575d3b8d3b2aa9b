"""The manager's sittings: scheduling in London time, booking, files, slips, today."""

from __future__ import annotations

import datetime as dt
import html
import re

import sqlalchemy as sa
from flask.testing import FlaskClient

from sjt.rules.access import Role
from sjt.services import timekeeping
from sjt.stores import attempts, seats, sittings
from sjt.stores.people import Person
from sjt.stores.sittings import Sitting
from sjt.stores.tables import records
from sjt.stores.tables import seats as seat_rows
from tests.saved import Typist, saved_bank, saved_room
from tests.saved_registration import SPEC, saved_candidate, saved_seat, saved_sitting, send, send_file
from tests.site import Site, csrf

FORM: dict[str, object] = {
    "title": "Room 2, morning", "venue": "Harbour Centre", "spec_name": SPEC, "day": "2026-11-24", "starts": "09:30",
    "ends": "12:20", "set_up_minutes": "20", "staff_needed": "2", "lockdown": "open",
}  # fmt: skip
BOOK = {"candidate": "A-1", "number": "", "mode": "online"}


def a_sitting(site: Site, bank: bool = False, **entry: object) -> tuple[FlaskClient, Person, Sitting]:
    """A sitting tomorrow, with a manager's browser; a bank only where a paper matters, for it takes a while."""
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        if bank:
            saved_bank(conn)
        sitting = saved_sitting(conn, manager, **entry)
    return site.signed_in(manager), manager, sitting


def booked(site: Site, sitting: Sitting) -> list[tuple[int, str]]:
    with site.reading() as conn:
        return [(seat.number, seat.candidate.number) for seat in seats.of_sitting(conn, sitting.id)]


# --- scheduling -----------------------------------------------------------------------------------
def test_a_sitting_is_scheduled_with_its_staff_and_its_dated_specification(site: Site) -> None:
    invigilator = site.person(Role.INVIGILATOR, name="Helen Marsh")
    manager = site.signed_in(site.person(Role.MANAGER))
    response = send(manager, "/manage/sittings/new", **FORM, staff=[invigilator.ref])
    page = manager.get(response.headers["Location"]).get_data(as_text=True)
    assert response.status_code == 303
    for words in ("24 November 2026, 09:30–12:20", "st0087-1.0-sjt-2018-06-29", "Helen Marsh", "1 invigilator short"):
        assert words in page, words


def test_every_fault_of_a_sitting_is_shown_and_nothing_typed_is_lost(site: Site) -> None:
    manager = site.signed_in(site.person(Role.MANAGER))
    wrong = {
        "title": "",
        "venue": "A\0B",
        "spec_name": "st0000",
        "day": "tomorrow",
        "starts": "9",
        "ends": "",
        "set_up_minutes": "x",
        "staff_needed": "0",
    }
    response = send(manager, "/manage/sittings/new", **wrong)
    page = response.get_data(as_text=True)
    assert response.status_code == 400
    for field in wrong:
        assert f'id="{field}-faults"' in page and f'href="#{field}"' in page, field
    assert 'value="tomorrow"' in page and 'value="x"' in page


IMPOSSIBLE: list[tuple[dict[str, object], str, str]] = [
    ({"ends": "09:00"}, "ends", "must come after the start"),
    ({"ends": "11:40"}, "ends", "20 min set-up + 120 min working time + 0 min breaks = 140 min, and it has 130 min"),
    ({"day": "2026-11-20"}, "day", "over already"),
    ({"day": "2018-01-01"}, "spec_name", "No version of st0087-1.0 is in force"),
    ({"day": "2027-03-28", "starts": "01:30", "ends": "05:00"}, "starts", "does not exist"),
    ({"day": "2027-10-31", "starts": "01:30", "ends": "05:00"}, "starts_second", "comes twice"),
]


def test_a_sitting_that_cannot_be_is_refused_beside_its_field(site: Site) -> None:
    manager = site.signed_in(site.person(Role.MANAGER))
    for changes, field, words in IMPOSSIBLE:
        response = send(manager, "/manage/sittings/new", **{**FORM, **changes})
        page = response.get_data(as_text=True)
        assert response.status_code == 400 and words in page and f'id="{field}-faults"' in page, changes


def test_the_hour_that_comes_twice_is_asked_about_and_kept(site: Site) -> None:
    manager = site.signed_in(site.person(Role.MANAGER))
    form = {**FORM, "day": "2027-10-31", "starts": "01:30", "ends": "05:00"}
    location = send(manager, "/manage/sittings/new", **form, starts_second="yes").headers["Location"]
    with site.reading() as conn:
        sitting = sittings.by_ref(conn, location.rpartition("/")[2])
    assert sitting is not None and sitting.starts_at == dt.datetime(2027, 10, 31, 1, 30, tzinfo=dt.UTC)
    edit = manager.get(f"{location}/edit").get_data(as_text=True)
    assert re.search(r'<input[^>]*checked[^>]*name="starts_second"[^>]*value="yes"', edit)


def test_only_invigilators_can_be_named(site: Site) -> None:
    writer = site.person(Role.ITEM_WRITER)
    manager = site.signed_in(site.person(Role.MANAGER))
    assert send(manager, "/manage/sittings/new", **FORM, staff=[writer.ref]).status_code == 400


def test_a_sitting_moves_only_as_far_as_everybody_booked_still_fits(site: Site) -> None:
    client, manager, sitting = a_sitting(site)
    with site.writing() as conn:
        candidate = saved_candidate(conn, manager, percent=25)
        saved_seat(conn, site, sitting, candidate, manager)
        other = saved_sitting(conn, manager, title="Elsewhere", day=dt.date(2026, 11, 26))
        saved_seat(conn, site, other, candidate, manager)
    address = f"/manage/sittings/{sitting.ref}/edit"
    page = send(client, address, **{**FORM, "ends": "12:10"}).get_data(as_text=True)
    told = "20 min set-up + 150 min working time + 0 min breaks = 170 min, and this gives 160 min."
    assert f"Too short for Amina Yusuf: {told}" in page
    assert "Amina Yusuf is booked in Elsewhere" in send(client, address, **{**FORM, "day": "2026-11-26"}).get_data(
        as_text=True
    )
    assert send(client, address, **{**FORM, "day": "2026-11-25"}).status_code == 303


def test_nothing_moves_once_a_gate_was_opened(site: Site) -> None:
    client, manager, sitting = a_sitting(site, bank=True)
    with site.writing() as conn:
        seat = saved_seat(conn, site, sitting, saved_candidate(conn, manager), manager)
        conn.execute(attempts.a.update().where(attempts.a.c.seat_id == seat.id).values(opened_at=site.now()))
    address = f"/manage/sittings/{sitting.ref}/edit"
    assert "gate of this sitting was opened" in send(client, address, **{**FORM, "ends": "13:00"}).get_data(
        as_text=True
    )
    assert send(client, address, **{**FORM, "venue": "Next door"}).status_code == 303


# --- booking --------------------------------------------------------------------------------------
def test_a_booking_gives_the_lowest_free_seat_a_keycode_and_a_paper(site: Site) -> None:
    client, manager, sitting = a_sitting(site, bank=True)
    with site.writing() as conn:
        saved_candidate(conn, manager)
    address = f"/manage/sittings/{sitting.ref}"
    assert send(client, f"{address}/seats", address, **BOOK).status_code == 303
    page = client.get(address).get_data(as_text=True)
    assert "Amina Yusuf is booked." in page and "Without paper" not in page and booked(site, sitting) == [(1, "A-1")]
    [code] = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}", send(client, f"{address}/keycodes").text)
    visitor = site.visitor()
    assert visitor.post("/sit/", data={"csrf_token": csrf(visitor, "/sit/"), "keycode": code}).status_code == 303


UNBOOKABLE: list[tuple[dict[str, object], str]] = [
    ({"candidate": "LATE"}, "The gateway is not complete."),
    ({"candidate": "HALF"}, "20 min set-up + 180 min working time + 0 min breaks = 200 min, and it has 170 min."),
    ({"candidate": "Z-9"}, "There is no candidate with the number Z-9."),
    ({"candidate": "\0"}, "cannot be shown"),
    ({"candidate": ""}, "Choose a candidate."),
    ({"number": "0"}, "Enter a seat number from 1 to 999"),
    ({"number": "1000000000000000000000"}, "Enter a seat number from 1 to 999"),
    ({"mode": "by post"}, "Not a valid choice"),
]


def test_a_booking_that_cannot_be_is_refused_with_its_reason(site: Site) -> None:
    client, manager, sitting = a_sitting(site)
    with site.writing() as conn:
        saved_candidate(conn, manager)
        saved_candidate(conn, manager, number="LATE", ready=False)
        saved_candidate(conn, manager, number="HALF", percent=50)
    address = f"/manage/sittings/{sitting.ref}"
    for form, words in UNBOOKABLE:
        response = send(client, f"{address}/seats", address, **{**BOOK, **form})
        assert response.status_code == 400 and words in response.get_data(as_text=True), form
    assert booked(site, sitting) == []


def test_a_seat_and_a_candidate_are_booked_once_in_a_sitting_and_never_in_two_at_a_time(site: Site) -> None:
    client, manager, sitting = a_sitting(site)
    with site.writing() as conn:
        first = saved_candidate(conn, manager)
        saved_seat(conn, site, sitting, first, manager, number=3)
        saved_candidate(conn, manager, number="B-2")
        other = saved_sitting(conn, manager, title="Overlapping", starts=dt.time(12, 0), ends=dt.time(15, 0))
        after = saved_sitting(conn, manager, title="Right after", starts=dt.time(12, 20), ends=dt.time(15, 10))
    address = f"/manage/sittings/{sitting.ref}"
    assert "has a seat in this sitting" in send(client, f"{address}/seats", address, **BOOK).get_data(as_text=True)
    taken = send(client, f"{address}/seats", address, candidate="B-2", number="3", mode="paper")
    assert "Seat 3 is taken." in taken.get_data(as_text=True)
    address = f"/manage/sittings/{other.ref}"
    assert "booked in Room 2, morning" in send(client, f"{address}/seats", address, **BOOK).get_data(as_text=True)
    address = f"/manage/sittings/{after.ref}"
    assert send(client, f"{address}/seats", address, **BOOK).status_code == 303


def test_a_sitting_that_is_over_takes_no_bookings(site: Site) -> None:
    client, manager, sitting = a_sitting(site)
    with site.writing() as conn:
        saved_candidate(conn, manager)
    address = f"/manage/sittings/{sitting.ref}"
    site.clock.advance(days=2)
    client = site.signed_in(manager)
    response = client.post(f"{address}/seats", data={"csrf_token": csrf(client, "/manage/"), **BOOK})
    assert response.status_code == 400 and "takes no bookings" in response.get_data(as_text=True)


def test_a_booking_without_paper_stands_says_why_and_can_be_drawn_again(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        sitting = saved_sitting(conn, manager)
        saved_candidate(conn, manager)
    client, address = site.signed_in(manager), f"/manage/sittings/{sitting.ref}"
    send(client, f"{address}/seats", address, **BOOK)
    page = client.get(address).get_data(as_text=True)
    assert "1 seat without paper" in page and "C1.2 community: 0 live questions" in page
    assert "1 seat without paper" in client.get("/manage/").get_data(as_text=True)
    assert send(client, f"{address}/papers", address).status_code == 303
    with site.writing() as conn:
        saved_bank(conn)
    send(client, f"{address}/papers", address)
    page = client.get(address).get_data(as_text=True)
    assert "Papers drawn: 1." in page and "ithout paper" not in page


def test_a_cancelled_booking_frees_the_seat_voids_the_keycode_and_leaves_a_record(site: Site) -> None:
    client, manager, sitting = a_sitting(site, bank=True)
    with site.writing() as conn:
        candidate = saved_candidate(conn, manager)
        seat = saved_seat(conn, site, sitting, candidate, manager)
    address = f"/manage/sittings/{sitting.ref}"
    cancel = f"{address}/seats/{seat.ref}/cancel"
    assert send(client, cancel, reason=" ").status_code == 400
    [code] = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}", send(client, f"{address}/keycodes").text)
    assert send(client, cancel, reason="Moved to May").status_code == 303 and booked(site, sitting) == []
    visitor = site.visitor()
    assert visitor.post("/sit/", data={"csrf_token": csrf(visitor, "/sit/"), "keycode": code}).status_code != 303
    assert client.get(cancel).status_code == 404
    assert "Cancelled" in client.get(f"/manage/candidates/{candidate.ref}").get_data(as_text=True)
    assert send(client, f"{address}/seats", address, **BOOK).status_code == 303 and booked(site, sitting) == [
        (1, "A-1")
    ]
    with site.reading() as conn:
        assert conn.scalar(sa.select(records.c.person_id).where(records.c.act == "seat.cancelled")) == manager.id
        void = attempts.by_seat(conn, seat.id)
        assert void is not None and void.closed_as == "void"


def test_a_booking_is_not_cancelled_once_the_register_or_the_gate_knows_of_it(site: Site) -> None:
    client, manager, sitting = a_sitting(site, bank=True)
    with site.writing() as conn:
        known = saved_seat(conn, site, sitting, saved_candidate(conn, manager), manager)
        opened = saved_seat(conn, site, sitting, saved_candidate(conn, manager, number="B-2"), manager)
        identity = {"identity_at": site.now(), "identity_by": manager.id, "identity_document": "passport"}
        conn.execute(seat_rows.update().where(seat_rows.c.id == known.id).values(**identity))
        conn.execute(attempts.a.update().where(attempts.a.c.seat_id == opened.id).values(opened_at=site.now()))
    for seat in (known, opened):
        response = send(client, f"/manage/sittings/{sitting.ref}/seats/{seat.ref}/cancel", reason="Too late")
        assert response.status_code == 409
    assert len(booked(site, sitting)) == 2


# --- files and slips ------------------------------------------------------------------------------
def test_seats_are_booked_from_a_file_after_a_preview(site: Site) -> None:
    client, manager, sitting = a_sitting(site)
    with site.writing() as conn:
        for number in ("A-1", "B-2", "C-3"):
            saved_candidate(conn, manager, number=number)
    address = f"/manage/sittings/{sitting.ref}/seats/import"
    preview = send_file(client, address, "candidate,seat,mode\na-1,2,online\nB-2,,\nC-3,1,paper\n").get_data(
        as_text=True
    )
    assert "Book 3 seats" in preview and booked(site, sitting) == []
    content = next(part for part in preview.split("<input")[1:] if 'name="content"' in part)
    data = {
        "csrf_token": csrf(client, address),
        "content": html.unescape(content.partition('value="')[2].partition('"')[0]),
    }
    assert client.post(f"{address}/confirm", data=data).status_code == 303
    assert booked(site, sitting) == [(1, "C-3"), (2, "A-1"), (3, "B-2")]
    twice = client.post(f"{address}/confirm", data=data)
    assert twice.status_code == 400 and "has a seat in this sitting" in twice.get_data(as_text=True)
    out = client.get(f"/manage/sittings/{sitting.ref}/seats.csv").text.splitlines()
    assert out[:2] == ["\ufeffcandidate,seat,mode,name", "C-3,1,paper,Amina Yusuf"]


def test_every_fault_of_a_file_of_seats_is_named_by_row_and_column(site: Site) -> None:
    client, manager, sitting = a_sitting(site)
    with site.writing() as conn:
        saved_candidate(conn, manager)
        saved_candidate(conn, manager, number="B-2", ready=False)
    rows = "candidate,seat,mode\nA-1,1,online\nA-1,1,paper\nB-2,x,by post\nZ-9,0,\n"
    page = send_file(client, f"/manage/sittings/{sitting.ref}/seats/import", rows).get_data(as_text=True)
    for where in ("Row 3, candidate", "Row 3, seat", "Row 4, seat", "Row 4, mode", "Row 5, candidate"):
        assert where in page, where
    assert booked(site, sitting) == []


def test_slips_are_for_the_manager_and_the_invigilators_of_this_sitting(site: Site) -> None:
    mine, other = site.person(Role.INVIGILATOR), site.person(Role.INVIGILATOR)
    _, _, sitting = a_sitting(site, staff=(mine.ref,))
    address = f"/manage/sittings/{sitting.ref}/keycodes"
    assert site.signed_in(mine).get(address).status_code == 200
    for person in (other, site.person(Role.AUDITOR), site.person(Role.APPRENTICE)):
        assert site.signed_in(person).get(address).status_code == 403


# --- today and access -----------------------------------------------------------------------------
def test_today_says_what_waits_and_links_to_where_it_is_mended(site: Site) -> None:
    client, manager, sitting = a_sitting(site, staff_needed=2)
    with site.writing() as conn:
        saved_candidate(conn, manager, ready=False)
        saved_candidate(conn, manager, number="B-2")
        saved_sitting(conn, manager, title="In ten days", day=dt.date(2026, 12, 4))
    page = client.get("/manage/").get_data(as_text=True)
    assert "Room 2, morning: 2 invigilators short" in page and f"/manage/sittings/{sitting.ref}/edit" in page
    assert "1 candidate whose gateway is not complete" in page and "gateway=no" in page
    assert "1 candidate with a complete gateway and no seat" in page and "In ten days" not in page


def test_today_has_words_for_a_day_on_which_nothing_waits(site: Site) -> None:
    page = site.signed_in(site.person(Role.MANAGER)).get("/manage/").get_data(as_text=True)
    assert "Nothing waits." in page and "There is no sitting today." in page


def test_a_sitting_shows_open_marks_and_held_results(site: Site) -> None:
    room = saved_room(site)
    booked_ = room.seat()
    typist = Typist(room.begun(booked_), booked_.attempt_ref)
    typist.save({typist.questions[0]: "An answer."})
    with site.writing() as conn:
        timekeeping.submit(conn, room.attempt(booked_).id, site.now())
    page = site.signed_in(room.manager).get("/manage/").get_data(as_text=True)
    assert re.search(r"\d marks? to be made", page) and "Monday morning: 1 result held" in page


def test_unknown_addresses_are_not_found_and_nobody_else_gets_in(site: Site) -> None:
    client, _, sitting = a_sitting(site)
    for address in ("nothing", "%00", "a-b", "é"):
        assert client.get(f"/manage/sittings/{address}").status_code == 404
        assert client.get(f"/manage/candidates/{address}").status_code == 404
        assert client.get(f"/manage/sittings/{sitting.ref}/seats/{address}/cancel").status_code == 404
    for role in (Role.INVIGILATOR, Role.MARKER, Role.ITEM_WRITER, Role.APPRENTICE, Role.ADMINISTRATOR):
        other = site.signed_in(site.person(role))
        for page in ("", "candidates", "sittings", f"sittings/{sitting.ref}", "candidates.csv"):
            assert other.get(f"/manage/{page}").status_code == 403, (role, page)


# --- lockdown -------------------------------------------------------------------------------------
def test_the_lockdown_level_is_chosen_and_shown_and_never_taken_for_granted(site: Site) -> None:
    manager = site.signed_in(site.person(Role.MANAGER))
    made = send(manager, "/manage/sittings/new", **{**FORM, "lockdown": "watched"})
    assert "Watched" in manager.get(made.headers["Location"]).get_data(as_text=True)
    for wrong in ({"lockdown": "none"}, {"lockdown": ""}):
        response = send(manager, "/manage/sittings/new", **{**FORM, **wrong})
        assert response.status_code == 400 and 'id="lockdown-faults"' in response.get_data(as_text=True), wrong


def test_the_lockdown_level_stays_once_a_gate_was_opened(site: Site) -> None:
    room = saved_room(site)
    booked = room.seat()
    room.begun(booked)
    manager = site.signed_in(room.manager)
    address = f"/manage/sittings/{booked.sitting_ref}/edit"
    with site.reading() as conn:
        sitting = sittings.by_ref(conn, booked.sitting_ref)
    assert sitting is not None and sitting.lockdown == "open"
    local = {"day": "2026-11-23", "starts": "08:00", "ends": "15:00", "set_up_minutes": "20", "staff_needed": "1"}
    response = send(manager, address, **{**FORM, **local, "lockdown": "seb"})
    page = response.get_data(as_text=True)
    assert response.status_code == 400 and "stay as they are" in page and 'id="lockdown-faults"' in page
