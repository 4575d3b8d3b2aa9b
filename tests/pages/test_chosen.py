"""One act for the seats that were chosen on the board."""

from __future__ import annotations

import re
import uuid

import pytest

from sjt.stores import tables as t
from tests.saved import Room
from tests.saved_invigilation import Hands, admitted, attempt_at, running, saved_seats, small_room
from tests.site import Site


@pytest.fixture
def room(site: Site) -> Room:
    return small_room(site)


@pytest.fixture
def hands(room: Room) -> Hands:
    return Hands(room, room.invigilator)


@pytest.fixture
def refs(room: Room) -> list[str]:
    """Two at work, and one who is only booked."""
    seats = saved_seats(room, ["Amina Yusuf", "Ben Castellane", "Chloe Nakamura"])
    running(room, seats[:2])
    return seats


def granted(room: Room, refs: list[str]) -> list[int]:
    return [attempt_at(room.site, ref).allowance.granted_seconds for ref in refs]


def test_the_form_names_the_seats_that_were_chosen(hands: Hands, refs: list[str]) -> None:
    page = hands.see(f"chosen?act=grant&seat={refs[0]}&seat={refs[2]}")
    ticked = re.findall(r"<input[^>]*\bchecked\b[^>]*>", page)
    assert sorted(re.findall(r'value="(\w+)"', " ".join(ticked))) == sorted([refs[0], refs[2]])


def test_minutes_for_some_are_given_once_each_and_who_is_left_out_is_named(
    room: Room, hands: Hands, refs: list[str]
) -> None:
    form = {"minutes": "10", "reason": "Fire bell", "request": str(uuid.uuid4()), "seats": refs[:2]}
    assert "More minutes given: 2." in hands.after("chosen/grant", **form)
    assert "2 had it from this press already." in hands.after("chosen/grant", **form)
    assert granted(room, refs) == [600, 600, 0]


def test_what_is_missing_is_said_and_nothing_is_lost(room: Room, hands: Hands, refs: list[str]) -> None:
    page = hands.press("chosen/grant", minutes="0", reason="", request=str(uuid.uuid4()), seats=[refs[1]])
    text = page.get_data(as_text=True)
    assert page.status_code == 400 and "Write a reason" in text or "reason" in text
    assert re.search(rf'<input[^>]*checked[^>]*value="{refs[1]}"', text)
    assert "Choose at least one seat." in hands.press("chosen/pause", request=str(uuid.uuid4())).get_data(as_text=True)
    assert granted(room, refs) == [0, 0, 0]


def test_a_pause_for_some_and_its_end(room: Room, hands: Hands, refs: list[str]) -> None:
    form = {"kind": "incident", "reason": "Noise", "request": str(uuid.uuid4()), "seats": refs}
    told = hands.after("chosen/pause", **form)
    assert "Paused: 2." in told and "seat 3" in told.lower()  # why not there
    assert all(attempt_at(room.site, ref).allowance.open_pause for ref in refs[:2])
    again = {"request": str(uuid.uuid4()), "seats": refs[:2]}
    assert "Clocks that go on: 2." in hands.after("chosen/resume", **again)
    assert "Nothing was done." in hands.after("chosen/resume", **again)


def test_the_gate_for_some(room: Room, hands: Hands, refs: list[str]) -> None:
    admitted(room, refs[2:])
    told = hands.after("chosen/gate", request=str(uuid.uuid4()), seats=[refs[2]])
    assert "Gates opened: 1." in told and attempt_at(room.site, refs[2]).opened_at is not None


def test_a_message_to_some_is_written_on_its_own_page(hands: Hands, refs: list[str]) -> None:
    reply = hands.client.get(f"{hands.base}/chosen?act=message&seat={refs[0]}&seat={refs[1]}")
    page = hands.client.get(reply.headers["Location"]).get_data(as_text=True)
    assert len(re.findall(r"<input[^>]*\bchecked\b", page)) == 2


def test_what_does_not_exist_is_not_found_and_nobody_chosen_is_said(room: Room, hands: Hands, refs: list[str]) -> None:
    assert hands.client.get(f"{hands.base}/chosen?act=void&seat={refs[0]}").status_code == 404
    assert hands.press("chosen/void", seats=refs).status_code == 404
    board = hands.client.get(f"{hands.base}/chosen?act=grant", follow_redirects=True).get_data(as_text=True)
    assert "Choose at least one seat." in board
    foreign = {"minutes": "10", "reason": "x", "request": str(uuid.uuid4()), "seats": ["f" * 32]}
    assert hands.press("chosen/grant", **foreign).status_code == 400
    with room.site.reading() as conn:
        assert conn.execute(t.grants.select()).all() == []
