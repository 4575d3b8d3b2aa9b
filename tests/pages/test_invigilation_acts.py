"""Acts at one seat that came later: another place, pages without scripts, and a closed attempt that goes on."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa

from proctoring.events import first_break
from sjt.rules.access import Role
from sjt.rules.attempt import State, state
from sjt.services import timekeeping
from sjt.stores import attempts
from sjt.stores import tables as t
from tests.saved import Room, Typist, saved_room
from tests.saved_invigilation import (
    Hands,
    admitted,
    asking,
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


@pytest.fixture
def drawn(site: Site) -> Room:
    """A room whose papers are really drawn, for tests in which a candidate comes in."""
    return saved_room(site)


@pytest.fixture
def hands(room: Room) -> Hands:
    return Hands(room, room.invigilator)


def asked(**values: object) -> dict[str, object]:
    return {"reason": "The screen went dark.", "request": str(uuid.uuid4()), **values}


def kinds(site: Site, ref: str) -> list[str]:
    """What stands in the evidence of a seat, once its chain is found to be whole."""
    with site.reading() as conn:
        attempt = attempt_at(site, ref)
        chain = attempts.chain(conn, attempt)
    assert first_break(attempt.ref, chain, attempt.head) is None
    return [event.kind for event in chain]


def numbers(site: Site) -> dict[str, int]:
    with site.reading() as conn:
        return {row.ref: row.number for row in conn.execute(sa.select(t.seats.c.ref, t.seats.c.number))}


def card(hands: Hands, ref: str) -> dict[str, object]:
    return dict(hands.client.get(f"{hands.base}/board/state").get_json()["seats"][ref])


def ended(room: Room, ref: str) -> None:
    with room.site.writing() as conn:
        timekeeping.end(conn, attempt_at(room.site, ref).id, room.invigilator, "Taken ill", room.site.now())


def signed_off(room: Room, by: int) -> None:
    with room.site.writing() as conn:
        conn.execute(t.sittings.update().values(signed_off_at=room.site.now(), signed_off_by=by))


# --- another place
def test_a_move_takes_paper_answers_and_clock_along_and_binds_the_next_browser(drawn: Room) -> None:
    booked, hands = drawn.seat(), Hands(drawn, drawn.invigilator)
    old = Typist(drawn.begun(booked), booked.attempt_ref)
    old.save({old.questions[0]: "typed at the old place"})
    before = drawn.attempt(booked)
    page = hands.see(f"seats/{booked.seat_ref}/move")
    assert "Free are 2, 3" in page
    assert "has seat 7 now" in hands.after(f"seats/{booked.seat_ref}/move", **asked(number="7"))
    assert numbers(drawn.site)[booked.seat_ref] == 7
    refused = old.save({old.questions[0]: "typed after the move"})
    assert refused.status_code in (404, 409)
    assert old.post("beat", {}).status_code == 404
    new = Typist(drawn.enter(booked), booked.attempt_ref)
    assert "typed at the old place" in new.client.get(f"{new.base}/scenario/1").get_data(as_text=True)
    after = drawn.attempt(booked)
    assert (after.deadline, after.started_at) == (before.deadline, before.started_at)
    third = drawn.site.visitor()
    assert third.get(f"/sit/{booked.attempt_ref}/scenario/1").status_code == 404
    assert kinds(drawn.site, booked.seat_ref).count("moved") == 1


def test_before_begin_a_move_leaves_everything_else_as_it_is(room: Room, hands: Hands) -> None:
    booked, admitted_one, open_one = saved_seats(room, ["Booked", "Admitted", "Open"])
    admitted(room, [admitted_one])
    gate_open(room, [open_one])
    for ref, number in ((booked, 11), (admitted_one, 12), (open_one, 13)):
        assert f"has seat {number} now" in hands.after(f"seats/{ref}/move", **asked(number=str(number)))
    assert sorted(numbers(room.site).values()) == [11, 12, 13]
    assert attempt_at(room.site, open_one).opened_at is not None


def test_a_place_that_is_taken_is_refused_in_words_and_nothing_changes(room: Room, hands: Hands) -> None:
    refs = saved_seats(room, ["Amina Yusuf", "Ben Castellane"])
    running(room, refs)
    before, was = attempt_at(room.site, refs[0]), numbers(room.site)
    assert "Somebody else has seat 2" in hands.after(f"seats/{refs[0]}/move", **asked(number="2"))
    assert "sits at 1 already" in hands.after(f"seats/{refs[0]}/move", **asked(number="1"))
    assert (attempt_at(room.site, refs[0]), numbers(room.site)) == (before, was)


def test_a_move_pressed_twice_is_made_once(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    twice = asked(number="5")
    hands.after(f"seats/{ref}/move", **twice)
    assert "already moved by this press" in hands.after(f"seats/{ref}/move", **twice)
    assert kinds(room.site, ref).count("moved") == 1


def test_a_closed_attempt_moves_nowhere(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    ended(room, ref)
    assert "already ended" in hands.after(f"seats/{ref}/move", **asked(number="5"))
    assert numbers(room.site)[ref] == 1


@pytest.mark.parametrize("number", ["", "0", "1000", "x", "1.5", "-3"])
def test_a_number_that_no_seat_has_is_refused_beside_the_field(room: Room, hands: Hands, number: str) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    answer = hands.press(f"seats/{ref}/move", **asked(number=number))
    assert answer.status_code == 400
    assert "Give a seat number from 1 to 999" in answer.get_data(as_text=True)
    assert numbers(room.site)[ref] == 1


# --- pages without scripts
def test_plain_pages_are_allowed_for_a_reason_and_the_card_says_so(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    gate_open(room, [ref])
    assert "without scripts" in hands.after(f"seats/{ref}/plain", reason="No scripts on this machine.")
    assert "already allowed" in hands.after(f"seats/{ref}/plain", reason="Pressed again.")
    one = card(hands, ref)
    assert "Plain pages allowed: no heartbeat" in str(one["marks"])
    assert "not_plain" in one["acts"] and "plain" not in one["acts"]  # type: ignore[operator]
    with room.site.reading() as conn:
        row = conn.execute(sa.select(t.attempts).where(t.attempts.c.id == attempt_at(room.site, ref).id)).one()
    assert (row.plain_at, row.plain_by, row.plain_reason) == (
        room.site.now(), room.invigilator.id, "No scripts on this machine.",
    )  # fmt: skip
    assert kinds(room.site, ref).count("plain_allowed") == 1


def test_a_seat_on_plain_pages_is_no_alarm_though_nothing_is_heard_of_it(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    hands.after(f"seats/{ref}/plain", reason="No scripts on this machine.")
    room.site.clock.advance(minutes=10)
    told = hands.client.get(f"{hands.base}/board/state").get_json()
    one = told["seats"][ref]
    assert (one["tone"], one["state"], one["note"]) == ("info", "On plain pages", "")
    assert [badge["text"] for badge in told["tally"]] == ["1 working"]


def test_plain_pages_are_taken_back_until_begin(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    gate_open(room, [ref])
    hands.after(f"seats/{ref}/plain", reason="A mistake.")
    assert "with scripts again" in hands.after(f"seats/{ref}/no-plain")
    assert "was not allowed" in hands.after(f"seats/{ref}/no-plain")
    assert attempt_at(room.site, ref).plain_at is None
    hands.after(f"seats/{ref}/plain", reason="Needed after all.")
    with room.site.writing() as conn:
        timekeeping.begin(conn, attempt_at(room.site, ref), room.site.now())
    assert "is working" in hands.after(f"seats/{ref}/no-plain")
    assert attempt_at(room.site, ref).plain_at is not None
    assert kinds(room.site, ref).count("plain_withdrawn") == 1


def test_plain_pages_for_a_closed_attempt_are_refused(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    ended(room, ref)
    assert "already ended" in hands.after(f"seats/{ref}/plain", reason="Too late.")
    assert hands.press(f"seats/{ref}/plain", reason="").status_code == 400
    assert attempt_at(room.site, ref).plain_at is None


# --- a closed attempt goes on
def test_a_reopened_paper_waits_for_its_candidate_and_the_board_says_so(drawn: Room) -> None:
    booked, hands = drawn.seat(), Hands(drawn, drawn.invigilator)
    drawn.begun(booked)
    drawn.site.clock.advance(minutes=112, seconds=30)
    ended(drawn, booked.seat_ref)
    drawn.site.clock.advance(minutes=3)
    assert card(hands, booked.seat_ref)["acts"] == ["reopen", "emergency"]
    page = hands.see(f"seats/{booked.seat_ref}/reopen")
    assert 'value="7"' in page and 'value="30"' in page  # what was left when it was ended
    told = asked(minutes="7", seconds="30")
    assert "may go on for 7 min 30 s" in hands.after(f"seats/{booked.seat_ref}/reopen", **told)
    assert "already reopened by this press" in hands.after(f"seats/{booked.seat_ref}/reopen", **told)
    one = card(hands, booked.seat_ref)
    assert (one["state"], one["note"]) == ("Reopened", "waits for candidate since 10:55")
    assert one["acts"] == ["message", "move", "plain", "withdraw", "emergency"]
    drawn.site.clock.advance(minutes=20)
    with drawn.site.writing() as conn:
        timekeeping.resume(conn, drawn.attempt(booked), None, drawn.site.now())
    one = card(hands, booked.seat_ref)
    assert (one["left"], one["finish"]) == ("8 min", "11:23")
    assert "end" in one["acts"] and "withdraw" not in one["acts"]  # type: ignore[operator]
    with drawn.site.reading() as conn:
        acts = list(conn.scalars(sa.select(t.records.c.act)))
    assert acts.count("reopened") == 1


def test_a_candidate_returns_at_another_device_once_it_is_let_in(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    ended(room, ref)
    hands.after(f"seats/{ref}/reopen", **asked(minutes="5", seconds="0"))
    asking(room.site, ref)
    one = card(hands, ref)
    assert one["acts"][0] == "release"  # type: ignore[index]
    assert "is let in" in hands.after(f"seats/{ref}/release", asked=one["asked"])
    assert attempt_at(room.site, ref).device_hash == "d" * 64


def test_a_reopening_is_taken_back_until_the_candidate_returns(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    ended(room, ref)
    hands.after(f"seats/{ref}/reopen", **asked(minutes="5", seconds=""))
    assert "Take the reopening back" in hands.see(f"seats/{ref}/end")
    assert "stays closed as it was" in hands.after(f"seats/{ref}/end", reason="A mistake.", sure="y")
    assert state(attempt_at(room.site, ref).facts, room.site.now()) is State.ENDED


def test_what_is_over_by_rule_is_offered_ten_minutes(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    room.site.clock.advance(minutes=121)
    page = hands.see(f"seats/{ref}/reopen")
    assert 'value="10"' in page and 'value="0"' in page


def test_only_what_was_begun_and_is_closed_is_reopened(room: Room, hands: Hands) -> None:
    at_work, never = saved_seats(room, ["At work", "Never begun"])
    running(room, [at_work])
    gate_open(room, [never])
    ended(room, never)
    assert "Seat 1 is working" in hands.after(f"seats/{at_work}/reopen", **asked(minutes="5", seconds="0"))
    assert "never begun" in hands.after(f"seats/{never}/reopen", **asked(minutes="5", seconds="0"))
    assert card(hands, never)["acts"] == []


@pytest.mark.parametrize(
    ("minutes", "seconds"), [("", "30"), ("0", "0"), ("241", "0"), ("240", "1"), ("1", "60"), ("1", "-1"), ("x", "0")]
)
def test_a_time_out_of_bounds_comes_back_in_words(room: Room, hands: Hands, minutes: str, seconds: str) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    ended(room, ref)
    answer = hands.press(f"seats/{ref}/reopen", **asked(minutes=minutes, seconds=seconds))
    assert answer.status_code == 400
    assert "from 1 second to 240 minutes" in answer.get_data(as_text=True)
    assert attempt_at(room.site, ref).reopened_at is None


def test_after_sign_off_a_manager_alone_reopens(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    ended(room, ref)
    signed_off(room, room.invigilator.id)
    told = asked(minutes="5", seconds="0")
    assert "signed off" in hands.after(f"seats/{ref}/reopen", **told)
    manager = Hands(room, room.manager)
    assert "Say first why" in manager.after(f"seats/{ref}/reopen", **told)
    manager.after("stand-in", reason="The power had failed.")
    assert "may go on for 5 min" in manager.after(f"seats/{ref}/reopen", **told)
    assert "signed off" in manager.after(f"seats/{ref}/plain", reason="Nothing else is done then.")


def test_a_manager_who_is_named_for_the_sitting_reopens_after_sign_off_as_well(room: Room) -> None:
    both = room.site.person(Role.MANAGER, Role.INVIGILATOR)
    named_for(room.site, room, both)
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    ended(room, ref)
    signed_off(room, both.id)
    told = asked(minutes="5", seconds="0")
    assert "may go on for 5 min" in Hands(room, both).after(f"seats/{ref}/reopen", **told)


# --- all of them
@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("move", asked(number="9")),
        ("plain", {"reason": "x"}),
        ("no-plain", {}),
        ("reopen", asked(minutes="5", seconds="0")),
    ],
)
def test_nobody_outside_the_sitting_does_any_of_it(room: Room, path: str, values: dict[str, object]) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    before = attempt_at(room.site, ref)
    for role in (Role.INVIGILATOR, Role.MARKER, Role.AUDITOR):
        stranger = room.site.signed_in(room.site.person(role))
        answer = stranger.post(f"/invigilation/{room.sitting[1]}/seats/{ref}/{path}", data=values)
        assert answer.status_code in (400, 403)
    assert (attempt_at(room.site, ref), numbers(room.site)[ref]) == (before, 1)


def test_a_seat_without_a_paper_takes_none_of_them(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"], papers=False)
    for path, values in (
        ("move", asked(number="9")),
        ("plain", {"reason": "x"}),
        ("reopen", asked(minutes="5", seconds="0")),
    ):
        assert hands.see(f"seats/{ref}/{path}")
        assert "No paper is drawn" in hands.after(f"seats/{ref}/{path}", **values)
