"""The engine, the UTC type, every switch between the two dialects, and the three ways of talking to a database.

PostgreSQL is production; SQLite is the embedded default: one process, one writer at a time.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.compiler import SQLCompiler

from proctoring.events import link

ROOT = Path(__file__).resolve().parent.parent
BUSY_TIMEOUT_MS = 10_000
# Connections of a process to PostgreSQL: two workers stay below its default of 100. None is made for a moment only,
# because making one costs more than a whole start; who finds none free waits for some milliseconds.
POOL, POOL_OF_STATEMENTS = 32, 16
CHANGED = "sjt_changed"  # in a connection's info: what its transaction has changed


class UTC(sa.types.TypeDecorator[dt.datetime]):
    """An aware time, stored in UTC with microseconds. A naive time is refused on the way in."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        """To the database: SQLite keeps no zone, so the value is turned to UTC first."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        in_utc = value.astimezone(dt.UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        """From the database: always aware, always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class chain_link(sa.sql.functions.FunctionElement[bytes]):
    """The link of an evidence chain, computed by the database in the statement that adds the event."""

    type = sa.LargeBinary()
    name = "link"
    inherit_cache = True


@compiles(chain_link, "sqlite")
def _link_sqlite(element: chain_link, compiler: SQLCompiler, **kw: Any) -> str:
    return f"link({compiler.process(element.clauses, **kw)})"


@compiles(chain_link, "postgresql")
def _link_postgresql(element: chain_link, compiler: SQLCompiler, **kw: Any) -> str:
    previous, digest = element.clauses
    return f"sha256({compiler.process(previous, **kw)} || {compiler.process(digest, **kw)})"


class Database:
    """One database and the ways of talking to it: ``reading()``, ``transaction()``, ``at_once()``."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._readonly = self.engine.execution_options(postgresql_readonly=True)
        self._immediate = self.engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")
        self._autocommit = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._statements = self.engine if self.is_sqlite else _statements(self.engine.url)
        self._write_lock = threading.Lock()
        self._tell: Callable[[Collection[str]], None] = lambda changed: None
        path = self.engine.url.database
        self._lock_file = Path(f"{path}.lock") if self.is_sqlite and path and path != ":memory:" else None

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A read-only transaction: a write in it is refused by the database."""
        with self._readonly.connect() as conn, conn.begin():
            if not self.is_sqlite:
                yield conn
                return
            conn.exec_driver_sql("PRAGMA query_only = ON")
            try:
                yield conn
            finally:
                conn.exec_driver_sql("PRAGMA query_only = OFF")

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """A short write transaction: no hashing, rendering or network inside."""
        with self._writer(), self._immediate.begin() as conn:
            changed: set[str] = conn.info.setdefault(CHANGED, set())
            changed.clear()  # of a transaction before on this connection that was rolled back
            yield conn
        self._tell(frozenset(changed))

    def on_change(self, tell: Callable[[Collection[str]], None]) -> None:
        """Call ``tell`` after each commit of a ``transaction()`` with what ``note_change`` noted in it."""
        self._tell = tell

    def at_once(self, statement: str, values: Mapping[str, object]) -> tuple[Any, ...] | None:
        """The first row of one prebuilt PostgreSQL statement that is its own transaction.

        It goes to the driver as it stands, ``%(name)s`` for each value: compiling it, and a unit of work around it,
        would cost the save more than the statement itself. IntegrityError as everywhere.
        """
        held = self._statements.raw_connection()
        try:
            driver: Any = held.driver_connection
            row: tuple[Any, ...] | None = driver.execute(statement, values).fetchone()
            return row
        except psycopg.IntegrityError as conflict:
            raise IntegrityError(None, None, conflict) from conflict
        except psycopg.OperationalError:
            self._statements.dispose()  # the server is gone, and with it every connection
            raise
        finally:
            held.close()

    @contextmanager
    def alone(self, name: str) -> Iterator[bool]:
        """Whether nobody else is at work under this name, in any process. Ends with the process that holds it."""
        if not self.is_sqlite:
            with self._autocommit.connect() as conn:
                key = {"name": f"sjt {name}"}
                held = bool(conn.scalar(sa.text("SELECT pg_try_advisory_lock(hashtext(:name))"), key))
                try:
                    yield held
                finally:
                    if held:
                        conn.execute(sa.text("SELECT pg_advisory_unlock(hashtext(:name))"), key)
            return
        with Path(f"{self.engine.url.database}.{name}.lock").open("ab") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def learn(self, *tables: str) -> None:
        """Have the planner look at tables anew after a great many rows came in; until then it guesses badly."""
        if not self.is_sqlite:
            with self._autocommit.connect() as conn:
                for table in tables:
                    conn.exec_driver_sql(f"ANALYZE {conn.dialect.identifier_preparer.quote(table)}")

    def time(self) -> dt.datetime:
        """The database's own time, which the clocks of all nodes follow."""
        query = "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')" if self.is_sqlite else "SELECT now()"
        with self.engine.connect() as conn:
            now = conn.scalar(sa.text(query))
        parsed = now if isinstance(now, dt.datetime) else dt.datetime.fromisoformat(f"{now}+00:00")
        return parsed.astimezone(dt.UTC)

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()
        self._statements.dispose()

    def _writer(self) -> AbstractContextManager[None]:
        return _sqlite_writer(self._write_lock, self._lock_file) if self.is_sqlite else _nobody_waits()


def note_change(conn: sa.Connection, ref: str) -> None:
    """Note that a transaction changes the object of this reference; whoever listens is told once it is committed."""
    conn.info.setdefault(CHANGED, set()).add(ref)


@contextmanager
def _nobody_waits() -> Iterator[None]:
    yield


@contextmanager
def _sqlite_writer(lock: threading.Lock, path: Path | None) -> Iterator[None]:
    """One writer at a time among the threads, and among command-line processes by the same file lock.

    Waiting here is fair and cheap; waiting inside SQLite is a busy loop that starves somebody.
    """
    with lock:
        if path is None:
            yield
            return
        with path.open("ab") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield


def for_update(query: sa.Select[Any]) -> sa.Select[Any]:
    """Lock the rows a query reads until the transaction ends.

    SQLite drops FOR UPDATE in silence; there the IMMEDIATE transaction already holds the one write lock.
    """
    return query.with_for_update(key_share=True)


def add_missing(conn: sa.Connection, table: sa.Table) -> sa.Insert:
    """An insert that leaves a row alone whose key is there already."""
    made: sa.Insert = _insert(conn, table).on_conflict_do_nothing(index_elements=list(table.primary_key))
    return made


def add_up(conn: sa.Connection, table: sa.Table, column: str) -> sa.Insert:
    """An insert that, where the key is there already, adds its number to the one that stands."""
    new = _insert(conn, table)
    more = {column: table.c[column] + new.excluded[column]}
    made: sa.Insert = new.on_conflict_do_update(index_elements=list(table.primary_key), set_=more)
    return made


def _insert(conn: sa.Connection, table: sa.Table) -> Any:
    return sqlite.insert(table) if conn.dialect.name == "sqlite" else postgresql.insert(table)


def _engine(url: str) -> sa.Engine:
    made = sa.make_url(url)
    if made.drivername == "postgresql":
        made = made.set(drivername="postgresql+psycopg")
    if made.get_backend_name() == "sqlite":
        if made.database in (None, "", ":memory:"):
            raise ValueError("SQLite needs a file: an in-memory database would lose every answer")
        engine = sa.create_engine(made, pool_size=16, max_overflow=64, hide_parameters=True)
        sa.event.listen(engine, "connect", _sqlite_settings)
        sa.event.listen(engine, "begin", _sqlite_begin)
        return engine
    return sa.create_engine(made, pool_size=POOL, max_overflow=0, pool_use_lifo=True, hide_parameters=True)


def _statements(url: sa.URL) -> sa.Engine:
    """Connections that never leave autocommit: nothing is set or rolled back between one statement and the next."""
    return sa.create_engine(
        url, pool_size=POOL_OF_STATEMENTS, max_overflow=0, pool_use_lifo=True, hide_parameters=True,
        isolation_level="AUTOCOMMIT", pool_reset_on_return=None,
    )  # fmt: skip


def _sqlite_begin(conn: sa.Connection) -> None:
    conn.exec_driver_sql(conn.get_execution_options().get("sqlite_begin", "BEGIN"))


def _sqlite_settings(connection: Any, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions are begun by us, never by the driver
    cursor = connection.cursor()
    for setting in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()
    connection.create_function("link", 2, link, deterministic=True)


def alembic_config(url: str) -> Config:
    """Alembic's settings for a database, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def migrate(url: str) -> None:
    """Bring a database to the newest migration; a database that does not exist yet is made (SQLite)."""
    command.upgrade(alembic_config(url), "head")
