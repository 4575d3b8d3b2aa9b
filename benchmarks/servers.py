"""The servers of a run: PostgreSQL that keeps every promise to the disk, Redis, the product, the floor."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from benchmarks import floor
from tests.cli.test_run import SJT, free_port
from tests.harness import postgres
from tests.site import SECRET

ROOT = Path(__file__).parent.parent
PAPER_BYTES = 11_000
WORKERS = 2


@contextmanager
def product(database_url: str, redis_url: str | None, home: Path) -> Iterator[str]:
    """``sjt serve`` as it is run in earnest; yields its address."""
    settings = {
        "SJT_DATABASE_URL": database_url, "SJT_SECRET_KEY": SECRET, "SJT_KIND": "rehearsal",
        "SJT_LOOPBACK_ONLY": "yes", "SJT_HOME": str(home),
    }  # fmt: skip
    if redis_url:
        settings |= {"SJT_REDIS_URL": redis_url, "SJT_WORKERS": str(WORKERS)}
    port = free_port()
    with _running([SJT, "serve"], settings | {"PORT": str(port)}, home / f"product-{port}.log"):
        base = f"http://127.0.0.1:{port}"
        _wait(f"{base}/sit/")
        yield base


@contextmanager
def the_floor(database_url: str, home: Path) -> Iterator[str]:
    """The floor behind the same gunicorn with the same settings; yields its address."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.serve_floor", str(port)]
    with _running(command, {"FLOOR_DATABASE_URL": database_url}, home / f"floor-{port}.log"):
        base = f"http://127.0.0.1:{port}"
        _wait(base)
        yield base


def floor_database(server: postgres.OwnPostgres, refs: list[str]) -> str:
    """The floor's own database, with a paper of 11 KB for each attempt; returns its address."""
    url = server.url(server.create())
    paper = {"questions": [{"code": f"q{n}", "text": "x" * (PAPER_BYTES // 16 - 30)} for n in range(16)]}
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(floor.SCHEMA)
        with conn.cursor() as cursor:
            cursor.executemany("INSERT INTO attempts VALUES (%s, NULL, %s)", [(ref, json.dumps(paper)) for ref in refs])
        conn.execute("VACUUM ANALYZE")
    return url


@contextmanager
def _running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[None]:
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=out, stderr=out, start_new_session=True
        )
    try:
        yield
        if process.poll() is not None:
            raise RuntimeError(f"{command[0]} ended by itself: {log.read_text()[-2000:]}")
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(address: str) -> None:
    """Until somebody answers there, whatever the answer is."""
    for _ in range(600):
        try:
            urllib.request.urlopen(address).close()  # our own address on this machine
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"nobody answers at {address}")
