"""What a power cut would leave: the settings that promise it, and a trace of the system calls that shows it kept.

No power is cut here. What is asked is that the journal is flushed to the disk before the reply leaves.
"""

from __future__ import annotations

import random
import re
import shutil
import signal
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from tests.faults.hall import Hall
from tests.faults.nodes import wait_until
from tests.faults.writers import Writer
from tests.harness.processes import children

SAVES = 20
PROMISES = {
    "sqlite": {"PRAGMA journal_mode": "wal", "PRAGMA synchronous": "2"},  # 2 is FULL: a flush at every commit
    "postgresql": {"SHOW fsync": "on", "SHOW synchronous_commit": "on", "SHOW full_page_writes": "on"},
}
LOG = {"sqlite": "-wal>", "postgresql": "/pg_wal/"}  # how the file of the write-ahead log is named in a trace


class NoTrace(Exception):
    """System calls cannot be traced here; the message says why."""


@dataclass(frozen=True)
class Traced:
    """How many saves were acknowledged under the trace, and how many of them before a flush had ended."""

    saves: int
    too_early: int


def broken_promises(hall: Hall) -> list[str]:
    """Settings of the product's own connection that would lose answers when the power goes."""
    with hall.site.product.database.engine.connect() as conn:
        found = {question: str(conn.scalar(sa.text(question))) for question in PROMISES[hall.dialect]}
    wanted = PROMISES[hall.dialect]
    return [
        f"{question} says {found[question]}, not {wanted[question]}"
        for question in wanted
        if found[question] != wanted[question]
    ]


def traced(hall: Hall, rng: random.Random) -> Traced:
    """Saves one after the other, with every process of the hall under strace."""
    writer = Writer(hall.book(), [hall.nodes[0].port], rng)
    writer.begin()
    trace = hall.home / f"trace-{rng.random()}"
    with _under_strace(_everybody(hall), trace):
        for _ in range(SAVES):
            writer.save()
    writer.stop()
    return in_order(trace.read_text(errors="replace").splitlines(), LOG[hall.dialect])


def _everybody(hall: Hall) -> list[int]:
    first = [node.pid for node in hall.nodes] + ([hall.postgres.pid] if hall.postgres else [])
    return first + [child for pid in first for child in children(pid)]


def strace() -> str:
    """The program; NoTrace when there is none."""
    program = shutil.which("strace")
    if program is None:
        raise NoTrace("there is no strace (Debian calls the package strace)")
    return program


@contextmanager
def _under_strace(pids: list[int], trace: Path) -> Iterator[None]:
    calls = "trace=fsync,fdatasync,recvfrom,sendto,sendmsg,write"
    told = trace.with_suffix(".told")
    with told.open("wb") as out:
        command = [strace(), "-f", "-y", "-s", "120", "-e", calls, "-o", str(trace), *(f"-p{pid}" for pid in pids)]
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        wait_until(lambda: told.read_text().count("attached") >= len(pids) or process.poll() is not None, "attached")
        if process.poll() is not None:
            raise NoTrace(f"strace may not look at the servers: {told.read_text()}")
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def in_order(lines: Iterable[str], log: str) -> Traced:
    """For every reply to a save in a trace: whether a flush of the log began and ended since the request came in."""
    saves = too_early = 0
    flushing: set[str] = set()
    asked = flushed = False
    for line in lines:
        process = line.split(None, 1)[0]
        if re.search(r'recvfrom.*"POST /sit/\w+/save ', line):
            asked, flushed, flushing = True, False, set()
        elif re.search(r"\b(fsync|fdatasync)\(", line) and log in line:
            flushing.add(process)
            flushed = flushed or line.endswith("= 0")
        elif "sync resumed>" in line and process in flushing:
            flushed = flushed or line.endswith("= 0")
        elif asked and re.search(r'(sendto|sendmsg|write)\(.*"HTTP/1\.1 200', line):
            saves, too_early, asked = saves + 1, too_early + (not flushed), False
    return Traced(saves, too_early)
