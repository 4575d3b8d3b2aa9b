"""Who is in the room: signing in and handing over, and the gate that stays shut with too few."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa

from sjt.rules.access import Role
from sjt.services.files import find_specification
from sjt.stores import tables as t
from tests.saved import Room
from tests.saved_invigilation import Hands, admitted, attempt_at, named_for, saved_seats, small_room
from tests.site import MORNING, Site

KT = find_specification("st0663-kt", MORNING.date())


@pytest.fixture
def room(site: Site) -> Room:
    return small_room(site)


def twenty_to_one(room: Room) -> None:
    """The room's test is one for which the plan fixes a ratio."""
    with room.site.writing() as conn:
        conn.execute(t.sittings.update().values(spec_id=KT.id))


def opened(room: Room, refs: list[str]) -> int:
    return sum(attempt_at(room.site, ref).opened_at is not None for ref in refs)


def test_the_gate_opens_for_twenty_with_one_and_for_twenty_one_with_two(room: Room) -> None:
    twenty_to_one(room)
    refs = saved_seats(room, [f"Candidate {n}" for n in range(1, 22)])
    hands = Hands(room, room.invigilator)
    admitted(room, refs[:20])
    hands.after("gate")
    assert opened(room, refs) == 20
    admitted(room, refs[20:])
    words = hands.after("gate")
    assert "1 of 2 invigilators are signed in for 21 candidates" in words and opened(room, refs) == 20
    words = hands.after(f"seats/{refs[20]}/gate")
    assert "The gate stays shut" in words and opened(room, refs) == 20
    relief = room.site.person(Role.INVIGILATOR)
    named_for(room.site, room, relief)
    assert "You are signed in." in Hands(room, relief).after("presence/in")
    hands.after("gate")
    assert opened(room, refs) == 21


def test_an_override_has_a_name_a_reason_and_a_bound_and_is_given_once(room: Room) -> None:
    twenty_to_one(room)
    refs = saved_seats(room, [f"Candidate {n}" for n in range(1, 22)])
    admitted(room, refs)
    hands, number = Hands(room, room.invigilator), str(uuid.uuid4())
    hands.after("gate")
    assert opened(room, refs) == 0
    assert hands.press("presence/override", candidates="21", reason="", request=number).status_code == 400
    assert hands.press("presence/override", candidates="0", reason="Ill", request=number).status_code == 400
    for _ in range(2):
        words = hands.after("presence/override", candidates="21", reason="The second one is ill.", request=number)
    assert "up to 21 candidates with 1 signed in. The second one is ill." in words
    hands.after("gate")
    assert opened(room, refs) == 21
    with room.site.reading() as conn:
        assert conn.scalar(sa.select(sa.func.count()).select_from(t.ratio_overrides)) == 1
        act = sa.select(t.records.c.person_id).where(t.records.c.act == "ratio.overridden")
        assert conn.scalar(act) == room.invigilator.id


def test_a_handover_and_a_relief_are_kept_with_their_reasons(room: Room) -> None:
    helen, omar = Hands(room, room.invigilator), room.site.person(Role.INVIGILATOR, name="Omar Haddad")
    named_for(room.site, room, omar)
    helen.after("presence/in")
    assert "You were signed in already." in helen.after("presence/in")
    relief = Hands(room, omar)
    assert relief.press("presence/out", person=room.invigilator.ref, reason="", relieve="yes").status_code == 400
    words = relief.after("presence/out", person=room.invigilator.ref, reason="Her shift ends.", relieve="yes")
    assert "You took over from Invigilator 2" in words and "Her shift ends." in words and "Omar Haddad (you)" in words
    gone = relief.press("presence/out", person=room.invigilator.ref, reason="Again", relieve="yes")
    assert gone.status_code == 409


def test_leaving_too_few_behind_is_said_at_once(room: Room) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    admitted(room, [ref])
    hands = Hands(room, room.invigilator)
    hands.after("gate")
    words = hands.after("presence/out", person=room.invigilator.ref, reason="I feel ill.")
    assert "Too few are left: 0 of 1 for 1 writing" in words and "1 short" in words


def test_only_people_named_for_a_sitting_sign_in_and_to_one_at_a_time(room: Room) -> None:
    manager = Hands(room, room.manager)
    manager.after("stand-in", reason="Nobody else is here.")
    assert "not named as an invigilator" in manager.press("presence/in").text
    Hands(room, room.invigilator).after("presence/in")
    other = small_room(room.site)
    with room.site.writing() as conn:
        row = {"sitting_id": other.sitting[0], "person_id": room.invigilator.id, "named_by": room.manager.id}
        conn.execute(t.sitting_staff.insert().values(**row, named_at=room.site.now()))
    refused = Hands(other, room.invigilator).press("presence/in")
    assert refused.status_code == 409 and "still signed in to Monday morning" in refused.text
    room.site.clock.advance(hours=7)  # the first sitting is over, and its shift ends with it
    assert Hands(other, room.invigilator).press("presence/in").status_code == 303
