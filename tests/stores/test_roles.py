"""The role that the product runs as on PostgreSQL: a whole attempt goes through it, and evidence it cannot touch."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from sjt.db import ROOT, Database
from sjt.services import sealing, timekeeping
from tests.saved import Typist, saved_room
from tests.site import Site

KEPT = ("answers", "late_answers", "events", "responses", "seals")


def test_the_products_role_does_all_its_work_and_can_neither_change_nor_empty_evidence(
    postgres_url: str, tmp_path: Path
) -> None:
    owner = Database(postgres_url)
    with owner.transaction() as conn:
        conn.exec_driver_sql((ROOT / "docs" / "roles.sql").read_text())
    owner.dispose()
    site = Site(f"{postgres_url}{'&' if '?' in postgres_url else '?'}options=-c%20role%3Dsjt_app", tmp_path)
    room = saved_room(site)
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    typist.save({typist.questions[0]: "an answer"})
    with site.writing() as conn:
        assert conn.scalar(sa.text("SELECT current_user")) == "sjt_app"
        timekeeping.submit(conn, room.attempt(booked).id, site.now())
    assert sealing.seal_heads(site.product) == 1
    for table in KEPT:
        for change in (
            f"UPDATE {table} SET attempt_id = attempt_id",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
        ):
            with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), site.writing() as conn:
                conn.exec_driver_sql(change)
    with pytest.raises(sa.exc.ProgrammingError, match="must be owner"), site.writing() as conn:
        conn.exec_driver_sql("ALTER TABLE events DISABLE TRIGGER ALL")
    site.close()
