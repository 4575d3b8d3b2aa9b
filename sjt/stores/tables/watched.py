"""What the browsers of a watched sitting reported, who has looked at it, and the device check before the start."""

from __future__ import annotations

import sqlalchemy as sa

from sjt.stores.tables.base import LONGEST, BigInt, at, by, json, metadata, text, to
from sjt.stores.tables.base import key as own_key

LONGEST_PRACTICE = 2_000  # code points of a practice answer

signals = sa.Table(  # insert-only evidence; page and number are the browser's, so that the same one twice is one
    "signals", metadata, to("sittings", key=True), to("attempts", key=True),
    sa.Column("page", sa.String(32), primary_key=True), sa.Column("number", sa.Integer, primary_key=True),
    text("kind"), at("received_at", null=False),
    sa.Column("offset_ms", BigInt, nullable=False),  # on the page's own steady clock, since it was opened
    sa.Column("amount", sa.Integer),  # seconds, characters or pixels, by kind
    json("details", "{}"),  # {"question": slug@version}, where it happened at one; never a word that was typed
    sa.CheckConstraint("number BETWEEN 1 AND 1000000", name="number"),
    sa.CheckConstraint("offset_ms >= 0 AND (amount IS NULL OR amount >= 0)", name="not_negative"),
)  # fmt: skip
signals_dropped = sa.Table(  # how many came too fast to be kept, by minute
    "signals_dropped", metadata, to("sittings", key=True), to("attempts", key=True),
    sa.Column("minute_at", signals.c.received_at.type, primary_key=True),
    sa.Column("count", BigInt, nullable=False),
    sa.CheckConstraint("count >= 1", name="count"),
)  # fmt: skip
flags_seen = sa.Table(  # insert-only: a person has looked at so much of a subject, and noted what they made of it
    "flags_seen", metadata, own_key(), to("sittings"), to("attempts"), text("subject"),
    sa.Column("times", BigInt, nullable=False), sa.Column("level", sa.Integer, nullable=False), text("note"),
    by("seen_by", null=False), at("seen_at", null=False), sa.Column("request_id", sa.String(36), nullable=False),
    sa.UniqueConstraint("attempt_id", "request_id", "subject"), sa.Index("ix_flags_seen_sitting_id", "sitting_id"),
    sa.CheckConstraint("level BETWEEN 1 AND 3 AND times >= 0", name="level"),
)  # fmt: skip
device_checks = sa.Table(  # insert-only: each check as it came out; the newest counts
    "device_checks", metadata, own_key(), to("sittings"), to("attempts"), at("checked_at", null=False),
    json("outcomes", "{}"),  # item -> passed, failed or unknown
    sa.Index("ix_device_checks_sitting_id", "sitting_id"), sa.Index("ix_device_checks_attempt_id", "attempt_id"),
)  # fmt: skip
practice_answers = sa.Table(  # the journal of the practice question: never part of a script, and marked by nobody
    "practice_answers", metadata, to("sittings", key=True), to("attempts", key=True),
    sa.Column("question", sa.String(32), primary_key=True), sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("text", sa.Text, nullable=False, info={LONGEST: LONGEST_PRACTICE}),
    sa.Column("text_hash", sa.String(64), nullable=False), at("received_at", null=False),
    sa.CheckConstraint("question IN ('check@1', 'practice@1')", name="question"),
    sa.CheckConstraint("revision BETWEEN 1 AND 500", name="revision"),
)  # fmt: skip
