"""The faults: each does its harm, puts right what does not right itself, and waits until everybody writes again."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults.hall import AGAIN, Hall
from tests.faults.nodes import wait_until
from tests.harness.processes import children

AN_HOUR = 3600.0
Harm = Callable[[Hall, random.Random], None]


@dataclass(frozen=True)
class Kind:
    """A fault: its name, the databases it is asked of, and whether a process is killed with signal 9."""

    name: str
    harm: Harm
    dialects: tuple[str, ...] = ("sqlite", "postgresql")
    kills: bool = True
    nodes: int = 1
    cut: bool = False


def strike(hall: Hall, kind: Kind, rng: random.Random) -> None:
    """At some moment while everybody writes: the fault, until it is over."""
    hall.give_time(rng)
    hall.write_on(rng.randint(2, 25))
    time.sleep(rng.random() * 0.1)  # between any two steps of a save
    kind.harm(hall, rng)
    hall.write_on(AGAIN)


def a_worker(hall: Hall, rng: random.Random) -> None:
    """kill -9 of a worker; gunicorn puts another in its place."""
    hall.nodes[0].kill_a_worker(rng)


def all_workers(hall: Hall, rng: random.Random) -> None:
    """kill -9 of all workers and their master, and a new start."""
    hall.nodes[0].kill()
    hall.nodes[0].start()


def a_node(hall: Hall, rng: random.Random) -> None:
    """kill -9 of one node of two; the other serves everybody until it is back."""
    node = rng.choice(hall.nodes)
    node.kill()
    hall.write_on(AGAIN)
    node.start()


def all_of_postgresql(hall: Hall, rng: random.Random) -> None:
    """kill -9 of PostgreSQL, and a new start, which recovers."""
    assert hall.postgres is not None
    hall.postgres.kill()
    hall.postgres.start()


def postgresql(hall: Hall, rng: random.Random) -> None:
    """kill -9 of PostgreSQL: all of it, or one process that serves a worker, after which it starts itself anew."""
    assert hall.postgres is not None
    serving = [child for child in children(hall.postgres.pid) if b"[local]" in _command(child)]
    if serving and rng.random() < 0.4:
        os.kill(rng.choice(serving), signal.SIGKILL)
    else:
        all_of_postgresql(hall, rng)


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def redis_killed(hall: Hall, rng: random.Random) -> None:
    """kill -9 of Redis; everybody writes without it, and then with one that is empty."""
    assert hall.redis is not None
    hall.redis.kill()
    hall.write_on(AGAIN)
    hall.redis.start()


def redis_flushed(hall: Hall, rng: random.Random) -> None:
    """Redis forgets everything at once."""
    assert hall.redis is not None
    hall.redis.flush()


def connection(hall: Hall, rng: random.Random) -> None:
    """Connections are cut, with the request under way, the reply under way, or in between."""
    cutter = hall.cutter
    assert cutter is not None
    wanted = cutter.cuts + len(hall.writers)
    cutter.cut(len(hall.writers), rng)
    wait_until(lambda: cutter.cuts >= wanted, "the connections are cut")


def clock(hall: Hall, rng: random.Random) -> None:
    """A device's clock is set an hour back, or forward; all that it can say of its time is looked at by nobody."""
    writer = rng.choice(hall.writers)
    writer.skew = -AN_HOUR if writer.skew >= 0 else AN_HOUR


WORKER = Kind("a worker", a_worker)
ALL_WORKERS = Kind("all workers", all_workers)
NODE = Kind("one node of two", a_node, ("postgresql",), nodes=2)
POSTGRESQL = Kind("PostgreSQL", postgresql, ("postgresql",))
ALL_OF_POSTGRESQL = Kind("PostgreSQL", all_of_postgresql, ("postgresql",))
REDIS_KILLED = Kind("Redis", redis_killed, ("postgresql",))
REDIS_FLUSHED = Kind("Redis flushed", redis_flushed, ("postgresql",), kills=False)
CONNECTION = Kind("connection cut", connection, kills=False, cut=True)
CLOCK = Kind("clock of a device", clock, kills=False)
KINDS = (WORKER, ALL_WORKERS, NODE, POSTGRESQL, REDIS_KILLED, REDIS_FLUSHED, CONNECTION, CLOCK)
