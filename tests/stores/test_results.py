"""Releases at the same moment: one result an attempt, and no judgement is recalled from under a release."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from sjt.rules.refusals import NotNow
from sjt.services import marking, results
from sjt.stores import sittings
from sjt.stores import tables as t
from tests import saved_marking as saved
from tests.saved import Booked, Room, saved_room
from tests.saved_marking import OTHER
from tests.site import Site


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    made = Site(database_url, tmp_path)
    yield made
    made.close()


@pytest.fixture
def room(site: Site) -> Room:
    return saved_room(site)


def releasing(room: Room, booked: Booked, request_id: str) -> Callable[[], bool]:
    """Release one result; false when it could not go."""

    def act() -> bool:
        with room.site.writing() as conn:
            sitting = sittings.by_ref(conn, room.sitting[1])
            assert sitting is not None
            try:
                results.release(conn, sitting, [booked.attempt_ref], room.manager, request_id, room.site.now())
            except NotNow:
                return False
            return True

    return act


def count(site: Site, table: sa.Table) -> int:
    with site.reading() as conn:
        return int(conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def test_many_releases_at_once_release_once(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    saved.all_marked(site, saved.markers(site, 2))
    one_form = str(uuid.uuid4())
    forms = [one_form, one_form, one_form, str(uuid.uuid4()), str(uuid.uuid4())]
    saved.at_once([releasing(room, booked, form) for form in forms])
    assert (count(site, t.results), count(site, t.releases)) == (1, 1)


def test_a_recall_and_a_release_at_once_are_never_both(site: Site, room: Room) -> None:
    booked = saved.handed_in(room)
    people = saved.markers(site, 2)
    mark = saved.judged(site, booked, OTHER, people[0])
    saved.all_marked(site, people)

    def recall() -> bool:
        with site.writing() as conn:
            try:
                marking.recall(conn, mark, site.now())
            except NotNow:
                return False
            return True

    recalled, went = saved.at_once([recall, releasing(room, booked, str(uuid.uuid4()))])
    assert recalled != went
    assert count(site, t.results) == int(bool(went))
