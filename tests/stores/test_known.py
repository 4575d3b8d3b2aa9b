"""What is known of seats, in memory and in Redis: kept, forgotten after a commit, looked over, never relied upon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from sjt.db import Database
from sjt.rules.attempt import State
from sjt.services import timekeeping
from sjt.services.delivery.door import place_of
from sjt.services.delivery.standing import deadline_of, known_of, look_over, state_of
from sjt.stores import tables as t
from sjt.stores.known import Known, MemorySeats, RedisSeats, Seats, seats_at
from sjt.stores.people import token_hash
from sjt.stores.seb import Lock
from tests.harness import redis_server
from tests.saved import Booked, Room, saved_room
from tests.site import MORNING, Site

KNOWN = Known(1, "d", True, 0, 3, 5, MORNING, MORNING, MORNING + dt.timedelta(hours=2), None, None, None, None)


@pytest.fixture(params=["memory", "redis"])
def seats(request: pytest.FixtureRequest) -> Seats:
    return seats_at(request.getfixturevalue("redis_url") if request.param == "redis" else None)


def test_each_kind_is_what_it_says(redis_url: str) -> None:
    assert isinstance(seats_at(None), MemorySeats)
    assert isinstance(seats_at(redis_url), RedisSeats)


def test_what_a_browser_must_show_is_kept_with_its_seat(seats: Seats) -> None:
    locked = msgspec.structs.replace(KNOWN, lockdown="seb", lock=Lock("standard", ("k" * 64,), ()))
    kept(seats, "a", locked)
    assert seats.get("a") == locked == seats.last("a")


def kept(seats: Seats, attempt: str, known: Known) -> None:
    """Read and kept, with nothing in between."""
    seats.keep(attempt, known, seats.ticket(attempt))


def test_what_is_kept_comes_back_whole_and_what_is_forgotten_is_gone(seats: Seats) -> None:
    assert seats.get("a") is None
    kept(seats, "a", KNOWN)
    kept(seats, "b", msgspec.structs.replace(KNOWN, version=7))
    assert seats.get("a") == KNOWN
    assert seats.versions() == {"a": 3, "b": 7}
    seats.forget(["a", "never known"])
    seats.forget([])
    assert (seats.get("a"), seats.versions()) == (None, {"b": 7})


def test_what_was_read_before_a_change_is_not_kept_after_it(seats: Seats) -> None:
    """Else a page would be told of a state that is over, until seats are looked over."""
    ticket = seats.ticket("a")
    seats.forget(["a"])
    seats.keep("a", KNOWN, ticket)
    assert seats.get("a") is None
    kept(seats, "a", KNOWN)
    assert seats.get("a") == KNOWN


def test_another_node_keeps_nothing_from_before_a_change_either(redis_url: str) -> None:
    here, elsewhere = seats_at(redis_url), seats_at(redis_url)
    ticket = elsewhere.ticket("a")
    here.forget(["a"])
    elsewhere.keep("a", KNOWN, ticket)
    assert (here.get("a"), elsewhere.last("a")) == (None, None)


def test_what_a_process_knew_last_may_be_old_and_is_forgotten_with_the_rest(redis_url: str) -> None:
    here, elsewhere = seats_at(redis_url), seats_at(redis_url)
    newer = msgspec.structs.replace(KNOWN, version=4)
    kept(here, "a", KNOWN)
    kept(elsewhere, "a", newer)
    assert (here.last("a"), here.get("a"), here.last("a")) == (KNOWN, newer, newer)
    here.forget(["a"])
    assert (here.last("a"), elsewhere.last("a")) == (None, newer)


def test_with_redis_away_nothing_is_known_and_nothing_fails(own_redis: redis_server.OwnRedis) -> None:
    seats = seats_at(own_redis.url)
    kept(seats, "a", KNOWN)
    own_redis.kill()
    kept(seats, "a", KNOWN)
    seats.forget(["a"])
    assert seats.get("a") is None


# --- beside the database ------------------------------------------------------------------------------
@pytest.fixture
def room(database_url: str, tmp_path: Path) -> Iterator[Room]:
    site = Site(database_url, tmp_path)
    yield saved_room(site)
    site.close()


def begun(room: Room) -> Booked:
    booked = room.seat()
    room.open_gate(booked)
    with room.site.writing() as conn:
        timekeeping.begin(conn, room.attempt(booked), room.site.now())
    return booked


def test_a_commit_forgets_and_a_rollback_does_not(room: Room) -> None:
    booked, seats = begun(room), room.site.product.seats
    kept(seats, booked.attempt_ref, KNOWN)
    with pytest.raises(ZeroDivisionError), room.site.writing() as conn:
        timekeeping.submit(conn, room.attempt(booked).id, room.site.now())
        raise ZeroDivisionError
    assert seats.get(booked.attempt_ref) == KNOWN
    with room.site.writing() as conn:
        timekeeping.submit(conn, room.attempt(booked).id, room.site.now())
        assert seats.get(booked.attempt_ref) == KNOWN  # not before it is committed
    assert seats.get(booked.attempt_ref) is None


def test_a_rolled_back_change_is_not_told_by_the_next_transaction(room: Room) -> None:
    booked, seats = begun(room), room.site.product.seats
    with pytest.raises(ZeroDivisionError), room.site.writing() as conn:
        timekeeping.submit(conn, room.attempt(booked).id, room.site.now())
        raise ZeroDivisionError
    kept(seats, booked.attempt_ref, KNOWN)
    with room.site.writing():
        pass
    assert seats.get(booked.attempt_ref) == KNOWN


def test_what_another_node_changed_is_forgotten_when_seats_are_looked_over(
    room: Room, database_url: str, tmp_path: Path
) -> None:
    booked, seats = begun(room), room.site.product.seats
    held = room.attempt(booked)
    fresh = msgspec.structs.replace(KNOWN, version=held.state_version)
    kept(seats, booked.attempt_ref, fresh)
    assert look_over(room.site.product) == 0
    elsewhere = Database(database_url)
    with elsewhere.transaction() as conn:
        timekeeping.submit(conn, held.id, room.site.now())
    elsewhere.dispose()
    assert seats.get(booked.attempt_ref) == fresh
    assert look_over(room.site.product) == 1
    assert seats.get(booked.attempt_ref) is None


@pytest.mark.parametrize(("kind", "finish"), [("incident", 150), ("rest", 130), ("suspension", 150)])
def test_a_pause_is_told_from_what_is_known(room: Room, kind: str, finish: int) -> None:
    """Half an hour of a pause; a rest break is credited up to its ten minutes."""
    booked = begun(room)
    if kind == "rest":
        _rest(room, booked, 10)
    with room.site.writing() as conn:
        timekeeping.pause(conn, room.attempt(booked), kind, "why", room.invigilator, "1" * 36, room.site.now())
    with room.site.writing() as conn:
        conn.execute(t.attempts.update().values(device_hash=token_hash("d")))
    with room.site.reading() as conn:
        known = known_of(place_of(conn, booked.attempt_ref, "d", room.site.now()))
    later = room.site.now() + dt.timedelta(minutes=30)
    assert state_of(known, later) is (State.SUSPENDED if kind == "suspension" else State.PAUSED)
    assert deadline_of(known, later) == MORNING + dt.timedelta(minutes=finish)


def _rest(room: Room, booked: Booked, minutes: int) -> None:
    with room.site.writing() as conn:
        candidate = conn.execute(sa.select(t.seats.c.candidate_id).where(t.seats.c.id == booked.seat_id)).scalar_one()
        row = {"candidate_id": candidate, "kind": "rest_minutes", "value": minutes, "approved_by": room.manager.id}
        conn.execute(t.adjustments.insert().values(**row, approved_at=MORNING, in_force_from=MORNING))
