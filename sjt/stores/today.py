"""What waits for a manager: counts over the whole organisation, each a single query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from sjt.stores.tables import attempts, candidates, marks, records, responses, results, seats, sittings


@dataclass(frozen=True)
class Held:
    """A sitting with closed attempts whose results are not released."""

    ref: str
    title: str
    starts_at: dt.datetime
    count: int


def open_marks(conn: sa.Connection, but: Collection[str] = ()) -> int:
    """How many first and second marks are still to be made final; none on specifications (full ids) in ``but``.

    One a question, two on a key question; an unanswered question needs none. Third marks on a disagreement
    come on top and stand in the marking overview.
    """
    final = (
        sa.select(sa.func.count())
        .select_from(marks)
        .where(marks.c.response_id == responses.c.id, marks.c.final_at.is_not(None), marks.c.returned_at.is_(None))
        .correlate(responses)
        .scalar_subquery()
    )
    needed = sa.case((responses.c.key, 2), else_=1)
    counts = responses.c.script == attempts.c.script
    wanted = (sa.func.trim(responses.c.text) != "") & attempts.c.spec_id.not_in(list(but)) & counts
    open_ = sa.select((needed - final).label("open")).select_from(responses).join(attempts).where(wanted).subquery()
    total = sa.select(sa.func.coalesce(sa.func.sum(open_.c.open), 0)).where(open_.c.open > 0)
    return int(conn.execute(total).scalar_one())


def held_results(conn: sa.Connection, but: Collection[str] = ()) -> list[Held]:
    """Sittings with attempts that are closed, not void, and without a released result; oldest first.

    Attempts of the specifications (full ids) in ``but`` wait for nothing.
    """
    released = sa.select(results.c.attempt_id)
    query = (
        sa.select(sittings.c.ref, sittings.c.title, sittings.c.starts_at, sa.func.count().label("count"))
        .join(attempts, attempts.c.sitting_id == sittings.c.id)
        .where(attempts.c.closed_at.is_not(None), attempts.c.closed_as != "void", attempts.c.id.not_in(released))
        .where(attempts.c.spec_id.not_in(list(but)))
        .group_by(sittings.c.id, sittings.c.ref, sittings.c.title, sittings.c.starts_at)
        .order_by(sittings.c.starts_at)
    )
    return [Held(**row._mapping) for row in conn.execute(query)]


def waiting_for_gateway(conn: sa.Connection) -> int:
    """How many candidates cannot be booked because their gateway is not complete."""
    query = sa.select(sa.func.count()).select_from(candidates).where(candidates.c.gateway_complete_at.is_(None))
    return conn.execute(query).scalar_one()


def waiting_for_seat(conn: sa.Connection) -> int:
    """How many candidates with a complete gateway have no booking that stands."""
    booked = sa.select(seats.c.candidate_id).where(seats.c.cancelled_at.is_(None))
    ready = sa.and_(candidates.c.gateway_complete_at.is_not(None), candidates.c.id.not_in(booked))
    return conn.execute(sa.select(sa.func.count()).select_from(candidates).where(ready)).scalar_one()


def paper_faults(conn: sa.Connection, seat_refs: Collection[str]) -> Mapping[str, Sequence[str]]:
    """Why no paper could be drawn for seats, as said at the last try."""
    query = (
        sa.select(records.c.object_ref, records.c.detail)
        .where(
            records.c.object_kind == "seat",
            records.c.act == "paper.not_drawn",
            records.c.object_ref.in_(list(seat_refs)),
        )
        .order_by(records.c.id)
    )
    return {row.object_ref: row.detail["lines"] for row in conn.execute(query)}
