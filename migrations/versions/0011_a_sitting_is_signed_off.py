"""A sitting is signed off: scripts that are held, and incidents that name seats and never change.

Revision: 0011, after 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sjt.db import UTC

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BigInt = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NEVER_CHANGE = ("incidents", "incident_seats")


def upgrade() -> None:
    """Add the tables and the columns; what an incident says never changes."""
    op.create_table(
        "holds",
        sa.Column("id", BigInt, primary_key=True, autoincrement=True, nullable=False),
        sa.Column("sitting_id", BigInt, sa.ForeignKey("sittings.id"), nullable=False),
        sa.Column("attempt_id", BigInt, sa.ForeignKey("attempts.id"), nullable=False),
        sa.Column("held_by", BigInt, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("held_at", UTC(), nullable=False),
        sa.Column("lifted_by", BigInt, sa.ForeignKey("people.id")),
        sa.Column("lifted_at", UTC()),
        sa.Column("lifted_reason", sa.Text()),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_holds_attempt_id")),
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name=op.f("ck_holds_lifted_has_a_name")),
        sa.CheckConstraint("length(lifted_reason) <= 2000", name=op.f("ck_holds_lifted_reason_length")),
    )
    op.create_index("ix_holds_sitting_id", "holds", ["sitting_id"])
    op.create_table(
        "incident_seats",
        sa.Column("incident_id", BigInt, sa.ForeignKey("incidents.id"), primary_key=True, nullable=False),
        sa.Column("seat_id", BigInt, sa.ForeignKey("seats.id"), primary_key=True, nullable=False),
    )
    op.add_column("incidents", sa.Column("happened_at", UTC()))
    op.add_column("incidents", sa.Column("request_id", sa.String(36)))
    op.create_index("uq_incidents_sitting_id_request_id", "incidents", ["sitting_id", "request_id"], unique=True)
    for table in NEVER_CHANGE:
        _never_changes(table)


def downgrade() -> None:
    """Take it away again."""
    for table in NEVER_CHANGE:
        _may_change(table)
    op.drop_index("uq_incidents_sitting_id_request_id", table_name="incidents")
    op.drop_column("incidents", "request_id")
    op.drop_column("incidents", "happened_at")
    op.drop_table("incident_seats")
    op.drop_table("holds")


def _never_changes(table: str) -> None:
    for act in ("UPDATE", "DELETE"):
        name = f"keep_{table}_{act.lower()}"
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        else:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN 1 = 1"
                f" BEGIN SELECT RAISE(ABORT, 'rows of {table} never change'); END"
            )


def _may_change(table: str) -> None:
    of = f" ON {table}" if op.get_bind().dialect.name == "postgresql" else ""
    for act in ("update", "delete"):
        op.execute(f"DROP TRIGGER keep_{table}_{act}{of}")
