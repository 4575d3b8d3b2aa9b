"""Scenarios put in at once, for a new installation: there nobody waits for the one transaction that it takes."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from item_bank.scenarios import Bank
from sjt.stores import tables as t
from sjt.stores.bank.reading import pieces
from sjt.stores.bank.rows import add_drafts, insert


def import_bank(conn: sa.Connection, spec_name: str, bank: Bank, now: dt.datetime) -> int:
    """Put scenarios from files in as live versions without an author; known slugs are left alone.

    Returns how many were added.
    """
    known = set(conn.scalars(sa.select(t.scenarios.c.slug)))
    new = [scenario for scenario in bank.scenarios if scenario.slug not in known]
    if not new:
        return 0
    rows: list[dict[str, object]] = [
        {"slug": s.slug, "spec_name": spec_name, "theme": s.theme, "created_at": now} for s in new
    ]
    version_ids = add_drafts(conn, new, insert(conn, t.scenarios, rows), {}, now)
    # Versions are added as drafts and approved once their texts stand: approved rows never change.
    v = t.scenario_versions
    for ids in pieces(version_ids):
        conn.execute(v.update().where(v.c.id.in_(ids)).values(state="live", approved_at=now, live_at=now))
    return len(new)
