"""A closed attempt goes on, on both databases: from the return on, once, and as it was when nobody returns."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from proctoring.events import first_break
from sjt.rules.attempt import State, state
from sjt.rules.refusals import NotNow
from sjt.services import timekeeping
from sjt.services.delivery import answers
from sjt.services.results import outcomes
from sjt.stores import attempts, marks, reopenings
from sjt.stores import tables as t
from sjt.stores.attempts import Attempt
from tests import saved_marking
from tests.at_once import at_once
from tests.saved import Room, saved_room
from tests.site import Site

SECOND = dt.timedelta(seconds=1)
DAY = dt.timedelta(hours=24)


@pytest.fixture
def room(database_url: str, tmp_path: Path) -> Iterator[Room]:
    site = Site(database_url, tmp_path)
    yield saved_room(site)
    site.close()


class Sitting:
    """One candidate who has begun, and everything a test does to the attempt."""

    def __init__(self, room: Room, number: int = 1) -> None:
        self.room, self.booked = room, room.seat(f"Candidate {number}", number)
        self.site = room.site
        room.open_gate(self.booked)
        with self.site.writing() as conn:
            timekeeping.begin(conn, self.attempt, self.site.now())
            self.sat = answers.sat(conn, self.booked.attempt_ref)

    @property
    def attempt(self) -> Attempt:
        return self.room.attempt(self.booked)

    def standing(self) -> State:
        return state(self.attempt.facts, self.site.now())

    def save(self, text: str, revision: int) -> None:
        typed = [answers.Typed(sorted(self.sat.questions)[0], revision, text)]
        answers.save(self.site.product, self.sat, 0, typed, self.site.now())

    def submit(self) -> Attempt:
        with self.site.writing() as conn:
            return timekeeping.submit(conn, self.attempt.id, self.site.now())

    def reopen(self, seconds: int = 600, request: str | None = None) -> bool:
        with self.site.writing() as conn:
            number = request or str(uuid.uuid4())
            by = self.room.invigilator
            return timekeeping.reopen(conn, self.attempt, seconds, "Wrong button.", by, number, self.site.now())

    def come_back(self) -> dt.datetime | None:
        with self.site.writing() as conn:
            return timekeeping.resume(conn, self.attempt, None, self.site.now())

    def script(self) -> dict[int, list[str]]:
        """The texts of every frozen script, by its number."""
        found: dict[int, list[str]] = {}
        with self.site.reading() as conn:
            query = sa.select(t.responses.c.script, t.responses.c.text).where(t.responses.c.revision > 0)
            for number, text in conn.execute(query.order_by(t.responses.c.script, t.responses.c.position)):
                found.setdefault(number, []).append(text)
        return found


@pytest.fixture
def sitting(room: Room) -> Sitting:
    return Sitting(room)


def test_the_clock_starts_with_the_return_and_the_script_is_frozen_anew(sitting: Sitting) -> None:
    sitting.save("before", 1)
    first = sitting.submit()
    assert sitting.reopen(600)
    sitting.site.clock.advance(minutes=5)
    assert sitting.standing() is State.PAUSED
    with pytest.raises(NotNow):
        sitting.save("not yet", 2)
    until = sitting.come_back()
    assert until == sitting.site.now() + 600 * SECOND == sitting.attempt.writable_until
    assert sitting.standing() is State.RUNNING
    sitting.save("after", 2)
    second = sitting.submit()
    assert (first.script, second.script) == (1, 2)
    assert second.receipt != first.receipt
    assert sitting.script() == {1: ["before"], 2: ["after"]}


@pytest.mark.parametrize("off", [-1, 0, 1])
def test_a_strip_around_the_end_of_a_reopening(sitting: Sitting, off: int) -> None:
    sitting.submit()
    sitting.reopen(90)
    sitting.come_back()
    grace = sitting.attempt.grace_seconds
    sitting.site.clock.advance(seconds=90 + grace + off)
    if off > 0:
        with pytest.raises(NotNow):
            sitting.save("late", 1)
        assert sitting.standing() is State.EXPIRED
    else:
        sitting.save("in time", 1)


@pytest.mark.parametrize("off", [-1, 0, 1])
def test_an_unused_reopening_lapses_after_a_day_and_the_closing_stands(sitting: Sitting, off: int) -> None:
    closed = sitting.submit()
    sitting.reopen()
    sitting.site.clock.advance(seconds=DAY.total_seconds() + off)
    assert (sitting.standing() is State.PAUSED) == (off <= 0)
    timekeeping.sweep(sitting.site.product.database, sitting.site.now())
    after = sitting.attempt
    assert (after.closed_as, after.receipt, after.script) == ("submitted", closed.receipt, 1)
    assert (after.reopened_at is None) == (off > 0)
    if off > 0:
        assert after.deadline == closed.deadline
        with pytest.raises(NotNow):
            sitting.come_back()


def test_an_attempt_over_by_rule_is_written_down_and_then_reopened(sitting: Sitting) -> None:
    sitting.site.clock.advance(hours=3)
    assert sitting.standing() is State.EXPIRED
    assert sitting.reopen(60)
    assert sitting.standing() is State.PAUSED
    sitting.come_back()
    assert sitting.attempt.deadline == sitting.site.now() + 60 * SECOND


def test_the_same_press_reopens_once_and_another_one_is_refused(sitting: Sitting) -> None:
    sitting.submit()
    number = str(uuid.uuid4())
    assert sitting.reopen(request=number)
    assert not sitting.reopen(request=number)
    with pytest.raises(NotNow):
        sitting.reopen()


def test_a_second_reopening_that_lapses_leaves_the_time_of_the_first(sitting: Sitting) -> None:
    sitting.submit()
    sitting.reopen(600)
    sitting.come_back()
    sitting.site.clock.advance(seconds=30)
    closed = sitting.submit()
    sitting.reopen(60)
    sitting.site.clock.advance(days=2)
    timekeeping.sweep(sitting.site.product.database, sitting.site.now())
    assert sitting.attempt.deadline == closed.deadline
    with sitting.site.reading() as conn:
        told = reopenings.of(conn, closed.id)
    assert [(bool(one.returned_at), bool(one.lapsed_at)) for one in told] == [(True, False), (False, True)]


def test_ending_a_reopened_attempt_before_the_return_leaves_it_as_it_was(sitting: Sitting) -> None:
    closed = sitting.submit()
    sitting.reopen()
    with sitting.site.writing() as conn:
        timekeeping.end(conn, closed.id, sitting.room.invigilator, "Not needed.", sitting.site.now())
    after = sitting.attempt
    assert (after.closed_as, after.closed_at, after.reopened_at) == ("submitted", closed.closed_at, None)


def test_an_attempt_ended_in_a_pause_goes_on_after_a_reopening(sitting: Sitting) -> None:
    number, room = str(uuid.uuid4()), sitting.room
    with sitting.site.writing() as conn:
        now = sitting.site.now()
        timekeeping.pause(conn, sitting.attempt, "incident", "Noise.", room.invigilator, number, now)
        timekeeping.end(conn, sitting.attempt.id, room.invigilator, "Ill.", now)
    sitting.reopen(300)
    sitting.come_back()
    assert sitting.standing() is State.RUNNING
    assert sitting.attempt.deadline == sitting.site.now() + 300 * SECOND


def test_a_suspension_begun_while_a_reopening_waited_is_over_with_the_next_one(sitting: Sitting) -> None:
    sitting.submit()
    sitting.site.clock.advance(seconds=1)
    sitting.reopen()
    with sitting.site.writing() as conn:
        now, by = sitting.site.now() + SECOND, sitting.room.invigilator
        timekeeping.pause(conn, sitting.attempt, "suspension", "A note was found.", by, str(uuid.uuid4()), now)
    sitting.site.clock.advance(days=2)
    assert sitting.reopen(300)
    sitting.come_back()
    assert sitting.attempt.deadline == sitting.site.now() + 300 * SECOND


def test_only_the_candidate_starts_the_clock_again(sitting: Sitting) -> None:
    sitting.submit()
    sitting.reopen()
    with pytest.raises(NotNow), sitting.site.writing() as conn:
        timekeeping.resume(conn, sitting.attempt, sitting.room.invigilator, sitting.site.now())


def test_minutes_granted_while_waiting_and_after_count_and_earlier_ones_do_not(sitting: Sitting) -> None:
    def grant(seconds: int) -> None:
        with sitting.site.writing() as conn:
            number, by = str(uuid.uuid4()), sitting.room.invigilator
            timekeeping.grant(conn, sitting.attempt, seconds, "why", by, number, sitting.site.now())

    grant(1000)
    sitting.site.clock.advance(seconds=1)
    sitting.submit()
    sitting.site.clock.advance(seconds=1)
    sitting.reopen(60)
    grant(10)
    sitting.come_back()
    grant(5)
    assert sitting.attempt.deadline == sitting.site.now() + 75 * SECOND
    assert sitting.attempt.writable_until == sitting.attempt.deadline


def test_an_attempt_never_begun_or_void_is_not_reopened(room: Room) -> None:
    booked = room.seat()
    room.open_gate(booked)
    with room.site.writing() as conn:
        timekeeping.end(conn, room.attempt(booked).id, room.invigilator, "Ill.", room.site.now())
    with pytest.raises(NotNow, match=r"reopen\.never_begun"), room.site.writing() as conn:
        timekeeping.reopen(conn, room.attempt(booked), 60, "x", room.invigilator, "r", room.site.now())


def test_marking_that_has_begun_keeps_a_script_closed(room: Room) -> None:
    booked = saved_marking.handed_in(room)
    marker = saved_marking.markers(room.site, 1)[0]
    with room.site.reading() as conn:
        statement = conn.scalar(sa.select(t.responses.c.statement).limit(1))
    saved_marking.claimed(room.site, booked, str(statement), marker)
    with pytest.raises(NotNow, match=r"reopen\.marking_begun"), room.site.writing() as conn:
        timekeeping.reopen(conn, room.attempt(booked), 60, "x", room.invigilator, "r", room.site.now())


def test_a_reopened_script_is_offered_to_no_marker_and_releases_no_result(sitting: Sitting) -> None:
    sitting.save("words", 1)
    sitting.submit()
    with sitting.site.reading() as conn:
        assert len(marks.standings(conn)) == 16
    sitting.reopen()
    with sitting.site.reading() as conn:
        assert marks.standings(conn) == []
        told = outcomes(conn, sitting.attempt.sitting_id)
    assert [[reason.code for reason in one.missing] for one in told] == [["results.reopened"]]
    sitting.come_back()
    sitting.submit()
    with sitting.site.reading() as conn:
        assert len(marks.standings(conn)) == 16  # of the second script alone


def test_answers_can_be_entered_without_working_time(sitting: Sitting) -> None:
    sitting.save("typed", 1)
    closed = sitting.submit()
    number = str(uuid.uuid4())

    def write(held: Attempt) -> None:
        question = sitting.sat.questions[sorted(sitting.sat.questions)[0]]
        row = {"sitting_id": held.sitting_id, "attempt_id": held.id, "question_version_id": question, "revision": 2}
        conn.execute(t.answers.insert().values(**row, text="entered", text_hash="-", seq=0, received_at=now))

    now = sitting.site.now()
    for _ in range(2):  # a double press enters once
        with sitting.site.writing() as conn:
            amended = timekeeping.amend(conn, sitting.attempt, sitting.room.invigilator, "why", number, now, write)
    assert (amended.closed_as, amended.closed_at, amended.finished_at) == (
        "submitted", closed.closed_at, closed.finished_at,
    )  # fmt: skip
    assert sitting.script() == {1: ["typed"], 2: ["entered"]}
    assert amended.script == 2
    assert amended.receipt != closed.receipt


def test_nothing_is_entered_into_an_attempt_that_runs_without_a_reopening(sitting: Sitting) -> None:
    with pytest.raises(NotNow), sitting.site.writing() as conn:
        timekeeping.amend(conn, sitting.attempt, sitting.room.invigilator, "x", "r", sitting.site.now(), lambda _: None)


def test_many_returns_at_once_start_the_clock_once(sitting: Sitting) -> None:
    sitting.submit()
    sitting.reopen()

    def back(after: int) -> Callable[[], object]:
        def act() -> object:
            with sitting.site.writing() as conn:
                now = sitting.site.now() + after * SECOND
                return timekeeping.resume(conn, sitting.attempt, None, now)

        return act

    done = at_once(*(back(n) for n in range(8)))
    assert sum(isinstance(one, dt.datetime) for one in done) == 1


def test_the_evidence_of_a_reopening_is_whole(sitting: Sitting) -> None:
    sitting.submit()
    sitting.reopen()
    sitting.come_back()
    closed = sitting.submit()
    with sitting.site.reading() as conn:
        chain = attempts.chain(conn, closed)
    assert [event.kind for event in chain][-4:] == ["submitted", "reopened", "returned", "submitted"]
    assert first_break(closed.ref, chain, closed.head) is None
