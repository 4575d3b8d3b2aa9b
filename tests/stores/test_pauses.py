"""Pauses on both databases: the clock stops at once, the window after it, and everybody's full time afterwards."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from sjt.rules.attempt import State, state
from sjt.rules.refusals import NotNow
from sjt.services import invigilation, timekeeping
from sjt.services.delivery import answers, door
from sjt.services.invigilation import Actor
from sjt.stores import pauses, seats, sittings
from sjt.stores import tables as t
from tests.at_once import at_once
from tests.saved import Booked, Room, saved_room
from tests.site import Site

SECOND = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def room(database_url: str, tmp_path: Path) -> Iterator[Room]:
    site = Site(database_url, tmp_path)
    yield saved_room(site)
    site.close()


def begun(room: Room, booked: Booked) -> answers.Sat:
    room.open_gate(booked)
    with room.site.writing() as conn:
        timekeeping.begin(conn, room.attempt(booked), room.site.now())
        return answers.sat(conn, booked.attempt_ref)


def pause(room: Room, booked: Booked, kind: str = "incident", request: str | None = None) -> bool:
    with room.site.writing() as conn:
        number = request or str(uuid.uuid4())
        return timekeeping.pause(
            conn, room.attempt(booked), kind, "The screen went dark.", room.invigilator, number, room.site.now()
        )


def resume(room: Room, booked: Booked, *, apprentice: bool = False) -> None:
    with room.site.writing() as conn:
        timekeeping.resume(conn, room.attempt(booked), None if apprentice else room.invigilator, room.site.now())


def standing(room: Room, booked: Booked) -> State:
    return state(room.attempt(booked).facts, room.site.now())


def save(room: Room, here: answers.Sat, revision: int = 1) -> answers.Saved:
    code = next(iter(here.questions))
    typed = [answers.Typed(code, revision, f"text {revision}")]
    return answers.save(room.site.product, here, 0, typed, room.site.now())


def test_the_clock_stops_and_goes_on_with_the_same_time(room: Room) -> None:
    booked = room.seat()
    begun(room, booked)
    before = room.attempt(booked).deadline
    room.site.clock.advance(minutes=30)
    assert pause(room, booked)
    assert standing(room, booked) is State.PAUSED
    room.site.clock.advance(hours=3)
    assert standing(room, booked) is State.PAUSED  # a pause never expires an attempt
    resume(room, booked)
    held = room.attempt(booked)
    assert before is not None
    assert held.deadline == held.writable_until == before + dt.timedelta(hours=3)


def test_overlapping_pauses_are_one_at_a_time_and_a_double_press_is_one(room: Room) -> None:
    booked = room.seat()
    begun(room, booked)
    request = str(uuid.uuid4())
    assert [pause(room, booked, request=request), pause(room, booked, request=request)] == [True, False]
    with pytest.raises(NotNow, match=r"attempt\.not_now\.paused"):
        pause(room, booked)


@pytest.mark.parametrize(("after", "taken"), [(0, True), (19, True), (20, True), (21, False)])
def test_what_was_typed_before_the_page_heard_of_the_pause_is_kept(room: Room, after: int, taken: bool) -> None:
    booked = room.seat()
    here = begun(room, booked)
    pause(room, booked)
    room.site.clock.advance(seconds=after)
    if taken:
        assert save(room, here).kept[0].status == "saved"
        return
    with pytest.raises(NotNow, match=r"save\.paused"):
        save(room, here)


def test_what_was_refused_in_the_pause_goes_out_on_resume(room: Room) -> None:
    booked = room.seat()
    here = begun(room, booked)
    pause(room, booked)
    room.site.clock.advance(minutes=5)
    with pytest.raises(NotNow):
        save(room, here)
    resume(room, booked)
    assert save(room, here).kept[0].status == "saved"
    with room.site.reading() as conn:
        assert [row.why for row in conn.execute(t.late_answers.select())] == ["save.paused"]


def rest(room: Room, booked: Booked, minutes: int) -> None:
    with room.site.writing() as conn:
        candidate = conn.execute(sa.select(t.seats.c.candidate_id).where(t.seats.c.id == booked.seat_id)).scalar_one()
        row = {"candidate_id": candidate, "kind": "rest_minutes", "value": minutes, "approved_by": room.manager.id}
        conn.execute(t.adjustments.insert().values(**row, approved_at=room.site.now(), in_force_from=room.site.now()))


@pytest.mark.parametrize(("away", "credited"), [(9, 9), (10, 10), (11, 10)])
def test_a_rest_break_is_given_back_up_to_its_allowance(room: Room, away: int, credited: int) -> None:
    booked = room.seat()
    rest(room, booked, 10)
    begun(room, booked)
    before = room.attempt(booked).deadline
    pause(room, booked, "rest")
    room.site.clock.advance(minutes=away)
    resume(room, booked, apprentice=True)
    assert before is not None
    assert room.attempt(booked).deadline == before + credited * MINUTE


def test_only_a_rest_break_is_ended_by_the_apprentice(room: Room) -> None:
    booked = room.seat()
    begun(room, booked)
    pause(room, booked)
    with pytest.raises(NotNow, match=r"pause\.not_yours"):
        resume(room, booked, apprentice=True)
    assert standing(room, booked) is State.PAUSED


def test_a_suspension_follows_on_a_pause_and_only_a_lift_ends_it(room: Room) -> None:
    booked = room.seat()
    begun(room, booked)
    pause(room, booked, "incident")
    room.site.clock.advance(minutes=5)
    pause(room, booked, "suspension")
    assert standing(room, booked) is State.SUSPENDED
    room.site.clock.advance(minutes=5)
    resume(room, booked)
    assert standing(room, booked) is State.RUNNING
    with room.site.reading() as conn:
        stops = pauses.stops(conn, room.attempt(booked).id)
    assert [(stop.kind, (stop.ended_at or stop.began_at) - stop.began_at) for stop in stops] == [
        ("incident", 5 * MINUTE),
        ("suspension", 5 * MINUTE),
    ]


def test_the_sweep_leaves_a_paused_attempt_alone(room: Room) -> None:
    booked = room.seat()
    begun(room, booked)
    pause(room, booked)
    room.site.clock.advance(hours=5)
    assert timekeeping.sweep(room.site.product.database, room.site.now()) == 0
    resume(room, booked)
    room.site.clock.advance(hours=2, seconds=6)
    assert timekeeping.sweep(room.site.product.database, room.site.now()) == 1


def test_many_pauses_at_once_stop_the_clock_once(room: Room) -> None:
    booked = room.seat()
    begun(room, booked)

    def press() -> bool:
        try:
            return pause(room, booked)
        except NotNow:
            return False

    assert at_once(*[press] * 12).count(True) == 1


def test_a_percentage_approved_during_a_pause_counts_whole(room: Room) -> None:
    """25% at any minute gives 150 of 120, the pause on top."""
    booked = room.seat()
    begun(room, booked)
    start = room.attempt(booked).started_at
    room.site.clock.advance(minutes=100)
    pause(room, booked)
    room.site.clock.advance(minutes=10)
    with room.site.writing() as conn:
        candidate = conn.execute(sa.select(t.seats.c.candidate_id).where(t.seats.c.id == booked.seat_id)).scalar_one()
        row = {"candidate_id": candidate, "kind": "extra_time_percent", "value": 25, "approved_by": room.manager.id}
        conn.execute(t.adjustments.insert().values(**row, approved_at=room.site.now(), in_force_from=room.site.now()))
    resume(room, booked)
    assert start is not None
    assert room.attempt(booked).deadline == start + 160 * MINUTE


# --- the whole room ---------------------------------------------------------------------------------
def actor(room: Room) -> Actor:
    with room.site.reading() as conn:
        sitting = sittings.by_ref(conn, room.sitting[1])
    assert sitting is not None
    return Actor(room.invigilator, sitting)


def test_an_evacuation_stops_every_running_clock_and_lists_the_rest(room: Room) -> None:
    working, resting, waiting, done = (room.seat(f"Person {n}", n) for n in range(1, 5))
    for booked in (working, resting, done):
        begun(room, booked)
    with room.site.writing() as conn:
        timekeeping.submit(conn, room.attempt(done).id, room.site.now())
    rest(room, resting, 15)
    pause(room, resting, "rest")
    with room.site.writing() as conn:
        cleared = invigilation.evacuate(conn, "Fire alarm", actor(room), str(uuid.uuid4()), room.site.now())
    assert [line.seat.number for line in cleared.moved] == [1]
    assert {line.seat.number: told for line, told in cleared.untouched} == {
        2: State.PAUSED, 3: State.READY, 4: State.SUBMITTED,
    }  # fmt: skip
    before = room.attempt(working).deadline
    room.site.clock.advance(minutes=25)
    with room.site.writing() as conn:
        assert invigilation.return_all(conn, actor(room), room.site.now()) == 1
        assert invigilation.return_all(conn, actor(room), room.site.now()) == 0
    assert before is not None
    assert room.attempt(working).deadline == before + 25 * MINUTE
    assert standing(room, resting) is State.PAUSED
    assert standing(room, waiting) is State.READY


def test_a_call_is_seen_to_once(room: Room) -> None:
    booked = room.seat()
    begun(room, booked)
    with room.site.writing() as conn:
        door.call(conn, room.attempt(booked), "help", room.site.now())
    assert (room.attempt(booked).called_at, room.attempt(booked).called_for) == (room.site.now(), "help")
    with room.site.reading() as conn:
        seat = seats.by_ref(conn, booked.seat_ref, booked.sitting_id)
    assert seat is not None
    by = actor(room)
    with room.site.writing() as conn:
        invigilation.answer_call(conn, seat, by, room.site.now())
    assert room.attempt(booked).called_at is None
    with pytest.raises(NotNow, match=r"board\.no_call"), room.site.writing() as conn:
        invigilation.answer_call(conn, seat, by, room.site.now())
