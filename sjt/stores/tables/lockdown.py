"""Safe Exam Browser: the settings of a sitting in frozen versions, and what single candidates are allowed."""

from __future__ import annotations

import sqlalchemy as sa

from sjt.stores.tables.base import LONGEST, LONGEST_TEXT, at, by, json, key, metadata, text, to

seb_versions = sa.Table(  # insert-only: the highest version of a sitting is the one that counts
    "seb_versions", metadata, key(), to("sittings"), sa.Column("version", sa.Integer, nullable=False),
    sa.Column("salt", sa.LargeBinary(32), nullable=False), text("origin"),
    json("browser_keys", "[]"),  # Browser Exam Keys, one of which is asked for besides; none: not asked for
    by("made_by", null=False), at("made_at", null=False), sa.Column("request_id", sa.String(36), nullable=False),
    sa.UniqueConstraint("sitting_id", "version"), sa.UniqueConstraint("sitting_id", "request_id"),
    sa.CheckConstraint("version >= 1", name="version"),
)  # fmt: skip
seb_settings = sa.Table(  # insert-only: a file a variant, exactly as it is handed out
    "seb_settings", metadata, to("seb_versions", key=True), sa.Column("variant", sa.String(16), primary_key=True),
    sa.Column("body", sa.Text, nullable=False, info={LONGEST: LONGEST_TEXT}),
    sa.Column("sha256", sa.String(64), nullable=False), sa.Column("config_key", sa.String(64), nullable=False),
    sa.CheckConstraint("variant IN ('standard', 'reader', 'spelling')", name="variant"),
)  # fmt: skip
seb_allowances = sa.Table(  # insert-only: the newest of an attempt counts; 'none' is without Safe Exam Browser
    "seb_allowances", metadata, key(), to("sittings"), to("attempts"),
    sa.Column("allowed", sa.String(16), nullable=False), text("reason"), by("allowed_by", null=False),
    at("allowed_at", null=False), sa.Column("request_id", sa.String(36), nullable=False),
    sa.UniqueConstraint("attempt_id", "request_id"), sa.Index("ix_seb_allowances_sitting_id", "sitting_id"),
    sa.CheckConstraint("allowed IN ('standard', 'reader', 'spelling', 'none')", name="allowed"),
)  # fmt: skip
