"""The lockdown level of a sitting; the settings of Safe Exam Browser, and what single candidates are allowed.

Revision: 0007, after 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sjt.db import UTC

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BigInt = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SHORT, LONG = 2_000, 20_000  # code points
NEVER_CHANGE = ("seb_versions", "seb_settings", "seb_allowances")


def upgrade() -> None:
    """Every sitting that there is stays open to any browser. What was once handed out or allowed never changes."""
    known = sa.CheckConstraint("lockdown IN ('open', 'watched', 'seb')", name=op.f("ck_sittings_lockdown"))
    op.add_column("sittings", sa.Column("lockdown", sa.String(16), known, nullable=False, server_default="open"))
    _versions()
    _settings()
    _allowances()
    for table in NEVER_CHANGE:
        _never_changes(table)


def downgrade() -> None:
    """Take it away again; the triggers go with their tables."""
    for table in ("seb_allowances", "seb_settings", "seb_versions"):
        op.drop_table(table)
    op.drop_column("sittings", "lockdown")


def _to(target: str, column: str, *, key: bool = False) -> sa.Column[int]:
    return sa.Column(column, BigInt, sa.ForeignKey(f"{target}.id"), nullable=False, primary_key=key)


def _id() -> sa.Column[int]:
    return sa.Column("id", BigInt, primary_key=True, autoincrement=True, nullable=False)


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _once(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _request() -> sa.Column[str]:
    return sa.Column("request_id", sa.String(36), nullable=False)


def _versions() -> None:
    op.create_table(
        "seb_versions", _id(), _to("sittings", "sitting_id"), sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(32), nullable=False), sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("browser_keys", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
        _to("people", "made_by"), sa.Column("made_at", UTC(), nullable=False), _request(),
        _once("seb_versions", "sitting_id", "version"), _once("seb_versions", "sitting_id", "request_id"),
        _check("seb_versions", "version", "version >= 1"),
        _check("seb_versions", "origin_length", f"length(origin) <= {SHORT}"),
    )  # fmt: skip


def _settings() -> None:
    op.create_table(
        "seb_settings", _to("seb_versions", "seb_version_id", key=True),
        sa.Column("variant", sa.String(16), primary_key=True), sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False), sa.Column("config_key", sa.String(64), nullable=False),
        _check("seb_settings", "variant", "variant IN ('standard', 'reader', 'spelling')"),
        _check("seb_settings", "body_length", f"length(body) <= {LONG}"),
    )  # fmt: skip


def _allowances() -> None:
    op.create_table(
        "seb_allowances", _id(), _to("sittings", "sitting_id"), _to("attempts", "attempt_id"),
        sa.Column("allowed", sa.String(16), nullable=False), sa.Column("reason", sa.Text(), nullable=False),
        _to("people", "allowed_by"), sa.Column("allowed_at", UTC(), nullable=False), _request(),
        _once("seb_allowances", "attempt_id", "request_id"),
        _check("seb_allowances", "allowed", "allowed IN ('standard', 'reader', 'spelling', 'none')"),
        _check("seb_allowances", "reason_length", f"length(reason) <= {SHORT}"),
    )  # fmt: skip
    op.create_index("ix_seb_allowances_sitting_id", "seb_allowances", ["sitting_id"])


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
