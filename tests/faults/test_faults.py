"""The short form: each fault once, under load, on both databases; and a server that lies is found out."""

from __future__ import annotations

import random
from email.message import Message
from pathlib import Path

import pytest

from tests.faults.durability import Traced, broken_promises, in_order
from tests.faults.hall import Hall
from tests.faults.kinds import (
    ALL_OF_POSTGRESQL,
    ALL_WORKERS,
    CLOCK,
    CONNECTION,
    REDIS_FLUSHED,
    REDIS_KILLED,
    WORKER,
    strike,
)
from tests.faults.replies import Reply, leads_nowhere
from tests.harness import postgres, ran, redis_server

BOTH = (CONNECTION, CLOCK, WORKER)
SERVERS = (REDIS_FLUSHED, REDIS_KILLED, ALL_OF_POSTGRESQL)


@pytest.fixture
def hall(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Hall:
    """A hall on this database; PostgreSQL has fsync on, as in production."""
    own: postgres.OwnPostgres | None = None
    redis: redis_server.OwnRedis | None = None
    if database == "postgresql":
        own, redis = request.getfixturevalue("own_postgres"), request.getfixturevalue("own_redis")
        ran.note("PostgreSQL", own.version)
        ran.note("Redis", redis.version)
    made = Hall(tmp_path, own, redis)
    request.addfinalizer(made.close)
    return made


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_no_fault_loses_an_acknowledged_answer_and_a_server_that_lies_is_found_out(hall: Hall) -> None:
    rng = random.Random(hall.dialect)
    assert broken_promises(hall) == []
    hall.open()
    hall.seat(3, rng, cut=True)
    for kind in BOTH if hall.dialect == "sqlite" else BOTH + SERVERS:
        strike(hall, kind, rng)
        found = hall.look()
        assert (found.missing, found.wrong) == ((), ()), kind.name
    assert hall.hand_in(1) == []
    hall.write_on(10)
    hall.nodes[0].kill()
    found = hall.look()
    assert (found.missing, found.wrong) == ((), ()), ALL_WORKERS.name
    assert found.acknowledged > 0
    assert hall.sabotaged(rng, kills=1) > 0


ASKED = '7 recvfrom(9<TCP>, "POST /sit/0a/save HTTP/1.1", 8192) = 70'
ANSWERED = '7 sendto(9<TCP>, "HTTP/1.1 200 OK", 160) = 160'
FLUSHED = "8 fdatasync(5</tmp/x.db-wal>) = 0"


@pytest.mark.parametrize(
    ("lines", "too_early"),
    [
        ([ASKED, FLUSHED, ANSWERED], 0),
        ([FLUSHED, ASKED, ANSWERED], 1),
        ([ASKED, ANSWERED, FLUSHED], 1),
        ([ASKED, "8 fdatasync(5</tmp/another>) = 0", ANSWERED], 1),
        ([ASKED, "8 fdatasync(5</tmp/x.db-wal> <unfinished ...>", ANSWERED, "8 <... fdatasync resumed>) = 0"], 1),
        ([ASKED, "8 fdatasync(5</tmp/x.db-wal> <unfinished ...>", "8 <... fdatasync resumed>) = 0", ANSWERED], 0),
        (["8 fdatasync(5</tmp/x.db-wal> <unfinished ...>", ASKED, "8 <... fdatasync resumed>) = 0", ANSWERED], 1),
    ],
)
def test_a_reply_before_the_flush_is_seen_in_a_trace(lines: list[str], too_early: int) -> None:
    assert in_order(lines, "-wal>") == Traced(1, too_early)


BACK = '<a class="skip" href="#main">Skip</a><h1>Sorry</h1><a class="button" href="/sit/">Back to my paper</a>'


@pytest.mark.parametrize(
    ("status", "kind", "body", "leads"),
    [
        (200, "text/html", "<h1>Paper</h1>", True),
        (500, "text/html", BACK, True),
        (500, "text/html", BACK + '<a href="/">Home</a>', False),
        (500, "text/html", "<h1>Internal Server Error</h1>", False),
        (409, "application/json", '{"error": "save.paused", "words": "Your test is paused."}', True),
        (500, "application/json", '{"error": "fault"}', False),
        (200, "application/json", "", False),
        (303, "text/html", "", False),
    ],
)
def test_a_page_that_leads_nowhere_is_noticed(status: int, kind: str, body: str, leads: bool) -> None:
    headers = Message()
    headers["Content-Type"] = kind
    headers["Location"] = "/elsewhere"
    assert (leads_nowhere(Reply(status, headers, body.encode())) is None) == leads
