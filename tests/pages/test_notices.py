"""What a page hears with every reply: messages that wait; and what it tells of itself with every heartbeat."""

from __future__ import annotations

import pytest

from proctoring.events import event
from sjt.services import timekeeping
from sjt.stores import messages
from sjt.stores.attempts import record
from sjt.stores.presence import Beat
from tests.pages.test_statements import statements
from tests.saved import Booked, Room, Typist, saved_room
from tests.site import Site, csrf


@pytest.fixture
def room(site: Site) -> Room:
    return saved_room(site)


def written_to(room: Room, booked: Booked, words: str = "The fire alarm is tested at ten.", request: str = "1") -> str:
    """A message, kept as the board keeps it; returns its reference."""
    attempt, by, now = room.attempt(booked), room.invigilator, room.site.now()
    with room.site.writing() as conn:
        ref = messages.add(conn, attempt, words, by.id, request, now)
        record(conn, attempt.id, event("message_sent", now, by.ref, message=ref))
    return ref


def test_beat_save_and_lease_tell_of_messages_oldest_first(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    assert typist.post("beat", {}).get_json()["notices"] == []
    first, second = written_to(room, booked), written_to(room, booked, "Five minutes <b>more</b>.", "2")
    expected = [
        {"ref": first, "at": "09:00", "words": "The fire alarm is tested at ten."},
        {"ref": second, "at": "09:00", "words": "Five minutes <b>more</b>."},
    ]
    assert typist.post("beat", {}).get_json()["notices"] == expected
    assert typist.save({typist.questions[0]: "some words"}).get_json()["notices"] == expected
    assert typist.post("lease", {}).get_json()["notices"] == expected
    with statements(room.site) as told:
        for _ in range(3):
            typist.post("beat", {})
    assert len(told) <= 3  # the lease above was an act; from the second on nothing is asked
    with statements(room.site) as told:
        assert typist.post("beat", {}).get_json()["notices"] == expected
    assert told == []


def test_a_message_that_was_read_is_gone_and_said_twice_it_is_once(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    first, second = written_to(room, booked), written_to(room, booked, "Another.", "2")
    assert [n["ref"] for n in typist.post(f"notices/{first}", {}).get_json()["notices"]] == [second]
    assert typist.post(f"notices/{first}", {}).status_code == 200
    assert [n["ref"] for n in typist.post("beat", {}).get_json()["notices"]] == [second]
    with room.site.reading() as conn:
        assert [notice.ref for notice in messages.unseen(conn, room.attempt(booked).id)] == [second]


def test_somebody_elses_message_is_not_mine_to_read(room: Room) -> None:
    mine, theirs = room.seat("A", 1), room.seat("B", 2)
    ref = written_to(room, theirs)
    typist = Typist(room.begun(mine), mine.attempt_ref)
    assert typist.post(f"notices/{ref}", {}).get_json() == {"notices": []}
    with room.site.reading() as conn:
        assert [notice.ref for notice in messages.unseen(conn, room.attempt(theirs).id)] == [ref]


def test_every_page_of_the_sitting_shows_the_oldest_message_and_a_form_without_scripts_reads_it(room: Room) -> None:
    booked = room.seat()
    client = room.enter(booked)
    ref = written_to(room, booked, "Phones <off>, please.")
    base = f"/sit/{booked.attempt_ref}"
    for path in ("confirm", "instructions", "waiting"):
        assert "Phones &lt;off&gt;, please." in client.get(f"{base}/{path}").get_data(as_text=True), path
    page = f"{base}/waiting"
    assert client.post(f"{base}/notices/{ref}", data={"csrf_token": csrf(client, page)}).status_code == 303
    assert "Phones" not in client.get(page).get_data(as_text=True)


def test_messages_stand_on_the_paper_and_in_a_pause_and_not_on_the_receipt(room: Room) -> None:
    booked = room.seat()
    client, base = room.begun(booked), f"/sit/{booked.attempt_ref}"
    written_to(room, booked, "While you write.")
    for path in ("scenario/1", "review", "call"):
        assert "While you write." in client.get(f"{base}/{path}").get_data(as_text=True), path
    with room.site.writing() as conn:
        attempt, by = room.attempt(booked), room.invigilator
        timekeeping.pause(conn, attempt, "incident", "a fire alarm", by, "p-1", room.site.now())
    assert "While you write." in client.get(f"{base}/paused").get_data(as_text=True)
    with room.site.writing() as conn:
        timekeeping.end(conn, room.attempt(booked).id, room.invigilator, "asked to", room.site.now())
    assert "While you write." not in client.get(f"{base}/receipt").get_data(as_text=True)


# --- what a page tells of itself
TOLD = {"hidden": True, "unsent": 2, "battery": 81, "online": True, "connection": "3g", "saved": 12, "lockdown": "open"}


def test_a_heartbeat_tells_how_the_device_fares_within_bounds(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    typist.post("beat", TOLD)
    assert {name: getattr(heard(room, booked), name) for name in TOLD} == TOLD
    wild = {"unsent": 10**9, "battery": 4000, "connection": "x" * 10_000, "saved": -5, "lockdown": "<b>", "more": [1]}
    assert typist.post("beat", wild).status_code == 200
    beat = heard(room, booked)
    assert (beat.unsent, beat.battery, beat.connection, beat.saved, beat.lockdown) == (1000, 100, None, 0, None)
    assert typist.post("beat", {}).status_code == 200
    assert (heard(room, booked).battery, heard(room, booked).online) == (None, None)
    for bad in ({"battery": "full"}, {"saved": 1.5}, {"online": "yes"}):
        assert typist.post("beat", bad).status_code == 400, bad


def test_what_a_heartbeat_tells_takes_no_statement(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    typist.post("beat", TOLD)
    with statements(room.site) as told:
        typist.post("beat", TOLD)
    assert told == []


def heard(room: Room, booked: Booked) -> Beat:
    return room.site.product.presence.heard(str(booked.sitting_id), room.site.now()).beats[booked.attempt_ref]
