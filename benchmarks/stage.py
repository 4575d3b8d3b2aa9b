"""What the pieces of a run share: the servers, the candidates, and how long everything takes."""

from __future__ import annotations

import itertools
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks import requests, servers, wrk
from benchmarks.requests import Candidate
from benchmarks.room import Crowd
from sjt.db import migrate
from tests.harness import postgres, redis_server
from tests.site import Site

REVISIONS_A_WINDOW = 2_000  # more than one attempt is sent in any one measurement


@dataclass(frozen=True)
class Pace:
    """How many rounds, and how long each measurement lasts (seconds)."""

    rounds: int
    round_seconds: int
    minute: float  # for counting statements
    probe: float
    load: float
    embedded: float
    most: int  # candidates


FULL = Pace(rounds=10, round_seconds=3, minute=60, probe=20, load=300, embedded=60, most=6000)
SHORT = Pace(rounds=4, round_seconds=1, minute=10, probe=8, load=30, embedded=10, most=3000)


def pace() -> Pace:
    """The full form, or with ``BENCH_SHORT=1`` the short one."""
    return SHORT if os.environ.get("BENCH_SHORT") == "1" else FULL


class Stage:
    """The product and the floor on one durable PostgreSQL, with a crowd of candidates, ready to be driven."""

    def __init__(self, stack: ExitStack, say: Callable[[str], None]) -> None:
        self.pace, self.say = pace(), say
        self.home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sjt-bench-")))
        say("starting PostgreSQL (fsync on), Redis")
        self.postgres = postgres.start_own(durable=True)
        stack.callback(self.postgres.stop)
        self.redis = redis_server.start_own()
        stack.callback(self.redis.stop)
        url = self.postgres.url(self.postgres.create())
        migrate(url)
        self.site = Site(url, self.home, self.redis.url)
        stack.callback(self.site.close)
        say("seating candidates")
        crowd = Crowd(self.site)
        self.running = crowd.copies("running", self.pace.most)
        self.leaving = crowd.copies("running", 500)
        self.waiting = crowd.copies("waiting", 600 * self.pace.round_seconds)
        self.booked = crowd.copies("booked", 600 * self.pace.round_seconds)
        floor_url = servers.floor_database(self.postgres, [who.ref for who in self.waiting])
        say("starting the product and the floor")
        self.ours = stack.enter_context(servers.product(url, self.redis.url, self.home))
        self.floor = stack.enter_context(servers.the_floor(floor_url, self.home))
        self._windows = itertools.count(requests.FIRST_REVISION, REVISIONS_A_WINDOW)

    def revisions(self) -> int:
        """The first of a span of revisions that no measurement has used."""
        return next(self._windows)

    def writers(self, count: int) -> list[Candidate]:
        """The first candidates who are running: wrk's own."""
        return self.running[:count]

    @contextmanager
    def counted_statements(self) -> Iterator[list[int]]:
        """How many statements the whole server gets inside the block, by its own log; BEGIN and COMMIT count."""
        log, found = self.postgres.folder / "log", [0]
        self._log_statements("all")
        before = log.stat().st_size
        yield found
        self._log_statements("none")
        with log.open("rb") as lines:
            lines.seek(before)
            found[0] = sum(1 for line in lines if re.search(rb"LOG:  (statement|execute)", line))

    def _log_statements(self, which: str) -> None:
        with psycopg.connect(self.postgres.admin_url, autocommit=True) as conn:
            conn.execute("ALTER SYSTEM SET log_parameter_max_length = 0")
            conn.execute(f"ALTER SYSTEM SET log_statement = '{which}'")
            conn.execute("SELECT pg_reload_conf()")
            conn.execute("SELECT pg_sleep(0.5)")  # until every connection has heard


def drive_again(stage: Stage, base: str, file: Path, connections: int, seconds: float) -> wrk.Round:
    """A round over requests that may be sent again and again."""
    return wrk.drive(base, file, connections, seconds, stage.revisions())
