"""What is arranged for a sitting: where it is and where each desk stands, interests, and whether all of it is ready."""

from __future__ import annotations

import sqlalchemy as sa

from sjt.rules.access import Role
from sjt.stores import tables as t
from tests.saved_registration import SPEC, saved_candidate, saved_seat, saved_sitting, send
from tests.site import Site

FORM: dict[str, object] = {
    "title": "Room 2, morning", "venue": "Harbour Centre", "spec_name": SPEC, "day": "2026-11-24", "starts": "09:30",
    "ends": "12:20", "set_up_minutes": "20", "staff_needed": "1", "lockdown": "open",
}  # fmt: skip


def test_a_sitting_has_rooms_and_a_verified_venue_or_is_remote_with_a_call(site: Site) -> None:
    client = site.signed_in(site.person(Role.MANAGER))
    checked = {"venue_verified_by": "Max Reed", "venue_verified_on": "2026-11-20"}
    made = send(client, "/manage/sittings/new", **FORM, rooms="Hall\nSmall room\n", **checked)
    page = client.get(made.headers["Location"]).text
    assert "Harbour Centre, in Hall, Small room" in page and "By Max Reed, 20 November 2026" in page
    wrong = {"remote": "y", "meeting": "", "rooms": "Hall\nHall", "venue_verified_by": "Max Reed"}
    page = send(client, "/manage/sittings/new", **FORM, **wrong).text
    for field in ("meeting", "rooms", "venue_verified_on"):
        assert f'id="{field}-faults"' in page, field
    remote = send(client, "/manage/sittings/new", **FORM, remote="y", meeting="https://call.example.org/2")
    assert "Remote: Harbour Centre" in client.get(remote.headers["Location"]).text


def test_desks_get_labels_rooms_and_a_mode_that_nobody_gives_a_reason_for(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        sitting = saved_sitting(conn, manager, rooms="Hall\nSmall room")
        one = saved_seat(conn, site, sitting, saved_candidate(conn, manager), manager)
        two = saved_seat(conn, site, sitting, saved_candidate(conn, manager, number="B-2", name="Ben Okoro"), manager)
    client, address = site.signed_in(manager), f"/manage/sittings/{sitting.ref}/places"
    twice = {f"label-{seat.ref}": "A1" for seat in (one, two)}
    page = send(client, address, **twice, **{f"room-{one.ref}": "Cellar"}).text
    assert "Two desks of one room" not in page and "no such room" in page
    page = send(client, address, **twice).text
    assert page.count("Two desks of one room have this label.") == 2 and 'value="A1"' in page
    form = {f"label-{one.ref}": "A1", f"room-{one.ref}": "Small room", f"mode-{one.ref}": "paper"}
    assert send(client, address, **form).status_code == 303
    plan = client.get(f"/manage/sittings/{sitting.ref}/pack/seating").text
    assert plan.index("Small room") < plan.index("A1") and "On paper" in plan
    with site.reading() as conn:
        modes = conn.execute(sa.select(t.seats.c.mode, t.seats.c.room).order_by(t.seats.c.number)).all()
    assert [tuple(row) for row in modes] == [("paper", "Small room"), ("online", None)]


def test_readiness_names_what_waits_and_leads_to_where_it_is_mended(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        sitting = saved_sitting(conn, manager)
        saved_seat(conn, site, sitting, saved_candidate(conn, manager), manager)
    client, address = site.signed_in(manager), f"/manage/sittings/{sitting.ref}"
    page = client.get(f"{address}/readiness").text
    for words in (
        "Seats without paper: 1.", "Nobody has said that the venue was checked", "Invigilators named: 0 of 1",
        "Keycode slips never printed: 1.", f"{address}/edit", f"{address}/keycodes", "time fits",
    ):  # fmt: skip
        assert words in page, words
    assert "signed in" not in page
    send(client, f"{address}/keycodes")
    site.clock.advance(hours=23)
    later = site.signed_in(manager).get(f"{address}/readiness").text
    assert "Each keycode slip was printed." in later and "Invigilators signed in: 0 of 1." in later


def test_somebody_with_an_interest_is_not_named_without_a_reason_in_a_managers_name(site: Site) -> None:
    manager, trainer = site.person(Role.MANAGER), site.person(Role.INVIGILATOR, name="Tess Crane")
    with site.writing() as conn:
        sitting = saved_sitting(conn, manager)
        saved_seat(conn, site, sitting, saved_candidate(conn, manager), manager)
    own = site.signed_in(trainer)
    told = {"kind": "provider", "name": "tideway college", "relationship": "Their trainer", "from_day": "2026-01-01"}
    assert send(own, "/manage/interests", **{**told, "name": "", "until_day": "2025-01-01"}).status_code == 400
    assert send(own, "/manage/interests", **told).status_code == 303
    client, address = site.signed_in(manager), f"/manage/sittings/{sitting.ref}"
    refused = send(client, f"{address}/edit", **FORM, staff=[trainer.ref])
    assert refused.status_code == 400
    assert "Tess Crane has declared an interest in Amina Yusuf (Their trainer)" in refused.text
    named = send(client, f"{address}/edit", **FORM, staff=[trainer.ref], interest_reason="Nobody else is free.")
    assert named.status_code == 303
    with site.reading() as conn:
        assert conn.execute(sa.select(t.interest_waivers.c.reason, t.interest_waivers.c.given_by)).all() == [
            ("Nobody else is free.", manager.id)
        ]
    assert "declared an interest" not in client.get(f"{address}/readiness").text
    with site.writing() as conn:
        saved_candidate(conn, manager, number="B-2", name="Ben Okoro")
    booking = send(client, f"{address}/seats", address, candidate="B-2", number="", mode="online")
    assert booking.status_code == 400 and "who invigilates this sitting, has declared an interest" in booking.text


def test_an_interest_declared_late_shows_on_the_readiness_page_until_it_is_withdrawn(site: Site) -> None:
    manager, sister = site.person(Role.MANAGER), site.person(Role.INVIGILATOR, name="Sara Yusuf")
    with site.writing() as conn:
        sitting = saved_sitting(conn, manager, staff=(sister.ref,))
        saved_seat(conn, site, sitting, saved_candidate(conn, manager), manager)
    client = site.signed_in(manager)
    told = {"kind": "apprentice", "name": "A-1", "relationship": "Sister", "from_day": "2026-01-01"}
    send(client, "/manage/interests", **told, person=sister.ref)
    ready = f"/manage/sittings/{sitting.ref}/readiness"
    assert "Sara Yusuf has declared an interest in Amina Yusuf (Sister)." in client.get(ready).text
    with site.reading() as conn:
        ref = conn.scalar(sa.select(t.interests.c.ref))
    other = site.signed_in(site.person(Role.INVIGILATOR))
    assert other.get(f"/manage/interests/{ref}/withdraw").status_code == 403
    assert "Sara" not in other.get("/manage/interests").text.replace("Sara Yusuf</option>", "")
    address = f"/manage/interests/{ref}/withdraw"
    assert send(client, address, reason="").status_code == 400
    assert send(client, address, reason="Another person of that name.").status_code == 303
    assert "declared an interest" not in client.get(ready).text


def test_a_helper_goes_on_record_and_one_with_an_interest_needs_a_reason(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        sitting = saved_sitting(conn, manager)
        seat = saved_seat(conn, site, sitting, saved_candidate(conn, manager), manager)
    client, address = site.signed_in(manager), f"/manage/sittings/{sitting.ref}/seats/{seat.ref}/helpers"
    form = {"name": "Rita Bell", "kind": "reader", "identity_document": "passport", "works_for": "tideway  College"}
    refused = send(client, address, **form)
    assert refused.status_code == 400 and "(Works for Tideway College)" in refused.text
    assert send(client, address, **{**form, "kind": "", "name": ""}).status_code == 400
    assert send(client, address, **form, interest_reason="Their usual reader.").status_code == 303
    assert "Reader: Rita Bell" in client.get(f"/manage/sittings/{sitting.ref}/pack/seating").text
    with site.reading() as conn:
        ref = conn.scalar(sa.select(t.helpers.c.ref))
    assert send(client, f"{address}/remove", address, helper=ref).status_code == 303
    assert send(client, f"{address}/remove", address, helper=ref).status_code == 409
    assert "Nobody helps this candidate." in client.get(address).text
