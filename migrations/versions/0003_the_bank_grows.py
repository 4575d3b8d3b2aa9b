"""The bank grows: formats, enemies, tags, proofs of papers, yearly reviews, trials, reports; and incidents.

Revision: 0003, after 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sjt.db import UTC

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BigInt = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BEGUN = (
    "EXISTS (SELECT 1 FROM papers p JOIN attempts a ON a.id = p.attempt_id"
    " WHERE p.id = OLD.paper_id AND a.started_at IS NOT NULL)"
)
SHORT, LONG = 2_000, 20_000  # code points

JSON_COLUMNS = (  # table, column, what rows of before have
    ("papers", "drawn_from", "{}"),
    ("paper_questions", "options", "[]"),
    ("scenario_texts", "enemies", "[]"),
    ("scenario_texts", "tags", "[]"),
    ("question_texts", "body", "{}"),
    ("reviews", "notes", "{}"),
)
TABLES = ("incidents", "guide_reports", "trials", "yearly_reviews")


def upgrade() -> None:
    """Add columns with what older rows have, and the new tables."""
    for table, column, empty in JSON_COLUMNS:
        op.add_column(table, sa.Column(column, sa.JSON(), nullable=False, server_default=sa.text(f"'{empty}'")))
    op.add_column("paper_questions", sa.Column("slot", sa.String(64), nullable=False, server_default=""))
    _one_question_a_slot()
    # Written out, because SQLite takes a foreign key only in the definition of the column itself.
    whole = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    op.execute(
        f"ALTER TABLE scenario_versions ADD COLUMN asked_id {whole}"
        " CONSTRAINT fk_scenario_versions_asked_id REFERENCES people (id)"
    )
    _yearly_reviews()
    _trials()
    _guide_reports()
    _incidents()


def downgrade() -> None:
    """Take all of it away again."""
    for table in TABLES:
        op.drop_table(table)
    op.drop_index("uq_paper_questions_one_a_slot", "paper_questions")
    for table, column, _ in JSON_COLUMNS:
        op.drop_column(table, column)
    op.drop_column("paper_questions", "slot")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_column("scenario_versions", "asked_id")
    else:  # SQLite drops no column that a constraint names
        with op.batch_alter_table("scenario_versions", recreate="always") as batch:
            batch.drop_column("asked_id")


def _one_question_a_slot() -> None:
    """A statement may be asked more than once where questions stand alone; a slot is filled once.

    SQLite drops a constraint by writing the table anew, and a table's triggers go with the old one.
    """
    where = sa.text("slot <> ''")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("uq_paper_questions_paper_id_statement", "paper_questions")
    else:
        with op.batch_alter_table("paper_questions", recreate="always") as batch:
            batch.drop_constraint("uq_paper_questions_paper_id_statement", type_="unique")
        for act, condition in (("UPDATE", "1 = 1"), ("DELETE", BEGUN)):
            op.execute(
                f"CREATE TRIGGER keep_paper_questions_{act.lower()} BEFORE {act} ON paper_questions WHEN {condition}"
                " BEGIN SELECT RAISE(ABORT, 'rows of paper_questions never change'); END"
            )
    op.create_index(
        "uq_paper_questions_one_a_slot",
        "paper_questions",
        ["paper_id", "slot"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )


def _id() -> sa.Column[int]:
    return sa.Column("id", BigInt, primary_key=True, autoincrement=True, nullable=False)


def _to(table: str, name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, BigInt, sa.ForeignKey(f"{table}.id"), nullable=null)


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null)


def _at(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, UTC(), nullable=null)


def _ref(table: str) -> tuple[sa.Column[str], sa.UniqueConstraint]:
    return sa.Column("ref", sa.String(32), nullable=False), sa.UniqueConstraint("ref", name=f"uq_{table}_ref")


def _bound(table: str, column: str, longest: int = SHORT) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"length({column}) <= {longest}", name=op.f(f"ck_{table}_{column}_length"))


def _yearly_reviews() -> None:
    op.create_table(
        "yearly_reviews",
        _id(),
        _to("scenario_versions", "scenario_version_id"),
        _to("people", "reviewer_id"),
        _text("comment"),
        _at("at"),
        _bound("yearly_reviews", "comment"),
    )
    op.create_index("ix_yearly_reviews_scenario_version_id", "yearly_reviews", ["scenario_version_id"])


def _trials() -> None:
    op.create_table(
        "trials",
        _id(),
        *_ref("trials"),
        _to("question_versions", "question_version_id"),
        _to("people", "person_id"),
        _text("text"),
        sa.Column("judged", sa.JSON(), nullable=False),
        _text("comment"),
        _at("at"),
        _bound("trials", "text", LONG),
        _bound("trials", "comment"),
    )
    op.create_index("ix_trials_question_version_id", "trials", ["question_version_id"])


def _guide_reports() -> None:
    op.create_table(
        "guide_reports",
        _id(),
        *_ref("guide_reports"),
        _to("question_versions", "question_version_id"),
        _to("responses", "response_id", null=True),
        _to("people", "reported_by"),
        _text("comment"),
        _at("at"),
        _to("people", "answered_by", null=True),
        _at("answered_at", null=True),
        _text("answer", null=True),
        _bound("guide_reports", "comment"),
        _bound("guide_reports", "answer"),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL)", name=op.f("ck_guide_reports_answer_has_a_name")
        ),
    )
    op.create_index("ix_guide_reports_question_version_id", "guide_reports", ["question_version_id"])


def _incidents() -> None:
    op.create_table(
        "incidents",
        _id(),
        *_ref("incidents"),
        _to("sittings", "sitting_id"),
        _to("attempts", "attempt_id", null=True),
        _text("kind"),
        _text("words"),
        _at("at"),
        _to("people", "noted_by", null=True),
        _bound("incidents", "kind"),
        _bound("incidents", "words"),
    )
    op.create_index("ix_incidents_sitting_id", "incidents", ["sitting_id"])
    op.create_index("ix_incidents_attempt_id", "incidents", ["attempt_id"])
