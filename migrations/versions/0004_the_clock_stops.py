"""The clock stops: pauses, rest breaks as an adjustment, and the apprentice's call.

Revision: 0004, after 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sjt.db import UTC

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BigInt = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LASTS = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Add the table of pauses, the second kind of adjustment, and the call."""
    op.create_table(
        "pauses",
        sa.Column("id", BigInt, primary_key=True, autoincrement=True, nullable=False),
        sa.Column("sitting_id", BigInt, sa.ForeignKey("sittings.id"), nullable=False),
        sa.Column("attempt_id", BigInt, sa.ForeignKey("attempts.id"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("began_at", UTC(), nullable=False),
        sa.Column("began_by", BigInt, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("ended_at", UTC()),
        sa.Column("ended_by", BigInt, sa.ForeignKey("people.id")),
        sa.Column("by_apprentice", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("request_id", sa.String(36), nullable=False),
        sa.UniqueConstraint("attempt_id", "request_id", name="uq_pauses_attempt_id_request_id"),
        sa.CheckConstraint("kind IN ('rest', 'incident', 'evacuation', 'suspension')", name=op.f("ck_pauses_kind")),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name=op.f("ck_pauses_ends_after_it_began")),
        sa.CheckConstraint("length(kind) <= 2000", name=op.f("ck_pauses_kind_length")),
        sa.CheckConstraint("length(reason) <= 2000", name=op.f("ck_pauses_reason_length")),
    )
    op.create_index("ix_pauses_sitting_id", "pauses", ["sitting_id"])
    op.create_index(
        "uq_pauses_one_lasts", "pauses", ["attempt_id"], unique=True, sqlite_where=LASTS, postgresql_where=LASTS
    )
    with op.batch_alter_table("adjustments") as batch:
        batch.drop_constraint(op.f("ck_adjustments_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_adjustments_kind"), "kind IN ('extra_time_percent', 'rest_minutes')")
    op.add_column("attempts", sa.Column("called_at", UTC()))
    bound = sa.CheckConstraint("length(called_for) <= 2000", name=op.f("ck_attempts_called_for_length"))
    op.add_column("attempts", sa.Column("called_for", sa.Text(), bound))


def downgrade() -> None:
    """Take it away again; rest breaks that were approved would be lost, so there must be none."""
    op.drop_column("attempts", "called_for")
    op.drop_column("attempts", "called_at")
    with op.batch_alter_table("adjustments") as batch:
        batch.drop_constraint(op.f("ck_adjustments_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_adjustments_kind"), "kind IN ('extra_time_percent')")
    op.drop_table("pauses")
