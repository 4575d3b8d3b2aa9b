"""Second marks: which responses get another judgement than the plan's own rule asks for, and why.

Revision: 0012, after 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sjt.db import UTC

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BigInt = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table; its rows never change."""
    op.create_table(
        "second_marks",
        sa.Column("response_id", BigInt, sa.ForeignKey("responses.id"), primary_key=True),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("asked_at", UTC(), nullable=False),
        sa.CheckConstraint("reason IN ('new_marker', 'share', 'borderline')", name="ck_second_marks_reason"),
    )
    conflict = sa.text("returned_reason = 'conflict'")
    op.create_index("ix_marks_withdrawn", "marks", ["response_id"], sqlite_where=conflict, postgresql_where=conflict)
    for act in ("UPDATE", "DELETE"):
        name = f"keep_second_marks_{act.lower()}"
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {act} ON second_marks FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
        else:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {act} ON second_marks WHEN 1 = 1"
                " BEGIN SELECT RAISE(ABORT, 'rows of second_marks never change'); END"
            )


def downgrade() -> None:
    """Take it away again."""
    of = " ON second_marks" if op.get_bind().dialect.name == "postgresql" else ""
    for act in ("update", "delete"):
        op.execute(f"DROP TRIGGER keep_second_marks_{act}{of}")
    op.drop_index("ix_marks_withdrawn", table_name="marks")
    op.drop_table("second_marks")
