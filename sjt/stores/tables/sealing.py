"""Seals over the heads of evidence chains."""

from __future__ import annotations

import sqlalchemy as sa

from sjt.stores.tables.base import BigInt, at, key, metadata, to

seals = sa.Table(  # insert-only: what the head of an attempt's chain was at a moment, signed
    "seals", metadata, key(), to("attempts"), sa.Column("seq", BigInt, nullable=False),
    sa.Column("head", sa.LargeBinary(32), nullable=False), at("sealed_at", null=False),
    sa.Column("key", sa.String(16), nullable=False), sa.Column("signature", sa.LargeBinary(64), nullable=False),
    sa.UniqueConstraint("attempt_id", "seq"),
)  # fmt: skip
