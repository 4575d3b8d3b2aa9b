"""What the browsers of a watched sitting report, who has looked at it, the device check, and helps that are approved.

Revision: 0008, after 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sjt.db import UTC

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BigInt = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SHORT = 2_000  # code points
TABLES = ("practice_answers", "device_checks", "flags_seen", "signals_dropped", "signals")
NEVER_CHANGE = ("signals", "flags_seen", "device_checks")
BEFORE = ("extra_time_percent", "rest_minutes")
HELPS = ("screen_reader", "magnifier", "speech_recognition", "assistive_technology", "spelling_help")


def upgrade() -> None:
    """Add the tables, and let helps be approved as adjustments."""
    _signals()
    _flags_seen()
    _device_checks()
    _adjustments((*BEFORE, *HELPS))
    op.create_index("ix_adjustments_candidate_id", "adjustments", ["candidate_id"])
    for table in NEVER_CHANGE:
        _never_changes(table)


def downgrade() -> None:
    """Take it away again. A help that was approved would not fit any more, so there must be none."""
    for table in NEVER_CHANGE:
        _may_change(table)
    for table in TABLES:
        op.drop_table(table)
    op.drop_index("ix_adjustments_candidate_id", "adjustments")
    _adjustments(BEFORE)


def _to(target: str, column: str, *, key: bool = False) -> sa.Column[int]:
    return sa.Column(column, BigInt, sa.ForeignKey(f"{target}.id"), nullable=False, primary_key=key)


def _at(name: str, *, key: bool = False) -> sa.Column[object]:
    return sa.Column(name, UTC(), nullable=False, primary_key=key)


def _place(*, key: bool = False) -> list[sa.Column[int]]:
    return [_to("sittings", "sitting_id", key=key), _to("attempts", "attempt_id", key=key)]


def _bound(table: str, column: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"length({column}) <= {SHORT}", name=op.f(f"ck_{table}_{column}_length"))


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=False, server_default=sa.text("'{}'"))


def _signals() -> None:
    op.create_table(
        "signals", *_place(key=True), sa.Column("page", sa.String(32), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True), sa.Column("kind", sa.Text(), nullable=False),
        _at("received_at"), sa.Column("offset_ms", BigInt, nullable=False), sa.Column("amount", sa.Integer()),
        _json("details"), _bound("signals", "kind"), _check("signals", "number", "number BETWEEN 1 AND 1000000"),
        _check("signals", "not_negative", "offset_ms >= 0 AND (amount IS NULL OR amount >= 0)"),
    )  # fmt: skip
    op.create_table(
        "signals_dropped", *_place(key=True), _at("minute_at", key=True), sa.Column("count", BigInt, nullable=False),
        _check("signals_dropped", "count", "count >= 1"),
    )  # fmt: skip


def _flags_seen() -> None:
    op.create_table(
        "flags_seen", sa.Column("id", BigInt, primary_key=True, autoincrement=True, nullable=False), *_place(),
        sa.Column("subject", sa.Text(), nullable=False), sa.Column("times", BigInt, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False), sa.Column("note", sa.Text(), nullable=False),
        _to("people", "seen_by"), _at("seen_at"), sa.Column("request_id", sa.String(36), nullable=False),
        sa.UniqueConstraint(
            "attempt_id", "request_id", "subject", name=op.f("uq_flags_seen_attempt_id_request_id_subject")
        ),
        _check("flags_seen", "level", "level BETWEEN 1 AND 3 AND times >= 0"),
        _bound("flags_seen", "subject"), _bound("flags_seen", "note"),
    )  # fmt: skip
    op.create_index("ix_flags_seen_sitting_id", "flags_seen", ["sitting_id"])


def _device_checks() -> None:
    op.create_table(
        "device_checks", sa.Column("id", BigInt, primary_key=True, autoincrement=True, nullable=False), *_place(),
        _at("checked_at"), _json("outcomes"),
    )  # fmt: skip
    for column in ("sitting_id", "attempt_id"):
        op.create_index(f"ix_device_checks_{column}", "device_checks", [column])
    op.create_table(
        "practice_answers", *_place(key=True), sa.Column("question", sa.String(32), primary_key=True),
        sa.Column("revision", sa.Integer(), primary_key=True), sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False), _at("received_at"),
        _check("practice_answers", "question", "question IN ('check@1', 'practice@1')"),
        _check("practice_answers", "revision", "revision BETWEEN 1 AND 500"), _bound("practice_answers", "text"),
    )  # fmt: skip


def _adjustments(kinds: tuple[str, ...]) -> None:
    named = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("adjustments") as batch:
        batch.drop_constraint(op.f("ck_adjustments_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_adjustments_kind"), f"kind IN ({named})")


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
