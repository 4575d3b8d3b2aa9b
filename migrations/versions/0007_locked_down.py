"""The lockdown level of a sitting.

Revision: 0007, after 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every sitting that there is stays open to any browser."""
    known = sa.CheckConstraint("lockdown IN ('open', 'watched', 'seb')", name=op.f("ck_sittings_lockdown"))
    op.add_column("sittings", sa.Column("lockdown", sa.String(16), known, nullable=False, server_default="open"))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("sittings", "lockdown")
