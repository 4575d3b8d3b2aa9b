"""Heads are sealed every five minutes and after each closing; a bundle of the real product verifies by itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from proctoring import bundle
from sjt.rules.access import Role
from sjt.services import bundles, sealing, timekeeping
from sjt.services.registration import bookings, changes
from sjt.stores import seats, sittings
from sjt.stores import tables as t
from tests.saved import Booked, Room, Typist, saved_room
from tests.site import Site


@pytest.fixture
def room(database_url: str, tmp_path: Path) -> Iterator[Room]:
    site = Site(database_url, tmp_path)
    yield saved_room(site)
    site.close()


def sealed(room: Room) -> list[int]:
    with room.site.reading() as conn:
        return list(conn.scalars(sa.select(t.seals.c.seq).order_by(t.seals.c.id)))


def exported(room: Room, booked: Booked) -> bytes:
    with room.site.reading() as conn:
        attempt = room.attempt(booked)
        return bundles.export(conn, room.site.product, attempt, frozenset({Role.AUDITOR}), room.site.now())


def test_a_head_is_sealed_once_in_five_minutes_and_at_once_after_closing(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    product = room.site.product
    assert sealing.seal_heads(product) == 1
    typist.save({typist.questions[0]: "one"})
    assert sealing.seal_heads(product) == 0
    room.site.clock.advance(minutes=5)
    assert sealing.seal_heads(product) == 1
    room.site.clock.advance(minutes=5)
    assert sealing.seal_heads(product) == 0  # nothing has happened since
    typist.save({typist.questions[0]: "two"})
    assert sealing.seal_heads(product) == 1
    with room.site.writing() as conn:
        timekeeping.submit(conn, room.attempt(booked).id, room.site.now())
    assert sealing.seal_heads(product) == 1
    assert sealed(room)[-1] == room.attempt(booked).seq


def test_of_rounds_at_the_same_moment_each_head_gets_one_seal(room: Room) -> None:
    for number in range(3):
        room.enter(room.seat(f"Candidate {number}", number + 1))
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(sealing.seal_heads(room.site.product))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(found) == 3 == len(sealed(room))


def test_seals_never_change(room: Room) -> None:
    room.enter(room.seat())
    sealing.seal_heads(room.site.product)
    for change in (t.seals.update().values(seq=9), t.seals.delete()):
        with pytest.raises(sa.exc.IntegrityError), room.site.writing() as conn:
            conn.execute(change)


def test_the_bundle_of_a_whole_sitting_verifies_by_itself(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    actor = room.invigilator
    typist.save({code: f"First words on {code}. Zażółć 🦉" for code in typist.questions})
    room.site.clock.advance(minutes=10)
    with room.site.writing() as conn:
        timekeeping.pause(conn, room.attempt(booked), "incident", "Fire bell", actor, "r-1", room.site.now())
    room.site.clock.advance(minutes=7, seconds=3)
    with room.site.writing() as conn:
        timekeeping.resume(conn, room.attempt(booked), actor, room.site.now())
        timekeeping.grant(conn, room.attempt(booked), 300, "Noise", actor, "r-2", room.site.now())
    typist.save({typist.questions[3]: "Second thoughts."})
    keys = list(sealing.public_keys(room.site.product).values())
    running = bundle.verify(exported(room, booked), keys)
    assert running.sealed_to == 0 and running.is_trusted
    with room.site.writing() as conn:
        timekeeping.submit(conn, room.attempt(booked).id, room.site.now())
    sealing.seal_heads(room.site.product)
    made = exported(room, booked)
    whole = bundle.verify(made, keys)
    assert whole.events == whole.sealed_to == room.attempt(booked).seq
    assert b"Second thoughts." in made and b"First words" in made
    for name in ("Amina", room.site.product.settings.secret_key):
        assert name.encode() not in made


def test_an_attempt_that_has_not_begun_has_a_bundle_too(room: Room) -> None:
    booked = room.seat()
    room.enter(booked)
    assert bundle.verify(exported(room, booked)).events >= 1


def test_a_cancelled_booking_and_a_void_attempt_have_bundles_too(room: Room) -> None:
    never, begun = room.seat("Not begun", 1), room.seat("Begun", 2)
    room.begun(begun)
    with room.site.writing() as conn:
        seat = seats.by_ref(conn, never.seat_ref)
        assert seat is not None
        bookings.cancel(conn, seat, "Ill", room.manager, room.site.now())
        sitting = sittings.by_ref(conn, room.sitting[1])
        assert sitting is not None
        request = "6f1f1a30-4a57-4f6f-9f57-0b6a3c1de001"
        assert changes.cancel(conn, sitting, "Fog.", 1, room.manager, request, room.site.now())
    for booked in (never, begun):
        assert bundle.verify(exported(room, booked)).events == room.attempt(booked).seq


def test_who_takes_evidence_out_and_why_is_kept(room: Room) -> None:
    booked = room.seat()
    room.enter(booked)
    with room.site.writing() as conn:
        bundles.note_export(conn, room.attempt(booked), None, "An appeal", room.site.now())
        row = conn.execute(sa.select(t.records).where(t.records.c.act == "evidence.exported")).one()
    assert row.object_ref == booked.attempt_ref and row.detail == {"reason": "An appeal"}
