"""What may still happen to an attempt: reopening, moves, messages, outages, emergency files, notes, plain pages.

Revision: 0005, after 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sjt.db import UTC

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BigInt = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SHORT, LONG = 2_000, 20_000  # code points
TABLES = ("jottings", "emergency_files", "messages", "moves", "reopenings", "gaps")
NEVER_CHANGE = ("jottings",)
REFERENCES = (  # table, column, target
    ("attempts", "plain_by", "people"),
    ("grants", "gap_id", "gaps"),
    ("answers", "file_id", "emergency_files"),
)


def upgrade() -> None:
    """Add the new tables, then the columns that point at them, and let a script be frozen more than once."""
    _gaps()
    _reopenings()
    _moves()
    _messages()
    _emergency_files()
    _jottings()
    _attempts()
    for table, column, target in REFERENCES:
        _reference(table, column, target)
    _plain()
    _responses(["attempt_id"], ["attempt_id", "script"])
    op.execute(
        "UPDATE attempts SET script = 1 WHERE EXISTS (SELECT 1 FROM responses r WHERE r.attempt_id = attempts.id)"
    )
    for table in NEVER_CHANGE:
        _never_changes(table)


def downgrade() -> None:
    """Take it away again. A script that was frozen twice would not fit any more, so there must be none."""
    for table in NEVER_CHANGE:
        _may_change(table)
    _responses(["attempt_id", "script"], ["attempt_id"])
    for column in ("plain_reason", "plain_at", "script", "returned_at", "reopened_seconds", "reopened_at"):
        op.drop_column("attempts", column)
    for table, column, _ in REFERENCES:
        op.drop_column(table, column)
    for table in TABLES:
        op.drop_table(table)


# ------------------------------------------------------------------------------------------------- new tables
def _id() -> sa.Column[int]:
    return sa.Column("id", BigInt, primary_key=True, autoincrement=True, nullable=False)


def _to(target: str, column: str, *, null: bool = False, key: bool = False) -> sa.Column[int]:
    return sa.Column(column, BigInt, sa.ForeignKey(f"{target}.id"), nullable=null, primary_key=key)


def _at(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, UTC(), nullable=null)


def _bound(table: str, column: str, most: int = SHORT) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"length({column}) <= {most}", name=op.f(f"ck_{table}_{column}_length"))


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _once(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _place() -> list[sa.Column[int]]:
    return [_to("sittings", "sitting_id"), _to("attempts", "attempt_id")]


def _index(table: str, column: str = "sitting_id") -> None:
    op.create_index(f"ix_{table}_{column}", table, [column])


def _gaps() -> None:
    op.create_table(
        "gaps", _id(), *_place(), _at("began_at"), _at("ended_at"), sa.Column("told_by", sa.Text(), nullable=False),
        _at("set_aside_at", null=True), _to("people", "set_aside_by", null=True),
        sa.Column("set_aside_reason", sa.Text()),
        _check("gaps", "told_by", "told_by IN ('beats', 'page')"),
        _check("gaps", "ends_after_it_began", "ended_at > began_at"),
        _check("gaps", "set_aside_has_a_name", "(set_aside_at IS NULL) = (set_aside_by IS NULL)"),
        *(_bound("gaps", column) for column in ("told_by", "set_aside_reason")),
    )  # fmt: skip
    _index("gaps")
    _index("gaps", "attempt_id")


def _reopenings() -> None:
    op.create_table(
        "reopenings", _id(), sa.Column("ref", sa.String(32), nullable=False), *_place(),
        sa.Column("seconds", sa.Integer(), nullable=False), sa.Column("reason", sa.Text(), nullable=False),
        _to("people", "reopened_by"), _at("reopened_at"), sa.Column("request_id", sa.String(36), nullable=False),
        sa.Column("closed_as", sa.Text(), nullable=False), _at("closed_at"), _at("finished_at", null=True),
        sa.Column("receipt", sa.Text()), sa.Column("script", sa.Integer(), nullable=False),
        _at("returned_at", null=True), _at("lapsed_at", null=True), _to("gaps", "gap_id", null=True),
        _once("reopenings", "ref"), _once("reopenings", "attempt_id", "request_id"),
        _check("reopenings", "seconds", "seconds BETWEEN 0 AND 86400"),
        _check("reopenings", "returned_or_lapsed", "returned_at IS NULL OR lapsed_at IS NULL"),
        *(_bound("reopenings", column) for column in ("reason", "closed_as", "receipt")),
    )  # fmt: skip
    _index("reopenings")


def _moves() -> None:
    op.create_table(
        "moves", _id(), _to("sittings", "sitting_id"), _to("seats", "seat_id"),
        sa.Column("from_number", sa.Integer(), nullable=False), sa.Column("to_number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False), _to("people", "moved_by"), _at("moved_at"),
        sa.Column("request_id", sa.String(36), nullable=False), _once("moves", "seat_id", "request_id"),
        _bound("moves", "reason"),
    )  # fmt: skip
    _index("moves")


def _messages() -> None:
    op.create_table(
        "messages", _id(), sa.Column("ref", sa.String(32), nullable=False), *_place(),
        sa.Column("words", sa.Text(), nullable=False), _to("people", "sent_by"), _at("sent_at"),
        sa.Column("request_id", sa.String(36), nullable=False), _at("seen_at", null=True),
        _once("messages", "ref"), _once("messages", "attempt_id", "request_id"), _bound("messages", "words"),
    )  # fmt: skip
    _index("messages")


def _emergency_files() -> None:
    op.create_table(
        "emergency_files", _id(), sa.Column("ref", sa.String(32), nullable=False), *_place(),
        _to("people", "brought_by"), _at("brought_at"), _at("made_at", null=True),
        sa.Column("sha256", sa.String(64), nullable=False), sa.Column("entries", sa.JSON(), nullable=False),
        _at("entered_at", null=True), _to("people", "entered_by", null=True), sa.Column("entered_reason", sa.Text()),
        _once("emergency_files", "ref"), _once("emergency_files", "attempt_id", "sha256"),
        _check("emergency_files", "entered_has_a_name", "(entered_at IS NULL) = (entered_by IS NULL)"),
        _bound("emergency_files", "entered_reason"),
    )  # fmt: skip
    _index("emergency_files")


def _jottings() -> None:
    op.create_table(
        "jottings", _to("sittings", "sitting_id", key=True), _to("attempts", "attempt_id", key=True),
        _to("scenario_versions", "scenario_version_id", key=True), sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("revision", sa.Integer(), primary_key=True), sa.Column("body", sa.Text(), nullable=False),
        _at("received_at"), _check("jottings", "kind", "kind IN ('note', 'highlights')"),
        _check("jottings", "revision", "revision >= 1"), _bound("jottings", "body", LONG),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ new columns
def _attempts() -> None:
    """One column at a time: SQLite makes no table anew that triggers elsewhere speak of."""
    op.add_column("attempts", sa.Column("reopened_at", UTC()))
    seconds = _check("attempts", "reopened_for_seconds", "(reopened_at IS NULL) = (reopened_seconds IS NULL)")
    op.add_column("attempts", sa.Column("reopened_seconds", sa.Integer(), seconds))
    returned = _check("attempts", "reopened_before_the_return", "returned_at IS NULL OR reopened_at IS NOT NULL")
    op.add_column("attempts", sa.Column("returned_at", UTC(), returned))
    op.add_column("attempts", sa.Column("script", sa.Integer(), nullable=False, server_default="0"))


def _plain() -> None:
    named = _check("attempts", "plain_has_a_name", "(plain_at IS NULL) = (plain_by IS NULL)")
    op.add_column("attempts", sa.Column("plain_at", UTC(), named))
    op.add_column("attempts", sa.Column("plain_reason", sa.Text(), _bound("attempts", "plain_reason")))


def _reference(table: str, column: str, target: str) -> None:
    """Written out, because SQLite takes a foreign key only in the definition of the column itself."""
    whole = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} {whole} CONSTRAINT fk_{table}_{column} REFERENCES {target} (id)"
    )


def _responses(before: list[str], after: list[str]) -> None:
    """Each question once a script. SQLite makes the table anew, and its triggers go with the old one."""
    again = op.get_bind().dialect.name != "postgresql"
    with op.batch_alter_table("responses") as batch:
        if "script" in after:
            batch.add_column(sa.Column("script", sa.Integer(), nullable=False, server_default="1"))
        for last in ("question_version_id", "position"):
            batch.drop_constraint(op.f(f"uq_responses_{'_'.join([*before, last])}"), type_="unique")
            batch.create_unique_constraint(op.f(f"uq_responses_{'_'.join([*after, last])}"), [*after, last])
        if "script" in before:
            batch.drop_column("script")
    if again:
        _never_changes("responses")


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
