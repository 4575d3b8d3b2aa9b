"""Messages over HTTP: one seat, some, all at work; once for a double press; what the board and the page say of them."""

from __future__ import annotations

import uuid

import pytest

from sjt.rules.access import Role
from sjt.services import invigilation, timekeeping
from sjt.stores import tables as t
from tests.saved import Room
from tests.saved_invigilation import Hands, attempt_at, gate_open, running, saved_seats, small_room
from tests.site import Site


@pytest.fixture
def room(site: Site) -> Room:
    return small_room(site)


@pytest.fixture
def hands(room: Room) -> Hands:
    return Hands(room, room.invigilator)


def sent(room: Room) -> list[tuple[str, int]]:
    with room.site.reading() as conn:
        rows = conn.execute(t.messages.select().order_by(t.messages.c.id))
        return [(row.words, row.attempt_id) for row in rows]


def form(*refs: str, words: str = "Ten minutes are left.", request: str | None = None) -> dict[str, object]:
    return {"seats": list(refs), "words": words, "request": request or str(uuid.uuid4())}


def ended(room: Room, ref: str) -> None:
    with room.site.writing() as conn:
        timekeeping.end(conn, attempt_at(room.site, ref).id, room.invigilator, "Taken ill", room.site.now())


def test_a_message_to_one_stands_on_their_card_until_it_is_read(room: Room, hands: Hands) -> None:
    refs = saved_seats(room, ["Amina Yusuf", "Ben Castellane"])
    running(room, refs)
    page = hands.see(f"messages?at={refs[1]}")
    assert page.count("checked") == 1
    room.site.clock.advance(minutes=5)
    assert "Sent to 1" in hands.after("messages", **form(refs[1]))
    room.site.clock.advance(minutes=2)
    told = hands.client.get(f"{hands.base}/board/state").get_json()["seats"]
    assert "message not read since 09:05" in told[refs[1]]["note"]
    assert "message" not in told[refs[0]]["note"]
    attempt = attempt_at(room.site, refs[1])
    assert "Not yet" in hands.see("messages")
    with room.site.writing() as conn:
        (notice,) = invigilation.unseen(conn, attempt.id)
        assert invigilation.seen(conn, attempt, notice.ref, room.site.now())
    told = hands.client.get(f"{hands.base}/board/state").get_json()["seats"]
    assert "message" not in told[refs[1]]["note"]
    assert "09:07:00" in hands.see("messages")


def test_everybody_at_work_is_ticked_and_nobody_else(room: Room, hands: Hands) -> None:
    refs = saved_seats(room, ["Working", "Waiting", "Finished"])
    running(room, [refs[0], refs[2]])
    gate_open(room, [refs[1]])
    ended(room, refs[2])
    page = hands.see("messages")
    assert page.count("checked") == 1 and "2 Waiting" in page and "3 Finished" not in page


def test_who_has_finished_meanwhile_is_named_and_the_others_get_it(room: Room, hands: Hands) -> None:
    refs = saved_seats(room, ["Working", "Finished"])
    running(room, refs)
    ended(room, refs[1])
    page = hands.after("messages", **form(*refs))
    assert "Sent to 1" in page and "The attempt of seat 2 is already ended" in page
    assert [attempt for _, attempt in sent(room)] == [attempt_at(room.site, refs[0]).id]
    assert "sent to nobody" in hands.after("messages", **form(refs[1]))


def test_a_double_press_sends_once(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    twice = form(ref)
    hands.after("messages", **twice)
    assert "not sent a second time" in hands.after("messages", **twice)
    assert len(sent(room)) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"words": " "}, "Write what the candidate is to read"),
        ({"words": "x" * 501}, "Shorten the message"),
        ({"words": "\0"}, "Shorten the message"),
        ({"seats": []}, "Tick at least one seat"),
        ({"seats": ["0" * 32]}, "not a valid choice"),
        ({"request": "x"}, "lost its number"),
    ],
)
def test_bad_input_comes_back_in_words(room: Room, hands: Hands, changes: dict[str, object], words: str) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    answer = hands.press("messages", **{**form(ref), **changes})
    assert answer.status_code == 400
    assert words in answer.get_data(as_text=True)
    assert sent(room) == []


def test_words_are_escaped_and_kept_as_they_were_typed(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    hands.after("messages", **form(ref, words="<b>Look</b>\r\nhere 🙂"))
    assert sent(room)[0][0] == "<b>Look</b>\nhere 🙂"
    assert "&lt;b&gt;Look" in hands.see("messages")


def test_nobody_outside_the_sitting_writes_to_its_candidates(room: Room) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    for role in (Role.INVIGILATOR, Role.MARKER, Role.AUDITOR):
        stranger = Hands(room, room.site.person(Role.INVIGILATOR))
        stranger.client = room.site.signed_in(room.site.person(role))
        assert stranger.press("messages", **form(ref)).status_code in (400, 403)
        assert stranger.client.get(f"{stranger.base}/messages").status_code == 403
    assert sent(room) == []
