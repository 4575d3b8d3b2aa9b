"""What is approved for a candidate beside their time: it explains what their browser reports, and changes their pages.

It counts when it is in force before the sitting ends and was not withdrawn before Begin.
"""

from __future__ import annotations

import sqlalchemy as sa

from proctoring.flags import HELPS
from sjt.stores import tables as t

j = t.adjustments
OF_ATTEMPTS = (
    t.attempts.join(t.seats, t.seats.c.id == t.attempts.c.seat_id)
    .join(t.sittings, t.sittings.c.id == t.seats.c.sitting_id)
    .join(j, j.c.candidate_id == t.seats.c.candidate_id)
)
COUNTS = (
    j.c.kind.in_(HELPS),
    j.c.in_force_from < t.sittings.c.ends_at,
    sa.or_(j.c.withdrawn_at.is_(None), j.c.withdrawn_at > t.attempts.c.started_at),
)
_joined = j.join(t.seats, t.seats.c.candidate_id == j.c.candidate_id).join(t.sittings)
APPROVED: sa.Label[str] = (
    sa.select(sa.func.aggregate_strings(j.c.kind, " "))
    .select_from(_joined)
    .where(t.seats.c.id == t.attempts.c.seat_id, *COUNTS)
    .correlate(t.attempts)
    .scalar_subquery()
    .label("helps")
)


def read(told: str | None) -> frozenset[str]:
    """The helps in a row that holds ``APPROVED`` beside others."""
    return frozenset((told or "").split())
