"""The clock stops: pauses, rest breaks as an adjustment, the apprentice's call; and no revision below the newest.

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
    _no_lower_revision()
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


def _no_lower_revision() -> None:
    """An answer's revision below its newest is a conflict like one that is there already, never a saved answer."""
    higher = (
        "EXISTS (SELECT 1 FROM answers a WHERE a.sitting_id = NEW.sitting_id AND a.attempt_id = NEW.attempt_id"
        " AND a.question_version_id = NEW.question_version_id AND a.revision > NEW.revision)"
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION refuse_lower_revision() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {higher} THEN"
            " RAISE EXCEPTION 'a newer revision is there' USING ERRCODE = 'unique_violation'; END IF;"
            " RETURN NEW; END $$"
        )
        op.execute(
            "CREATE TRIGGER refuse_lower_revision BEFORE INSERT ON answers"
            " FOR EACH ROW EXECUTE FUNCTION refuse_lower_revision()"
        )
    else:
        op.execute(
            f"CREATE TRIGGER refuse_lower_revision BEFORE INSERT ON answers WHEN {higher}"
            " BEGIN SELECT RAISE(ABORT, 'a newer revision is there'); END"
        )


def downgrade() -> None:
    """Take it away again; rest breaks that were approved would be lost, so there must be none."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER refuse_lower_revision ON answers")
        op.execute("DROP FUNCTION refuse_lower_revision()")
    else:
        op.execute("DROP TRIGGER refuse_lower_revision")
    op.drop_column("attempts", "called_for")
    op.drop_column("attempts", "called_at")
    with op.batch_alter_table("adjustments") as batch:
        batch.drop_constraint(op.f("ck_adjustments_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_adjustments_kind"), "kind IN ('extra_time_percent')")
    op.drop_table("pauses")
