"""An import in chunks that nobody sees, and the one moment at which all of it appears.

Chunks stand under a specification name that no page asks for (``import:…``). A new scenario has its row there
with its own slug; a new version of a scenario that stands already hangs on a holder's row, whose slug ends with
the id of the scenario it is for. The flip gives all of them their places at once. Whatever a broken import left
is out of sight, and goes before the next import begins.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from item_bank.scenarios import Scenario
from sjt.stores import tables as t
from sjt.stores.bank.reading import pieces
from sjt.stores.bank.rows import add_drafts, insert
from sjt.stores.people import new_ref, record

MARK = "import:"
NAME_LENGTH = 16  # characters of an import's name
AT_ONCE = 100  # scenarios in one transaction when what was left is taken away

s, v, q = t.scenarios, t.scenario_versions, t.question_versions


@dataclass(frozen=True)
class Coming:
    """A version to put in; ``scenario_id`` is that of the scenario that stands already, None for a new one."""

    scenario: Scenario
    scenario_id: int | None


@dataclass(frozen=True)
class Flip:
    """How staged versions appear: in review (with their author, if named) or live (let by a person for a reason)."""

    spec_name: str
    live: bool
    person_id: int | None
    reason: str


def import_name() -> str:
    """A name for an import that no other has."""
    return new_ref()[:NAME_LENGTH]


def stage(conn: sa.Connection, name: str, coming: Sequence[Coming], now: dt.datetime) -> None:
    """Put versions in where nobody sees them. IntegrityError when a slug or a number has been taken."""
    staging = f"{MARK}{name}"
    rows: list[dict[str, object]] = [
        {"slug": _slug(staging, c), "spec_name": staging, "theme": c.scenario.theme, "created_at": now} for c in coming
    ]
    scenarios = [c.scenario for c in coming]
    known = _known_questions(conn, [question.slug for scenario in scenarios for question in scenario.questions])
    add_drafts(conn, scenarios, insert(conn, s, rows), known, now)


def flip(conn: sa.Connection, name: str, to: Flip, now: dt.datetime, **detail: object) -> None:
    """Make all staged versions appear, in one transaction, and record who let them in.

    IntegrityError when the bank has changed since it was read, so that one of them has no place any more.
    """
    staged = sa.select(s.c.id).where(s.c.spec_name == f"{MARK}{name}")
    holders = staged.where(s.c.slug.startswith(MARK, autoescape=True))
    if to.live:
        _retire(conn, _targets(holders), to, now)
    elif to.person_id is not None:
        authors = sa.select(v.c.id, sa.literal(to.person_id)).where(v.c.scenario_id.in_(staged))
        conn.execute(t.scenario_authors.insert().from_select(["scenario_version_id", "person_id"], authors))
    conn.execute(v.update().where(v.c.scenario_id.in_(staged)).values(**_state(to, now)))
    for table in (t.questions, v):
        target = sa.select(_target()).where(s.c.id == table.c.scenario_id).scalar_subquery()
        conn.execute(table.update().where(table.c.scenario_id.in_(holders)).values(scenario_id=target))
    conn.execute(s.delete().where(s.c.id.in_(holders)))
    conn.execute(s.update().where(s.c.spec_name == f"{MARK}{name}").values(spec_name=to.spec_name))
    act = "bank.imported_live" if to.live else "bank.imported"
    record(conn, to.person_id, act, "bank", to.spec_name, now, reason=to.reason, **detail)


def clear_staged(conn: sa.Connection) -> bool:
    """Take away some of what a broken import left; false when there is nothing (more) of it."""
    left = sa.select(s.c.id).where(s.c.spec_name.startswith(MARK, autoescape=True)).limit(AT_ONCE)
    ids = list(conn.scalars(left))
    if not ids:
        return False
    versions = list(conn.scalars(sa.select(v.c.id).where(v.c.scenario_id.in_(ids))))
    for some in pieces(versions):
        asked = sa.select(q.c.id).where(q.c.scenario_version_id.in_(some))
        conn.execute(t.question_texts.delete().where(t.question_texts.c.question_version_id.in_(asked)))
        conn.execute(q.delete().where(q.c.scenario_version_id.in_(some)))
        conn.execute(t.scenario_texts.delete().where(t.scenario_texts.c.scenario_version_id.in_(some)))
        conn.execute(v.delete().where(v.c.id.in_(some)))
    conn.execute(t.questions.delete().where(t.questions.c.scenario_id.in_(ids)))
    conn.execute(s.delete().where(s.c.id.in_(ids)))
    return True


def _slug(staging: str, coming: Coming) -> str:
    return coming.scenario.slug if coming.scenario_id is None else f"{staging}:{coming.scenario_id}"


def _target() -> sa.ColumnElement[int]:
    """The scenario that a holder's row stands for: the number after the last colon of its slug."""
    after = len(MARK) + NAME_LENGTH + 2
    return sa.cast(sa.func.substr(s.c.slug, after), t.BigInt)


def _targets(holders: sa.Select[Any]) -> sa.Select[Any]:
    return sa.select(_target()).where(s.c.id.in_(holders))


def _retire(conn: sa.Connection, scenario_ids: sa.Select[Any], to: Flip, now: dt.datetime) -> None:
    """The live versions that make room for those that come in live."""
    gone = {"state": "withdrawn", "withdrawn_at": now, "withdrawn_by": to.person_id, "withdrawn_reason": to.reason}
    conn.execute(v.update().where(v.c.state == "live", v.c.scenario_id.in_(scenario_ids)).values(**gone))


def _state(to: Flip, now: dt.datetime) -> dict[str, object]:
    if to.live:
        return {"state": "live", "approved_by": to.person_id, "approved_at": now, "live_at": now, "changed_at": now}
    return {"state": "in_review", "created_by": to.person_id, "submitted_at": now, "changed_at": now}


def _known_questions(conn: sa.Connection, slugs: Sequence[str]) -> dict[str, int]:
    questions = t.questions
    found: dict[str, int] = {}
    for some in pieces(slugs):
        rows = conn.execute(sa.select(questions.c.slug, questions.c.id).where(questions.c.slug.in_(some)))
        found.update({row.slug: row.id for row in rows})
    return found
