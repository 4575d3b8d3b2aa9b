"""A disk that is small enough to fill. Mounting one takes root; where that is not permitted the long form fails."""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.hall import Hall
from tests.faults.kinds import Kind
from tests.faults.nodes import wait_until
from tests.harness import processes

MEGABYTES = {"sqlite": 48, "postgresql": 192}


class NoDisk(Exception):
    """No small disk can be had here; the message says why."""


@contextmanager
def small_disk(dialect: str) -> Iterator[Path]:
    """A file system of its own, in memory, for one database."""
    folder = processes.private_folder("sjt-disk-")
    options = f"size={MEGABYTES[dialect]}m"
    mount = shutil.which("mount") or "mount"
    done = subprocess.run([mount, "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True)
    if done.returncode:
        raise NoDisk(f"a full disk cannot be tried here: mounting a tmpfs is not permitted: {done.stderr.strip()}")
    processes.own(folder)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder: Path) -> Path:
    """Nothing more fits on the disk; returns the file that takes all the room."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as out:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    out.write(b"x" * size)
            except OSError:
                continue
    return filler


def disk(hall: Hall, rng: random.Random) -> None:
    """The database's disk is full until every writer has noticed, and some time longer."""
    assert hall.disk is not None
    filler = fill(hall.disk)
    hall.refused()
    time.sleep(rng.random() * 0.5)
    filler.unlink()
    if hall.postgres is not None:
        _revived(hall)


def _revived(hall: Hall) -> None:
    """PostgreSQL stops by itself when there is no room for its log; a person starts it again."""
    own = hall.postgres
    assert own is not None
    wait_until(lambda: own.has_ended or own.answers(), "PostgreSQL answers or has ended")
    if own.has_ended:
        own.start()


DISK = Kind("disk full", disk, kills=False)
