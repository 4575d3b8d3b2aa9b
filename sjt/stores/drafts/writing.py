"""Changing versions. Each act is a conditional update: the rowcount says whether it was still possible."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection

import sqlalchemy as sa

from sjt.db import for_update
from sjt.rules.authoring import Asked, Content, State
from sjt.stores import tables as t
from sjt.stores.bank import LANGUAGE
from sjt.stores.people import new_ref


def add_scenario(conn: sa.Connection, slug: str, spec_name: str, theme: str, now: dt.datetime) -> int:
    """Add a scenario without a version. IntegrityError when the slug is taken."""
    row = {"slug": slug, "spec_name": spec_name, "theme": theme, "created_at": now}
    return _insert(conn, t.scenarios, row)


def lock_scenario(conn: sa.Connection, scenario_id: int) -> None:
    """Make acts on one scenario wait for each other until the transaction ends."""
    conn.execute(for_update(sa.select(t.scenarios.c.id).where(t.scenarios.c.id == scenario_id)))


def add_version(
    conn: sa.Connection,
    scenario_id: int,
    person_id: int,
    content: Content,
    *,
    sample: bool,
    now: dt.datetime,
    alone: bool = False,
) -> str:
    """Add the next version of a scenario as a draft with its author; returns its reference.

    IntegrityError when the scenario already has a draft or a version in review.
    """
    v = t.scenario_versions
    last = conn.scalar(sa.select(sa.func.max(v.c.number)).where(v.c.scenario_id == scenario_id))
    row = {
        "ref": new_ref(), "scenario_id": scenario_id, "number": (last or 0) + 1, "state": State.DRAFT.value,
        "sample": sample, "edit": 0, "created_by": person_id, "created_at": now, "changed_at": now,
    }  # fmt: skip
    version_id = _insert(conn, v, row)
    add_author(conn, version_id, person_id)
    write_content(conn, scenario_id, version_id, content, alone=alone)
    return str(row["ref"])


def add_author(conn: sa.Connection, version_id: int, person_id: int) -> None:
    """Name someone as an author of a version; naming them again changes nothing."""
    a = t.scenario_authors
    row = {"scenario_version_id": version_id, "person_id": person_id}
    named = sa.exists().where(a.c.scenario_version_id == version_id, a.c.person_id == person_id)
    if not conn.scalar(sa.select(named)):
        conn.execute(a.insert().values(**row))


def take_turn(conn: sa.Connection, version_id: int, edit: int, now: dt.datetime) -> bool:
    """Claim the next edit of a draft: true for the one save that read the newest text.

    A text that a person has changed is no published sample any more.
    """
    v = t.scenario_versions
    newest = (v.c.id == version_id) & (v.c.edit == edit) & (v.c.state == State.DRAFT)
    return conn.execute(v.update().where(newest).values(edit=edit + 1, changed_at=now, sample=False)).rowcount == 1


def move(conn: sa.Connection, version_id: int, before: Collection[State], after: State, **values: object) -> bool:
    """Move a version to another state: true for the one act that found it in a state it may leave."""
    v = t.scenario_versions
    ready = (v.c.id == version_id) & v.c.state.in_([state.value for state in before])
    return conn.execute(v.update().where(ready).values(state=after.value, **values)).rowcount == 1


def approve(conn: sa.Connection, version_id: int, edit: int, person_id: int, now: dt.datetime) -> bool:
    """Approve a version as it was read: false when it changed, was decided, or the person is an author of it."""
    v, a = t.scenario_versions, t.scenario_authors
    wrote = sa.exists().where(a.c.scenario_version_id == version_id, a.c.person_id == person_id)
    ready = (v.c.id == version_id) & (v.c.state == State.IN_REVIEW) & (v.c.edit == edit) & ~wrote
    values = {"state": State.APPROVED.value, "approved_by": person_id, "approved_at": now}
    return conn.execute(v.update().where(ready).values(**values)).rowcount == 1


def retire_live(conn: sa.Connection, scenario_id: int, person_id: int, reason: str, now: dt.datetime) -> bool:
    """Withdraw the live version of a scenario, if there is one: its place goes to another in this transaction."""
    v = t.scenario_versions
    live = (v.c.scenario_id == scenario_id) & (v.c.state == State.LIVE)
    values = {
        "state": State.WITHDRAWN.value,
        "withdrawn_at": now,
        "withdrawn_by": person_id,
        "withdrawn_reason": reason,
    }
    return conn.execute(v.update().where(live).values(**values)).rowcount == 1


def discard(conn: sa.Connection, version_id: int, scenario_id: int, edit: int, now: dt.datetime) -> bool:
    """Delete a draft as it was read, and its scenario when it has no other version; false when it changed."""
    if not take_turn(conn, version_id, edit, now):
        return False
    q = t.question_versions
    drop_question_versions(conn, list(conn.scalars(sa.select(q.c.id).where(q.c.scenario_version_id == version_id))))
    for table in (t.reviews, t.scenario_authors, t.scenario_texts):
        conn.execute(table.delete().where(table.c.scenario_version_id == version_id))
    conn.execute(t.scenario_versions.delete().where(t.scenario_versions.c.id == version_id))
    unused = ~sa.exists().where(q.c.question_id == t.questions.c.id)
    conn.execute(t.questions.delete().where(t.questions.c.scenario_id == scenario_id, unused))
    empty = ~sa.exists().where(t.scenario_versions.c.scenario_id == t.scenarios.c.id)
    conn.execute(t.scenarios.delete().where(t.scenarios.c.id == scenario_id, empty))
    return True


def write_content(
    conn: sa.Connection, scenario_id: int, version_id: int, content: Content, *, alone: bool = False
) -> None:
    """Write all texts of a draft. Questions that it no longer holds leave this version; no other version changes.

    A question that stands ``alone`` has its unit's own slug. IntegrityError when the version is approved:
    its rows never change.
    """
    row: dict[str, object] = {
        "title": content.title, "text": content.text, "sources": list(content.sources),
        "enemies": list(content.enemies), "tags": list(content.tags),
    }  # fmt: skip
    key: dict[str, object] = {"scenario_version_id": version_id, "language": LANGUAGE}
    _upsert(conn, t.scenario_texts, key, row)
    _drop_questions(conn, version_id, [asked.statement for asked in content.questions])
    for asked in content.questions:
        _write_question(conn, scenario_id, version_id, asked, alone)


def _drop_questions(conn: sa.Connection, version_id: int, keep: Collection[str]) -> None:
    q = t.question_versions
    gone = list(
        conn.scalars(
            sa.select(q.c.id)
            .join(t.questions)
            .where(q.c.scenario_version_id == version_id, t.questions.c.statement.not_in(keep))
        )
    )
    drop_question_versions(conn, gone)


def drop_question_versions(conn: sa.Connection, ids: Collection[int]) -> None:
    """Delete question versions that were never approved, with their texts and the trial answers to them."""
    if not ids:
        return
    for table in (t.trials, t.question_texts):
        conn.execute(table.delete().where(table.c.question_version_id.in_(ids)))
    conn.execute(t.question_versions.delete().where(t.question_versions.c.id.in_(ids)))


def _write_question(conn: sa.Connection, scenario_id: int, version_id: int, asked: Asked, alone: bool) -> None:
    guide = {point: {"meets": g.meets, "falls_short": g.falls_short} for point, g in asked.guide.items()}
    question_id = _question(conn, scenario_id, asked.statement, alone)
    key: dict[str, object] = {
        "question_version_id": _question_version(conn, question_id, version_id, asked.format),
        "language": LANGUAGE,
    }
    body = {name: text for name, text in asked.body.items() if text}
    _upsert(conn, t.question_texts, key, {"text": asked.text, "guide": guide, "body": body})


def _question(conn: sa.Connection, scenario_id: int, statement: str, alone: bool) -> int:
    """The scenario's question on a statement: the same one in all versions, made when first needed."""
    q = t.questions
    found = conn.scalar(sa.select(q.c.id).where(q.c.scenario_id == scenario_id, q.c.statement == statement))
    if found is not None:
        return int(found)
    slug = conn.execute(sa.select(t.scenarios.c.slug).where(t.scenarios.c.id == scenario_id)).scalar_one()
    free = slug if alone else f"{slug}-{statement.lower().replace('.', '-')}"
    for number in itertools.count(2):
        if conn.scalar(sa.select(q.c.id).where(q.c.slug == free)) is None:
            break
        free = f"{slug}-{statement.lower().replace('.', '-')}-{number}"
    return _insert(conn, q, {"slug": free, "scenario_id": scenario_id, "statement": statement})


def _question_version(conn: sa.Connection, question_id: int, version_id: int, format_: str) -> int:
    q = t.question_versions
    own = (q.c.question_id == question_id) & (q.c.scenario_version_id == version_id)
    found = conn.execute(sa.select(q.c.id, q.c.format).where(own)).one_or_none()
    if found is not None:
        if found.format != format_:
            conn.execute(q.update().where(own).values(format=format_))
        return int(found.id)
    last = conn.scalar(sa.select(sa.func.max(q.c.number)).where(q.c.question_id == question_id))
    row = {"question_id": question_id, "scenario_version_id": version_id, "number": (last or 0) + 1}
    return _insert(conn, q, {**row, "format": format_})


def _upsert(conn: sa.Connection, table: sa.Table, key: dict[str, object], row: dict[str, object]) -> None:
    """Update the one row of a key, or insert it. Only the draft's one writer at a time comes here."""
    same = sa.and_(*(table.c[name] == value for name, value in key.items()))
    if conn.execute(table.update().where(same).values(**row)).rowcount == 0:
        conn.execute(table.insert().values(**key, **row))


def _insert(conn: sa.Connection, table: sa.Table, row: dict[str, object]) -> int:
    return int(conn.execute(table.insert().values(**row).returning(table.c.id)).scalar_one())
