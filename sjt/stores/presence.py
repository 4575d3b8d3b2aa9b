"""Who was heard from, and when: kept in Redis, or in memory for the one-process form.

Never the only copy of anything: flushing it costs nobody an answer or a minute. Both forms pass one
contract suite. Keys begin ``sjt:{sitting}:``, or ``sjt:writing:`` for who has which draft of the bank open,
and always carry a time to live.
"""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass
from typing import Protocol

import msgspec
import redis

KEPT_SECONDS = 24 * 3600
LASTS_SECONDS = 5  # how long a process takes it that a sitting's keys are there with their time to live
WRITING_SECONDS = 40  # an open editor is heard every few seconds; silent for so long it counts as closed
CALL_SECONDS = 0.1  # a slow Redis must not slow a candidate's request
CONNECT_SECONDS = 0.5


class Beat(msgspec.Struct, frozen=True):
    """The last that was heard of a seat's browser, by the server's clock."""

    at: dt.datetime
    hidden: bool = False
    unsent: int = 0  # answers typed and not yet acknowledged
    battery: int | None = None  # per cent; None where a browser does not tell
    online: bool | None = None  # what the browser thinks of its network
    connection: str | None = None  # how fast it thinks that network is: slow-2g, 2g, 3g, 4g
    saved: int | None = None  # seconds since the page last heard that something was saved
    lockdown: str | None = None  # which lockdown the page keeps


@dataclass(frozen=True)
class Heard:
    """The beats of a sitting by attempt reference, and since when anything is known at all."""

    beats: dict[str, Beat]
    since: dt.datetime | None  # None: presence is unknown, because its store does not answer


class Writing(msgspec.Struct, frozen=True):
    """Somebody with a draft open: their name, when their page was last heard, and when they last changed a word."""

    name: str
    at: dt.datetime
    changed: dt.datetime | None = None


class Presence(Protocol):
    """Where beats are kept."""

    def beat(self, sitting: str, attempt: str, beat: Beat) -> Beat | None:
        """Keep a seat's newest beat; returns the one before, or None when none is known.

        A store that does not answer loses the beat, and nothing else.
        """
        ...

    def heard(self, sitting: str, now: dt.datetime) -> Heard:
        """All beats of a sitting."""
        ...

    def write(self, draft: str, person: str, writing: Writing) -> None:
        """Keep that a person has a draft open."""
        ...

    def writers(self, draft: str, now: dt.datetime) -> dict[str, Writing]:
        """Who has a draft open, by their references; nobody when the store does not answer."""
        ...


class MemoryPresence:
    """Presence in this one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._beats: dict[str, dict[str, Beat]] = {}
        self._since: dict[str, dt.datetime] = {}
        self._writing: dict[str, dict[str, Writing]] = {}

    def beat(self, sitting: str, attempt: str, beat: Beat) -> Beat | None:
        """Keep a seat's newest beat; returns the one before."""
        with self._lock:
            self._since.setdefault(sitting, beat.at)
            beats = self._beats.setdefault(sitting, {})
            before = beats.get(attempt)
            beats[attempt] = beat
        return before

    def heard(self, sitting: str, now: dt.datetime) -> Heard:
        """All beats of a sitting that are not older than they may be kept."""
        oldest = now - dt.timedelta(seconds=KEPT_SECONDS)
        with self._lock:
            since = self._since.setdefault(sitting, now)
            beats = {ref: beat for ref, beat in self._beats.get(sitting, {}).items() if beat.at >= oldest}
        return Heard(beats, since)

    def write(self, draft: str, person: str, writing: Writing) -> None:
        """Keep that a person has a draft open; drafts that nobody has open any more are forgotten."""
        oldest = writing.at - dt.timedelta(seconds=WRITING_SECONDS)
        with self._lock:
            self._writing.setdefault(draft, {})[person] = writing
            for ref in [r for r, of in self._writing.items() if all(w.at < oldest for w in of.values())]:
                del self._writing[ref]

    def writers(self, draft: str, now: dt.datetime) -> dict[str, Writing]:
        """Who has a draft open."""
        with self._lock:
            return _still_there(self._writing.get(draft, {}), now)


class RedisPresence:
    """Presence in Redis, shared by all workers and nodes."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(url, socket_timeout=CALL_SECONDS, socket_connect_timeout=CONNECT_SECONDS)
        self._lasts_until: dict[str, dt.datetime] = {}

    def beat(self, sitting: str, attempt: str, beat: Beat) -> Beat | None:
        """Keep a seat's newest beat, in one round trip; a Redis that does not answer costs the board a beat."""
        beats, lasting = f"sjt:{sitting}:beats", self._lasts_until.get(sitting, beat.at) > beat.at
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                pipe.hget(beats, attempt)
                pipe.hset(beats, attempt, msgspec.json.encode(beat))
                if not lasting:
                    pipe.set(f"sjt:{sitting}:since", beat.at.isoformat(), nx=True, ex=KEPT_SECONDS)
                    pipe.expire(beats, KEPT_SECONDS)
                before = pipe.execute()[0]
        except redis.RedisError:
            return None
        if not lasting:
            self._lasts_until[sitting] = beat.at + dt.timedelta(seconds=LASTS_SECONDS)
        return msgspec.json.decode(before, type=Beat) if before else None

    def heard(self, sitting: str, now: dt.datetime) -> Heard:
        """All beats of a sitting; with Redis away nothing is known, and the answer says so."""
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                pipe.set(f"sjt:{sitting}:since", now.isoformat(), nx=True, ex=KEPT_SECONDS)
                pipe.get(f"sjt:{sitting}:since")
                pipe.hgetall(f"sjt:{sitting}:beats")
                _, since, rows = pipe.execute()
        except redis.RedisError:
            return Heard({}, None)
        beats = {ref.decode(): msgspec.json.decode(raw, type=Beat) for ref, raw in rows.items()}
        return Heard(beats, dt.datetime.fromisoformat(since.decode()))

    def write(self, draft: str, person: str, writing: Writing) -> None:
        """Keep that a person has a draft open; without Redis the others are not told, and nothing is lost."""
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                pipe.hset(f"sjt:writing:{draft}", person, msgspec.json.encode(writing))
                pipe.expire(f"sjt:writing:{draft}", WRITING_SECONDS)
                pipe.execute()
        except redis.RedisError:
            return

    def writers(self, draft: str, now: dt.datetime) -> dict[str, Writing]:
        """Who has a draft open; nobody while Redis is away."""
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                pipe.hgetall(f"sjt:writing:{draft}")
                (rows,) = pipe.execute()
        except redis.RedisError:
            return {}
        read = {ref.decode(): msgspec.json.decode(raw, type=Writing) for ref, raw in rows.items()}
        return _still_there(read, now)


def _still_there(writing: dict[str, Writing], now: dt.datetime) -> dict[str, Writing]:
    oldest = now - dt.timedelta(seconds=WRITING_SECONDS)
    return {person: heard for person, heard in writing.items() if heard.at >= oldest}


def presence_at(redis_url: str | None) -> Presence:
    """Redis when there is an address, else memory."""
    return RedisPresence(redis_url) if redis_url else MemoryPresence()
