"""Who was heard from, and when: kept in Redis, or in memory for the one-process form.

Never the only copy of anything: flushing it costs nobody an answer or a minute. Both forms pass one
contract suite. Keys begin ``sjt:{sitting}:``, or ``sjt:writing:`` for who has which draft of the bank open,
and always carry a time to live.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import msgspec
import redis

KEPT_SECONDS = 24 * 3600
LASTS_SECONDS = 5  # how long a process takes it that a sitting's keys are there with their time to live
PEACE_SECONDS = 300  # without a refusal, after which the next is counted from one
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


class Refused(msgspec.Struct, frozen=True):
    """A browser that was not let in: when last and why, since when, and how often. One a seat, whatever comes."""

    at: dt.datetime
    finding: str  # proctoring.seb.Finding
    since: dt.datetime
    count: int = 1


@dataclass(frozen=True)
class Heard:
    """The beats and refusals of a sitting by attempt reference, and since when anything is known at all."""

    beats: dict[str, Beat]
    since: dt.datetime | None  # None: presence is unknown, because its store does not answer
    refused: Mapping[str, Refused] = field(default_factory=dict)


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

    def refuse(self, sitting: str, attempt: str, finding: str, now: dt.datetime) -> None:
        """Keep that a seat's browser was not let in. Counted in one place, so that a flood takes no room."""
        ...

    def heard(self, sitting: str, now: dt.datetime) -> Heard:
        """All beats and refusals of a sitting."""
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
        self._refused: dict[str, dict[str, Refused]] = {}
        self._writing: dict[str, dict[str, Writing]] = {}

    def beat(self, sitting: str, attempt: str, beat: Beat) -> Beat | None:
        """Keep a seat's newest beat; returns the one before."""
        with self._lock:
            self._since.setdefault(sitting, beat.at)
            beats = self._beats.setdefault(sitting, {})
            before = beats.get(attempt)
            beats[attempt] = beat
        return before

    def refuse(self, sitting: str, attempt: str, finding: str, now: dt.datetime) -> None:
        """Keep that a seat's browser was not let in."""
        with self._lock:
            told = self._refused.setdefault(sitting, {})
            told[attempt] = _once_more(told.get(attempt), finding, now)

    def heard(self, sitting: str, now: dt.datetime) -> Heard:
        """All beats of a sitting that are not older than they may be kept."""
        oldest = now - dt.timedelta(seconds=KEPT_SECONDS)
        with self._lock:
            since = self._since.setdefault(sitting, now)
            beats = {ref: beat for ref, beat in self._beats.get(sitting, {}).items() if beat.at >= oldest}
            refused = {ref: told for ref, told in self._refused.get(sitting, {}).items() if told.at >= oldest}
        return Heard(beats, since, refused)

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

    def refuse(self, sitting: str, attempt: str, finding: str, now: dt.datetime) -> None:
        """Keep that a seat's browser was not let in; a Redis that does not answer costs the board a line."""
        key = f"sjt:{sitting}:refused"
        try:
            raw = self._redis.hget(key, attempt)
            before = msgspec.json.decode(raw, type=Refused) if isinstance(raw, bytes) else None
            with self._redis.pipeline(transaction=False) as pipe:
                pipe.hset(key, attempt, msgspec.json.encode(_once_more(before, finding, now)))
                pipe.expire(key, KEPT_SECONDS)
                pipe.execute()
        except redis.RedisError:
            return

    def heard(self, sitting: str, now: dt.datetime) -> Heard:
        """All beats of a sitting; with Redis away nothing is known, and the answer says so."""
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                pipe.set(f"sjt:{sitting}:since", now.isoformat(), nx=True, ex=KEPT_SECONDS)
                pipe.get(f"sjt:{sitting}:since")
                pipe.hgetall(f"sjt:{sitting}:beats")
                pipe.hgetall(f"sjt:{sitting}:refused")
                _, since, rows, refusals = pipe.execute()
        except redis.RedisError:
            return Heard({}, None)
        beats = {ref.decode(): msgspec.json.decode(raw, type=Beat) for ref, raw in rows.items()}
        refused = {ref.decode(): msgspec.json.decode(raw, type=Refused) for ref, raw in refusals.items()}
        return Heard(beats, dt.datetime.fromisoformat(since.decode()), refused)

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


def _once_more(before: Refused | None, finding: str, now: dt.datetime) -> Refused:
    """The same finding again is counted; another one, or one after five minutes of peace, begins anew."""
    if before is None or before.finding != finding or now - before.at > dt.timedelta(seconds=PEACE_SECONDS):
        return Refused(now, finding, now)
    return Refused(now, finding, before.since, before.count + 1)


def _still_there(writing: dict[str, Writing], now: dt.datetime) -> dict[str, Writing]:
    oldest = now - dt.timedelta(seconds=WRITING_SECONDS)
    return {person: heard for person, heard in writing.items() if heard.at >= oldest}


def presence_at(redis_url: str | None) -> Presence:
    """Redis when there is an address, else memory."""
    return RedisPresence(redis_url) if redis_url else MemoryPresence()
