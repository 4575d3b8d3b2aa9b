"""Messages on both databases: sent once, read once, and the evidence of both without a word of theirs."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from proctoring.events import first_break, text_hash
from sjt.services import invigilation, timekeeping
from sjt.services.invigilation import Actor, Delivered
from sjt.stores import attempts, messages, seats, sittings
from tests.at_once import at_once
from tests.saved import Booked, Room, saved_room
from tests.site import Site

WORDS = "Please speak to nobody. 🙂"


@pytest.fixture
def room(database_url: str, tmp_path: Path) -> Iterator[Room]:
    site = Site(database_url, tmp_path)
    yield saved_room(site)
    site.close()


def send(room: Room, *booked: Booked, words: str = WORDS, request: str | None = None) -> Delivered:
    with room.site.writing() as conn:
        found = [seat for one in booked if (seat := seats.by_ref(conn, one.seat_ref))]
        actor = Actor(room.invigilator, sittings.by_id(conn, room.sitting[0]))
        return invigilation.send(conn, found, words, actor, request or str(uuid.uuid4()), room.site.now())


def unseen(room: Room, booked: Booked) -> list[str]:
    with room.site.reading() as conn:
        return [notice.words for notice in invigilation.unseen(conn, room.attempt(booked).id)]


def see(room: Room, booked: Booked, ref: str) -> bool:
    with room.site.writing() as conn:
        return invigilation.seen(conn, room.attempt(booked), ref, room.site.now())


def newest(room: Room, booked: Booked) -> str:
    with room.site.reading() as conn:
        return invigilation.unseen(conn, room.attempt(booked).id)[-1].ref


def kinds(room: Room, booked: Booked) -> list[str]:
    with room.site.reading() as conn:
        return [one.kind for one in attempts.chain(conn, room.attempt(booked))]


def test_a_message_waits_until_it_is_read(room: Room) -> None:
    booked = room.seat()
    room.begun(booked)
    send(room, booked, words="First.")
    room.site.clock.advance(minutes=1)
    send(room, booked, words="Second.")
    assert unseen(room, booked) == ["First.", "Second."]
    with room.site.reading() as conn:
        waiting = messages.unread(conn, room.sitting[0])
    assert waiting == {room.attempt(booked).id: messages.Unread(2, room.site.now() - dt.timedelta(minutes=1))}
    assert see(room, booked, newest(room, booked))
    assert unseen(room, booked) == ["First."]


def test_a_double_press_sends_once_to_each(room: Room) -> None:
    first, second = room.seat("Ann One", 1), room.seat("Bea Two", 2)
    room.begun(first)
    number = str(uuid.uuid4())
    assert len(send(room, first, request=number).sent) == 1
    again = send(room, first, second, request=number)  # the selection has grown meanwhile
    assert ([s.number for s in again.sent], [s.number for s in again.twice]) == ([2], [1])
    assert (unseen(room, first), unseen(room, second)) == ([WORDS], [WORDS])


def test_presses_at_once_send_once(room: Room) -> None:
    booked, number = room.seat(), str(uuid.uuid4())
    room.begun(booked)
    done = at_once(*[lambda: send(room, booked, request=number)] * 4)
    assert sum(len(one.sent) for one in done if isinstance(one, Delivered)) == 1
    assert unseen(room, booked) == [WORDS]


def test_reading_is_said_once_and_only_by_its_reader(room: Room) -> None:
    first, second = room.seat("Ann One", 1), room.seat("Bea Two", 2)
    room.begun(first)
    room.begun(second)
    send(room, first)
    ref = newest(room, first)
    assert not see(room, second, ref)
    assert not see(room, first, "0" * 32)
    assert at_once(*[lambda: see(room, first, ref)] * 4).count(True) == 1
    assert kinds(room, first).count("message_seen") == 1


def test_the_evidence_holds_a_digest_and_none_of_the_words(room: Room) -> None:
    booked = room.seat()
    room.begun(booked)
    send(room, booked)
    see(room, booked, newest(room, booked))
    attempt = room.attempt(booked)
    with room.site.reading() as conn:
        chain = attempts.chain(conn, attempt)
    assert [one.kind for one in chain][-2:] == ["message_sent", "message_seen"]
    assert text_hash(WORDS) in chain[-2].payload and "nobody" not in chain[-2].payload
    assert first_break(attempt.ref, chain, attempt.head) is None


def test_whoever_is_closed_is_left_out_and_the_others_are_told(room: Room) -> None:
    working, finished = room.seat("Ann One", 1), room.seat("Bea Two", 2)
    room.begun(working)
    room.begun(finished)
    send(room, finished)
    ref = newest(room, finished)
    with room.site.writing() as conn:
        timekeeping.submit(conn, room.attempt(finished).id, room.site.now())
    before = kinds(room, finished)
    done = send(room, working, finished)
    assert [seat.number for seat in done.sent] == [1]
    assert [(seat.number, refusal.code) for seat, refusal in done.left] == [(2, "board.attempt.submitted")]
    assert not see(room, finished, ref)
    assert kinds(room, finished) == before
