"""Races, with real threads on both databases: one attempt a seat, no answer after the submission."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from sjt.rules.refusals import NotNow
from sjt.services import timekeeping
from sjt.services.delivery import answers, door
from sjt.services.papers_drawn import draw_for_seat
from sjt.stores import attempts
from sjt.stores import tables as t
from sjt.stores.attempts import Attempt
from sjt.stores.people import new_ref
from tests.at_once import at_once
from tests.saved import Booked, Room, saved_room
from tests.site import Site

STARTS = 50


@pytest.fixture
def room(database_url: str, tmp_path: Path) -> Iterator[Room]:
    site = Site(database_url, tmp_path)
    yield saved_room(site)
    site.close()


def begun(room: Room, booked: Booked) -> answers.Sat:
    with room.site.writing() as conn:
        timekeeping.open_gate(conn, _attempt(conn, booked), room.invigilator, room.site.now())
        timekeeping.begin(conn, _attempt(conn, booked), room.site.now())
    with room.site.reading() as conn:
        return answers.sat(conn, booked.attempt_ref)


def _attempt(conn: sa.Connection, booked: Booked) -> Attempt:
    found = attempts.by_ref(conn, booked.attempt_ref)
    assert found is not None
    return found


def many_begun(room: Room, count: int) -> list[answers.Sat]:
    """As many running attempts, all on copies of one drawn paper: rows are cheap, draws are not."""
    model = begun(room, room.seat())
    with room.site.writing() as conn:
        seat = conn.execute(t.seats.select()).one()._mapping
        attempt = conn.execute(t.attempts.select()).one()._mapping
        paper = conn.execute(t.papers.select()).one()._mapping
        asked = [row._mapping for row in conn.execute(t.paper_questions.select())]
        candidate = conn.execute(t.candidates.select()).one()._mapping
        ids, refs = [1000 + n for n in range(count)], [new_ref() for _ in range(count)]
        pairs = list(zip(ids, refs, strict=True))
        conn.execute(t.candidates.insert(), [{**candidate, "id": n, "ref": ref, "number": ref} for n, ref in pairs])
        of_seat = [{**seat, "id": n, "ref": r, "candidate_id": n, "number": n, "keycode_hash": r} for n, r in pairs]
        conn.execute(t.seats.insert(), of_seat)
        conn.execute(t.attempts.insert(), [{**attempt, "id": n, "ref": ref, "seat_id": n} for n, ref in pairs])
        conn.execute(t.papers.insert(), [{**paper, "id": n, "ref": ref, "attempt_id": n} for n, ref in pairs])
        conn.execute(t.paper_questions.insert(), [{**row, "paper_id": n} for n in ids for row in asked])
    return [replace(model, attempt_id=n, attempt_ref=ref) for n, ref in pairs]


def test_fifty_parallel_starts_begin_one_attempt_once(room: Room) -> None:
    booked = room.seat()
    room.open_gate(booked)
    waiting = room.attempt(booked)

    def start() -> bool:
        with room.site.writing() as conn:
            return timekeeping.begin(conn, waiting, room.site.now())

    assert at_once(*[start] * STARTS).count(True) == 1
    with room.site.reading() as conn:
        assert [row.kind for row in conn.execute(t.events.select())].count("begun") == 1
        assert len(conn.execute(t.attempts.select()).all()) == 1


def test_fifty_parallel_draws_make_one_attempt_and_one_paper(room: Room) -> None:
    booked = room.seat()

    def draw() -> None:
        with room.site.writing() as conn:
            draw_for_seat(conn, booked.seat_id, room.site.now())

    at_once(*[draw] * STARTS)
    with room.site.reading() as conn:
        assert len(conn.execute(t.attempts.select()).all()) == 1
        assert len(conn.execute(t.papers.select()).all()) == 1
        assert len(conn.execute(t.paper_questions.select()).all()) == 16


@pytest.mark.parametrize("races", [200, pytest.param(1000, marks=pytest.mark.long)])
def test_a_save_raced_against_a_submission_is_in_the_script_or_refused(room: Room, races: int) -> None:
    """What was acknowledged is in the frozen script, and nothing is added after it."""
    product, now = room.site.product, room.site.now()
    outcomes: dict[int, object] = {}
    for here in many_begun(room, races):
        code = next(iter(here.questions))

        def save(here: answers.Sat = here, code: str = code) -> object:
            return answers.save(product, here, 0, [answers.Typed(code, 1, "raced")], now)

        def submit(here: answers.Sat = here) -> object:
            with room.site.writing() as conn:
                return timekeeping.submit(conn, here.attempt_id, now)

        outcomes[here.attempt_id], _ = at_once(save, submit)
    with room.site.reading() as conn:
        scripts = conn.execute(sa.select(t.responses.c.attempt_id, t.responses.c.text)).all()
        journal = Counter(conn.scalars(sa.select(t.answers.c.attempt_id)))
    lengths = Counter(row.attempt_id for row in scripts)
    raced = Counter(row.attempt_id for row in scripts if row.text == "raced")
    acknowledged = {n for n, outcome in outcomes.items() if isinstance(outcome, answers.Saved)}
    refused = {n for n, outcome in outcomes.items() if isinstance(outcome, NotNow)}
    assert len(acknowledged) + len(refused) == races
    assert set(lengths.values()) == {16} and len(lengths) == races
    assert set(raced) == acknowledged and set(raced.values()) <= {1}
    assert set(journal) == acknowledged


def test_two_pages_saving_the_same_revision_at_once_give_one_answer(room: Room) -> None:
    product, now = room.site.product, room.site.now()
    for here in many_begun(room, 50):
        code = next(iter(here.questions))
        saves = [
            partial(answers.save, product, here, 0, [answers.Typed(code, 1, text)], now) for text in ("one", "two")
        ]
        replies = [reply for reply in at_once(*saves) if isinstance(reply, answers.Saved)]
        statuses = sorted(reply.kept[0].status for reply in replies)
        assert statuses == ["newer", "saved"]
        with room.site.reading() as conn:
            held = conn.execute(t.answers.select().where(t.answers.c.attempt_id == here.attempt_id)).all()
            kept = next(reply.kept[0] for reply in replies if reply.kept[0].status == "saved")
        assert [row.text_hash for row in held] == [kept.text_hash]


def test_minutes_granted_while_somebody_begins_are_in_the_deadline(room: Room) -> None:
    booked = room.seat()
    room.open_gate(booked)
    with room.site.reading() as conn:
        before = _attempt(conn, booked)  # what a page has read when Begin is pressed
    with room.site.writing() as conn:
        timekeeping.grant(conn, before, 600, "a late bus", room.invigilator, "r-1", room.site.now())
    with room.site.writing() as conn:
        timekeeping.begin(conn, before, room.site.now())
    begun_at = room.attempt(booked)
    assert begun_at.writable_until == begun_at.deadline
    assert begun_at.allowance.granted_seconds == 600


def test_a_lost_lease_writes_nothing(room: Room) -> None:
    here = begun(room, room.seat())
    code = next(iter(here.questions))
    with room.site.writing() as conn:
        attempt = attempts.by_ref(conn, here.attempt_ref)
        assert attempt is not None
        assert door.take_lease(conn, attempt, room.site.now()) == 1
    with pytest.raises(NotNow) as refused:
        answers.save(room.site.product, here, 0, [answers.Typed(code, 1, "old page")], room.site.now())
    assert refused.value.code == "save.other_page"


def test_a_browser_that_lost_its_seat_writes_and_learns_nothing_under_any_lease(room: Room) -> None:
    """Another node may not have heard yet that the seat went to another browser: the statement itself asks."""
    booked = room.seat()
    here = begun(room, booked)
    code, product, now = next(iter(here.questions)), room.site.product, room.site.now()
    with room.site.writing() as conn:
        conn.execute(t.attempts.update().values(device_hash="new"))
    answers.save(product, here, 0, [answers.Typed(code, 1, "mine")], now, "new")
    for revision in (1, 2):  # one that stands there, and one that does not
        with pytest.raises(NotNow) as refused:
            answers.save(product, here, 0, [answers.Typed(code, revision, "theirs")], now, "old")
        assert refused.value.code == "save.other_page"
    with room.site.reading() as conn:
        assert conn.scalars(sa.select(t.answers.c.text)).all() == ["mine"]


def test_many_sweeps_at_once_close_each_attempt_once(room: Room) -> None:
    many_begun(room, 5)
    late = room.site.clock.advance(minutes=121)
    closed = at_once(*[lambda: timekeeping.sweep(room.site.product.database, late)] * 4)
    assert sum(closed) == 6  # type: ignore[arg-type]
    with room.site.reading() as conn:
        assert [row.kind for row in conn.execute(t.events.select())].count("expired") == 6
        assert len(conn.execute(t.responses.select()).all()) == 6 * 16
