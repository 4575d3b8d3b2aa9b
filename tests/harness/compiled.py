"""Statements are compiled once a process, as in a product that runs, and not anew for each test's database."""

from __future__ import annotations

from functools import cache

import sqlalchemy as sa
from sqlalchemy.util import LRUCache

from sjt import db

_MANY = 5000  # all statements of the product, several times over
_first: dict[str, sa.Engine] = {}


@cache  # once a process is enough
def share() -> None:
    """From now on, all engines of a dialect use the dialect object and the compiled statements of the first.

    A compiled statement depends on the dialect and on nothing of the database. SQLAlchemy keeps both by engine,
    which a product has one of and a test run more than a thousand.
    """
    make = db._engine

    def made(url: str) -> sa.Engine:
        engine = make(url)
        first = _first.get(engine.dialect.name)
        if first is None:
            # Only an engine that has met its server has a dialect that knows it.
            sa.event.listen(engine, "connect", lambda *_: _remember(engine), once=True)
        else:
            engine.dialect = engine.pool._dialect = first.dialect
            engine._compiled_cache = first._compiled_cache
        return engine

    db._engine = made


def _remember(engine: sa.Engine) -> None:
    if _first.setdefault(engine.dialect.name, engine) is engine:
        engine._compiled_cache = LRUCache(_MANY)
