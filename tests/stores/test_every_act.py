"""Every act of the board in every state of an attempt: done, done already, or refused with the state that it is in."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from sjt.rules.attempt import BEFORE, CLOSED, GOING, State, state
from sjt.rules.refusals import NotNow
from sjt.services import invigilation, timekeeping
from sjt.services.invigilation import Actor
from sjt.stores import attempts, seats, sittings
from sjt.stores import tables as t
from sjt.stores.seats import Seat
from sjt.words import say
from tests.saved import Room
from tests.saved_invigilation import admitted, attempt_at, gate_open, running, saved_seats, small_room
from tests.site import Site

Doing = Callable[[sa.Connection, Seat, Actor, str, dt.datetime], object]
S = State
OVER = CLOSED - {S.VOID}


def _sent(conn: sa.Connection, seat: Seat, by: Actor, number: str, now: dt.datetime) -> None:
    done = invigilation.send(conn, [seat], "Go on writing.", by, number, now)
    for _, refusal in done.left:
        raise refusal


ACTS: dict[str, tuple[Doing, frozenset[State]]] = {
    "gate": (lambda c, s, by, _n, now: invigilation.open_gate(c, s, by, now), BEFORE),
    "grant": (lambda c, s, by, n, now: invigilation.extra_minutes(c, s, 5, "Noise", by, n, now), BEFORE | GOING),
    "pause": (lambda c, s, by, n, now: invigilation.pause(c, s, "incident", "Ill", by, n, now), frozenset({S.RUNNING})),
    "rest": (lambda c, s, by, n, now: invigilation.pause(c, s, "rest", "A break", by, n, now), frozenset({S.RUNNING})),
    "suspend": (
        lambda c, s, by, n, now: invigilation.pause(c, s, "suspension", "A phone", by, n, now),
        frozenset({S.RUNNING, S.PAUSED}),
    ),
    "resume": (lambda c, s, by, _n, now: invigilation.resume(c, s, by, now), frozenset({S.PAUSED, S.SUSPENDED})),
    "end": (lambda c, s, by, _n, now: invigilation.end_attempt(c, s, "Ill", by, now), GOING | {S.OPEN}),
    "move": (lambda c, s, by, n, now: invigilation.move(c, s, 50, "A chair", by, n, now), BEFORE | GOING),
    "reopen": (lambda c, s, by, n, now: invigilation.reopen(c, s, 60, "Lost time", by, n, now), OVER),
    "plain": (lambda c, s, by, _n, now: invigilation.allow_plain(c, s, "No scripts", by, now), BEFORE | GOING),
    "warn": (lambda c, s, by, n, now: invigilation.warn(c, s, "Talking", by, n, now), GOING),
    "leave": (lambda c, s, by, n, now: invigilation.leave_room(c, s, "Toilet", by, n, now), GOING),
    "message": (_sent, BEFORE | GOING),
}


@pytest.fixture
def room(database_url: str, tmp_path: Path) -> Iterator[Room]:
    site = Site(database_url, tmp_path)
    yield small_room(site)
    site.close()


def in_every_state(room: Room) -> dict[State, str]:
    """A seat in each state."""
    refs = dict(zip(State, saved_seats(room, [f"{standing.value} seat" for standing in State]), strict=True))
    running(room, [refs[S.EXPIRED]])
    room.site.clock.advance(hours=3)
    admitted(room, [refs[S.READY]])
    gate_open(room, [refs[S.OPEN]])
    running(room, [refs[one] for one in State if one not in (S.READY, S.OPEN, S.EXPIRED)])
    now, by = room.site.now(), room.invigilator
    with room.site.writing() as conn:
        for standing, kind in ((S.PAUSED, "incident"), (S.SUSPENDED, "suspension")):
            timekeeping.pause(conn, attempt_at(room.site, refs[standing]), kind, "Why", by, str(uuid.uuid4()), now)
        timekeeping.submit(conn, attempt_at(room.site, refs[S.SUBMITTED]).id, now)
        timekeeping.end(conn, attempt_at(room.site, refs[S.ENDED]).id, by, "Ill", now)
        void = {"closed_at": now, "closed_as": "void", "writable_until": None}
        conn.execute(
            t.attempts.update().where(t.attempts.c.id == attempt_at(room.site, refs[S.VOID]).id).values(**void)
        )
    return refs


def test_every_act_in_every_state_is_done_or_refused_with_the_state(room: Room) -> None:
    refs, now = in_every_state(room), room.site.now()
    wrong = []
    for name, (doing, allowed) in ACTS.items():
        for standing, ref in refs.items():
            done, words = _tried(room, doing, ref, standing, now)
            if done != (standing in allowed) or (not done and not _names(words, standing)):
                wrong.append((name, standing.value, done, words))
    assert wrong == []


def _tried(room: Room, doing: Doing, ref: str, standing: State, now: dt.datetime) -> tuple[bool, str]:
    """Do it, see what came of it, and take it back."""
    with room.site.writing() as conn, conn.begin_nested() as tried:
        seat = seats.by_ref(conn, ref)
        attempt = attempts.by_seat(conn, seat.id) if seat else None
        assert seat is not None and attempt is not None and state(attempt.facts, now) is standing
        actor = Actor(room.invigilator, sittings.by_id(conn, room.sitting[0]))
        try:
            doing(conn, seat, actor, str(uuid.uuid4()), now)
        except NotNow as refusal:
            return False, say(refusal.code, refusal.params)
        finally:
            tried.rollback()
    return True, ""


NOW = {
    S.READY: "gate is not open", S.OPEN: "has not begun", S.RUNNING: "is working", S.PAUSED: "is paused",
    S.SUSPENDED: "is suspended", S.SUBMITTED: "has handed in", S.EXPIRED: "is over", S.ENDED: "already ended",
    S.VOID: "set aside",
}  # fmt: skip


def _names(words: str, standing: State) -> bool:
    """Whether a refusal says in which state the seat is; the register says of any later one that it has begun."""
    return NOW[standing] in words or (standing not in BEFORE and "has begun" in words)
