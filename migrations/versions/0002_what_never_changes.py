"""Rows that never change: evidence, scripts, papers once begun, item versions once approved.

Revision: 0002, after 0001
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ALWAYS = "1 = 1"
APPROVED = "EXISTS (SELECT 1 FROM scenario_versions v WHERE v.id = {id} AND v.approved_at IS NOT NULL)"
BEGUN = (
    "EXISTS (SELECT 1 FROM papers p JOIN attempts a ON a.id = p.attempt_id"
    " WHERE p.id = {id} AND a.started_at IS NOT NULL)"
)
OF_QUESTION = "(SELECT q.scenario_version_id FROM question_versions q WHERE q.id = OLD.question_version_id)"

# table, act, condition under which the act is refused
RULES = [
    *(
        (table, act, ALWAYS)
        for table in ("answers", "late_answers", "events", "responses")
        for act in ("UPDATE", "DELETE")
    ),
    ("papers", "UPDATE", ALWAYS),
    ("paper_questions", "UPDATE", ALWAYS),
    ("papers", "DELETE", BEGUN.format(id="OLD.id")),
    ("paper_questions", "DELETE", BEGUN.format(id="OLD.paper_id")),
    *(("scenario_texts", act, APPROVED.format(id="OLD.scenario_version_id")) for act in ("UPDATE", "DELETE")),
    *(("question_versions", act, APPROVED.format(id="OLD.scenario_version_id")) for act in ("UPDATE", "DELETE")),
    *(("question_texts", act, APPROVED.format(id=OF_QUESTION)) for act in ("UPDATE", "DELETE")),
]


def upgrade() -> None:
    """Write one trigger a rule."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN RAISE EXCEPTION 'rows of % never change', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';"
            " END $$"
        )
    for table, act, condition in RULES:
        name = f"keep_{table}_{act.lower()}"
        if not postgresql:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {condition}"
                f" BEGIN SELECT RAISE(ABORT, 'rows of {table} never change'); END"
            )
        elif condition == ALWAYS:
            op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        else:  # PostgreSQL allows no subquery in WHEN: the condition goes into a function of its own
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} THEN"
                f" RAISE EXCEPTION 'rows of {table} never change' USING ERRCODE = 'integrity_constraint_violation';"
                f" END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
            )
            op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    """Take the triggers away again."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table, act, condition in RULES:
        name = f"keep_{table}_{act.lower()}"
        op.execute(f"DROP TRIGGER {name} ON {table}" if postgresql else f"DROP TRIGGER {name}")
        if postgresql and condition != ALWAYS:
            op.execute(f"DROP FUNCTION {name}()")
    if postgresql:
        op.execute("DROP FUNCTION refuse_change()")
