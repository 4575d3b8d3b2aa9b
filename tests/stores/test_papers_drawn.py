"""Papers in the database: what they were drawn from, what was met before, and what follows a withdrawal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from item_bank.exposure import History
from item_bank.paper import Drawer
from sjt.rules.refusals import NotNow
from sjt.services import timekeeping
from sjt.services.papers import as_json
from sjt.services.papers_drawn import bank_hash, draw_for_seat, fit_bank, hash_of
from sjt.services.withdrawal import Aftermath, after_withdrawal
from sjt.stores import drafts, history, incidents
from sjt.stores import tables as t
from sjt.stores.bank import import_bank, live_bank
from tests.makers import a_bank
from tests.saved import SPECIFICATION, Booked, Room, saved_room, saved_seat, saved_sitting
from tests.site import Site


@pytest.fixture
def room(database_url: str, tmp_path: Path) -> Iterator[Room]:
    site = Site(database_url, tmp_path)
    yield saved_room(site)
    site.close()


def scenarios_of(conn: sa.Connection, booked: Booked) -> set[str]:
    pq, v = t.paper_questions, t.scenario_versions
    return set(
        conn.scalars(
            sa.select(t.scenarios.c.slug)
            .join(v, v.c.scenario_id == t.scenarios.c.id)
            .join(pq, pq.c.scenario_version_id == v.c.id)
            .join(t.papers, t.papers.c.id == pq.c.paper_id)
            .join(t.attempts, t.attempts.c.id == t.papers.c.attempt_id)
            .where(t.attempts.c.ref == booked.attempt_ref)
        )
    )


def begin(room: Room, booked: Booked) -> None:
    room.open_gate(booked)
    with room.site.writing() as conn:
        timekeeping.begin(conn, room.attempt(booked), room.site.now())


def another_sitting(room: Room, booked: Booked) -> Booked:
    """The same candidate, booked again."""
    with room.site.writing() as conn:
        candidate = conn.execute(sa.select(t.seats.c.candidate_id).where(t.seats.c.id == booked.seat_id)).scalar_one()
        sitting = saved_sitting(conn, room.manager, [room.invigilator])
    return saved_seat(room.site, sitting, candidate, room.manager)


def test_what_a_paper_was_drawn_from_draws_it_again(room: Room) -> None:
    first, second = room.seat(), room.seat("Ben Okafor", 2)
    begin(room, first)
    with room.site.writing() as conn:
        draw_for_seat(conn, second.seat_id, room.site.now())
        papers = t.papers.join(t.attempts, t.attempts.c.id == t.papers.c.attempt_id)
        query = sa.select(t.papers, t.attempts.c.pathway).select_from(papers)
        kept = conn.execute(query.where(t.attempts.c.ref == second.attempt_ref)).one()
        bank = live_bank(conn, SPECIFICATION.name)
    told = kept.drawn_from
    known = History(told["exposed"], told["drawn"], told["beside"], frozenset(told["met"]))
    paper = Drawer(SPECIFICATION.blueprint, kept.pathway, bank).draw(kept.seed, known)
    assert (hash_of(paper), bank_hash(bank)) == (kept.hash, told["bank"])
    assert sum(told["exposed"].values()) == 9
    assert as_json("", paper)["repeats"] == told["repeats"] == []


def test_a_paper_never_begun_is_neither_met_nor_exposed(room: Room) -> None:
    booked = room.seat()
    with room.site.reading() as conn:
        candidate = conn.execute(sa.select(t.seats.c.candidate_id)).scalar_one()
        assert history.met(conn, candidate) == frozenset()
        assert history.exposed(conn, SPECIFICATION.name, room.site.now()) == {}
        assert history.drawn(conn, SPECIFICATION.name, room.site.now()) == {}
    begin(room, booked)
    room.site.clock.advance(minutes=1)
    with room.site.reading() as conn:
        own = scenarios_of(conn, booked)
        assert history.met(conn, candidate) == own
        assert history.exposed(conn, SPECIFICATION.name, room.site.now()) == dict.fromkeys(own, 1)
        assert sum(history.drawn(conn, SPECIFICATION.name, room.site.now()).values()) == 1
        later = room.site.now() + dt.timedelta(days=366)
        assert history.exposed(conn, SPECIFICATION.name, later) == {}


def test_a_resit_shares_no_scenario_and_a_forced_repeat_is_kept(room: Room) -> None:
    first = room.seat()
    begin(room, first)
    second = another_sitting(room, first)
    begin(room, second)
    third = another_sitting(room, first)
    with room.site.reading() as conn:
        assert not scenarios_of(conn, first) & scenarios_of(conn, second)
        repeats = [row.drawn_from["repeats"] for row in conn.execute(sa.select(t.papers).order_by(t.papers.c.id))]
        assert repeats == [[], [], sorted(scenarios_of(conn, third))]


def test_two_in_one_room_share_nothing_where_a_theme_has_two(room: Room) -> None:
    first, second = room.seat(), room.seat("Ben Okafor", 2)
    with room.site.reading() as conn:
        assert not scenarios_of(conn, first) & scenarios_of(conn, second)


def test_every_question_fills_a_slot_and_no_slot_twice(room: Room) -> None:
    room.seat()
    with room.site.reading() as conn:
        slots = list(conn.scalars(sa.select(t.paper_questions.c.slot)))
    assert (len(slots), len(set(slots))) == (16, 16)
    assert "drawn 1" in slots


def test_a_version_not_reviewed_for_a_year_is_on_no_new_paper_until_it_is_read_again(room: Room) -> None:
    with room.site.reading() as conn:
        assert len(fit_bank(conn, SPECIFICATION, room.site.now()).scenarios) == 22
        a_year_on = room.site.now() + dt.timedelta(days=366)
        assert fit_bank(conn, SPECIFICATION, a_year_on).scenarios == ()
    with room.site.writing() as conn:
        version = conn.execute(sa.select(t.scenario_versions.c.id).limit(1)).scalar_one()
        row = {"scenario_version_id": version, "reviewer_id": room.manager.id, "comment": "Still sound."}
        conn.execute(t.yearly_reviews.insert().values(**row, at=room.site.now() + dt.timedelta(days=300)))
        assert len(fit_bank(conn, SPECIFICATION, a_year_on).scenarios) == 1


# --- withdrawal -------------------------------------------------------------------------------------
def withdraw(room: Room, slug: str) -> Aftermath:
    """Take the live version of a scenario out of use, and follow up on it."""
    with room.site.writing() as conn:
        version = next(v for v in drafts.of_scenario(conn, slug) if v.state == "live")
        drafts.retire_live(conn, version.scenario_id, room.manager.id, "It leaked.", room.site.now())
        return after_withdrawal(conn, version, "It leaked.", room.site.now())


def one_of(room: Room, booked: Booked) -> str:
    with room.site.reading() as conn:
        return min(scenarios_of(conn, booked))


def kinds_of(room: Room, booked: Booked) -> list[str]:
    with room.site.reading() as conn:
        query = sa.select(t.events.c.kind).where(t.events.c.attempt_id == room.attempt(booked).id)
        return list(conn.scalars(query.order_by(t.events.c.seq)))


@pytest.mark.parametrize("gate", [False, True])
def test_a_paper_not_begun_is_drawn_anew(room: Room, gate: bool) -> None:
    booked = room.seat()
    if gate:
        room.open_gate(booked)
    gone = one_of(room, booked)
    assert withdraw(room, gone) == Aftermath(redrawn=1, without_paper=(), short=(), incidents=0)
    with room.site.reading() as conn:
        assert len(scenarios_of(conn, booked)) == 9
        assert gone not in scenarios_of(conn, booked)
    assert kinds_of(room, booked)[-2:] == ["paper_burned", "paper_drawn"]


def test_a_running_paper_stays_and_an_incident_says_so(room: Room) -> None:
    booked = room.seat()
    begin(room, booked)
    with room.site.reading() as conn:
        before = scenarios_of(conn, booked)
    assert withdraw(room, min(before)) == Aftermath(0, (), (), incidents=1)
    with room.site.reading() as conn:
        assert scenarios_of(conn, booked) == before
        (incident,) = incidents.of_sitting(conn, booked.sitting_id)
        assert (incident.attempt_id, incident.kind) == (room.attempt(booked).id, "scenario_withdrawn")
        assert "It leaked." in incident.words
    assert kinds_of(room, booked)[-1] == "scenario_withdrawn"


def test_a_closed_paper_and_one_without_the_scenario_are_left_alone(room: Room) -> None:
    sat, other = room.seat(), room.seat("Ben Okafor", 2)
    begin(room, sat)
    with room.site.writing() as conn:
        timekeeping.submit(conn, room.attempt(sat).id, room.site.now())
    before = kinds_of(room, sat), kinds_of(room, other)
    assert withdraw(room, one_of(room, sat)) == Aftermath(0, (), (), 0)
    assert (kinds_of(room, sat), kinds_of(room, other)) == before


def test_where_the_bank_has_no_other_the_paper_goes_and_begin_waits(room: Room) -> None:
    booked = room.seat()
    room.open_gate(booked)
    with room.site.reading() as conn:
        theme = conn.execute(
            sa.select(t.scenarios.c.theme).where(t.scenarios.c.slug == one_of_theme(conn, booked))
        ).scalar_one()
        pool = list(conn.scalars(sa.select(t.scenarios.c.slug).where(t.scenarios.c.theme == theme)))
    aftermath = [withdraw(room, slug) for slug in sorted(pool, key=lambda slug: slug == one_of(room, booked))][-1]
    assert (aftermath.redrawn, aftermath.without_paper) == (0, (booked.seat_ref,))
    assert any("0 live questions, 1 needed" in line for line in aftermath.short)
    with pytest.raises(NotNow, match=r"attempt\.no_paper"), room.site.writing() as conn:
        timekeeping.begin(conn, room.attempt(booked), room.site.now())


def one_of_theme(conn: sa.Connection, booked: Booked) -> str:
    return max(scenarios_of(conn, booked))


def test_a_bank_of_three_serves_three_sittings_of_one_candidate(database_url: str, tmp_path: Path) -> None:
    site = Site(database_url, tmp_path)
    room = saved_room(site)
    with site.writing() as conn:
        import_bank(conn, SPECIFICATION.name, a_bank(SPECIFICATION.blueprint, each=1), site.now())
    booked = [room.seat()]
    for _ in range(2):
        begin(room, booked[-1])
        booked.append(another_sitting(room, booked[0]))
    with site.reading() as conn:
        papers = [scenarios_of(conn, one) for one in booked]
    assert len(set().union(*papers)) == 27
    site.close()


def test_a_person_is_named_nowhere_in_what_is_kept(room: Room) -> None:
    booked = room.seat("Zebedee Quill")
    with room.site.reading() as conn:
        kept = str(conn.execute(sa.select(t.papers.c.drawn_from)).scalar_one())
    assert "Zebedee" not in kept
    assert booked.seat_ref not in kept
