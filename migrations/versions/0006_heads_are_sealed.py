"""Heads are sealed: what the head of each chain was, signed by the organisation's key.

Revision: 0006, after 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sjt.db import UTC

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BigInt = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the seals, which never change."""
    op.create_table(
        "seals", sa.Column("id", BigInt, primary_key=True, autoincrement=True, nullable=False),
        sa.Column("attempt_id", BigInt, sa.ForeignKey("attempts.id"), nullable=False),
        sa.Column("seq", BigInt, nullable=False), sa.Column("head", sa.LargeBinary(32), nullable=False),
        sa.Column("sealed_at", UTC(), nullable=False), sa.Column("key", sa.String(16), nullable=False),
        sa.Column("signature", sa.LargeBinary(64), nullable=False),
        sa.UniqueConstraint("attempt_id", "seq", name=op.f("uq_seals_attempt_id_seq")),
    )  # fmt: skip
    for act in ("UPDATE", "DELETE"):
        name = f"keep_seals_{act.lower()}"
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON seals FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        else:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {act} ON seals WHEN 1 = 1"
                " BEGIN SELECT RAISE(ABORT, 'rows of seals never change'); END"
            )


def downgrade() -> None:
    """Take the seals away, and their triggers with them."""
    op.drop_table("seals")
