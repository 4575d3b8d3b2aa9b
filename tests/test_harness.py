"""The servers that the tests stand on are what they claim to be, and hold no root powers."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis
import sqlalchemy as sa
from playwright.sync_api import Page

from sjt.db import Database
from tests.harness import MissingServer, chromium, postgres, processes, ran, redis_server

ROOT = Path(__file__).parent.parent


# --- PostgreSQL -----------------------------------------------------------------------------------
def test_postgres_is_postgres(postgres_server: postgres.Postgres) -> None:
    with psycopg.connect(postgres_server.admin_url) as connection:
        row = connection.execute("SELECT version()").fetchone()
    assert row is not None
    assert row[0].startswith(postgres_server.version + " ")


def test_a_database_is_a_copy_of_its_template_and_nobody_elses(postgres_server: postgres.Postgres) -> None:
    template = postgres_server.create()
    _execute(postgres_server.url(template), "CREATE TABLE seat (id int)")
    with postgres_server.database(template) as one, postgres_server.database(template) as other:
        _execute(one, "INSERT INTO seat VALUES (1)")
        assert _count(one) == 1
        assert _count(other) == 0
    postgres_server.drop(template)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        _execute(one, "SELECT 1")


def test_a_database_is_dropped_under_an_open_connection(postgres_server: postgres.Postgres) -> None:
    name = postgres_server.create()
    left_open = psycopg.connect(postgres_server.url(name))
    postgres_server.drop(name)
    with pytest.raises(psycopg.OperationalError):
        left_open.execute("SELECT 1")
    left_open.close()


def test_the_shared_server_is_fast_and_private() -> None:
    server = postgres.start_own(durable=False)
    try:
        assert server.setting("fsync") == "off"
        assert server.setting("listen_addresses") == ""
        assert server.folder.stat().st_mode & 0o077 == 0
        assert _account(server.pid) != 0
    finally:
        server.stop()


def test_a_durable_server_keeps_what_it_acknowledged_when_it_is_killed(
    own_postgres: postgres.OwnPostgres,
) -> None:
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        assert own_postgres.setting(name) == "on"
    assert own_postgres.folder.parent != Path(processes.IN_MEMORY)  # where a flush would promise nothing
    _execute(own_postgres.admin_url, "CREATE TABLE seat (id int)")
    _execute(own_postgres.admin_url, "INSERT INTO seat VALUES (1)")
    own_postgres.kill()
    own_postgres.start()
    assert _count(own_postgres.admin_url) == 1


def test_without_programs_the_tests_that_need_postgres_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SJT_TEST_POSTGRES_URL", raising=False)
    monkeypatch.setattr(postgres, "find_programs", lambda: None)
    with pytest.raises(MissingServer, match="make setup"):
        postgres.start()


@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_gets_a_migrated_database_of_its_own(database_url: str, turn: int) -> None:
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        tables = sa.inspect(connection).get_table_names()
        assert "alembic_version" in tables
        assert "scratch" not in tables
        connection.execute(sa.text("CREATE TABLE scratch (turn int)"))
    engine.dispose()


def test_databases_share_compiled_statements_and_no_connection(database_url: str) -> None:
    one = Database(database_url)
    assert one.time() is not None  # it has met its server
    other = Database(database_url)
    assert other.engine.dialect is one.engine.dialect
    assert other.engine.pool is not one.engine.pool
    one.dispose()
    other.dispose()


def _execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def _count(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM seat").fetchone()
    assert row is not None
    return int(row[0])


# --- Redis ----------------------------------------------------------------------------------------
def test_redis_is_redis_or_valkey(redis_session: redis_server.Redis) -> None:
    assert redis_session.version.split()[0] in {"Redis", "Valkey"}


@pytest.mark.parametrize("turn", [1, 2])
def test_redis_is_empty_at_the_start_of_each_test(redis_url: str, turn: int) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("turn", turn)


def test_redis_comes_back_empty_after_a_kill(own_redis: redis_server.OwnRedis) -> None:
    assert _account(own_redis.pid) != 0
    with redis.Redis.from_url(own_redis.url) as client:
        client.set("seat", 1)
    own_redis.kill()
    own_redis.start()
    with redis.Redis.from_url(own_redis.url) as client:
        assert client.dbsize() == 0


def test_without_a_program_the_tests_that_need_redis_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SJT_TEST_REDIS_URL", raising=False)
    monkeypatch.setattr(redis_server, "find_program", lambda: None)
    with pytest.raises(MissingServer, match="make setup"):
        redis_server.start(0)


# --- browser --------------------------------------------------------------------------------------
def test_the_browser_is_a_person_in_the_united_kingdom(page: Page) -> None:
    page.set_content("<h1>Sitting</h1>")
    assert page.locator("h1").inner_text() == "Sitting"
    assert page.evaluate("navigator.language") == "en-GB"
    assert page.evaluate("new Date('2026-07-01T12:00:00Z').getHours()") == 13


def test_without_a_browser_the_tests_that_need_one_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SJT_TEST_CHROMIUM", "/nonexistent")
    with pytest.raises(MissingServer, match="make setup"):
        chromium.launch_arguments()


# --- processes ------------------------------------------------------------------------------------
def test_a_server_dies_with_the_tests_however_they_die() -> None:
    """The tests are killed outright, with no chance to tidy up."""
    script = (
        "from tests.harness import redis_server\n"
        "import time\n"
        "server = redis_server.start_own()\n"
        "print(server.pid, server.folder, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE) as tests:
        assert tests.stdout is not None
        server, folder = tests.stdout.readline().split()
        tests.send_signal(signal.SIGKILL)
    _wait_until_gone(int(server))
    shutil.rmtree(folder)


def test_a_program_out_of_reach_is_copied_within_reach(tmp_path: Path) -> None:
    program = redis_server.find_program()
    assert program is not None
    hidden = tmp_path / "server"
    hidden.write_bytes(program.read_bytes())
    hidden.chmod(0o700)
    assert processes.runs_unprivileged(processes.within_reach(hidden, tmp_path, ["server"]))


def test_a_server_that_does_not_start_shows_its_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = processes.start(["/bin/sh", "-c", "echo no room; exit 7"], Path("/"), log)
    with pytest.raises(RuntimeError, match=r"exit code 7.*\n.*no room"):
        processes.wait_until_up(process, lambda: False, log)


def _account(process: int) -> int:
    return Path(f"/proc/{process}").stat().st_uid


def _wait_until_gone(process: int) -> None:
    for _ in processes.attempts():
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return
    raise AssertionError(f"process {process} is still there")


# --- the run itself -------------------------------------------------------------------------------
SKIPPING = "import pytest\ndef test_one() -> None: pytest.skip('not today')\n"


def test_a_skip_fails_the_run_on_ci(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("from tests.conftest import *\n")
    (tmp_path / "test_skipping.py").write_text(SKIPPING)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", ROOT / "pyproject.toml", tmp_path],
        cwd=ROOT,
        env={**os.environ, "CI": "true"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout
    assert "not today" in done.stdout
    assert "ran without a database, Redis or browser" in done.stdout


def test_the_end_of_the_run_says_what_ran(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ran, "_ran", {})
    ran.add({"SQLite": "3.46.1"})
    ran.note("PostgreSQL", "PostgreSQL 18.6")
    assert ran.sentence() == "ran on PostgreSQL: PostgreSQL 18.6, SQLite: 3.46.1"
