"""Alembic's entry: migrates the database whose URL the caller passes in."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from sjt.db import UTC, Database
from sjt.stores.tables import metadata


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column type by its name."""
    if kind == "type" and isinstance(item, UTC):
        autogen.imports.add("from sjt.db import UTC")
        return "UTC()"
    return False


def run() -> None:
    """Run the migrations in one transaction."""
    database = Database(context.config.attributes["url"])
    if database.is_sqlite:  # a table that others point at can only be made anew while nobody looks
        sa.event.listen(database.engine, "connect", lambda made, _: made.execute("PRAGMA foreign_keys = OFF"))
    try:
        with database.transaction() as connection:
            context.configure(
                connection=connection,
                target_metadata=metadata,
                render_item=render_item,
                render_as_batch=True,
                transaction_per_migration=False,
            )
            context.run_migrations()
            if database.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise RuntimeError("the migration would leave a row that points at nothing")
    finally:
        database.dispose()


run()
