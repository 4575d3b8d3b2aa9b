"""``sjt serve`` as a process of its own, which is killed and started again on the same port."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tests.cli.test_run import SJT, free_port
from tests.harness.processes import children
from tests.site import SECRET

PATIENCE = 60.0  # seconds that anything here may take, on a busy machine
HONEST = (SJT, "serve")
SABOTEUR = (sys.executable, "-m", "tests.faults.saboteur")


def wait_until(happened: Callable[[], bool], what: str) -> None:
    """Wait for another process; AssertionError with ``what`` never happened once patience runs out."""
    give_up = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < give_up, f"never: {what}"
        time.sleep(0.01)


class Node:
    """A server with its workers, in a process group of its own, so that all of it can be killed at once."""

    def __init__(self, database_url: str, home: Path, redis_url: str | None = None, workers: int = 1) -> None:
        self.port = free_port()
        self.workers = workers
        self._log = home / f"node-{self.port}.log"
        self._settings = {
            "SJT_DATABASE_URL": database_url, "SJT_SECRET_KEY": SECRET, "SJT_KIND": "rehearsal",
            "SJT_LOOPBACK_ONLY": "yes", "SJT_HOME": str(home), "SJT_WORKERS": str(workers), "PORT": str(self.port),
        }  # fmt: skip
        if redis_url:
            self._settings["SJT_REDIS_URL"] = redis_url
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, command: tuple[str, ...] = HONEST) -> None:
        """Start, and wait until a worker answers."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SJT_")}
        kept.pop("PYTHONDONTWRITEBYTECODE", None)  # each start would compile everything again
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command, env={**kept, **self._settings}, start_new_session=True, stdout=log, stderr=log
            )
        wait_until(self._answers, f"{command} answers on port {self.port}; see {self._log}")

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self._log.read_text()[-4000:]
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/sit/", timeout=5).close()
        except urllib.error.HTTPError as error:
            error.close()
        except OSError:
            return False
        return True

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill_a_worker(self, rng: random.Random) -> None:
        """kill -9 of one worker; gunicorn's master puts another in its place."""
        wait_until(lambda: len(children(self.pid)) >= self.workers, "all workers are there")
        os.kill(rng.choice(children(self.pid)), signal.SIGKILL)

    def kill(self) -> None:
        """kill -9 of all workers and their master at once."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
