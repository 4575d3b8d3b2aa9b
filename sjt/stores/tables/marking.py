"""Frozen scripts, judgements, releases and results."""

from __future__ import annotations

import sqlalchemy as sa

from sjt.stores.tables.base import at, by, key, metadata, ref, text, to

responses = sa.Table(  # the frozen script, one row a question; ``ref`` is all that a marker sees of whose it is
    "responses", metadata, key(), ref(), to("sittings"), to("attempts"), to("question_versions"),
    text("statement"), sa.Column("key", sa.Boolean, nullable=False), sa.Column("position", sa.Integer, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),  # 0: never answered
    sa.Column("text", sa.Text, nullable=False), sa.Column("text_hash", sa.String(64), nullable=False),
    sa.Column("script", sa.Integer, nullable=False, server_default="1"),  # counts up with each reopening
    sa.UniqueConstraint("attempt_id", "script", "question_version_id"),
    sa.UniqueConstraint("attempt_id", "script", "position"),
)  # fmt: skip
marks = sa.Table(  # one person's judgement of one response; final at commit, superseded but never overwritten
    "marks", metadata, key(), ref(), to("responses"), sa.Column("turn", sa.Integer, nullable=False),
    by("marker_id", null=False), at("claimed_at", null=False), at("touched_at", null=False),
    sa.Column("draft", sa.JSON), sa.Column("edit", sa.Integer, nullable=False, server_default="0"),
    at("final_at"), text("comment", null=True), at("returned_at"), text("returned_reason", null=True),
    sa.CheckConstraint("turn BETWEEN 1 AND 3", name="turn"),
    sa.CheckConstraint("final_at IS NULL OR returned_at IS NULL", name="final_or_returned"),
    sa.Index("uq_marks_one_a_turn", "response_id", "turn", unique=True,
             sqlite_where=sa.text("returned_at IS NULL"), postgresql_where=sa.text("returned_at IS NULL")),
    sa.Index("ix_marks_withdrawn", "response_id", sqlite_where=sa.text("returned_reason = 'conflict'"),
             postgresql_where=sa.text("returned_reason = 'conflict'")),
    sa.Index("uq_marks_one_a_person", "response_id", "marker_id", unique=True,
             sqlite_where=sa.text("returned_at IS NULL"), postgresql_where=sa.text("returned_at IS NULL")),
)  # fmt: skip
mark_points = sa.Table(
    "mark_points", metadata, to("marks", key=True), sa.Column("point", sa.String(32), primary_key=True),
    sa.Column("met", sa.Boolean, nullable=False), text("reason"),
)  # fmt: skip
releases = sa.Table(
    "releases", metadata, key(), ref(), to("sittings"), by("released_by", null=False),
    at("released_at", null=False), sa.Column("request_id", sa.String(36), nullable=False, unique=True),
)  # fmt: skip
results = sa.Table(  # as released; a later change adds a row and keeps this one
    "results", metadata, key(), ref(), to("attempts"), sa.Column("version", sa.Integer, nullable=False),
    text("outcome"), sa.Column("passed", sa.Integer, nullable=False), sa.Column("of", sa.Integer, nullable=False),
    sa.Column("reasons", sa.JSON, nullable=False), sa.Column("questions", sa.JSON, nullable=False),
    to("releases"), at("notified_at"), sa.UniqueConstraint("attempt_id", "version"),
    sa.CheckConstraint("outcome IN ('pass', 'fail')", name="outcome"),
)  # fmt: skip
