"""How many SQL statements each hot request of an apprentice takes: known by heart, and the same for every seat."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from sjt.services import timekeeping
from tests.saved import Room, Typist, saved_room
from tests.site import Site, csrf


@pytest.fixture
def room(site: Site) -> Room:
    return saved_room(site)


@contextmanager
def statements(site: Site) -> Iterator[list[str]]:
    """The statements that reach the database inside the block, pragmas and transaction marks left out."""
    told: list[str] = []

    def note(statement: str) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE")):
            told.append(statement)

    if site.product.database.is_sqlite:
        engine = site.product.database.engine
        listener = lambda _conn, _cursor, statement, *_: note(statement)  # noqa: E731 - to be removed again
        sa.event.listen(engine, "before_cursor_execute", listener)
        yield told
        sa.event.remove(engine, "before_cursor_execute", listener)
        return
    execute = psycopg.Cursor.execute

    def noted(cursor: Any, query: Any, *rest: Any, **options: Any) -> Any:
        note(str(query))
        return execute(cursor, query, *rest, **options)

    with pytest.MonkeyPatch.context() as patched:  # the save goes to the driver as it stands
        patched.setattr(psycopg.Cursor, "execute", noted)
        yield told


def test_a_heartbeat_takes_no_statement_in_the_steady_state(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    typist.post("beat", {})
    with statements(room.site) as told:
        for _ in range(5):
            room.site.clock.advance(seconds=15)
            assert typist.post("beat", {"unsent": 1}).get_json()["state"] == "running"
    assert told == []


def test_a_heartbeat_after_saves_takes_none_either(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    typist.post("beat", {})
    typist.save({typist.questions[0]: "some words"})
    with statements(room.site) as told:
        typist.post("beat", {})
    assert told == []


def test_what_changes_is_told_by_the_next_heartbeat(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    assert typist.post("beat", {}).get_json()["finish"] == "11:00"
    with room.site.writing() as conn:
        timekeeping.grant(conn, room.attempt(booked), 600, "x", room.invigilator, "r-9", room.site.now())
    assert typist.post("beat", {}).get_json()["finish"] == "11:10"
    with room.site.writing() as conn:
        timekeeping.submit(conn, room.attempt(booked).id, room.site.now())
    assert typist.post("beat", {}).get_json()["state"] == "submitted"


def test_time_alone_closes_what_is_known(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    room.site.clock.advance(hours=2)
    typist.post("beat", {})
    with statements(room.site) as told:
        room.site.clock.advance(seconds=6)
        assert typist.post("beat", {}).get_json()["state"] == "expired"
    assert told == []


def test_another_browser_learns_nothing_from_what_is_known(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    typist.post("beat", {})
    stranger = room.site.visitor()
    token = csrf(stranger, "/sit/")
    with stranger.session_transaction() as session:
        session["seat"] = booked.attempt_ref
    answer = stranger.post(f"{typist.base}/beat", json={}, headers={"X-CSRFToken": token})
    assert answer.status_code == 404


def test_a_save_is_one_statement_on_postgresql_and_three_on_sqlite(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    typist.save({typist.questions[0]: "once"})  # what never changes of the attempt is read once a process
    with statements(room.site) as told:
        typist.save({code: "many words" for code in typist.questions})
    assert len(told) == (3 if room.site.product.database.is_sqlite else 1)


def test_begin_takes_four_statements(room: Room) -> None:
    booked = room.seat()
    client = room.enter(booked)
    room.admit(booked)
    room.open_gate(booked)
    page = f"/sit/{booked.attempt_ref}"
    client.post(f"{page}/confirm", data={"csrf_token": csrf(client, f"{page}/confirm")})
    token = csrf(client, f"{page}/waiting")
    with statements(room.site) as told:
        client.post(f"{page}/begin", data={"csrf_token": token})
    assert len(told) == 4, told


def test_a_page_of_the_paper_takes_six_statements_and_handing_in_a_known_number(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    typist.save({typist.questions[0]: "some words"})
    with statements(room.site) as told:
        assert typist.client.get(f"{typist.base}/scenario/1").status_code == 200
    assert len(told) == 6, told
    token = csrf(typist.client, f"{typist.base}/review")
    with statements(room.site) as told:
        assert typist.client.post(f"{typist.base}/submit", data={"csrf_token": token}).status_code == 303
    # Lock, read, answers, questions, one line for each of the sixteen, the attempt, its event.
    assert len([statement for statement in told if not statement.startswith("INSERT INTO responses")]) == 6, told
