"""The invigilator's desk: register, gate, and the acts at a seat."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa

from proctoring.events import first_break
from sjt.rules.access import Role
from sjt.stores import attempts
from sjt.stores import tables as t
from tests.saved import Room, saved_room
from tests.saved_invigilation import (
    Hands,
    admitted,
    asking,
    attempt_at,
    gate_open,
    running,
    saved_seats,
    small_room,
)
from tests.site import Site, csrf


@pytest.fixture
def room(site: Site) -> Room:
    return small_room(site)


@pytest.fixture
def drawn(site: Site) -> Room:
    """A room whose papers are really drawn, for tests in which a candidate comes in."""
    return saved_room(site)


@pytest.fixture
def hands(room: Room) -> Hands:
    return Hands(room, room.invigilator)


def seat_row(site: Site, ref: str) -> sa.Row[tuple[object, ...]]:
    with site.reading() as conn:
        return conn.execute(sa.select(t.seats).where(t.seats.c.ref == ref)).one()


def kinds(site: Site, ref: str) -> list[str]:
    """What stands in the evidence of a seat, once its chain is found to be whole."""
    with site.reading() as conn:
        attempt = attempt_at(site, ref)
        chain = attempts.chain(conn, attempt)
    assert first_break(attempt.ref, chain, attempt.head) is None
    return [event.kind for event in chain]


# --- my sittings
def test_an_invigilator_sees_the_sittings_they_are_named_for_and_others_see_none(room: Room) -> None:
    mine = room.site.signed_in(room.invigilator).get("/invigilation/").get_data(as_text=True)
    other = room.site.signed_in(room.site.person(Role.INVIGILATOR)).get("/invigilation/").get_data(as_text=True)
    assert "Monday morning" in mine
    assert "Monday morning" not in other
    assert "No sitting is waiting for you" in other


def test_managers_and_auditors_see_all_sittings(room: Room) -> None:
    for role in (Role.MANAGER, Role.AUDITOR):
        page = room.site.signed_in(room.site.person(role)).get("/invigilation/").get_data(as_text=True)
        assert "Monday morning" in page


def test_an_invigilator_of_another_sitting_is_refused_everywhere(room: Room) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    stranger = Hands(room, room.site.person(Role.INVIGILATOR))
    for path in ("register", "board", "board/state", f"seats/{ref}/grant", f"seats/{ref}/end"):
        assert stranger.client.get(f"{stranger.base}/{path}").status_code == 403, path
    assert stranger.press(f"seats/{ref}/identity", document="passport").status_code == 403
    assert seat_row(room.site, ref).identity_at is None


def test_a_foreign_seat_and_an_unknown_sitting_are_not_found(room: Room, hands: Hands) -> None:
    assert hands.press("seats/0123/admit").status_code == 404
    assert hands.client.get("/invigilation/0123/register").status_code == 404


# --- the register
def test_identity_then_admission_with_the_kind_of_document_and_evidence_of_each(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    page = hands.after(f"seats/{ref}/identity", document="passport")
    assert "Photo ID of Amina Yusuf checked (Passport)" in page
    assert "Amina Yusuf is admitted" in hands.after(f"seats/{ref}/admit")
    row = seat_row(room.site, ref)
    assert (row.identity_document, row.identity_by, row.admitted_by) == ("passport", *[room.invigilator.id] * 2)
    assert kinds(room.site, ref) == ["identity_checked", "admitted"]


def test_without_a_kind_of_document_nothing_is_noted_and_the_fault_stands_beside_the_field(
    room: Room, hands: Hands
) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    for document in ("", "library card"):
        response = hands.press(f"seats/{ref}/identity", document=document)
        assert response.status_code == 400
        page = response.get_data(as_text=True)
        assert 'href="#document-1"' in page and 'id="document-1-faults"' in page
    assert seat_row(room.site, ref).identity_at is None


def test_nobody_is_admitted_without_identity(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    assert "is not checked" in hands.after(f"seats/{ref}/admit")
    assert seat_row(room.site, ref).admitted_at is None


def test_a_seat_without_a_paper_cannot_be_admitted_and_the_words_say_what_to_do(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"], papers=False)
    hands.after(f"seats/{ref}/identity", document="passport")
    page = hands.after(f"seats/{ref}/admit")
    assert "No paper is drawn for Amina Yusuf" in page and "Ask a manager" in page
    assert seat_row(room.site, ref).admitted_at is None


def test_each_note_is_taken_back_while_the_next_step_has_not_happened(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    hands.after(f"seats/{ref}/identity", document="passport")
    hands.after(f"seats/{ref}/admit")
    assert "already admitted" in hands.after(f"seats/{ref}/undo", step="undo_identity")
    assert "taken back" in hands.after(f"seats/{ref}/undo", step="undo_admission")
    assert "taken back" in hands.after(f"seats/{ref}/undo", step="undo_identity")
    row = seat_row(room.site, ref)
    assert (row.identity_at, row.identity_document, row.admitted_at) == (None, None, None)
    assert kinds(room.site, ref)[-2:] == ["admission_withdrawn", "identity_withdrawn"]


def test_a_double_press_on_undo_takes_back_one_note_only(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    admitted(room, [ref])
    for _ in range(2):
        hands.press(f"seats/{ref}/undo", step="undo_admission")
    assert seat_row(room.site, ref).identity_at is not None
    assert hands.press(f"seats/{ref}/undo", step="everything").status_code == 404


def test_absent_and_back_when_they_come_late(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    assert "noted as absent" in hands.after(f"seats/{ref}/absent")
    assert "Take that back first" in hands.after(f"seats/{ref}/identity", document="passport")
    hands.after(f"seats/{ref}/undo", step="undo_absence")
    assert "checked (Passport)" in hands.after(f"seats/{ref}/identity", document="passport")


def test_a_refusal_needs_a_reason_and_shows_it(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    response = hands.press(f"seats/{ref}/refuse", reason="   ")
    assert response.status_code == 400
    assert "Give a reason" in response.get_data(as_text=True)
    assert "No photo ID at all" in hands.after(f"seats/{ref}/refuse", reason="No photo ID at all")


def test_a_refusal_after_the_gate_closes_it_so_that_nobody_begins(drawn: Room) -> None:
    hands = Hands(drawn, drawn.invigilator)
    booked = drawn.seat()
    candidate = drawn.enter(booked)
    drawn.admit(booked)
    drawn.open_gate(booked)
    hands.after(f"seats/{booked.seat_ref}/refuse", reason="Not the person in the photo")
    assert drawn.attempt(booked).opened_at is None
    assert candidate.get(f"/sit/{booked.attempt_ref}/waiting").status_code == 404
    hands.after(f"seats/{booked.seat_ref}/undo", step="undo_refusal")
    assert seat_row(drawn.site, booked.seat_ref).admitted_at is not None
    assert "gate is open for" in hands.after(f"seats/{booked.seat_ref}/gate")


def test_after_begin_the_register_is_closed_for_that_seat(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    assert "has begun" in hands.after(f"seats/{ref}/refuse", reason="Too late")
    assert seat_row(room.site, ref).refused_at is None


def test_the_keyboard_goes_on_to_the_next_candidate(room: Room, hands: Hands) -> None:
    first, _ = saved_seats(room, ["Amina Yusuf", "Ben Castellane"])
    page = hands.after(f"seats/{first}/identity", document="passport")
    assert page.count("autofocus") == 1
    assert "autofocus" in page.partition('aria-label="Admit, seat 1')[2].partition(">")[0]
    page = hands.after(f"seats/{first}/admit")
    assert "autofocus" in page.partition('id="document-2"')[2].partition(">")[0]


def test_names_are_escaped(room: Room, hands: Hands) -> None:
    saved_seats(room, ["<script>alert(1)</script>"])
    for path in ("register", "board", "board?view=table"):
        assert "<script>alert" not in hands.see(f"{path}")


# --- the gate
def test_one_press_opens_the_gate_for_all_admitted_and_names_who_is_not(room: Room, hands: Hands) -> None:
    refs = saved_seats(room, ["Amina Yusuf", "Ben Castellane", "Chloe Nakamura"])
    admitted(room, refs[:2])
    page = hands.see("board")
    assert "Open the gate for 2" in page and "1 not admitted: 3 Chloe Nakamura" in page
    assert "The gate is open for 2" in hands.after("gate")
    opened = [attempt_at(room.site, ref).opened_at is not None for ref in refs]
    assert opened == [True, True, False]
    assert "nobody to open the gate for" in hands.after("gate")
    assert all(attempt_at(room.site, ref).started_at is None for ref in refs)  # they begin themselves


def test_the_gate_does_not_open_for_somebody_not_admitted(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    assert "is not checked" in hands.after(f"seats/{ref}/gate")
    assert attempt_at(room.site, ref).opened_at is None


def test_the_gate_pressed_twice_opens_once(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    admitted(room, [ref])
    assert "The gate is open for" in hands.after(f"seats/{ref}/gate")
    assert "already open" in hands.after(f"seats/{ref}/gate")
    assert kinds(room.site, ref) == ["gate_opened"]


# --- extra minutes
def test_extra_minutes_with_a_reason_move_the_finish(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    data = {"minutes": "10", "reason": "Fire bell", "request": str(uuid.uuid4())}
    assert "10 more minutes and finishes at 11:10" in hands.after(f"seats/{ref}/grant", **data)
    assert "a second time" in hands.after(f"seats/{ref}/grant", **data)  # the same form again
    assert attempt_at(room.site, ref).allowance.granted_seconds == 600
    assert kinds(room.site, ref).count("granted") == 1


def test_minutes_out_of_bounds_come_back_with_what_was_typed(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    for minutes in ("", "0", "-5", "241", "1.5", "ten"):
        data = {"minutes": minutes, "reason": "Fire bell", "request": str(uuid.uuid4())}
        response = hands.press(f"seats/{ref}/grant", **data)
        page = response.get_data(as_text=True)
        assert response.status_code == 400, minutes
        assert page.count("Give whole minutes, from 1 to 240.") == 2  # beside the field and in the summary
        assert 'value="Fire bell"' in page
    assert attempt_at(room.site, ref).allowance.granted_seconds == 0


def test_every_fault_of_the_form_is_told_at_once(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    page = hands.press(f"seats/{ref}/grant", minutes="", reason="", request="").get_data(as_text=True)
    assert "Give whole minutes" in page and "Give a reason" in page and "lost its number" in page


def test_no_minutes_for_an_attempt_that_is_over(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    room.site.clock.advance(hours=3)
    data = {"minutes": "10", "reason": "Fire bell", "request": str(uuid.uuid4())}
    assert "The time of seat 1 is over" in hands.after(f"seats/{ref}/grant", **data)


# --- the end
def test_ending_says_what_it_means_and_wants_a_reason_and_a_tick(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    assert "marked as it stands" in hands.see(f"seats/{ref}/end")
    response = hands.press(f"seats/{ref}/end", reason="Taken ill")
    assert response.status_code == 400 and "Taken ill" in response.get_data(as_text=True)
    assert attempt_at(room.site, ref).closed_at is None
    hands.after(f"seats/{ref}/end", reason="Taken ill", sure="y")
    assert attempt_at(room.site, ref).closed_as == "ended"
    assert "already ended" in hands.after(f"seats/{ref}/end", reason="Taken ill", sure="y")
    assert kinds(room.site, ref).count("ended") == 1


# --- another device
def test_a_device_is_let_in_with_one_press_and_the_old_one_can_write_no_more(drawn: Room) -> None:
    hands = Hands(drawn, drawn.invigilator)
    booked = drawn.seat()
    old = drawn.begun(booked)
    new = drawn.enter(booked)
    assert new.get(f"/sit/{booked.attempt_ref}/scenario/1").status_code == 404
    lease = drawn.attempt(booked).lease
    asked = drawn.attempt(booked).device_asking_at
    assert asked is not None
    words = hands.after(f"seats/{booked.seat_ref}/release", asked=asked.isoformat())
    assert "is let in" in words
    assert drawn.attempt(booked).lease == lease + 1
    token = csrf(new, "/sit/")
    assert new.post("/sit/", data={"csrf_token": token, "keycode": booked.keycode}).status_code == 303
    assert new.get(f"/sit/{booked.attempt_ref}/scenario/1").status_code == 200
    assert old.get(f"/sit/{booked.attempt_ref}/scenario/1").status_code == 404
    assert kinds(drawn.site, booked.seat_ref)[-1] == "device_released"


def test_a_device_that_asked_after_the_look_is_not_let_in_unseen(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    asking(room.site, ref)
    seen = attempt_at(room.site, ref).device_asking_at
    assert seen is not None
    room.site.clock.advance(seconds=5)
    asking(room.site, ref, device="e" * 64)
    page = hands.after(f"seats/{ref}/release", asked=seen.isoformat())
    assert "Another device has asked" in page
    assert attempt_at(room.site, ref).device_hash is None


def test_a_second_press_on_the_release_is_harmless(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    asking(room.site, ref)
    asked = attempt_at(room.site, ref).device_asking_at
    assert asked is not None
    hands.after(f"seats/{ref}/release", asked=asked.isoformat())
    assert "No device asks" in hands.after(f"seats/{ref}/release", asked=asked.isoformat())
    assert kinds(room.site, ref).count("device_released") == 1


# --- a manager, an auditor, a sitting that is over
def test_a_manager_not_named_for_the_sitting_acts_only_with_a_reason_that_is_kept(room: Room) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    manager = Hands(room, room.manager)
    assert "Say first why you act" in manager.after(f"seats/{ref}/identity", document="passport")
    assert manager.press("stand-in", reason="").status_code == 400
    manager.after("stand-in", reason="The invigilator is ill")
    assert "checked (Passport)" in manager.after(f"seats/{ref}/identity", document="passport")
    with room.site.reading() as conn:
        assert "The invigilator is ill" in attempts.chain(conn, attempt_at(room.site, ref))[0].payload


def test_an_auditor_sees_register_and_board_without_a_single_act(room: Room) -> None:
    refs = saved_seats(room, ["Amina Yusuf", "Ben Castellane"])
    gate_open(room, refs[:1])
    auditor = Hands(room, room.site.person(Role.AUDITOR))
    for path in ("register", "board", "board?view=table"):
        main = auditor.see(path).partition("<main")[2]
        assert "<form" not in main and "Extra minutes" not in main, path


def test_a_sitting_that_is_signed_off_takes_no_act(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    with room.site.writing() as conn:
        over = {"signed_off_at": room.site.now(), "signed_off_by": room.manager.id}
        conn.execute(t.sittings.update().values(**over))
    assert "signed off" in hands.after(f"seats/{ref}/identity", document="passport")
    assert "signed off" in hands.after("gate")
    assert seat_row(room.site, ref).identity_at is None
