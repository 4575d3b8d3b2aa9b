"""Pauses over HTTP: the board's acts, the page that hides the paper, the call, and bad input."""

from __future__ import annotations

import re
import uuid

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.saved import Booked, Room, Typist, saved_room
from tests.site import Site, csrf


@pytest.fixture
def room(site: Site) -> Room:
    return saved_room(site)


@pytest.fixture
def hands(room: Room) -> FlaskClient:
    """The invigilator's browser."""
    return room.site.signed_in(room.invigilator)


def press(hands: FlaskClient, room: Room, path: str, **data: str) -> TestResponse:
    """Press a button of the board."""
    base = f"/invigilation/{room.sitting[1]}"
    token = csrf(hands, f"{base}/evacuation")
    return hands.post(f"{base}/{path}", data={"csrf_token": token, **data}, follow_redirects=True)


def pause(hands: FlaskClient, room: Room, booked: Booked, kind: str = "incident", reason: str = "It froze.") -> str:
    told = {"kind": kind, "reason": reason, "request": str(uuid.uuid4())}
    return press(hands, room, f"seats/{booked.seat_ref}/pause", **told).get_data(as_text=True)


def test_a_paused_paper_is_hidden_and_comes_back(room: Room, hands: FlaskClient) -> None:
    booked = room.seat()
    candidate = room.begun(booked)
    text = candidate.get(f"/sit/{booked.attempt_ref}/scenario/1").get_data(as_text=True)
    scenario = re.search(r'<div class="scenario-text"[^>]*>\s*<p>([^<]{40})', text)
    assert scenario
    assert "is paused since 09:00:00" in pause(hands, room, booked)
    for page in ("", "/scenario/1", "/review"):
        shown = candidate.get(f"/sit/{booked.attempt_ref}{page}", follow_redirects=True).get_data(as_text=True)
        assert "The test is paused" in shown
        assert scenario[1] not in shown
    room.site.clock.advance(minutes=10)
    assert "finishes at 11:10" in press(hands, room, f"seats/{booked.seat_ref}/resume").get_data(as_text=True)
    again = candidate.get(f"/sit/{booked.attempt_ref}/paused", follow_redirects=True).get_data(as_text=True)
    assert scenario[1] in again


def test_the_heartbeat_tells_the_page_of_the_pause(room: Room, hands: FlaskClient) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    pause(hands, room, booked)
    room.site.clock.advance(minutes=30)
    told = typist.post("beat", {}).get_json()
    assert (told["state"], told["seconds_left"], told["finish"]) == ("paused", 7200, "11:30")


def test_a_save_long_after_the_pause_is_refused_in_words(room: Room, hands: FlaskClient) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    pause(hands, room, booked)
    room.site.clock.advance(minutes=1)
    refused = typist.save({typist.questions[0]: "late"})
    assert refused.status_code == 409
    assert "paused" in refused.get_json()["words"]


def test_from_a_rest_break_the_apprentice_comes_back_by_themselves(room: Room, hands: FlaskClient) -> None:
    booked = room.seat()
    candidate = room.begun(booked)
    pause(hands, room, booked, "rest")
    page = f"/sit/{booked.attempt_ref}/paused"
    assert "Go on with the test" in candidate.get(page).get_data(as_text=True)
    posted = candidate.post(
        f"/sit/{booked.attempt_ref}/resume", data={"csrf_token": csrf(candidate, page)}, follow_redirects=True
    )
    assert "Review and submit" in posted.get_data(as_text=True)


def test_a_call_stands_first_on_the_board_until_it_is_seen(room: Room, hands: FlaskClient) -> None:
    quiet, caller = room.seat("Quiet Person", 1), room.seat("Calling Person", 2)
    room.begun(quiet)
    candidate = room.begun(caller)
    page = f"/sit/{caller.attempt_ref}/call"
    candidate.post(page, data={"csrf_token": csrf(candidate, page), "for": "break"})
    assert "Your invigilator has been told" in candidate.get(page).get_data(as_text=True)
    state = f"/invigilation/{room.sitting[1]}/board/state"
    told = hands.get(state).get_json()
    assert told["order"][0] == caller.seat_ref
    assert told["seats"][caller.seat_ref]["state"] == "Asks for a break"
    assert told["seats"][caller.seat_ref]["acts"][0] == "seen"
    press(hands, room, f"seats/{caller.seat_ref}/seen")
    assert "seen" not in hands.get(state).get_json()["seats"][caller.seat_ref]["acts"]


def test_a_call_for_nothing_is_refused_in_words(room: Room) -> None:
    booked = room.seat()
    candidate = room.begun(booked)
    page = f"/sit/{booked.attempt_ref}/call"
    answer = candidate.post(page, data={"csrf_token": csrf(candidate, page), "for": "cake"})
    assert answer.status_code == 400
    assert "help or a break" in answer.get_data(as_text=True)


def test_an_evacuation_is_one_press_each_way(room: Room, hands: FlaskClient) -> None:
    first, second = room.seat("Ann One", 1), room.seat("Bea Two", 2)
    room.begun(first)
    room.begun(second)
    listed = hands.get(f"/invigilation/{room.sitting[1]}/evacuation").get_data(as_text=True)
    assert "Ann One" in listed
    number = str(uuid.uuid4())
    assert "2 stopped at" in press(hands, room, "evacuation", reason="Fire alarm", request=number).get_data(
        as_text=True
    )
    board = f"/invigilation/{room.sitting[1]}/board/state"
    assert hands.get(board).get_json()["evacuated"] == 2
    room.site.clock.advance(minutes=20)
    assert "2 go on with their full time" in press(hands, room, "return").get_data(as_text=True)
    told = hands.get(board).get_json()
    assert told["evacuated"] == 0
    assert {seat["finish"] for seat in told["seats"].values()} == {"11:20"}


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, ["Choose what kind of pause", "Give a reason"]),
        ({"kind": "holiday", "reason": "x"}, ["Not a valid choice"]),
        ({"kind": "incident", "reason": "x" * 501}, ["500"]),
    ],
)
def test_a_pause_without_what_it_needs_says_all_of_it(
    room: Room, hands: FlaskClient, sent: dict[str, str], words: list[str]
) -> None:
    booked = room.seat()
    room.begun(booked)
    answer = press(hands, room, f"seats/{booked.seat_ref}/pause", request=str(uuid.uuid4()), **sent)
    assert answer.status_code == 400
    shown = answer.get_data(as_text=True)
    assert all(told in shown for told in words)
    assert room.attempt(booked).allowance.pauses == ()


def test_nobody_else_stops_a_clock(room: Room) -> None:
    from sjt.rules.access import Role

    booked = room.seat()
    room.begun(booked)
    for role in (Role.INVIGILATOR, Role.MARKER, Role.AUDITOR):
        stranger = room.site.signed_in(room.site.person(role))
        told = {"kind": "incident", "reason": "x", "request": str(uuid.uuid4())}
        answer = stranger.post(f"/invigilation/{room.sitting[1]}/seats/{booked.seat_ref}/pause", data=told)
        assert answer.status_code in (400, 403)
    assert room.attempt(booked).allowance.pauses == ()
