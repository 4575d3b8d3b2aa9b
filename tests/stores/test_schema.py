"""The schema on both databases: migrations agree with the tables, times keep their zone, evidence never changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from sjt.db import Database, alembic_config
from sjt.stores import tables as t
from tests.saved import Typist, saved_room
from tests.site import Site


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.dispose()


def test_a_migrated_database_has_exactly_the_tables(database: Database) -> None:
    with database.reading() as conn:
        assert compare_metadata(MigrationContext.configure(conn), t.metadata) == []


def test_reading_never_writes(database: Database) -> None:
    with pytest.raises(sa.exc.DBAPIError), database.reading() as conn:
        conn.execute(
            t.scenarios.insert().values(slug="a", spec_name="b", theme="c", created_at=dt.datetime.now(dt.UTC))
        )


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    row = {"slug": "a", "spec_name": "b", "theme": "c", "created_at": dt.datetime.now(dt.UTC)}
    with pytest.raises(sa.exc.IntegrityError), database.transaction() as conn:
        conn.execute(t.scenarios.insert().values(**row))
        conn.execute(t.scenarios.insert().values(**row))
    with database.reading() as conn:
        assert conn.execute(t.scenarios.select()).all() == []


def test_times_come_back_aware_to_the_microsecond_and_naive_ones_are_refused(database: Database) -> None:
    at = dt.datetime(2026, 7, 1, 10, 0, 0, 123456, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    row = {"slug": "a", "spec_name": "b", "theme": "c"}
    with database.transaction() as conn:
        conn.execute(t.scenarios.insert().values(**row, created_at=at))
        kept = conn.execute(t.scenarios.select()).one().created_at
        assert kept == at and kept.tzinfo is dt.UTC
    with pytest.raises(sa.exc.StatementError), database.transaction() as conn:
        conn.execute(t.scenarios.insert().values(**{**row, "slug": "b"}, created_at=at.replace(tzinfo=None)))


def test_the_database_tells_its_time(database: Database) -> None:
    assert abs(database.time() - dt.datetime.now(dt.UTC)) < dt.timedelta(seconds=5)


def test_evidence_scripts_and_begun_papers_never_change(database_url: str, tmp_path: Path) -> None:
    site = Site(database_url, tmp_path)
    room = saved_room(site)
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    typist.save({typist.questions[0]: "an answer"})
    with site.writing() as conn:
        from sjt.services import timekeeping

        timekeeping.submit(conn, room.attempt(booked).id, site.now())
    for table in (t.answers, t.events, t.responses, t.papers, t.paper_questions):
        column = list(table.c)[-1]
        for change in (table.update().values({column: sa.literal_column(column.name)}), table.delete()):
            with pytest.raises(sa.exc.IntegrityError), site.writing() as conn:
                conn.execute(change)
    site.close()


def test_the_texts_of_an_approved_version_never_change(database_url: str, tmp_path: Path) -> None:
    site = Site(database_url, tmp_path)
    saved_room(site)
    for table in (t.scenario_texts, t.question_texts, t.question_versions):
        for change in (table.update().values({list(table.c)[-1]: list(table.c)[-1]}), table.delete()):
            with pytest.raises(sa.exc.IntegrityError), site.writing() as conn:
                conn.execute(change)
    site.close()


def test_a_paper_not_begun_gives_way_to_another(database_url: str, tmp_path: Path) -> None:
    from sjt.services.papers_drawn import draw_for_seat

    site = Site(database_url, tmp_path)
    room = saved_room(site)
    booked = room.seat()
    with site.writing() as conn:
        draw_for_seat(conn, booked.seat_id, site.now())
        assert len(conn.execute(t.papers.select()).all()) == 1
    site.close()


def test_scripts_of_before_keep_counting_when_the_database_grows(database_url: str, tmp_path: Path) -> None:
    site = Site(database_url, tmp_path)
    room = saved_room(site)
    booked = room.seat()
    room.begun(booked)
    with site.writing() as conn:
        from sjt.services import timekeeping

        timekeeping.submit(conn, room.attempt(booked).id, site.now())
    site.close()
    command.downgrade(alembic_config(database_url), "0004")
    command.upgrade(alembic_config(database_url), "head")
    with site.reading() as conn:
        assert conn.scalar(sa.select(t.attempts.c.script)) == 1
        assert set(conn.scalars(sa.select(t.responses.c.script))) == {1}
    for change in (t.responses.update().values(script=2), t.responses.delete()):
        with pytest.raises(sa.exc.IntegrityError), site.writing() as conn:
            conn.execute(change)
    site.close()
