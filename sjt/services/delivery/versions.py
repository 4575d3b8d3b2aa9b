"""Earlier versions of an answer: of the many revisions that typing leaves, those that one may want back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from sjt.stores import versions
from sjt.stores.attempts import Attempt
from sjt.stores.versions import Kept

REST = dt.timedelta(seconds=60)  # nothing typed for so long: somebody had come to an end
CUT = 40  # characters that went with the next revision: what stood before it may be missed
MOST = 30


@dataclass(frozen=True)
class Version:
    """An earlier text of an answer."""

    revision: int
    saved_at: dt.datetime
    text: str

    @property
    def words(self) -> int:
        """How many words it has, counted as the page counts."""
        return len(self.text.split())

    @property
    def first_line(self) -> str:
        """Its first line with words in it, as it stands there."""
        return next((line.strip() for line in self.text.splitlines() if line.strip()), "")


def earlier(conn: sa.Connection, attempt: Attempt, question_version_id: int) -> list[Version]:
    """The earlier versions of an answer, newest first, at most thirty; empty ones are left out."""
    kept = worth_showing(versions.of_answer(conn, attempt, question_version_id))
    texts = versions.texts(conn, attempt, question_version_id, [one.revision for one in kept])
    return [Version(one.revision, one.received_at, texts[one.revision]) for one in kept if texts[one.revision].strip()]


def worth_showing(revisions: Sequence[Kept]) -> list[Kept]:
    """Of revisions in order those that ended a spell of typing or lost a good piece; the last but one always.

    The last revision stands in the box already.
    """
    pairs = list(zip(revisions, revisions[1:], strict=False))
    ends = [
        one
        for one, after in pairs
        if after is revisions[-1] or after.received_at - one.received_at >= REST or one.length - after.length >= CUT
    ]
    return ends[::-1][:MOST]
