"""Alembic's entry: migrates the database whose URL the caller passes in."""

from __future__ import annotations

from typing import Any, Literal

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
    finally:
        database.dispose()


run()
