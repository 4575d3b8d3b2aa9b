"""The evidence of one attempt: a chain of events that only grows and that anyone can check.

Each event's payload is canonical JSON (RFC 8785) with public references and digests only, never a text
or a name. link = SHA-256(previous link ‖ SHA-256(payload)); the first link stands on the attempt's
reference.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import rfc8785


@dataclass(frozen=True)
class Event:
    """An event before it has its place in the chain: kind, time, canonical payload and its digest."""

    kind: str
    at: dt.datetime
    payload: str
    digest: bytes


@dataclass(frozen=True)
class Linked:
    """An event in its place."""

    seq: int
    kind: str
    at: dt.datetime
    payload: str
    link: bytes


def genesis(attempt_ref: str) -> bytes:
    """The link that an attempt's chain begins with."""
    return hashlib.sha256(f"sjt-chain-1/{attempt_ref}".encode()).digest()


def event(kind: str, at: dt.datetime, actor: str, **detail: Any) -> Event:
    """An event by an actor (a public reference, ``apprentice`` or ``rule``) with its particulars."""
    body = {"kind": kind, "at": at.astimezone(dt.UTC).isoformat(timespec="microseconds"), "by": actor, **detail}
    payload = rfc8785.dumps(body)
    return Event(kind, at, payload.decode(), hashlib.sha256(payload).digest())


def link(previous: bytes, digest: bytes) -> bytes:
    """The link of an event that follows ``previous``."""
    return hashlib.sha256(previous + digest).digest()


def text_hash(text: str) -> str:
    """What an event keeps of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def first_break(attempt_ref: str, events: Iterable[Linked], head: bytes) -> int | None:
    """The number of the first event at which a chain does not hold; None when it is whole.

    A missing tail is found too: it is the number after the last event.
    """
    previous, expected = genesis(attempt_ref), 1
    for found in events:
        previous = link(previous, hashlib.sha256(found.payload.encode()).digest())
        if found.seq != expected or found.link != previous:
            return expected
        expected += 1
    return None if previous == head else expected
