"""The incident log, and what is noted at a seat without touching its clock."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa

from sjt.stores import tables as t
from tests.saved import Room
from tests.saved_invigilation import Hands, attempt_at, running, saved_seats, small_room
from tests.site import Site


@pytest.fixture
def room(site: Site) -> Room:
    return small_room(site)


def kinds(room: Room) -> list[str]:
    with room.site.reading() as conn:
        return list(conn.scalars(sa.select(t.incidents.c.kind).order_by(t.incidents.c.id)))


def test_an_incident_is_entered_once_with_its_seats_and_both_times(room: Room) -> None:
    refs = saved_seats(room, ["Ann One", "Bea Two", "Cy Three"])
    hands, number = Hands(room, room.invigilator), str(uuid.uuid4())
    sent = {"kind": "disturbance", "time": "09:01", "words": "A drill next door.", "seats": refs[:2], "request": number}
    room.site.clock.advance(hours=1)
    assert "The incident is entered." in hands.after("incidents", **sent)
    assert "was not entered a second time" in hands.after("incidents", **sent)
    page = hands.see("incidents")
    assert all(words in page for words in ("09:01:00", "Disturbance", "1 Ann One, 2 Bea Two", "A drill next door."))
    assert kinds(room) == ["disturbance"]
    with room.site.reading() as conn:
        told = sa.select(t.events.c.attempt_id).where(t.events.c.kind == "incident")
        assert set(conn.scalars(told)) == {attempt_at(room.site, ref).id for ref in refs[:2]}
    table = hands.client.get(f"{hands.base}/session.csv").text
    assert table.count("A drill next door.") == 2
    with pytest.raises(sa.exc.DBAPIError), room.site.writing() as conn:
        conn.execute(t.incidents.update().values(words="Nothing happened."))


def test_bad_input_gets_every_fault_and_keeps_what_was_typed(room: Room) -> None:
    saved_seats(room, ["Ann One"])
    hands = Hands(room, room.invigilator)
    answer = hands.press("incidents", time="23:59", words="", request=str(uuid.uuid4()))
    assert answer.status_code == 400 and "23:59" in answer.text
    faults = ("Choose what kind of incident", "Give a time of today that has come", "Write what happened")
    assert all(fault in answer.text for fault in faults)
    wrong = hands.press("incidents", kind="other", time="noon", words="<b>x</b>", request=str(uuid.uuid4()))
    assert wrong.status_code == 400 and "Give the time as hours and minutes" in wrong.text
    assert "&lt;b&gt;x&lt;/b&gt;" in wrong.text and kinds(room) == []


def test_who_leaves_the_room_returns_and_the_clock_runs(room: Room) -> None:
    (ref,) = saved_seats(room, ["Ann One"])
    hands, number = Hands(room, room.invigilator), str(uuid.uuid4())
    refused = hands.after(f"seats/{ref}/room", reason="Toilet", request=number)
    assert "The gate is not open at seat 1" in refused
    running(room, [ref])
    until = attempt_at(room.site, ref).deadline
    assert "is not noted as out" in hands.after(f"seats/{ref}/back", request=str(uuid.uuid4()))
    assert "The clock runs." in hands.after(f"seats/{ref}/room", reason="Toilet, with Omar", request=number)
    assert "not noted a second time" in hands.after(f"seats/{ref}/room", reason="Toilet, with Omar", request=number)
    again = hands.after(f"seats/{ref}/room", reason="Toilet", request=str(uuid.uuid4()))
    assert "out of the room already" in again and "Left the room: Toilet, with Omar" in again
    assert "Is back" in hands.see(f"seats/{ref}/room")
    room.site.clock.advance(minutes=4)
    assert "is noted as back" in hands.after(f"seats/{ref}/back", request=str(uuid.uuid4()))
    assert attempt_at(room.site, ref).deadline == until
    assert kinds(room) == ["left_room", "back_in_room"]


def test_a_warning_has_a_reason_and_does_nothing_to_the_paper(room: Room) -> None:
    (ref,) = saved_seats(room, ["Ann One"])
    hands = Hands(room, room.invigilator)
    running(room, [ref])
    assert hands.press(f"seats/{ref}/warn", reason="", request=str(uuid.uuid4())).status_code == 400
    page = hands.after(f"seats/{ref}/warn", reason="Talking", request=str(uuid.uuid4()))
    assert "Warned: Talking" in page and kinds(room) == ["warned"]
    assert attempt_at(room.site, ref).closed_at is None
    assert "Warned" in hands.see("session")
