"""What a candidate keeps for themselves: flags, notes, highlights. Evidence afterwards, and never shown to a marker."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from itertools import pairwise

import sqlalchemy as sa

from proctoring.events import event
from sjt.rules.attempt import State, state
from sjt.rules.refusals import NotNow, NotUnderstood
from sjt.stores import attempts, jottings, scripts
from sjt.stores.attempts import Attempt
from sjt.stores.jottings import HIGHLIGHTS, Jotting

LONGEST = 20_000  # code points of a note, and of a list of highlights
FURTHEST = 200_000  # characters into a scenario
MOST_REVISIONS = 5_000  # of one jotting: more than anybody's hand makes in a sitting


@dataclass(frozen=True)
class Jotted:
    """What stands for one jotting after an attempt to keep it: ``text`` is there when something newer stands."""

    status: str  # "saved" or "newer"
    revision: int
    text: str | None = None


def flag(
    conn: sa.Connection, attempt: Attempt, code: str, question_version_id: int, on: bool, now: dt.datetime
) -> None:
    """Flag a question to come back to, or no longer. Doing it twice changes nothing and is one event."""
    held = _running(conn, attempt, now)
    if (question_version_id in scripts.flagged(conn, held.id)) is on:
        return
    scripts.set_flag(conn, held.id, question_version_id, on, now)
    attempts.record(conn, held.id, event("flagged" if on else "unflagged", now, "apprentice", question=code))


def jot(conn: sa.Connection, attempt: Attempt, code: str, jotting: Jotting) -> Jotted:
    """Keep the next revision of a note or of the highlights of a scenario, and its hash in the evidence.

    The same revision again, with the same text, is saved again (a lost reply); with another one, and below what
    stands, the newer text is given back. NotNow unless the attempt is running.
    """
    held = _running(conn, attempt, jotting.received_at)
    standing = jottings.current(conn, held, jotting.scenario_version_id).get(jotting.kind)
    if standing and standing.revision >= jotting.revision:
        if (standing.revision, standing.body) == (jotting.revision, jotting.body):
            return Jotted("saved", standing.revision)
        return Jotted("newer", standing.revision, standing.body)
    if jotting.revision > MOST_REVISIONS:
        raise NotUnderstood("jot.too_many")
    jottings.add(conn, held, jotting)
    told = {"scenario": code, "of": jotting.kind, "revision": jotting.revision, "sha256": jotting.text_hash}
    attempts.record(conn, held.id, event("jotted", jotting.received_at, "apprentice", **told))
    return Jotted("saved", jotting.revision)


def fault_of(kind: str, body: str) -> str | None:
    """Why a jotting cannot be kept, as a message code; None when it can."""
    if len(body) > LONGEST:
        return "jot.too_long"
    if "\0" in body:
        return "jot.unstorable"
    if kind == HIGHLIGHTS and not _are_spans(body):
        return "jot.no_spans"
    return None


def _are_spans(body: str) -> bool:
    """A JSON list of [start, end), in order and apart."""
    try:
        spans = json.loads(body)
    except ValueError:
        return False
    if not isinstance(spans, list) or not all(_is_span(span) for span in spans):
        return False
    return all(bool(before[1] < after[0]) for before, after in pairwise(spans))


def _is_span(span: object) -> bool:
    if not isinstance(span, list) or len(span) != 2 or not all(type(place) is int for place in span):
        return False
    start, end = span
    return bool(0 <= start < end <= FURTHEST)


def _running(conn: sa.Connection, attempt: Attempt, now: dt.datetime) -> Attempt:
    held = attempts.locked(conn, attempt.id)
    standing = state(held.facts, now)
    if standing is not State.RUNNING:
        raise NotNow(f"attempt.not_now.{standing.value}")
    return held
