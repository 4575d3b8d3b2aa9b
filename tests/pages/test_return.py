"""Back to a reopened paper: the clock runs from the press on, and not before."""

from __future__ import annotations

import pytest

from sjt.services import timekeeping
from sjt.stores import scripts
from tests.saved import Booked, Room, Typist, saved_room
from tests.site import Site, csrf


@pytest.fixture
def room(site: Site) -> Room:
    return saved_room(site)


def reopened(room: Room, booked: Booked, minutes: int = 10) -> None:
    with room.site.writing() as conn:
        attempt, by, now = room.attempt(booked), room.invigilator, room.site.now()
        assert timekeeping.reopen(conn, attempt, minutes * 60, "the network was down", by, "o-1", now)


def handed_in(typist: Typist) -> None:
    token = csrf(typist.client, f"{typist.base}/review")
    assert typist.client.post(f"{typist.base}/submit", data={"csrf_token": token}).status_code == 303


def test_a_reopened_paper_waits_for_its_candidate_and_counts_from_the_press(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    code = typist.questions[0]
    typist.save({code: "before"})
    handed_in(typist)
    assert typist.post("beat", {}).get_json()["state"] == "submitted"
    reopened(room, booked)
    assert typist.post("beat", {}).get_json()["state"] == "paused"
    assert typist.client.get(f"{typist.base}/receipt").headers["Location"].endswith("/paused")
    room.site.clock.advance(hours=1)
    page = typist.client.get(f"{typist.base}/paused").get_data(as_text=True)
    assert "Your paper was reopened" in page and "<strong>10 min</strong> from the moment you press" in page
    assert typist.save({code: "not yet"}).status_code == 409
    back = typist.client.post(
        f"{typist.base}/resume", data={"csrf_token": csrf(typist.client, f"{typist.base}/paused")}
    )
    assert back.headers["Location"].endswith("/scenario/1")
    told = typist.post("beat", {}).get_json()
    assert (told["state"], told["seconds_left"], told["finish"]) == ("running", 600, "10:10")
    typist.revisions[code] = 1
    typist.lease = typist.post("lease", {}).get_json()["lease"]
    assert typist.save({code: "after"}).status_code == 200
    handed_in(typist)
    with room.site.reading() as conn:
        assert [answer.text for answer in scripts.current(conn, room.attempt(booked)).values()] == ["after"]
    assert "Your paper is in our hands" in typist.client.get(f"{typist.base}/receipt").get_data(as_text=True)


def test_nobody_returns_and_the_receipt_stands(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    handed_in(typist)
    receipt = room.attempt(booked).receipt
    reopened(room, booked)
    room.site.clock.advance(hours=24, seconds=1)
    assert typist.client.get(f"{typist.base}/paused").headers["Location"].endswith("/receipt")
    assert str(receipt) in typist.client.get(f"{typist.base}/receipt").get_data(as_text=True)
