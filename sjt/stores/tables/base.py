"""What every table is made of: keys, references, times, short texts with their bounds."""

from __future__ import annotations

import sqlalchemy as sa

from sjt.db import UTC

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = sa.MetaData(naming_convention=NAMES)
BigInt = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # only INTEGER is a rowid alias there
LONGEST_TEXT, LONGEST_SHORT_TEXT = 20_000, 2_000  # code points
LONGEST = "longest"


def key() -> sa.Column[int]:
    """The number of a row, for use inside only."""
    return sa.Column("id", BigInt, primary_key=True, autoincrement=True)


def ref() -> sa.Column[str]:
    """The random reference of a row, for addresses and bundles."""
    return sa.Column("ref", sa.String(32), nullable=False, unique=True)


def to(target: str, name: str | None = None, *, null: bool = False, key: bool = False) -> sa.Column[int]:
    """A row of another table; the column is named after it."""
    column = name or f"{target.removesuffix('s')}_id"
    return sa.Column(column, BigInt, sa.ForeignKey(f"{target}.id"), nullable=null, primary_key=key)


def at(name: str, *, null: bool = True) -> sa.Column[object]:
    """A moment."""
    return sa.Column(name, UTC, nullable=null)


def by(name: str, *, null: bool = True) -> sa.Column[int]:
    """A person."""
    return sa.Column(name, BigInt, sa.ForeignKey("people.id"), nullable=null)


def json(name: str, empty: str) -> sa.Column[object]:
    """A JSON value that older rows have as ``empty``."""
    return sa.Column(name, sa.JSON, nullable=False, server_default=sa.text(f"'{empty}'"))


def text(name: str, *, null: bool = False) -> sa.Column[str]:
    """A short text: a name, a code, a reason. 2,000 code points at most, on both databases."""
    return sa.Column(name, sa.Text, nullable=null, info={LONGEST: LONGEST_SHORT_TEXT})
