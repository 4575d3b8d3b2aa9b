"""Outages: the gap that a heartbeat ends, what of it is proposed, and what a person gives for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sjt.services import timekeeping
from sjt.stores import gaps
from sjt.stores import tables as t
from tests.saved import Booked, Room, Typist, saved_room
from tests.site import MORNING, Site


@pytest.fixture
def room(site: Site) -> Room:
    return saved_room(site)


@pytest.fixture
def booked(room: Room) -> Booked:
    return room.seat()


@pytest.fixture
def typist(room: Room, booked: Booked) -> Typist:
    """A candidate at work whose page has been heard once."""
    at_work = Typist(room.begun(booked), booked.attempt_ref)
    at_work.post("beat", {})
    return at_work


def kept(room: Room) -> list[tuple[int, int, str]]:
    """The gaps: from and to in seconds after nine, and who told of them."""
    with room.site.reading() as conn:
        rows = conn.execute(t.gaps.select().order_by(t.gaps.c.id)).all()
    second = dt.timedelta(seconds=1)
    return [((row.began_at - MORNING) // second, (row.ended_at - MORNING) // second, row.told_by) for row in rows]


def later(room: Room, typist: Typist, seconds: int, **told: object) -> None:
    room.site.clock.advance(seconds=seconds)
    assert typist.post("beat", dict(told)).status_code == 200


@contextmanager
def nothing_changes(room: Room, booked: Booked) -> Iterator[None]:
    before = room.attempt(booked)
    yield
    assert room.attempt(booked) == before


def test_only_a_silence_of_more_than_45_seconds_is_a_gap(room: Room, booked: Booked, typist: Typist) -> None:
    with nothing_changes(room, booked):
        for seconds in (15, 45, 15):
            later(room, typist, seconds)
        assert kept(room) == []
        later(room, typist, 46)
    assert kept(room) == [(75, 121, "beats")]


def test_a_page_out_of_sight_is_heard_once_a_minute_and_that_is_no_gap(room: Room, typist: Typist) -> None:
    later(room, typist, 15, hidden=True)
    for _ in range(3):
        later(room, typist, 62, hidden=True)
    assert kept(room) == []
    later(room, typist, 91)
    assert kept(room) == [(201, 292, "beats")]


def test_what_the_page_says_counts_where_the_server_has_not_seen_it_itself(room: Room, typist: Typist) -> None:
    later(room, typist, 100, silent=98)
    assert kept(room) == [(0, 100, "beats")]  # the same outage, told twice
    for _ in range(4):
        later(room, typist, 15)
    later(room, typist, 15, silent=60)  # every beat came in, and no answer went out
    assert kept(room)[1:] == [(115, 175, "page")]
    later(room, typist, 15, silent=75)  # the answer to that one was lost as well
    assert len(kept(room)) == 2


@pytest.mark.parametrize("silent", [0, 44, -100, None])
def test_a_page_that_was_not_silent_for_long_tells_of_no_gap(room: Room, typist: Typist, silent: int | None) -> None:
    later(room, typist, 15, silent=silent)
    assert kept(room) == []


def test_what_a_page_says_is_bounded_by_begin(room: Room, typist: Typist) -> None:
    later(room, typist, 40)
    later(room, typist, 20, silent=10**30)
    assert kept(room) == [(0, 60, "page")]
    assert typist.post("beat", {"silent": "long"}).status_code == 400


def test_before_begin_no_gap_is_kept(room: Room, booked: Booked) -> None:
    client = room.enter(booked)
    room.admit(booked)
    room.open_gate(booked)
    page = client.get(f"/sit/{booked.attempt_ref}/confirm").get_data(as_text=True)
    token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    for _ in range(2):
        room.site.clock.advance(minutes=5)
        headers = {"X-CSRFToken": token, "Accept": "application/json"}
        assert client.post(f"/sit/{booked.attempt_ref}/beat", json={"silent": 200}, headers=headers).status_code == 200
    assert kept(room) == []


def test_a_gap_that_lies_within_a_pause_is_none_and_one_that_began_before_it_is(
    room: Room, booked: Booked, typist: Typist
) -> None:
    later(room, typist, 60)
    room.site.clock.advance(seconds=60)
    with room.site.writing() as conn:
        told = ("incident", "The power failed.", room.invigilator, "r-1", room.site.now())
        timekeeping.pause(conn, room.attempt(booked), *told)
    later(room, typist, 600)
    assert kept(room) == [(0, 60, "beats"), (60, 720, "beats")]
    later(room, typist, 600)
    assert len(kept(room)) == 2


def test_a_gap_ends_where_the_attempt_did(room: Room, booked: Booked, typist: Typist) -> None:
    room.site.clock.advance(minutes=118)
    later(room, typist, 0)
    later(room, typist, 600)
    assert kept(room)[1:] == [(7080, 7200, "beats")]
    later(room, typist, 600)
    assert len(kept(room)) == 2


def test_a_gap_that_many_heartbeats_end_at_once_is_kept_once(room: Room, booked: Booked, typist: Typist) -> None:
    room.site.clock.advance(seconds=300)
    with room.site.reading() as conn:
        held = room.attempt(booked)
        assert not gaps.covered(conn, held.id, MORNING, room.site.now(), dt.timedelta(seconds=45))
    for _ in range(3):
        later(room, typist, 0, silent=290)
    assert kept(room) == [(0, 300, "beats")]
