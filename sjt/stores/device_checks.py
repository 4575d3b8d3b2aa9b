"""The device check: the journal of its practice answers, and how each check came out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from proctoring.checks import Item, Outcome
from proctoring.events import text_hash
from sjt.stores import tables as t
from sjt.stores.attempts import Attempt

p, c = t.practice_answers, t.device_checks


@dataclass(frozen=True)
class Practised:
    """The newest practice answer to a question."""

    revision: int
    text: str
    received_at: dt.datetime

    @property
    def text_hash(self) -> str:
        """As a save's reply names it."""
        return text_hash(self.text)


@dataclass(frozen=True)
class Checked:
    """How a device check came out."""

    at: dt.datetime
    outcomes: Mapping[Item, Outcome]

    @property
    def failed(self) -> list[Item]:
        """What did not pass."""
        return [item for item, outcome in self.outcomes.items() if outcome is Outcome.FAILED]


def practised(conn: sa.Connection, attempt: Attempt) -> dict[str, Practised]:
    """The newest practice answer to each question."""
    query = sa.select(p.c.question, p.c.revision, p.c.text, p.c.received_at).where(
        p.c.sitting_id == attempt.sitting_id, p.c.attempt_id == attempt.id
    )
    rows = conn.execute(query.order_by(p.c.revision))
    return {row.question: Practised(row.revision, row.text, row.received_at) for row in rows}


def practise(conn: sa.Connection, attempt: Attempt, question: str, revision: int, text: str, now: dt.datetime) -> None:
    """Keep a revision of a practice answer. IntegrityError when it is there already."""
    row = {"sitting_id": attempt.sitting_id, "attempt_id": attempt.id, "question": question, "revision": revision}
    conn.execute(p.insert().values(**row, text=text, text_hash=text_hash(text), received_at=now))


def add(conn: sa.Connection, attempt: Attempt, outcomes: Mapping[Item, Outcome], now: dt.datetime) -> None:
    """Keep how a check came out."""
    told = {item.value: outcome.value for item, outcome in outcomes.items()}
    row = {"sitting_id": attempt.sitting_id, "attempt_id": attempt.id, "checked_at": now, "outcomes": told}
    conn.execute(c.insert().values(**row))


def count(conn: sa.Connection, attempt: Attempt) -> int:
    """How many checks are kept."""
    return conn.execute(sa.select(sa.func.count()).where(c.c.attempt_id == attempt.id)).scalar_one()


def newest(conn: sa.Connection, attempt: Attempt) -> Checked | None:
    """The check that counts."""
    return _newest(conn, c.c.attempt_id == attempt.id).get(attempt.id)


def of_sitting(conn: sa.Connection, sitting_id: int) -> Mapping[int, Checked]:
    """The check that counts, by attempt id: one statement for any number of seats."""
    return _newest(conn, c.c.sitting_id == sitting_id)


def _newest(conn: sa.Connection, condition: sa.ColumnElement[bool]) -> dict[int, Checked]:
    last = sa.select(sa.func.max(c.c.id)).where(condition).group_by(c.c.attempt_id)
    rows = conn.execute(sa.select(c.c.attempt_id, c.c.checked_at, c.c.outcomes).where(c.c.id.in_(last)))
    return {row.attempt_id: Checked(row.checked_at, _outcomes(row.outcomes)) for row in rows}


def _outcomes(told: Mapping[str, str]) -> dict[Item, Outcome]:
    return {item: Outcome(told[item.value]) for item in Item if item.value in told}
