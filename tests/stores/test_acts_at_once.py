"""Two people at the board act at the same moment: one of them does it, and the other is told."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from proctoring.events import first_break
from sjt.rules.refusals import NotNow
from sjt.services import invigilation, outages
from sjt.services.delivery import standing
from sjt.services.invigilation import Actor, Given
from sjt.stores import attempts, gaps, seats, sittings
from sjt.stores import tables as t
from sjt.stores.presence import Beat
from tests.at_once import at_once
from tests.saved import Room
from tests.saved_invigilation import attempt_at, running, saved_seats, small_room
from tests.site import Site

ROUNDS = 10


@pytest.fixture
def room(database_url: str, tmp_path: Path) -> Iterator[Room]:
    site = Site(database_url, tmp_path)
    yield small_room(site)
    site.close()


def actor(room: Room, conn: sa.Connection) -> Actor:
    return Actor(room.invigilator, sittings.by_id(conn, room.sitting[0]))


def move(room: Room, ref: str, number: int) -> bool:
    with room.site.writing() as conn:
        seat = seats.by_ref(conn, ref)
        assert seat is not None
        by, request = actor(room, conn), str(uuid.uuid4())
        return invigilation.move(conn, seat, number, "A broken chair", by, request, room.site.now())


def give(room: Room, gap: int, seconds: int) -> Given:
    with room.site.writing() as conn:
        by, request = actor(room, conn), str(uuid.uuid4())
        return invigilation.give_back(conn, {gap: seconds}, "The network failed.", by, request, room.site.now())


def aside(room: Room, gap: int) -> int:
    with room.site.writing() as conn:
        return invigilation.set_aside(conn, [gap], "They had left the room.", actor(room, conn), room.site.now())


def kept_gap(room: Room, ref: str) -> int:
    attempt, now = attempt_at(room.site, ref), room.site.now()
    with room.site.writing() as conn:
        gaps.add(conn, attempt.sitting_id, attempt.id, now - dt.timedelta(minutes=2), now, gaps.BEATS)
        return max(one.id for one in gaps.uncredited(conn, attempt.sitting_id))


def whole(room: Room, ref: str) -> bool:
    with room.site.reading() as conn:
        attempt = attempt_at(room.site, ref)
        return first_break(attempt.ref, attempts.chain(conn, attempt), attempt.head) is None


def test_of_two_moves_to_one_place_one_is_made(room: Room) -> None:
    refs = saved_seats(room, ["Ann One", "Bea Two"])
    running(room, refs)
    for place in range(10, 10 + ROUNDS):
        outcomes = at_once(*[partial(move, room, ref, place) for ref in refs])
        assert outcomes.count(True) == 1
        (refused,) = (one for one in outcomes if one is not True)
        assert isinstance(refused, NotNow) and refused.code == "move.taken"
    with room.site.reading() as conn:
        numbers = conn.scalars(sa.select(t.seats.c.number)).all()
        assert len(conn.execute(t.moves.select()).all()) == ROUNDS
    assert len(set(numbers)) == 2 and 9 + ROUNDS in numbers
    assert all(whole(room, ref) for ref in refs)


def test_of_two_moves_of_one_candidate_both_are_made_one_after_the_other(room: Room) -> None:
    (ref,) = saved_seats(room, ["Ann One"])
    running(room, [ref])
    assert at_once(partial(move, room, ref, 20), partial(move, room, ref, 21)) == [True, True]
    with room.site.reading() as conn:
        made = conn.execute(sa.select(t.moves.c.from_number, t.moves.c.to_number).order_by(t.moves.c.id)).all()
        number = conn.scalar(sa.select(t.seats.c.number))
    assert made[0].from_number == 1 and made[1].from_number == made[0].to_number
    assert number == made[1].to_number
    assert whole(room, ref)


def test_of_two_credits_of_one_gap_one_is_given(room: Room) -> None:
    (ref,) = saved_seats(room, ["Ann One"])
    running(room, [ref])
    room.site.clock.advance(minutes=10)
    for round_ in range(1, ROUNDS + 1):
        gap = kept_gap(room, ref)
        outcomes = at_once(partial(give, room, gap, 120), partial(give, room, gap, 90))
        given = [len(one.given) for one in outcomes if isinstance(one, Given)]
        assert sorted(given) == [0, 1]
        with room.site.reading() as conn:
            assert len(conn.execute(t.grants.select()).all()) == round_
    assert whole(room, ref)


def test_a_gap_that_many_heartbeats_end_at_once_is_kept_once(room: Room) -> None:
    (ref,) = saved_seats(room, ["Ann One"])
    running(room, [ref])
    attempt, product = attempt_at(room.site, ref), room.site.product
    with room.site.reading() as conn:
        known = standing.read_known(conn, attempt.ref, room.site.now())
    before, now = Beat(room.site.now()), room.site.clock.advance(minutes=5)
    beat = partial(outages.notice, product, attempt.ref, known, before, 290, now)
    assert at_once(*[beat] * 8).count(True) == 1
    with room.site.reading() as conn:
        assert len(gaps.uncredited(conn, room.sitting[0])) == 1


def test_a_gap_is_given_or_set_aside_and_never_both(room: Room) -> None:
    (ref,) = saved_seats(room, ["Ann One"])
    running(room, [ref])
    room.site.clock.advance(minutes=10)
    for _ in range(ROUNDS):
        gap = kept_gap(room, ref)
        given, noted = at_once(partial(give, room, gap, 120), partial(aside, room, gap))
        assert isinstance(given, Given)
        assert (len(given.given), noted) in {(1, 0), (0, 1)}
    assert whole(room, ref)
