"""How news reach a board: in few statements, by a stream that holds nothing while it waits, by asking behind it."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from sjt.pages.invigilation.stream import Watcher, difference, events
from sjt.services.live import Rooms
from sjt.stores import people
from sjt.stores import tables as t
from tests.pages.test_statements import statements
from tests.saved import Room
from tests.saved_invigilation import Hands, answered, asking, heard, saved_seats, small_room
from tests.site import Site

STATE = {"Accept": "application/json"}


@pytest.fixture
def room(site: Site) -> Room:
    return small_room(site)


@pytest.fixture
def hands(room: Room) -> Hands:
    return Hands(room, room.invigilator)


def begun(room: Room, count: int, first: int = 1) -> list[str]:
    """So many seats at work, without the acts that lead there: 200 would take longer than the test."""
    refs = saved_seats(room, [f"Candidate {n}" for n in range(first, first + count)], first=first)
    with room.site.writing() as conn:
        conn.execute(t.attempts.update().values(opened_at=room.site.now(), started_at=room.site.now()))
    return refs


# ------------------------------------------------------------------------------------------------- statements
def test_a_board_takes_at_most_three_statements_with_3_and_with_200_seats(room: Room, hands: Hands) -> None:
    counted = []
    for first, count in ((1, 3), (4, 197)):
        refs = begun(room, count, first)
        answered(room.site, refs[0], 5)
        for path in ("board/state", "board", "board?view=table"):
            room.site.product.rooms.changed()  # nothing is kept: each reads everything
            with statements(room.site) as told:
                assert hands.client.get(f"{hands.base}/{path}", headers=STATE).status_code == 200
            counted.append(len(told))
    assert len(counted) == 6 and max(counted) <= 3


def test_boards_of_a_room_share_what_was_read_for_a_second(room: Room, hands: Hands) -> None:
    begun(room, 3)
    other = Hands(room, room.manager)
    hands.see("board/state")
    with statements(room.site) as told:
        other.see("board/state")
    assert len(told) == 2  # who asks, and what they are to the sitting


def test_an_unchanged_board_is_told_the_time_and_nothing_else(room: Room, hands: Hands) -> None:
    (ref, *_) = begun(room, 3)
    heard(room.site, ref)
    tag = hands.client.get(f"{hands.base}/board/state").get_json()["tag"]
    room.site.clock.advance(seconds=2)
    same = hands.client.get(f"{hands.base}/board/state", headers={"If-None-Match": f'"{tag}"'})
    assert (same.status_code, same.get_data()) == (304, b"")
    assert json.loads(same.headers["Sjt-Clock"]) == {"now": "09:00:02", "at": room.site.now().timestamp()}
    asking(room.site, ref)
    other = hands.client.get(f"{hands.base}/board/state", headers={"If-None-Match": f'"{tag}"'})
    assert other.status_code == 200 and other.get_json()["tag"] != tag


def test_answers_are_counted_again_for_whoever_wrote_meanwhile(room: Room, hands: Hands) -> None:
    """Also where the time of the last save says nothing of it, as when an emergency file is entered."""
    refs = begun(room, 2)
    answered(room.site, refs[0], 3)
    answered(room.site, refs[1], 1)
    room.site.clock.advance(minutes=10)

    def progress() -> list[str]:
        room.site.product.rooms.changed()
        told = hands.client.get(f"{hands.base}/board/state").get_json()
        return [told["seats"][ref]["progress"] for ref in refs]

    assert progress() == ["3/16", "1/16"]
    answered(room.site, refs[1], 4, at=room.site.now() - dt.timedelta(minutes=9), first=2)
    progress()  # its sequence has moved on: it is to be counted
    assert progress() == ["3/16", "5/16"]


# --------------------------------------------------------------------------------------------------- a stream
class Listening:
    """A stream as the page hears it."""

    def __init__(self, room: Room, token: str) -> None:
        self.heard = events(Watcher(room.site.product, token, room.sitting[1]))
        assert next(self.heard).startswith(b"retry: ")

    def next(self) -> tuple[str, dict[str, Any]]:
        kind, data = next(self.heard).decode().rstrip().split("\n")
        return kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))


@pytest.fixture
def listening(room: Room) -> Iterator[Listening]:
    stream = Listening(room, room.site.session_token(room.invigilator))
    yield stream
    stream.heard.close()  # type: ignore[attr-defined]  # a generator


def test_a_stream_tells_all_once_then_only_what_is_new(room: Room, listening: Listening) -> None:
    refs = begun(room, 3)
    kind, first = listening.next()
    assert kind == "board" and set(first["seats"]) == set(refs) and first["order"] == refs
    kind, clock = listening.next()
    assert kind == "clock" and set(clock) == {"now", "at"}
    asking(room.site, refs[2])
    kind, news = listening.next()
    assert kind == "board" and set(news["seats"]) == {refs[2]} and news["order"][0] == refs[2]
    assert news["seats"][refs[2]]["state"] == "New device asks" and "gate" not in news


def test_a_stream_holds_no_connection_while_it_waits(room: Room, listening: Listening) -> None:
    begun(room, 1)
    listening.next()
    pool = room.site.product.database.engine.pool
    assert pool.checkedout() == 0  # type: ignore[attr-defined]  # of the pools that count


def test_a_stream_ends_at_sign_out(room: Room) -> None:
    token = room.site.session_token(room.invigilator)
    stream = Listening(room, token)
    assert stream.next()[0] == "board"
    with room.site.writing() as conn:
        people.end_session(conn, token, room.site.now())
    assert stream.next() == ("over", {}) and list(stream.heard) == []


def test_a_stream_ends_with_the_session_with_the_role_and_with_the_name_for_the_sitting(room: Room) -> None:
    def over(stream: Listening) -> bool:
        return stream.next()[0] == "over"

    streams = [Listening(room, room.site.session_token(room.invigilator)) for _ in range(2)]
    assert [stream.next()[0] for stream in streams] == ["board", "board"]
    with room.site.writing() as conn:
        conn.execute(t.sitting_staff.delete())
    assert over(streams[0])
    manager = Listening(room, room.site.session_token(room.manager))
    assert manager.next()[0] == "board"
    with room.site.writing() as conn:
        conn.execute(t.person_roles.delete().where(t.person_roles.c.person_id == room.manager.id))
    assert over(manager)
    room.site.clock.advance(hours=15)
    assert over(streams[1])


def test_a_stream_that_knows_nothing_says_nothing(
    room: Room, listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even the time: then the board covers itself."""
    looks, look = [], Watcher.look

    def away(self: Watcher, change: int) -> object:
        looks.append("look")
        if len(looks) == 1:
            raise OperationalError("SELECT", {}, OSError("the server is gone"))
        return look(self, change)

    monkeypatch.setattr(Watcher, "look", away)
    assert listening.next()[0] == "board" and len(looks) == 2


def test_streams_end_when_the_server_is_to_stop(room: Room, listening: Listening) -> None:
    listening.next()
    room.site.product.rooms.serve_while(lambda: False)
    assert list(listening.heard) == []
    assert not room.site.product.rooms.enter()


def test_beyond_the_cap_a_board_is_told_to_ask(room: Room, hands: Hands) -> None:
    rooms, path = room.site.product.rooms, f"{hands.base}/board/stream"
    opened = [hands.client.get(path) for _ in range(room.site.product.settings.streams)]
    assert {response.status_code for response in opened} == {200}
    assert {response.mimetype for response in opened} == {"text/event-stream"}
    assert hands.client.get(path).status_code == 204
    assert rooms.streams == room.site.product.settings.streams
    for response in opened:
        response.close()
    assert rooms.streams == 0


def test_only_who_may_watch_gets_a_stream(room: Room) -> None:
    path = f"/invigilation/{room.sitting[1]}/board/stream"
    assert room.site.visitor().get(path, headers=STATE).status_code == 401
    stranger = room.site.person(*room.invigilator.roles)
    assert room.site.signed_in(stranger).get(path, headers=STATE).status_code == 403
    assert room.site.product.rooms.streams == 0


# --------------------------------------------------------------------------------------------- what is shared
def test_many_who_ask_at_once_are_served_by_one_reading() -> None:
    rooms, made, ready = Rooms(1), [], threading.Barrier(8)

    def read(_before: object) -> str:
        made.append("read")
        return "the room"

    def ask() -> None:
        ready.wait()
        assert rooms.read("room", read) == "the room"

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == ["read"]


def test_a_commit_makes_everything_old_and_wakes_who_waits() -> None:
    rooms, counted = Rooms(1), iter(range(9))
    count = lambda _before: next(counted)  # noqa: E731 - as short as it is
    assert [rooms.read("room", count), rooms.read("room", count)] == [0, 0]
    change = rooms.wait(-1, 60)
    threading.Timer(0.01, rooms.changed).start()
    assert rooms.wait(change, 60) == change + 1
    assert rooms.read("room", count, least=60) == 0  # streams: however much happens
    assert rooms.read("room", count) == 1


seat = st.fixed_dictionaries({"state": st.sampled_from(["Working", "Silent"]), "done": st.integers(0, 2)})
state = st.fixed_dictionaries(
    {"finish": st.sampled_from(["", "11:00"]), "seats": st.dictionaries(st.sampled_from("abc"), seat)}
)


@given(st.lists(state, min_size=1, max_size=5))
def test_what_is_new_put_together_is_the_state(states: list[dict[str, Any]]) -> None:
    shown: dict[str, Any] = {}
    before: dict[str, Any] = {}
    for after in states:
        new = difference(before, after)
        shown = {**shown, **new, "seats": {**shown.get("seats", {}), **new.get("seats", {})}}
        before = after
        assert {ref: shown["seats"][ref] for ref in after["seats"]} == after["seats"]
        assert shown["finish"] == after["finish"]
