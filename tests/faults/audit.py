"""What the database holds, against what was acknowledged, and against how things stood before a fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from proctoring.events import Linked, first_break, text_hash
from sjt.services.delivery.answers import receipt_for
from sjt.stores import attempts
from sjt.stores import tables as t
from tests.faults.writers import Acknowledged, Writer
from tests.site import Site

TOLERANCE = 1.0  # seconds between the clock of a server and that of the machine, which the database's time is
SHOWN_WITHIN = 2.0  # seconds that a device may show too much or too little
MOVING = ("seq", "head", "last_saved_at", "writable_until")  # what a save changes, and the deadline, looked at apart
Key = tuple[str, str, int]  # attempt, question, revision


@dataclass(frozen=True)
class Found:
    """What an audit found: how many answers were acknowledged, which are missing, and what else is wrong."""

    acknowledged: int
    missing: tuple[Key, ...]
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """The facts of each attempt, by reference: what no fault may change."""

    facts: Mapping[str, Mapping[str, Any]]
    deadlines: Mapping[str, Any]


def standing(site: Site, writers: Sequence[Writer]) -> Standing:
    """How the attempts stand."""
    refs = [writer.ref for writer in writers]
    a = t.attempts
    with site.reading() as conn:
        rows = conn.execute(a.select().where(a.c.ref.in_(refs))).mappings().all()
        counts = {table.name: _counted(conn, table) for table in (t.grants, t.pauses, t.reopenings)}
    facts = {
        row["ref"]: {column.name: row[column] for column in a.columns if column.name not in MOVING}
        | {name: of.get(row["id"], 0) for name, of in counts.items()}
        for row in rows
    }
    return Standing(facts, {row["ref"]: row["writable_until"] for row in rows})


def _counted(conn: sa.Connection, table: sa.Table) -> dict[int, int]:
    """How many rows each attempt has."""
    of = table.c.attempt_id
    return {attempt: n for attempt, n in conn.execute(sa.select(of, sa.func.count()).group_by(of)).all()}


def audit(site: Site, writers: Sequence[Writer], before: Standing) -> Found:
    """Everything that a fault must leave whole. The writers may be at work meanwhile."""
    acknowledged = {(w.ref, *key): kept for w in writers for key, kept in dict(w.acknowledged).items()}
    missing, wrong = _journal(site, writers, acknowledged)
    wrong += _chains(site, writers) + _changed(before, standing(site, writers))
    wrong += [line for writer in writers for line in (*writer.complaints, *_time_shown(site, writer))]
    return Found(len(acknowledged), tuple(missing), tuple(wrong))


def _journal(
    site: Site, writers: Sequence[Writer], acknowledged: Mapping[Key, Acknowledged]
) -> tuple[list[Key], list[str]]:
    """Acknowledged and not in the journal byte for byte; and receipts or times that do not fit what is there."""
    q, v, a, attempt = t.questions, t.question_versions, t.answers, t.attempts
    with site.reading() as conn:
        rows = conn.execute(
            sa.select(attempt.c.ref, q.c.slug, v.c.number, a.c.revision, a.c.text, a.c.received_at)
            .select_from(a)
            .join(attempt, attempt.c.id == a.c.attempt_id)
            .join(v, v.c.id == a.c.question_version_id)
            .join(q, q.c.id == v.c.question_id)
            .where(attempt.c.ref.in_([writer.ref for writer in writers]))
        ).all()
    held = {(row.ref, f"{row.slug}@{row.number}", row.revision): row for row in rows}
    missing, wrong = [], []
    for key, kept in acknowledged.items():
        row = held.get(key)
        if row is None or row.text != kept.text:
            missing.append(key)
            continue
        if receipt_for(site.product, *key, text_hash(row.text), row.received_at) != kept.receipt:
            wrong.append(f"{key}: the receipt is of something else")
        if not kept.sent_at - TOLERANCE <= row.received_at.timestamp() <= kept.heard_at + TOLERANCE:
            wrong.append(f"{key}: received at {row.received_at}, which is not when it was sent")
    return missing, wrong


def _chains(site: Site, writers: Sequence[Writer]) -> list[str]:
    """Attempts whose chain of evidence is broken. The head is read first: events are only ever added after it."""
    broken, e = [], t.events.c
    for writer in writers:
        with site.reading() as conn:
            attempt = attempts.by_ref(conn, writer.ref)
            assert attempt is not None
            rows = conn.execute(
                sa.select(e.seq, e.kind, e.at, e.payload, e.link)
                .where(e.sitting_id == attempt.sitting_id, e.attempt_id == attempt.id, e.seq <= attempt.seq)
                .order_by(e.seq)
            ).all()
        at = first_break(attempt.ref, [Linked(*row) for row in rows], attempt.head)
        broken += [f"{writer.ref}: the chain of evidence breaks at {at}"] if at is not None else []
    return broken


def _changed(before: Standing, now: Standing) -> list[str]:
    """Attempts that a fault changed, and deadlines that it moved earlier."""
    wrong = []
    for ref, facts in now.facts.items():
        were = before.facts[ref]
        changed = {name: (were[name], fact) for name, fact in facts.items() if were[name] != fact}
        wrong += [f"{ref}: changed by itself: {changed}"] if changed else []
        was, is_now = before.deadlines[ref], now.deadlines[ref]
        wrong += [f"{ref}: the deadline moved from {was} to {is_now}"] if is_now is None or is_now < was else []
    return wrong


def _time_shown(site: Site, writer: Writer) -> list[str]:
    """A device shows the time that is left, however wrong its own clock is."""
    told = writer.told
    with site.reading() as conn:
        attempt = attempts.by_ref(conn, writer.ref)
    assert attempt is not None and attempt.deadline is not None
    if told is None:
        return []
    off = told.seconds_left - (attempt.deadline.timestamp() - told.heard_at)
    return [f"{writer.ref}: shown {off:.1f} s too much"] if not -SHOWN_WITHIN <= off <= SHOWN_WITHIN + 1 else []


def scripts(site: Site, writers: Sequence[Writer]) -> list[str]:
    """After handing in: what the frozen script holds is the last that was acknowledged, question by question."""
    q, v, r, attempt = t.questions, t.question_versions, t.responses, t.attempts
    wrong = []
    for writer in writers:
        with site.reading() as conn:
            rows = conn.execute(
                sa.select(q.c.slug, v.c.number, r.c.revision, r.c.text)
                .select_from(r)
                .join(attempt, attempt.c.id == r.c.attempt_id)
                .join(v, v.c.id == r.c.question_version_id)
                .join(q, q.c.id == v.c.question_id)
                .where(attempt.c.ref == writer.ref, attempt.c.closed_as == "submitted")
            ).all()
        frozen = {f"{row.slug}@{row.number}": (row.revision, row.text) for row in rows if row.revision}
        last = {code: (n, writer.acknowledged[code, n].text) for code, n in writer.revisions.items() if n}
        wrong += [f"{writer.ref}: the script is not what was acknowledged"] if frozen != last else []
    return wrong
