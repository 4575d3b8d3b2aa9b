"""Second marks drawn at a commit, and interests: never offered, refused at commit, withdrawn when declared late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from sjt.rules.interests import Interest
from sjt.rules.marking import MarkingPolicy
from sjt.rules.refusals import NotNow
from sjt.services import marking, results
from sjt.services.registration import interests as declaring
from sjt.services.results.outcomes import outcomes
from sjt.stores import interests, sittings
from sjt.stores import tables as t
from sjt.stores.people import Person
from tests import saved_marking as saved
from tests.saved import Booked, Room, saved_room
from tests.saved_marking import KEY, OTHER
from tests.site import Site

DAY = dt.date(2026, 1, 1)
TRAINER = Interest("provider", "a  PROVIDER", DAY)


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    made = Site(database_url, tmp_path)
    yield made
    made.close()


@pytest.fixture
def room(site: Site) -> Room:
    return saved_room(site)


def mark_script(site: Site, person: Person, policy: MarkingPolicy, failing: int) -> None:
    """One person judges a whole script first; the first ``failing`` answers miss a point."""
    with site.writing() as conn:
        for queued in marking.queue(conn, person.id, site.now()).questions:
            mark = marking.next_answer(conn, queued.asked.id, person.id, site.now())
            assert mark is not None
            draft = saved.a_draft(mark, conn, [1] if failing > 0 else [])
            marking.commit(conn, mark, mark.edit, draft, site.now(), policy)
            failing -= 1


def asked_again(site: Site) -> list[str]:
    with site.reading() as conn:
        return list(conn.scalars(sa.select(t.second_marks.c.reason)))


@pytest.mark.parametrize(("failing", "again"), [(5, 0), (6, 13), (10, 13), (11, 0)])
def test_a_script_near_the_line_is_judged_again_throughout(site: Site, room: Room, failing: int, again: int) -> None:
    saved.handed_in(room)
    person, other = saved.markers(site, 2)
    mark_script(site, person, MarkingPolicy(near=(6, 10)), failing)
    assert asked_again(site) == ["borderline"] * again
    with site.reading() as conn:
        assert marking.queue(conn, person.id, site.now()).left == 0
        assert marking.queue(conn, other.id, site.now()).left == 3 + again


def test_a_new_marker_s_judgement_is_asked_for_again_and_stays_so(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    (person,) = saved.markers(site, 1)
    saved.judged(site, booked, OTHER, person)
    assert asked_again(site) == ["new_marker"]
    with site.writing() as conn, pytest.raises(sa.exc.DBAPIError), conn.begin_nested():
        conn.execute(t.second_marks.delete())


def declared(site: Site, person: Person, interest: Interest = TRAINER) -> None:
    with site.writing() as conn:
        declaring.declare(conn, person, interest, "Their trainer", person, site.now())


def test_who_has_an_interest_is_offered_nothing_of_theirs(site: Site, room: Room) -> None:
    saved.handed_in(room)
    trainer, past, unknown = saved.markers(site, 3)
    declared(site, trainer)
    declared(site, past, Interest("employer", "An employer", DAY, dt.date(2026, 11, 22)))  # ended before they sat
    declared(site, unknown, Interest("employer", "Another employer", DAY))
    with site.reading() as conn:
        left = [marking.queue(conn, person.id, site.now()).left for person in (trainer, past, unknown)]
    assert left == [0, 16, 16]


def test_a_commit_is_refused_whatever_the_route(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    (person,) = saved.markers(site, 1)
    mark = saved.claimed(site, booked, KEY, person)
    with site.writing() as conn:  # declared behind the back of the service that withdraws
        interests.declare(conn, person.id, TRAINER, "Their trainer", person.id, site.now())
    with site.writing() as conn, pytest.raises(NotNow, match="marking.conflict"):
        marking.commit(conn, mark, mark.edit, saved.a_draft(mark, conn), site.now())


def test_declared_late_it_withdraws_and_queues_anew_and_the_released_result_keeps_its_older_version(
    site: Site, room: Room
) -> None:
    booked = saved.handed_in(room)
    first, second, third, fresh = saved.markers(site, 4)
    saved.judged(site, booked, KEY, first)
    saved.judged(site, booked, KEY, second)
    saved.all_marked(site, [second, third])
    release(site, room, booked, "1")
    site.clock.advance(days=1)
    declared(site, first)
    with site.reading() as conn:
        assert marking.queue(conn, fresh.id, site.now()).left == 1
        assert not outcomes(conn, room.sitting[0])[0].can_go  # not before the new mark
    saved.judged(site, booked, KEY, fresh, unmet=[1])
    saved.judged(site, booked, KEY, third, unmet=[1])  # the two differ
    release(site, room, booked, "2")
    with site.reading() as conn:
        kept = conn.execute(sa.select(t.results.c.version, t.results.c.outcome).order_by(t.results.c.version)).all()
        withdrawn = conn.scalar(sa.select(sa.func.count()).where(t.marks.c.returned_reason == "conflict"))
    assert [tuple(row) for row in kept] == [(1, "pass"), (2, "fail")]
    assert withdrawn == 1


def release(site: Site, room: Room, booked: Booked, request: str) -> None:
    with site.writing() as conn:
        sitting = sittings.by_ref(conn, room.sitting[1])
        assert sitting is not None
        assert results.release(conn, sitting, [booked.attempt_ref], room.manager, request, site.now()).went == 1
