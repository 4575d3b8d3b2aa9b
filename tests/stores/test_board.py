"""The register under two hands at once: one note, one event."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from proctoring.events import first_break
from sjt.rules.refusals import NotNow, Refusal
from sjt.services import invigilation, timekeeping
from sjt.services.invigilation import Actor
from sjt.stores import attempts, board, seats, sittings
from sjt.stores import tables as t
from tests.saved import Room
from tests.saved_invigilation import admitted, attempt_at, gate_open, saved_seats, small_room
from tests.site import Site

HANDS = 8


@pytest.fixture
def room(database_url: str, tmp_path: Path) -> Iterator[Room]:
    site = Site(database_url, tmp_path)
    yield small_room(site)
    site.close()


def at_once(room: Room, act: Callable[[sa.Connection, Actor], object], hands: int = HANDS) -> list[object]:
    """The same act by several people at the same moment: what each got."""
    start, got = threading.Barrier(hands), []
    with room.site.reading() as conn:
        actor = Actor(room.invigilator, sittings.by_id(conn, room.sitting[0]))

    def press() -> None:
        start.wait()
        try:
            with room.site.writing() as conn:
                got.append(act(conn, actor))
        except Refusal as refusal:
            got.append(refusal)

    threads = [threading.Thread(target=press) for _ in range(hands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def seat_of(conn: sa.Connection, ref: str) -> seats.Seat:
    found = seats.by_ref(conn, ref)
    assert found is not None
    return found


def events(room: Room, ref: str) -> list[str]:
    attempt = attempt_at(room.site, ref)
    with room.site.reading() as conn:
        chain = attempts.chain(conn, attempt)
    assert first_break(attempt.ref, chain, attempt.head) is None
    return [event.kind for event in chain]


def test_one_identity_check_out_of_many_at_once(room: Room) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    now = room.site.now()
    got = at_once(
        room, lambda conn, actor: invigilation.check_identity(conn, seat_of(conn, ref), "passport", actor, now)
    )
    assert got.count(None) == 1
    assert all(isinstance(one, NotNow) for one in got if one is not None)
    assert events(room, ref) == ["identity_checked"]


def test_one_admission_out_of_many_at_once(room: Room) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    now = room.site.now()
    by = room.invigilator.id
    with room.site.writing() as conn:
        conn.execute(t.seats.update().values(identity_at=now, identity_by=by, identity_document="passport"))
    at_once(room, lambda conn, actor: invigilation.admit(conn, seat_of(conn, ref), actor, now))
    assert events(room, ref) == ["admitted"]


def test_the_gate_opened_for_all_by_many_at_once_opens_once_a_seat(room: Room) -> None:
    refs = saved_seats(room, [f"Candidate {n}" for n in range(1, 6)])
    admitted(room, refs)
    got = at_once(room, lambda conn, actor: invigilation.open_gates(conn, actor, room.site.now()), hands=4)
    assert sum(one for one in got if isinstance(one, int)) == 5
    assert [events(room, ref) for ref in refs] == [["gate_opened"]] * 5


def test_refusing_and_beginning_at_the_same_moment_never_both_happen(room: Room) -> None:
    refs = saved_seats(room, [f"Candidate {n}" for n in range(1, 13)])
    gate_open(room, refs)
    now = room.site.now()
    for ref in refs:
        attempt, turn = attempt_at(room.site, ref), iter(range(2))

        def either(conn: sa.Connection, actor: Actor, ref: str = ref, turn: Iterator[int] = turn) -> object:
            if next(turn) == 0:
                return timekeeping.begin(conn, attempt, now)  # noqa: B023 - both threads end within this round
            invigilation.refuse(conn, seat_of(conn, ref), "Late", actor, now)
            return True

        at_once(room, either, hands=2)
        with room.site.reading() as conn:
            refused = seat_of(conn, ref).refused_at is not None
        assert refused != (attempt_at(room.site, ref).started_at is not None)


def test_a_note_is_written_only_while_the_seat_stands_as_it_was_read(room: Room) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    with room.site.writing() as conn:
        was = seat_of(conn, ref)
        assert board.note(conn, was, {"absent_at": room.site.now(), "absent_by": room.invigilator.id})
        assert not board.note(conn, was, {"refused_at": room.site.now()})


def test_the_database_itself_refuses_an_admission_without_identity(room: Room) -> None:
    saved_seats(room, ["Amina Yusuf"])
    with pytest.raises(sa.exc.IntegrityError), room.site.writing() as conn:
        conn.execute(t.seats.update().values(admitted_at=room.site.now()))
