"""What is arranged around a sitting: rooms, the venue, who is there, slips, interests, helpers, changes, notices.

Revision: 0009, after 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sjt.db import UTC

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BigInt = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SHORT = 2_000  # code points
TABLES = (
    "notices_accepted", "helpers", "interest_waivers", "interests", "sitting_changes", "slip_prints",
    "ratio_overrides", "shifts",
)  # fmt: skip
NEVER_CHANGE = ("ratio_overrides", "slip_prints", "sitting_changes", "interest_waivers", "notices_accepted")
COLUMNS = {
    "sittings": ("remote", "meeting", "rooms", "venue_verified_by", "venue_verified_on"),
    "seats": ("room", "label", "identity_result"),
    "candidates": ("photo_id",),
}


def upgrade() -> None:
    """Add the columns, then the tables, then what never changes."""
    _columns()
    _shifts()
    _overrides()
    _slips()
    _changes()
    _interests()
    _waivers()
    _helpers()
    _notices()
    for table in NEVER_CHANGE:
        _never_changes(table)


def downgrade() -> None:
    """Take it away again."""
    for table in NEVER_CHANGE:
        _may_change(table)
    for table in TABLES:
        op.drop_table(table)
    for table, columns in COLUMNS.items():
        for column in reversed(columns):
            op.drop_column(table, column)


def _columns() -> None:
    op.add_column("sittings", sa.Column("remote", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("sittings", _short("sittings", "meeting"))
    op.add_column("sittings", sa.Column("rooms", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column("sittings", _short("sittings", "venue_verified_by"))
    op.add_column("sittings", sa.Column("venue_verified_on", sa.Date()))
    for column in ("room", "label", "identity_result"):
        op.add_column("seats", _short("seats", column))
    op.add_column("candidates", _short("candidates", "photo_id"))


# ------------------------------------------------------------------------------------------------- new tables
def _short(table: str, column: str) -> sa.Column[str]:
    """A short text that may be missing, with its bound: one column at a time, so that SQLite takes it."""
    return sa.Column(column, sa.Text(), _bound(table, column))


def _id() -> sa.Column[int]:
    return sa.Column("id", BigInt, primary_key=True, autoincrement=True, nullable=False)


def _ref() -> sa.Column[str]:
    return sa.Column("ref", sa.String(32), nullable=False)


def _to(target: str, column: str, *, null: bool = False, key: bool = False) -> sa.Column[int]:
    return sa.Column(column, BigInt, sa.ForeignKey(f"{target}.id"), nullable=null, primary_key=key)


def _at(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, UTC(), nullable=null)


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null)


def _request() -> sa.Column[str]:
    return sa.Column("request_id", sa.String(36), nullable=False)


def _json(name: str, empty: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=False, server_default=sa.text(f"'{empty}'"))


def _bound(table: str, column: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"length({column}) <= {SHORT}", name=op.f(f"ck_{table}_{column}_length"))


def _bounds(table: str, *columns: str) -> list[sa.CheckConstraint]:
    return [_bound(table, column) for column in columns]


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _once(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _index(table: str, column: str = "sitting_id") -> None:
    op.create_index(f"ix_{table}_{column}", table, [column])


def _shifts() -> None:
    op.create_table(
        "shifts", _id(), _to("sittings", "sitting_id"), _to("people", "person_id"), _at("from_at"),
        _at("until_at", null=True), _text("reason", null=True), _to("people", "ended_by", null=True),
        _to("people", "relieved_by", null=True), *_bounds("shifts", "reason"),
        _check("shifts", "ends_after_it_began", "until_at IS NULL OR until_at >= from_at"),
        _check("shifts", "end_has_a_name", "(until_at IS NULL) = (ended_by IS NULL)"),
    )  # fmt: skip
    _index("shifts")
    here = sa.text("until_at IS NULL")
    op.create_index(
        "uq_shifts_one_room_at_a_time", "shifts", ["person_id"], unique=True, sqlite_where=here, postgresql_where=here
    )


def _overrides() -> None:
    op.create_table(
        "ratio_overrides", _id(), _to("sittings", "sitting_id"), sa.Column("candidates", sa.Integer(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False), _text("reason"), _to("people", "given_by"),
        _at("given_at"), _request(), _once("ratio_overrides", "request_id"), *_bounds("ratio_overrides", "reason"),
    )  # fmt: skip
    _index("ratio_overrides")


def _slips() -> None:
    op.create_table(
        "slip_prints", _id(), _to("sittings", "sitting_id"), _to("people", "printed_by"), _at("printed_at"),
        _json("slips", "[]"),
    )  # fmt: skip
    _index("slip_prints")


def _changes() -> None:
    op.create_table(
        "sitting_changes", _id(), _to("sittings", "sitting_id"), _text("kind"), _text("reason"),
        _json("before", "{}"), _json("after", "{}"), _to("people", "changed_by"), _at("changed_at"), _request(),
        _once("sitting_changes", "request_id"), *_bounds("sitting_changes", "kind", "reason"),
        _check("sitting_changes", "kind", "kind IN ('moved', 'cancelled')"),
    )  # fmt: skip
    _index("sitting_changes")


def _interests() -> None:
    op.create_table(
        "interests", _id(), _ref(), _to("people", "person_id"), _text("kind"), _text("name"), _text("relationship"),
        sa.Column("from_day", sa.Date(), nullable=False), sa.Column("until_day", sa.Date()),
        _to("people", "declared_by"), _at("declared_at"), _at("withdrawn_at", null=True),
        _to("people", "withdrawn_by", null=True), _text("withdrawn_reason", null=True), _once("interests", "ref"),
        *_bounds("interests", "kind", "name", "relationship", "withdrawn_reason"),
        _check("interests", "kind", "kind IN ('apprentice', 'employer', 'provider')"),
        _check("interests", "ends_after_it_began", "until_day IS NULL OR until_day >= from_day"),
        _check("interests", "withdrawn_has_a_name", "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)"),
    )  # fmt: skip
    _index("interests", "person_id")


def _waivers() -> None:
    op.create_table(
        "interest_waivers", _id(), _to("sittings", "sitting_id"), _to("people", "person_id"),
        _to("candidates", "candidate_id"), _text("reason"), _to("people", "given_by"), _at("given_at"),
        _once("interest_waivers", "sitting_id", "person_id", "candidate_id"), *_bounds("interest_waivers", "reason"),
    )  # fmt: skip


def _helpers() -> None:
    op.create_table(
        "helpers", _id(), _ref(), _to("sittings", "sitting_id"), _to("seats", "seat_id"), _text("name"),
        _text("kind"), _text("identity_document"), _text("interest", null=True), _text("interest_reason", null=True),
        _to("people", "added_by"), _at("added_at"), _at("removed_at", null=True), _to("people", "removed_by", null=True),
        _once("helpers", "ref"),
        *_bounds("helpers", "name", "kind", "identity_document", "interest", "interest_reason"),
        _check("helpers", "kind", "kind IN ('reader', 'scribe', 'practical', 'interpreter')"),
        _check("helpers", "interest_has_a_reason", "interest IS NULL OR interest_reason IS NOT NULL"),
        _check("helpers", "removed_has_a_name", "(removed_at IS NULL) = (removed_by IS NULL)"),
    )  # fmt: skip
    _index("helpers")


def _notices() -> None:
    op.create_table(
        "notices_accepted", _to("sittings", "sitting_id", key=True), _to("attempts", "attempt_id", key=True),
        sa.Column("version", sa.String(32), primary_key=True), _at("accepted_at"),
        sa.Column("sha256", sa.String(64), nullable=False),
    )  # fmt: skip


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
