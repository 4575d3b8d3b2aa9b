"""The notice of a remote sitting: its words, their version, and who accepted them when.

Nobody is recorded. The candidate is told so, is told who sees what, and has another way: a room, or paper.
"""

from __future__ import annotations

import datetime as dt
import hashlib

import sqlalchemy as sa

from proctoring.events import event
from sjt.rules.refusals import NotNow
from sjt.stores import attempts, notices_accepted
from sjt.stores.attempts import Attempt
from sjt.words import say

VERSION = "remote-1"  # a change of the words is a new version, and everybody is asked anew
SENTENCES = ("watched", "not_recorded", "identity", "kept", "seen_by", "instead")


def words() -> list[str]:
    """The notice, a paragraph each."""
    return [say(f"remote.notice.{sentence}") for sentence in SENTENCES]


def sha256() -> str:
    """What the evidence keeps of the words."""
    return hashlib.sha256("\n".join(words()).encode()).hexdigest()


def owed(conn: sa.Connection, attempt: Attempt) -> bool:
    """Whether this candidate's sitting is remote, and they have not accepted this version yet."""
    return notices_accepted.owed(conn, attempt, VERSION)


def accepted_at(conn: sa.Connection, attempt: Attempt) -> dt.datetime | None:
    """When they accepted it."""
    return notices_accepted.accepted_at(conn, attempt.id, VERSION)


def accept(conn: sa.Connection, attempt: Attempt, now: dt.datetime) -> None:
    """The candidate accepts the notice. Again it changes nothing. NotNow once the attempt is closed."""
    if attempt.closed_at is not None:
        raise NotNow(f"attempt.not_now.{attempt.closed_as}")
    if notices_accepted.accept(conn, attempt, VERSION, sha256(), now):
        told = event("notice_accepted", now, "apprentice", notice=VERSION, sha256=sha256())
        attempts.record(conn, attempt.id, told)
