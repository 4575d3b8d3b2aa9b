"""The commands that run a product, as real processes: what they print, what they refuse, what they keep."""

from __future__ import annotations

import datetime as dt
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sjt.clock import SystemClock
from sjt.stores import gaps
from tests.saved_invigilation import attempt_at, saved_seats, small_room
from tests.site import Site

SJT = str(Path(sys.executable).parent / "sjt")
SECRET = "s" * 40


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running(*command: str, **environment: str) -> Iterator[tuple[str, Path]]:
    """A command that serves; yields its address and the file of what it prints, once it answers."""
    port = str(free_port())
    printed = Path(environment["SJT_HOME"]) / f"printed-{port}"
    with printed.open("wb") as out:
        env = {**os.environ, **environment, "PORT": port}
        process = subprocess.Popen([SJT, *command], stdout=out, stderr=subprocess.STDOUT, env=env)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, process, printed)
        yield address, printed
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0, printed.read_text()


def _wait(address: str, process: subprocess.Popen[bytes], printed: Path) -> None:
    for _ in range(600):
        assert process.poll() is None, printed.read_text()
        try:
            with urllib.request.urlopen(address) as response:  # our own address on this machine
                if response.status == 200:
                    return
        except OSError:
            time.sleep(0.1)  # a real process: there is nothing to hold
    raise AssertionError(printed.read_text())


def keycodes(printed: Path) -> list[str]:
    return re.findall(r"^Keycode: ([0-9A-Z]{4}-[0-9A-Z]{4})\b", printed.read_text(), re.M)


def test_the_demonstration_prints_what_is_needed_and_keeps_its_data(tmp_path: Path) -> None:
    home = {"SJT_HOME": str(tmp_path)}
    with running("demo", **home) as (address, printed):
        first = keycodes(printed)
        words = printed.read_text()
    assert len(first) == 6
    for desk in ("manager", "invigilator", "writer", "reviewer", "marker", "lead", "auditor"):
        assert f"{desk}@example.org" in words
    assert f"{address}/invitation/" in words and "What to click first" in words
    with running("demo", **home) as (_, printed):
        assert keycodes(printed) == first  # the same sitting is still open: none is added
        assert "/invitation/" not in printed.read_text()
    assert (tmp_path / "demo-secret").stat().st_mode & 0o077 == 0


def test_serve_runs_two_workers_on_postgresql_and_redis(postgres_url: str, redis_url: str, tmp_path: Path) -> None:
    settings = {
        "SJT_HOME": str(tmp_path),
        "SJT_DATABASE_URL": postgres_url,
        "SJT_REDIS_URL": redis_url,
        "SJT_SECRET_KEY": SECRET,
        "SJT_KIND": "rehearsal",
        "SJT_WORKERS": "2",
    }
    with running("serve", **settings) as (address, _), urllib.request.urlopen(f"{address}/sit/") as page:
        assert "Enter your keycode" in page.read().decode()
        assert "__Host-sjt" in str(page.headers)


def refused(*command: str, **environment: str) -> list[str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("SJT_")}
    done = subprocess.run([SJT, *command], env={**bare, **environment}, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr.splitlines()


def test_a_start_with_a_gap_is_refused_by_name() -> None:
    assert refused("serve") == [
        "SJT_DATABASE_URL is not set",
        "SJT_SECRET_KEY is not set",
        "SJT_KIND is not set",
    ]


def test_sqlite_with_several_workers_is_refused(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'x.db'}"
    lines = refused("serve", SJT_DATABASE_URL=database, SJT_SECRET_KEY=SECRET, SJT_KIND="live", SJT_WORKERS="2")
    assert "SJT_WORKERS must be 1 on SQLite" in " ".join(lines)


def test_the_sweep_says_how_many_it_closed(sqlite_url: str) -> None:
    settings = {"SJT_DATABASE_URL": sqlite_url, "SJT_SECRET_KEY": SECRET, "SJT_KIND": "live"}
    done = subprocess.run([SJT, "sweep"], env={**os.environ, **settings}, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "0 closed\n")


def test_the_sweep_names_by_reference_who_was_not_heard_in_the_last_hour(sqlite_url: str, tmp_path: Path) -> None:
    site = Site(sqlite_url, tmp_path)
    room = small_room(site)
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    attempt, now = attempt_at(site, ref), SystemClock().now()
    with site.writing() as conn:
        gaps.add(conn, attempt.sitting_id, attempt.id, now - dt.timedelta(seconds=90), now, gaps.BEATS)
    site.close()
    settings = {"SJT_DATABASE_URL": sqlite_url, "SJT_SECRET_KEY": SECRET, "SJT_KIND": "live"}
    done = subprocess.run([SJT, "sweep"], env={**os.environ, **settings}, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, f"0 closed\n{attempt.ref} not heard for 90 s\n")
