"""Claims, drafts and recalls on real databases: two people never hold one turn, nothing final is overwritten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from sjt.rules.access import Role
from sjt.rules.marking import Draft, Said
from sjt.rules.refusals import NotNow, Stale
from sjt.services import marking
from sjt.stores import marks
from sjt.stores import tables as t
from sjt.stores.marks import Mark
from sjt.stores.scripts import BLANKS
from tests import saved_marking as saved
from tests.saved import Room, saved_room
from tests.saved_marking import KEY, OTHER
from tests.site import Site


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    made = Site(database_url, tmp_path)
    yield made
    made.close()


@pytest.fixture
def room(site: Site) -> Room:
    return saved_room(site)


def test_the_unique_turn_lets_one_of_many_through(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    people = saved.markers(site, 8)
    with site.reading() as conn:
        response = saved.response_id(conn, booked, OTHER)

    def take(person_id: int) -> Callable[[], bool]:
        def act() -> bool:
            with site.writing() as conn:  # no lock and no look before: the index alone decides
                return marks.take(conn, response, 1, person_id, site.now()) is not None

        return act

    assert sorted(map(bool, saved.at_once([take(person.id) for person in people]))) == [False] * 7 + [True]


def test_racing_markers_share_a_queue_without_a_collision(site: Site, room: Room) -> None:
    scripts = [saved.handed_in(room, f"Candidate {n}", n) for n in (1, 2, 3)]
    people = saved.markers(site, 6)
    with site.reading() as conn:
        questions = {saved.question_of(conn, saved.response_id(conn, booked, KEY)) for booked in scripts}

    def mark_all(person_id: int) -> Callable[[], list[Mark]]:
        def act() -> list[Mark]:
            mine = []
            for question in questions:
                while True:
                    with site.writing() as conn:
                        mark = marking.next_answer(conn, question, person_id, site.now())
                    if mark is None:
                        break
                    with site.writing() as conn:
                        marking.commit(conn, mark, mark.edit, saved.a_draft(mark, conn), site.now())
                    mine.append(mark)
            return mine

        return act

    done = [mark for own in saved.at_once([mark_all(person.id) for person in people]) for mark in own]  # type: ignore[attr-defined]
    assert len({(mark.response_id, mark.turn) for mark in done}) == len(done) == 6  # two turns on three answers
    assert len({(mark.response_id, mark.marker_id) for mark in done}) == 6


def test_a_person_never_gets_two_turns_on_one_answer(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    person, other = saved.markers(site, 2)
    saved.judged(site, booked, KEY, person)
    with site.writing() as conn:
        response = saved.response_id(conn, booked, KEY)
        assert marking.next_answer(conn, saved.question_of(conn, response), person.id, site.now()) is None
        assert marks.take(conn, response, 2, person.id, site.now()) is None  # the index says so too
    assert saved.claimed(site, booked, KEY, other).turn == 2


def test_whoever_invigilated_the_sitting_is_never_offered_it(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    room.admit(booked)
    named = site.person(Role.MARKER, Role.INVIGILATOR)
    with site.writing() as conn:
        row = {
            "sitting_id": room.sitting[0],
            "person_id": named.id,
            "named_by": room.manager.id,
            "named_at": site.now(),
        }
        conn.execute(t.sitting_staff.insert().values(**row))
        conn.execute(t.sitting_staff.delete().where(t.sitting_staff.c.person_id == room.invigilator.id))
    with site.reading() as conn:
        for person in (named, room.invigilator):  # named for it; or no longer, but the register shows them
            assert marking.queue(conn, person.id, site.now()).left == 0
        assert marking.queue(conn, room.manager.id, site.now()).left == 16


def test_unanswered_is_what_python_calls_white_space_and_is_offered_to_nobody(site: Site, room: Room) -> None:
    saved.handed_in(room, unanswered=["C1.2"], blank=["C4.1"])
    blanks = "".join(chr(code) for code in range(1, 0x110000) if chr(code).isspace())
    with site.reading() as conn:
        answered = {s.response.statement: s.response.answered for s in marks.standings(conn)}
        assert conn.scalar(sa.select(sa.func.trim(sa.literal(blanks), BLANKS))) == ""
        offered = {queued.asked.statement for queued in marking.queue(conn, room.manager.id, site.now()).questions}
    assert {statement for statement, is_answered in answered.items() if not is_answered} == {"C1.2", "C4.1"}
    assert len(offered) == 14 and not offered & {"C1.2", "C4.1"}


def test_what_lies_idle_goes_back_and_its_draft_waits_for_its_writer(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    first, second = saved.markers(site, 2)
    mark = saved.claimed(site, booked, OTHER, first)
    with site.writing() as conn:
        marking.save(conn, mark, 0, Draft({"P-C4a.1": Said(True, "So far so good.")}), site.now())
        question = saved.question_of(conn, mark.response_id)
    site.clock.advance(minutes=29, seconds=59)
    with site.writing() as conn:
        assert marking.next_answer(conn, question, second.id, site.now()) is None
    site.clock.advance(seconds=1)
    theirs = saved.claimed(site, booked, OTHER, second)
    with site.writing() as conn:
        with pytest.raises(NotNow) as refusal:
            marking.save(conn, mark, 1, Draft(), site.now())
        assert refusal.value.code == "marking.gone"
        marking.give_back(conn, theirs, site.now())
    back = saved.claimed(site, booked, OTHER, first)
    assert back.ref == mark.ref
    assert marking.draft_of(back).points["P-C4a.1"] == Said(True, "So far so good.")


def test_an_idle_mark_is_taken_up_by_its_writer_if_nobody_else_has(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    first, second = saved.markers(site, 2)
    mark = saved.claimed(site, booked, OTHER, first)
    site.clock.advance(minutes=31)
    with site.writing() as conn:
        marks.park_idle(conn, site.now() - dt.timedelta(minutes=30), site.now())
        assert marking.save(conn, mark, 0, Draft(comment="Still here."), site.now()) == 1
        again = marks.by_ref(conn, mark.ref)
    assert again is not None and again.returned_at is None and again.touched_at == site.now()


def test_a_stale_draft_overwrites_nothing_and_the_same_one_twice_is_once(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    (person,) = saved.markers(site, 1)
    mark = saved.claimed(site, booked, OTHER, person)
    with site.writing() as conn:
        newer = Draft(comment="From the other window.")
        assert marking.save(conn, mark, 0, newer, site.now()) == 1
        assert marking.save(conn, mark, 0, newer, site.now()) == 1
        with pytest.raises(Stale):
            marking.save(conn, mark, 0, Draft(comment="From this one."), site.now())
        with pytest.raises(Stale):
            marking.commit(conn, mark, 0, saved.a_draft(mark, conn), site.now())
        held = marks.by_ref(conn, mark.ref)
    assert held is not None and marking.draft_of(held) == newer


def test_a_recalled_judgement_stands_superseded_as_it_was(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    (person,) = saved.markers(site, 1)
    mark = saved.judged(site, booked, OTHER, person, unmet=[2], comment="Weigh it up.")
    site.clock.advance(minutes=10)
    with site.writing() as conn:
        again = marking.recall(conn, mark, site.now())
        old = marks.by_ref(conn, mark.ref)
        acts = conn.execute(sa.select(t.records).where(t.records.c.act == "marking.recall")).all()
    assert old is not None and old.returned_reason == "recalled" and old.comment == "Weigh it up."
    assert [judged.met for judged in old.points.values()] == [True, False]
    assert again.turn == old.turn and marking.says_the_same(again, marking.draft_of(old)) and not again.final_at
    assert len(acts) == 1 and acts[0].detail["again"] == again.ref


def test_a_recall_is_refused_late_or_once_another_judgement_is_final(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    first, second = saved.markers(site, 2)
    late = saved.judged(site, booked, OTHER, first)
    site.clock.advance(minutes=10, seconds=1)
    other = saved.judged(site, booked, KEY, first)
    saved.judged(site, booked, KEY, second)
    for mark in (late, other):
        with site.writing() as conn, pytest.raises(NotNow) as refusal:
            marking.recall(conn, mark, site.now())
        assert refusal.value.code == "marking.no_recall"


def test_what_is_given_back_is_not_offered_to_that_person_again(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    first, second = saved.markers(site, 2)
    mark = saved.claimed(site, booked, OTHER, first)
    with site.writing() as conn:
        marking.give_back(conn, mark, site.now())
        question = saved.question_of(conn, mark.response_id)
        assert marking.next_answer(conn, question, first.id, site.now()) is None
        with pytest.raises(NotNow):
            marking.save(conn, mark, 0, Draft(), site.now())
        with pytest.raises(NotNow):
            marking.give_back(conn, mark, site.now())
    assert saved.claimed(site, booked, OTHER, second).turn == 1


def test_a_disagreement_on_a_key_question_goes_to_a_third_person(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    first, second, third = saved.markers(site, 3)
    saved.judged(site, booked, KEY, first)
    saved.judged(site, booked, KEY, second, unmet=[3])
    for person in (first, second):
        with site.writing() as conn:
            question = saved.question_of(conn, saved.response_id(conn, booked, KEY))
            assert marking.next_answer(conn, question, person.id, site.now()) is None
    assert saved.judged(site, booked, KEY, third, unmet=[1, 3]).turn == 3
    with site.reading() as conn:
        (standing,) = marks.standings(conn, response_id=saved.response_id(conn, booked, KEY))
    decided = marking.verdict(standing)
    assert decided.wanted == () and decided.disputed == {"P-C4b.3"}
    assert decided.points == {"P-C4b.1": True, "P-C4b.2": True, "P-C4b.3": False}


def test_void_attempts_and_released_results_are_not_marked(site: Site, room: Room) -> None:
    saved.handed_in(room, closed_as="void")
    with site.reading() as conn:
        assert marks.standings(conn) == []
        assert marking.open_marks(conn) == 0


def test_the_overview_counts_judgements_by_sitting_and_question(site: Site, room: Room) -> None:
    booked = saved.handed_in(room, unanswered=["C1.2"])
    first, second, third = saved.markers(site, 3)
    saved.judged(site, booked, KEY, first)
    saved.judged(site, booked, KEY, second, unmet=[1])
    saved.claimed(site, booked, OTHER, third)
    with site.reading() as conn:
        rows = {row.asked.statement: row for row in marking.overview(conn, site.now())}
        open_now = marking.open_marks(conn, room.sitting[0])
    key, other = rows[KEY], rows[OTHER]
    assert (key.to_mark, key.in_hand, key.final, key.disagreements) == (1, 0, 2, 1)
    assert (other.to_mark, other.in_hand, other.final, other.disagreements) == (0, 1, 0, 0)
    assert rows["C1.2"].unanswered == 1 and rows["C1.2"].to_mark == 0
    assert open_now == 1 + 4 + 12  # the third mark, two key questions twice, twelve others that are answered
