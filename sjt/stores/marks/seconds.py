"""Second marks that the policy asks for: what it goes by, and the rows that say so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import sqlalchemy as sa

from sjt.stores.tables import marks, papers, responses, second_marks


def seed_of(conn: sa.Connection, attempt_id: int) -> str:
    """The seed that the paper of an attempt was drawn from."""
    return str(conn.execute(sa.select(papers.c.seed).where(papers.c.attempt_id == attempt_id)).scalar_one())


def scripts_of(conn: sa.Connection, marker_id: int) -> int:
    """Of how many scripts a person has made any judgement final."""
    final = sa.and_(marks.c.marker_id == marker_id, marks.c.final_at.is_not(None))
    query = sa.select(sa.func.count(responses.c.attempt_id.distinct())).join(marks).where(final)
    return int(conn.execute(query).scalar_one())


def ask(conn: sa.Connection, response_ids: Collection[int], reason: str, now: dt.datetime) -> None:
    """Ask for second marks. The caller holds the attempt's lock, and names none that was asked for before."""
    rows = [{"response_id": one, "reason": reason, "asked_at": now} for one in sorted(response_ids)]
    if rows:
        conn.execute(second_marks.insert(), rows)
