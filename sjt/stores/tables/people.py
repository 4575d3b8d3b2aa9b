"""Everybody with a sign-in, and what staff did."""

from __future__ import annotations

import sqlalchemy as sa

from sjt.stores.tables.base import at, by, key, metadata, ref, text, to

people = sa.Table(
    "people", metadata, key(), ref(), text("name"),
    sa.Column("email", sa.Text, nullable=False, unique=True),  # stored in lower case
    sa.Column("password_hash", sa.Text),  # null until the invitation is taken up
    sa.Column("active", sa.Boolean, nullable=False),
    at("created_at", null=False),
)  # fmt: skip
person_roles = sa.Table(
    "person_roles",
    metadata,
    to("people", "person_id", key=True),
    sa.Column("role", sa.Text, primary_key=True),
)
staff_sessions = sa.Table(
    "staff_sessions", metadata, key(), sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    to("people", "person_id"), at("started_at", null=False), at("expires_at", null=False), at("ended_at"),
)  # fmt: skip
invitations = sa.Table(
    "invitations", metadata, key(), sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    to("people", "person_id"), by("issued_by", null=False), at("issued_at", null=False),
    at("expires_at", null=False), at("used_at"),
)  # fmt: skip
records = sa.Table(  # what staff did, beside the evidence of each attempt
    "records", metadata, key(), at("at", null=False), to("people", "person_id", null=True), text("act"),
    text("object_kind"), text("object_ref"), sa.Column("detail", sa.JSON, nullable=False),
    sa.Index("ix_records_object", "object_kind", "object_ref"),
)  # fmt: skip
