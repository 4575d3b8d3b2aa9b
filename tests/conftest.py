"""Fixtures for every test: fresh databases, Redis and a browser. The servers are real (see tests/harness)."""

import gc
import os
import shutil
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from playwright.sync_api import Browser

from tests.harness import chromium, postgres, processes, ran, redis_server

# SQLite flushes to the disk at every commit. Tests ask what survives a kill, not what survives a power cut, and so
# their files stand in memory where there is such a place.
if processes.room_in_memory():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", processes.IN_MEMORY)

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

# `short` finds the same examples on every run: a red `make test` is always about the change. `long` explores.
settings.register_profile("short", deadline=None, max_examples=100, derandomize=True)
# (Hypothesis would find the same ones wherever CI is set, as `make prove` sets it.)
settings.register_profile("long", deadline=None, max_examples=1000, print_blob=True, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))


# --- databases ------------------------------------------------------------------------------------
@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database. A test that takes it runs twice: on SQLite and on PostgreSQL."""
    fixture = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    return str(request.getfixturevalue(fixture))


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh, migrated SQLite database, for this test only."""
    copy = tmp_path / "sjt.db"
    shutil.copyfile(sqlite_template, copy)
    return f"sqlite:///{copy}"


@pytest.fixture
def postgres_url(postgres_server: postgres.Postgres, postgres_template: str) -> Iterator[str]:
    """A fresh, migrated PostgreSQL database, for this test only."""
    with postgres_server.database(postgres_template) as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file, made once, that `sqlite_url` copies."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    _migrate(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # so that the one file is the whole database
    ran.note("SQLite", sqlite3.sqlite_version)
    return file


@pytest.fixture(scope="session")
def postgres_template(postgres_server: postgres.Postgres) -> Iterator[str]:
    """The name of a migrated database, made once, that `postgres_url` clones."""
    name = postgres_server.create()
    _migrate(postgres_server.url(name))
    yield name
    postgres_server.drop(name)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Postgres]:
    """One server a worker. It forgets on a crash (fsync off): tests of failures take `own_postgres`."""
    server = postgres.start()
    ran.note("PostgreSQL", server.version)
    yield server
    server.stop()


@pytest.fixture
def own_postgres() -> Iterator[postgres.OwnPostgres]:
    """A server of this test's own, fsync on, which it may kill and start again. It is not migrated."""
    server = postgres.start_own(durable=True)
    yield server
    server.stop()


def _migrate(url: str) -> None:
    from sjt.db import migrate  # here, so that tests of the pure packages need no database code
    from tests.harness import compiled

    compiled.share()
    migrate(url)


# --- Redis ----------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def redis_session(worker_id: str) -> Iterator[redis_server.Redis]:
    """One server a worker."""
    server = redis_server.start(int(worker_id.removeprefix("gw")) if worker_id != "master" else 0)
    ran.note("Redis", server.version)
    yield server
    server.stop()


@pytest.fixture
def redis_url(redis_session: redis_server.Redis) -> str:
    """A Redis database, empty at the start of the test."""
    redis_session.flush()
    return redis_session.url


@pytest.fixture
def own_redis() -> Iterator[redis_server.OwnRedis]:
    """A server of this test's own, which it may kill and start again."""
    server = redis_server.start_own()
    yield server
    server.stop()


# --- browser --------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """pytest-playwright starts the machine's own Chromium."""
    return {**browser_type_launch_args, **chromium.launch_arguments()}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A person in the United Kingdom."""
    return {**browser_context_args, "locale": "en-GB", "timezone_id": "Europe/London"}


@pytest.fixture(scope="session")
def browser(browser: Browser) -> Browser:
    """pytest-playwright's browser; the end of the run says which it was."""
    ran.note("Browser", f"{browser.browser_type.name.capitalize()} {browser.version}")
    return browser


def pytest_collection_finish() -> None:
    """Modules and collected tests stay to the end: the collector need not walk them again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


# --- what ran, and nothing skipped ----------------------------------------------------------------
def pytest_report_header() -> list[str]:
    """Before the run: what was found. The end of the run says what was used."""
    found = {
        "PostgreSQL": "SJT_TEST_POSTGRES_URL" in os.environ or postgres.find_programs(),
        "Redis": "SJT_TEST_REDIS_URL" in os.environ or redis_server.find_program(),
        "Chromium": chromium.find(),
    }
    return [f"{name}: {_place(place)}" for name, place in found.items()]


def _place(found: Path | bool | None) -> str:
    """An address may hold a password, so it is not printed."""
    return "named by the environment" if found is True else str(found or "NOT FOUND")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section("servers")
    terminalreporter.write_line(ran.sentence())


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker sends home what it noted."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["ran"] = ran.noted()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    ran.add(getattr(node, "workeroutput", {}).get("ran", {}))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    return _refuse_skip(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    return _refuse_skip(report)


def _refuse_skip(report: Report) -> Report:
    """With CI=true a skipped test is a failed test. (An expected failure is not a skip.)"""
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        report.longrepr = f"Skipped, which CI=true does not allow: {report.longrepr}"
        report.outcome = "failed"
    return report
