"""kill -9: whatever was acknowledged before the server died is there when it comes back."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
import sqlalchemy as sa

from sjt.db import migrate
from sjt.stores import tables as t
from tests.cli.test_run import SJT, free_port
from tests.harness import postgres
from tests.saved import Booked, Room, saved_room
from tests.site import SECRET, Site

ENOUGH = 40  # acknowledgements before the kill
KILLS = 2


@contextmanager
def served(database_url: str, home: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """``sjt serve`` in a process group of its own, so that all of it can be killed at once."""
    port = free_port()
    settings = {
        "SJT_DATABASE_URL": database_url, "SJT_SECRET_KEY": SECRET, "SJT_KIND": "rehearsal",
        "SJT_LOOPBACK_ONLY": "yes", "SJT_HOME": str(home), "PORT": str(port),
    }  # fmt: skip
    command = [SJT, "serve"]
    process = subprocess.Popen(command, env={**os.environ, **settings}, start_new_session=True, stdout=sys.stderr)
    base = f"http://127.0.0.1:{port}"
    try:
        wait_until_it_answers(base, process)
        yield base, process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until_it_answers(base: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None
        try:
            urllib.request.urlopen(base).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server never answered")


@dataclass
class Writer:
    """A candidate's browser that saves without end, and remembers what was acknowledged."""

    base: str
    booked: Booked
    token: str = ""
    lease: int = 0
    questions: list[str] = field(default_factory=list)
    acknowledged: dict[tuple[str, int], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.here = f"/sit/{self.booked.attempt_ref}"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def text(self, path: str) -> str:
        with self.opener.open(self.base + path, timeout=10) as response:
            return str(response.read().decode())

    def form(self, path: str, **values: str) -> None:
        body = urllib.parse.urlencode({"csrf_token": self.token, **values}).encode()
        self.opener.open(self.base + path, body, timeout=10).close()

    def post(self, path: str, body: dict[str, object]) -> dict[str, int]:
        headers = {"Content-Type": "application/json", "Accept": "application/json", "X-CSRFToken": self.token}
        request = urllib.request.Request(f"{self.base}{self.here}/{path}", json.dumps(body).encode(), headers)
        with self.opener.open(request, timeout=10) as response:
            return dict(json.loads(response.read()))

    def write(self, first_revision: int, enough: threading.Event) -> None:
        """Save until the server is gone. A reply that was read is an acknowledgement; nothing else is."""
        revision = first_revision
        while True:
            for question in self.questions:
                text = f"{question} {revision} {'x' * (revision % 300)}"
                answer = {"question": question, "revision": revision, "text": text}
                try:
                    self.post("save", {"attempt": self.booked.attempt_ref, "lease": self.lease, "answers": [answer]})
                except (OSError, HTTPException, ValueError):
                    return
                self.acknowledged[question, revision] = text
                if len(self.acknowledged) % ENOUGH == 0:
                    enough.set()
            revision += 1


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, pattern
    return match.group(1)


def killed_again_and_again(database_url: str, home: Path) -> None:
    site = Site(database_url, home)
    room: Room = saved_room(site)
    site.clock.advance(seconds=(site.product.database.time() - site.now()).total_seconds())  # real servers, real time
    booked = [room.seat(f"Candidate {n}", n) for n in (1, 2, 3)]
    acknowledged: dict[tuple[str, str, int], str] = {}
    for one in booked:
        room.admit(one)
        room.open_gate(one)
    writers = [Writer("", one) for one in booked]  # their cookies outlive the server
    for kill in range(KILLS):
        with served(database_url, home) as (base, process):
            for writer in writers:
                writer.base = base
                begin(writer, first=kill == 0)
            gone = [threading.Event() for _ in writers]
            threads = [
                threading.Thread(target=writer.write, args=(kill * 10_000 + 1, event))
                for writer, event in zip(writers, gone, strict=True)
            ]
            for thread in threads:
                thread.start()
            assert all(event.wait(60) for event in gone)
            os.killpg(process.pid, signal.SIGKILL)
            for thread in threads:
                thread.join()
    for writer in writers:
        acknowledged |= {(writer.booked.attempt_ref, *key): text for key, text in writer.acknowledged.items()}
    assert len(acknowledged) >= KILLS * ENOUGH * len(booked)
    assert missing(site, acknowledged) == []
    site.close()


def begin(writer: Writer, first: bool) -> None:
    """In at the door, begun when it is the first time, and the one page that writes."""
    if first:
        writer.token = found(r'name="csrf_token"[^>]*value="([^"]+)"', writer.text("/sit/"))
        writer.form("/sit/", keycode=writer.booked.keycode)
        writer.form(f"{writer.here}/confirm")
        writer.form(f"{writer.here}/begin")
    page = writer.text(f"{writer.here}/scenario/1")
    writer.token = found(r'data-csrf="([^"]+)"', page)
    writer.questions = re.findall(r'data-question="([^"]+)"', page)
    writer.lease = writer.post("lease", {})["lease"]


def missing(site: Site, acknowledged: dict[tuple[str, str, int], str]) -> list[tuple[str, str, int]]:
    """What was acknowledged and is not in the journal, byte for byte."""
    q, v, a, attempt = t.questions, t.question_versions, t.answers, t.attempts
    with site.reading() as conn:
        rows = conn.execute(
            sa.select(attempt.c.ref, q.c.slug, v.c.number, a.c.revision, a.c.text)
            .select_from(a)
            .join(attempt, attempt.c.id == a.c.attempt_id)
            .join(v, v.c.id == a.c.question_version_id)
            .join(q, q.c.id == v.c.question_id)
        ).all()
    held = {(row.ref, f"{row.slug}@{row.number}", row.revision): row.text for row in rows}
    return [key for key, text in acknowledged.items() if held.get(key) != text]


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_kill_minus_nine_loses_no_acknowledged_answer(
    dialect: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if dialect == "sqlite":
        url = f"sqlite:///{tmp_path / 'sjt.db'}"
    else:
        server: postgres.OwnPostgres = request.getfixturevalue("own_postgres")  # fsync on, as in production
        url = server.url("postgres")
    migrate(url)
    killed_again_and_again(url, tmp_path)


def test_postgresql_itself_killed_loses_no_acknowledged_answer(
    own_postgres: postgres.OwnPostgres, tmp_path: Path
) -> None:
    url = own_postgres.url("postgres")
    migrate(url)
    site = Site(url, tmp_path)
    room = saved_room(site)
    site.clock.advance(seconds=(site.product.database.time() - site.now()).total_seconds())
    booked = room.seat()
    room.admit(booked)
    room.open_gate(booked)
    with served(url, tmp_path) as (base, _):
        writer = Writer(base, booked)
        begin(writer, first=True)
        enough = threading.Event()
        thread = threading.Thread(target=writer.write, args=(1, enough))
        thread.start()
        assert enough.wait(60)
        own_postgres.kill()
        thread.join()
        own_postgres.start()
        site.product.database.dispose()
        acknowledged = {(booked.attempt_ref, *key): text for key, text in writer.acknowledged.items()}
        assert len(acknowledged) >= ENOUGH
        assert missing(site, acknowledged) == []
    site.close()
