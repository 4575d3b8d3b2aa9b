"""Where each seat stands, kept beside the database so that a heartbeat needs no statement.

Written after a read, forgotten after every commit that changed the attempt, looked over by each process
every few seconds. Never the only copy of anything: what is not kept here is read again. Both forms, in
memory and in Redis, pass one contract suite.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Protocol

import msgspec
import redis

from proctoring.lockdown import Level
from sjt.stores.messages import Notice
from sjt.stores.presence import CALL_SECONDS, CONNECT_SECONDS
from sjt.stores.seb import Lock

KEPT_SECONDS = 3600
MOST = 50_000  # seats that one process remembers
KEY = "sjt:seat:"
FORGOTTEN = "sjt:forgotten:"  # how often a seat was forgotten: who read it before that must not keep what was read
NO_TICKET = "none"
_KEEP = """
if (redis.call('GET', KEYS[2]) or '0') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
"""


class Known(msgspec.Struct, frozen=True):
    """The facts from which a seat's standing follows at any moment.

    ``deadline`` leaves a pause that lasts out; ``paused_credit`` is how many seconds of it count (None: all).
    ``returnable_until``: it was reopened, and stands still until its candidate returns.
    """

    sitting_id: int
    device_hash: str | None
    admitted: bool
    lease: int
    version: int
    grace_seconds: int
    opened_at: dt.datetime | None
    started_at: dt.datetime | None
    deadline: dt.datetime | None
    closed_as: str | None
    paused_as: str | None
    paused_at: dt.datetime | None
    paused_credit: float | None
    returnable_until: dt.datetime | None = None
    lockdown: str = Level.OPEN.value
    lock: Lock | None = None  # what its browser must show, at the level of Safe Exam Browser
    notices: tuple[Notice, ...] = ()  # what the invigilator wrote and the candidate has not read yet


class Seats(Protocol):
    """Where standings are kept, by the reference of the attempt."""

    def get(self, attempt: str) -> Known | None:
        """What is kept of a seat; None when nothing is, or when the store does not answer."""
        ...

    def last(self, attempt: str) -> Known | None:
        """What this process knew last of a seat, however old: for who then compares its version with the database's."""
        ...

    def ticket(self, attempt: str) -> str:
        """Take it before reading a seat: what was read is kept only if the seat was not forgotten meanwhile."""
        ...

    def keep(self, attempt: str, known: Known, ticket: str) -> None:
        """Keep what was read of a seat, unless it has changed since the ticket was taken."""
        ...

    def forget(self, attempts: Collection[str]) -> None:
        """These seats have changed: the next heartbeat reads them again."""
        ...

    def versions(self) -> Mapping[str, int]:
        """The state version that this process knows of each seat, for looking them over."""
        ...


class MemorySeats:
    """Standings in this one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Known] = {}
        self._forgotten: Counter[str] = Counter()

    def get(self, attempt: str) -> Known | None:
        """What is kept of a seat."""
        return self._known.get(attempt)

    def last(self, attempt: str) -> Known | None:
        """The same: there is no other process."""
        return self._known.get(attempt)

    def ticket(self, attempt: str) -> str:
        """How often the seat was forgotten so far."""
        return str(self._forgotten[attempt])

    def keep(self, attempt: str, known: Known, ticket: str) -> None:
        """Keep what was read of a seat, unless it has changed since the ticket was taken."""
        with self._lock:
            if len(self._known) >= MOST:
                self._known.clear()
            there = self._known.get(attempt)
            if ticket == str(self._forgotten[attempt]) and (there is None or there.version <= known.version):
                self._known[attempt] = known

    def forget(self, attempts: Collection[str]) -> None:
        """These seats have changed."""
        with self._lock:
            for attempt in attempts:
                self._known.pop(attempt, None)
                self._forgotten[attempt] += 1

    def versions(self) -> Mapping[str, int]:
        """The state version of each seat that is kept."""
        with self._lock:
            return {attempt: known.version for attempt, known in self._known.items()}


class RedisSeats:
    """Standings in Redis, shared by all workers and nodes; each process remembers what it wrote and what it read."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(url, socket_timeout=CALL_SECONDS, socket_connect_timeout=CONNECT_SECONDS)
        self._lock = threading.Lock()
        self._written: dict[str, int] = {}
        self._last: dict[str, Known] = {}
        self._keep = self._redis.register_script(_KEEP)

    def get(self, attempt: str) -> Known | None:
        """What is kept of a seat; with Redis away every heartbeat reads the database."""
        try:
            raw = self._redis.get(KEY + attempt)
        except redis.RedisError:
            return None
        return self._remember(attempt, msgspec.json.decode(raw, type=Known)) if isinstance(raw, bytes) else None

    def last(self, attempt: str) -> Known | None:
        """What this process wrote or read last, without asking Redis."""
        return self._last.get(attempt) or self.get(attempt)

    def _remember(self, attempt: str, known: Known) -> Known:
        with self._lock:
            if len(self._last) >= MOST:
                self._last.clear()
            self._last[attempt] = known
        return known

    def ticket(self, attempt: str) -> str:
        """How often the seat was forgotten lately, on whichever node."""
        try:
            count = self._redis.get(FORGOTTEN + attempt)
        except redis.RedisError:
            return NO_TICKET
        return count.decode() if isinstance(count, bytes) else "0"

    def keep(self, attempt: str, known: Known, ticket: str) -> None:
        """Keep what was read of a seat, unless it has changed since the ticket was taken."""
        keys = [KEY + attempt, FORGOTTEN + attempt]
        try:
            kept = self._keep(keys=keys, args=[ticket, msgspec.json.encode(known), KEPT_SECONDS])
        except redis.RedisError:
            return
        if not kept:
            return
        self._remember(attempt, known)
        with self._lock:
            if len(self._written) >= MOST:
                self._written.clear()
            self._written[attempt] = known.version

    def forget(self, attempts: Collection[str]) -> None:
        """These seats have changed."""
        if not attempts:
            return
        with self._lock:
            for attempt in attempts:
                self._written.pop(attempt, None)
                self._last.pop(attempt, None)
        try:
            with self._redis.pipeline(transaction=True) as pipe:
                for attempt in attempts:
                    pipe.incr(FORGOTTEN + attempt)
                    pipe.expire(FORGOTTEN + attempt, KEPT_SECONDS)
                    pipe.delete(KEY + attempt)
                pipe.execute()
        except redis.RedisError:
            return

    def versions(self) -> Mapping[str, int]:
        """The state versions of the seats that this process wrote."""
        with self._lock:
            return dict(self._written)


def seats_at(redis_url: str | None) -> Seats:
    """Redis when there is an address, else memory."""
    return RedisSeats(redis_url) if redis_url else MemorySeats()
