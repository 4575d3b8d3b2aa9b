"""Sign-off: refused with the list while somebody is at work; then what was left is settled, once, in one name."""

from __future__ import annotations

import datetime as dt
import uuid
from functools import partial

import pytest
import sqlalchemy as sa

from proctoring.events import first_break
from sjt.rules.access import Role
from sjt.rules.attempt import state
from sjt.rules.refusals import NotNow
from sjt.services import invigilation, results
from sjt.services.invigilation import Actor
from sjt.stores import attempts, seats, sittings
from sjt.stores import tables as t
from sjt.stores.people import Person
from tests.at_once import at_once
from tests.saved import Room
from tests.saved_invigilation import (
    Hands,
    admitted,
    answered,
    attempt_at,
    gate_open,
    named_for,
    running,
    saved_seats,
    small_room,
)
from tests.site import Site


@pytest.fixture
def room(site: Site) -> Room:
    return small_room(site)


def sitting_row(room: Room) -> tuple[object, object]:
    with room.site.reading() as conn:
        row = conn.execute(sa.select(t.sittings.c.signed_off_at, t.sittings.c.signed_off_by)).one()
    return row.signed_off_at, row.signed_off_by


def test_a_seat_at_work_is_in_the_way_and_is_named_with_where_to_go(room: Room) -> None:
    names = ["Ann Runs", "Bea Paused", "Cy Open", "Di Admitted", "Ed Absent"]
    refs = saved_seats(room, names)
    running(room, refs[:2])
    gate_open(room, refs[2:3])
    admitted(room, refs[3:4])
    hands = Hands(room, room.invigilator)
    hands.press(f"seats/{refs[1]}/pause", kind="incident", reason="Ill", request=str(uuid.uuid4()))
    page = hands.see("sign-off")
    assert all(name in page for name in names[:4]) and names[4] not in page
    assert f"{hands.base}/board#seat-1" in page and f"{hands.base}/register#seat-4" in page
    refused = hands.press("sign-off", sure="y")
    assert refused.status_code == 409 and "4 still open" in refused.text
    assert sitting_row(room) == (None, None)
    assert attempt_at(room.site, refs[0]).closed_at is None


def test_a_sign_off_settles_who_did_not_come_who_did_not_return_and_who_is_held(room: Room) -> None:
    refs = saved_seats(room, ["Ann Finished", "Bea Suspended", "Cy Reopened", "Di Missing", "Ed Over"])
    hands = Hands(room, room.invigilator)
    running(room, [refs[0], refs[1], refs[2], refs[4]])
    for ref in (refs[0], refs[2]):
        hands.press(f"seats/{ref}/end", reason="Finished", sure="y")
    answered(room.site, refs[1], 1)
    hands.press(f"seats/{refs[1]}/pause", kind="suspension", reason="A phone", request=str(uuid.uuid4()))
    room.site.clock.advance(hours=3)
    hands.press(f"seats/{refs[2]}/reopen", minutes="5", reason="Lost time", request=str(uuid.uuid4()))
    page = hands.see("sign-off")
    assert all(words in page for words in ("Noted as absent", "Reopened, and not used", "Held"))
    assert hands.press("sign-off").status_code == 400
    assert "The sitting is signed off." in hands.after("sign-off", sure="y")
    assert sitting_row(room) == (room.site.now(), room.invigilator.id)
    now = room.site.now()
    closed = [state(attempt_at(room.site, ref).facts, now).value for ref in refs]
    assert closed == ["ended", "ended", "ended", "ready", "expired"]
    with room.site.reading() as conn:
        assert conn.scalars(sa.select(t.seats.c.number).where(t.seats.c.absent_at.is_not(None))).all() == [4]
        told = {preview.seat.number: preview for preview in results.outcomes(conn, room.sitting[0])}
        assert told[2].missing[0].code == "results.held" and not told[2].can_go
        assert all("results.held" not in {reason.code for reason in told[n].missing} for n in (1, 3, 5))
        for ref in refs:
            attempt = attempt_at(room.site, ref)
            assert first_break(attempt.ref, attempts.chain(conn, attempt), attempt.head) is None
    after = hands.after("gate")
    assert "signed off, so nothing about it can be changed here" in after


def test_a_manager_lifts_the_hold_with_a_reason_and_once(room: Room) -> None:
    (ref,) = saved_seats(room, ["Bea Suspended"])
    hands, manager = Hands(room, room.invigilator), Hands(room, room.manager)
    running(room, [ref])
    hands.press(f"seats/{ref}/pause", kind="suspension", reason="A phone", request=str(uuid.uuid4()))
    hands.after("sign-off", sure="y")
    assert hands.press(f"seats/{ref}/hold", reason="No phone").status_code == 403
    manager.after("stand-in", reason="The inquiry is over.")
    assert f"seats/{ref}/hold" in manager.see("register") and f"seats/{ref}/hold" not in hands.see("register")
    assert "Lift the hold" in manager.see(f"seats/{ref}/hold")
    assert manager.press(f"seats/{ref}/hold", reason="").status_code == 400
    assert "The hold of Bea Suspended is lifted." in manager.after(f"seats/{ref}/hold", reason="It was a hearing aid.")
    assert "is not held" in manager.after(f"seats/{ref}/hold", reason="Again")
    assert "It was a hearing aid." in manager.see(f"seats/{ref}/hold")
    with room.site.reading() as conn:
        (told,) = results.outcomes(conn, room.sitting[0])
        assert "results.held" not in {reason.code for reason in told.missing}


def sign(room: Room, person: Person) -> object:
    with room.site.writing() as conn:
        actor = Actor(person, sittings.by_id(conn, room.sitting[0]))
        return invigilation.sign_off(conn, actor, room.site.now()) is not None


def test_of_two_invigilators_one_signs_off_and_the_other_sees_whose_act_it_was(room: Room) -> None:
    other = room.site.person(Role.INVIGILATOR, name="Omar Haddad")
    named_for(room.site, room, other)
    saved_seats(room, ["Ann Missing"])
    outcomes = at_once(partial(sign, room, room.invigilator), partial(sign, room, other))
    assert outcomes.count(True) == 1
    (refused,) = [one for one in outcomes if isinstance(one, NotNow)]
    assert refused.code == "sign_off.by_other"
    winner = other if sitting_row(room)[1] == other.id else room.invigilator
    assert refused.params["name"] == winner.name
    loser = room.invigilator if winner is other else other
    page = Hands(room, loser).press("sign-off", sure="y")
    assert page.status_code == 409 and f"{winner.name} has signed this sitting off already" in page.text
    assert "nothing was done a second time" in Hands(room, winner).after("sign-off", sure="y")
    with room.site.reading() as conn:
        acts = sa.select(sa.func.count()).select_from(t.records).where(t.records.c.act == "signed_off")
        assert conn.scalar(acts) == 1


def test_a_sitting_that_has_not_started_and_one_that_is_cancelled_are_not_signed_off(room: Room) -> None:
    saved_seats(room, ["Ann Early"])
    hands = Hands(room, room.invigilator)
    soon = room.site.now() + dt.timedelta(minutes=1)
    with room.site.writing() as conn:
        conn.execute(t.sittings.update().values(starts_at=soon))
    assert "has not started" in hands.press("sign-off", sure="y").text
    with room.site.writing() as conn:
        conn.execute(t.sittings.update().values(cancelled_at=room.site.now()))
    assert "is cancelled" in hands.press("sign-off", sure="y").text
    assert sitting_row(room) == (None, None)


def test_of_a_sign_off_and_a_suspension_that_is_lifted_at_once_no_seat_runs_on(room: Room) -> None:
    (ref,) = saved_seats(room, ["Bea Suspended"])
    running(room, [ref])

    def lift() -> object:
        with room.site.writing() as conn:
            actor = Actor(room.invigilator, sittings.by_id(conn, room.sitting[0]))
            seat = seats.by_ref(conn, ref)
            assert seat is not None
            return invigilation.resume(conn, seat, actor, room.site.now())

    for _ in range(6):
        Hands(room, room.invigilator).press(
            f"seats/{ref}/pause", kind="suspension", reason="A phone", request=str(uuid.uuid4())
        )
        at_once(partial(sign, room, room.invigilator), lift)
        standing = state(attempt_at(room.site, ref).facts, room.site.now()).value
        is_signed_off = sitting_row(room)[0] is not None
        assert (is_signed_off, standing) in {(True, "ended"), (False, "running")}
        if is_signed_off:
            break
