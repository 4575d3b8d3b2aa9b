"""Which responses are judged a second time by the marking policy."""

from __future__ import annotations

import sqlalchemy as sa

from sjt.stores.tables.base import at, metadata, to

second_marks = sa.Table(  # insert-only: drawn by the system at a commit; key questions need no row
    "second_marks", metadata, to("responses", key=True), sa.Column("reason", sa.String(16), nullable=False),
    at("asked_at", null=False),
    sa.CheckConstraint("reason IN ('new_marker', 'share', 'borderline')", name="reason"),
)  # fmt: skip
