"""What a sitting leaves behind: scripts that are held, and the seats that an incident is about."""

from __future__ import annotations

import sqlalchemy as sa

from sjt.stores.tables.base import at, by, key, metadata, text, to

holds = sa.Table(  # closed while suspended: nothing is released until a manager lifts it
    "holds", metadata, key(), to("sittings"), to("attempts"), by("held_by", null=False), at("held_at", null=False),
    by("lifted_by"), at("lifted_at"), text("lifted_reason", null=True),
    sa.UniqueConstraint("attempt_id"), sa.Index("ix_holds_sitting_id", "sitting_id"),
    sa.CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted_has_a_name"),
)  # fmt: skip

incident_seats = sa.Table(  # insert-only, as incidents are
    "incident_seats", metadata, to("incidents", key=True), to("seats", key=True)
)
