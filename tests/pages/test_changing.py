"""A whole sitting is cancelled or moved: what goes along, what is burned, and who must be told."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from proctoring.events import first_break
from sjt.rules.access import Role
from sjt.rules.attempt import State
from sjt.rules.refusals import Stale
from sjt.services import timekeeping
from sjt.services.registration import changes as changing
from sjt.stores import attempts, history, sittings
from sjt.stores import tables as t
from tests.at_once import at_once
from tests.saved import Room, saved_room
from tests.saved_invigilation import attempt_at, gate_open, running, saved_seats, small_room
from tests.saved_registration import saved_candidate, saved_seat, saved_sitting, send
from tests.site import Site

ROUNDS = 8


def paper_of(site: Site, seat_id: int) -> str:
    with site.reading() as conn:
        attempt = attempts.by_seat(conn, seat_id)
        assert attempt is not None and first_break(attempt.ref, attempts.chain(conn, attempt), attempt.head) is None
        return str(conn.scalar(sa.select(t.papers.c.ref).where(t.papers.c.attempt_id == attempt.id)))


def test_a_move_takes_seats_keycodes_and_papers_along_and_burns_a_paper_whose_gate_was_open(site: Site) -> None:
    room = saved_room(site)
    shut, opened = room.seat("Amina Yusuf", 1), room.seat("Ben Okoro", 2)
    gate_open(room, [opened.seat_ref])
    before = {one: paper_of(site, one.seat_id) for one in (shut, opened)}
    client, address = site.signed_in(room.manager), f"/manage/sittings/{room.sitting[1]}/move"
    form = {"day": "2026-11-25", "starts": "09:00", "ends": "16:00", "venue": "Room 7", "reason": "A burst pipe."}
    assert "The gate is open for 1" in client.get(address).text
    assert send(client, address, **{**form, "reason": ""}).status_code == 400
    assert "must come after the start" in send(client, address, **{**form, "ends": "08:00"}).text
    page = client.get(send(client, address, **form).headers["Location"]).text
    for words in ("A burst pipe.", "Amina Yusuf", "An employer", "Room 7", "25 November 2026, 09:00", "Invigilator 2"):
        assert words in page, words
    assert paper_of(site, shut.seat_id) == before[shut] and paper_of(site, opened.seat_id) != before[opened]
    assert attempt_at(site, opened.seat_ref).opened_at is None
    file = client.get(f"/manage/sittings/{room.sitting[1]}/tell.csv").text
    assert "Candidate,Amina Yusuf" in file and "Invigilator,Invigilator 2" in file


def test_nobody_is_moved_into_a_slot_that_does_not_hold_their_time(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        sitting = saved_sitting(conn, manager)
        saved_seat(conn, site, sitting, saved_candidate(conn, manager, percent=25), manager)
    client, address = site.signed_in(manager), f"/manage/sittings/{sitting.ref}/move"
    form = {"day": "2026-11-25", "starts": "09:30", "ends": "12:10", "venue": "Harbour Centre", "reason": "Fog."}
    told = "20 min set-up + 150 min working time + 0 min breaks = 170 min, and this gives 160 min."
    assert f"Too short for Amina Yusuf: {told}" in send(client, address, **form).text
    same = {**form, "day": "2026-11-24", "ends": "12:20"}
    assert "Nothing is different" in send(client, address, **same).text


def test_a_cancelled_sitting_uses_up_no_attempt_burns_what_was_begun_and_leaves_what_was_handed_in(site: Site) -> None:
    room = saved_room(site)
    done, begun, waiting = (room.seat(name, n) for n, name in enumerate(("Ann One", "Bea Two", "Cy Three"), 1))
    for one in (done, begun):
        room.begun(one)
    with site.writing() as conn:
        timekeeping.submit(conn, room.attempt(done).id, site.now())
    client, address = site.signed_in(room.manager), f"/manage/sittings/{room.sitting[1]}/cancel"
    page = client.get(address).text
    assert "1 candidate has begun" in page and "1 script that was closed stands" in page
    assert send(client, address, reason=" ", begun="1").status_code == 400
    stale = send(client, address, reason="Fire.", begun="0")
    assert stale.status_code == 409 and "It is 1 who have begun now" in stale.text
    page = client.get(send(client, address, reason="Fire.", begun="1").headers["Location"]).text
    assert all(name in page for name in ("Ann One", "Bea Two", "Cy Three", "Fire."))
    assert [room.attempt(one).closed_as for one in (done, begun, waiting)] == ["submitted", "void", "void"]
    assert room.attempt(begun).writable_until is None
    with site.reading() as conn:
        seen = conn.scalar(sa.select(t.seats.c.candidate_id).where(t.seats.c.id == begun.seat_id)) or 0
        unseen = conn.scalar(sa.select(t.seats.c.candidate_id).where(t.seats.c.id == waiting.seat_id)) or 0
        assert len(history.met(conn, seen)) == 9 and not history.met(conn, unseen)


@pytest.fixture
def room(database_url: str, tmp_path: Path) -> Iterator[Room]:
    site = Site(database_url, tmp_path)
    yield small_room(site)
    site.close()


def cancel(room: Room, sitting_id: int, begun: int = 0) -> object:
    with room.site.writing() as conn:
        sitting, number = sittings.by_id(conn, sitting_id), str(uuid.uuid4())
        try:
            return changing.cancel(conn, sitting, "Fog.", begun, room.manager, number, room.site.now())
        except Stale as refused:
            conn.rollback()
            return refused


def begin(room: Room, ref: str) -> object:
    with room.site.writing() as conn:
        attempt = attempts.by_seat(conn, attempt_at(room.site, ref).seat_id)
        assert attempt is not None
        return timekeeping.begin(conn, attempt, room.site.now())


def test_of_a_begin_and_a_cancellation_at_once_one_is_done_and_never_both(room: Room) -> None:
    for round_ in range(ROUNDS):
        (ref,) = saved_seats(room, [f"Ann {round_}"], first=1)
        gate_open(room, [ref])
        room.site.clock.advance(seconds=1)
        begun, cancelled = at_once(partial(begin, room, ref), partial(cancel, room, room.sitting[0]))
        state = attempt_at(room.site, ref)
        assert (begun is True) != (cancelled is True), (begun, cancelled)
        assert (state.closed_as == State.VOID) == (cancelled is True) == (state.started_at is None)
        if cancelled is not True:
            assert cancel(room, room.sitting[0], begun=1) is True
        with room.site.writing() as conn:  # the same sitting once more, as if it stood
            conn.execute(t.sittings.update().values(cancelled_at=None))


def test_two_managers_cancel_at_once_and_one_of_them_does(room: Room) -> None:
    refs = saved_seats(room, ["Ann One", "Bea Two"])
    running(room, refs)
    outcomes = at_once(*[partial(cancel, room, room.sitting[0], 2)] * 2)
    assert outcomes.count(True) == 1
    with room.site.reading() as conn:
        assert conn.scalar(sa.select(sa.func.count()).select_from(t.sitting_changes)) == 1


def test_a_sitting_in_which_somebody_has_begun_is_not_moved(room: Room) -> None:
    (ref,) = saved_seats(room, ["Ann One"])
    running(room, [ref])
    client, address = room.site.signed_in(room.manager), f"/manage/sittings/{room.sitting[1]}/move"
    form = {"day": "2026-11-25", "starts": "09:00", "ends": "16:00", "venue": "Room 1", "reason": "Fog."}
    refused = send(client, address, **form)
    assert refused.status_code == 409 and "have begun, so the sitting cannot be moved" in refused.text
    assert attempt_at(room.site, ref).started_at is not None
    with room.site.reading() as conn:
        assert sittings.by_id(conn, room.sitting[0]).starts_at.date() == dt.date(2026, 11, 23)
