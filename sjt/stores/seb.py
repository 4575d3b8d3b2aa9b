"""Safe Exam Browser's settings in versions that never change, and what single candidates are allowed."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from proctoring.seb import Variant, config_key
from sjt.stores import tables as t

WITHOUT = "none"  # an allowance: without Safe Exam Browser
ALLOWANCES = (*(variant.value for variant in Variant), WITHOUT)
NEARBY = dt.timedelta(days=2)  # whose keys are known when a wrong one is looked into
MOST_NEARBY = 1000
_v, _s, _a = t.seb_versions, t.seb_settings, t.seb_allowances


class Lock(msgspec.Struct, frozen=True):
    """What one candidate's browser must show; with no keys nobody is let in, unless without SEB altogether."""

    allowed: str  # a variant, or without
    keys: tuple[str, ...]
    browsers: tuple[str, ...]

    @property
    def is_exempt(self) -> bool:
        """Whether this candidate sits without Safe Exam Browser."""
        return self.allowed == WITHOUT


@dataclass(frozen=True)
class NewVersion:
    """Settings that are to be kept: a file a variant."""

    sitting_id: int
    salt: bytes
    origin: str
    browser_keys: tuple[str, ...]
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class Version:
    """A version of a sitting's settings, with the Config Key of each variant."""

    id: int
    version: int
    salt: bytes
    origin: str
    browser_keys: tuple[str, ...]
    made_by: int
    made_at: dt.datetime
    keys: Mapping[str, str]


@dataclass(frozen=True)
class Allowance:
    """What a candidate is allowed instead of the standard, by whom and why."""

    attempt_id: int
    allowed: str
    reason: str
    by: str
    at: dt.datetime


_latest = _v.alias()
_last = (
    sa.select(sa.func.max(_latest.c.version))
    .where(_latest.c.sitting_id == _v.c.sitting_id)
    .correlate(_v)
    .scalar_subquery()
)
_NEWEST = (
    sa.select(_v, _s.c.variant, _s.c.config_key)
    .select_from(_v.join(_s, _s.c.seb_version_id == _v.c.id))
    .where(_v.c.sitting_id == sa.bindparam("sitting"), _v.c.version == _last)
)
_ALLOWED = sa.select(_a.c.allowed).where(_a.c.attempt_id == sa.bindparam("attempt")).order_by(_a.c.id.desc()).limit(1)


def newest(conn: sa.Connection, sitting_id: int) -> Version | None:
    """The settings that count; None when none were ever made."""
    rows = conn.execute(_NEWEST, {"sitting": sitting_id}).all()
    if not rows:
        return None
    one = rows[0]
    keys = {row.variant: row.config_key for row in rows}
    listed = tuple(one.browser_keys)
    return Version(one.id, one.version, one.salt, one.origin, listed, one.made_by, one.made_at, keys)


def lock(conn: sa.Connection, sitting_id: int, attempt_id: int) -> Lock:
    """What a candidate's browser must show, in two statements."""
    allowed = conn.scalar(_ALLOWED, {"attempt": attempt_id}) or Variant.STANDARD.value
    version = newest(conn, sitting_id)
    key = version.keys.get(allowed) if version else None
    return Lock(allowed, (key,) if key else (), version.browser_keys if version else ())


def add(conn: sa.Connection, new: NewVersion, by: int, request_id: str, now: dt.datetime) -> bool:
    """Keep a new version. False when this very request was carried out before. The caller holds the sitting."""
    asked = sa.and_(_v.c.sitting_id == new.sitting_id, _v.c.request_id == request_id)
    if conn.scalar(sa.select(_v.c.id).where(asked)) is not None:
        return False
    last = conn.scalar(sa.select(sa.func.max(_v.c.version)).where(_v.c.sitting_id == new.sitting_id)) or 0
    row = {"sitting_id": new.sitting_id, "version": last + 1, "salt": new.salt, "origin": new.origin}
    row |= {"browser_keys": list(new.browser_keys), "made_by": by, "made_at": now, "request_id": request_id}
    version_id = conn.execute(_v.insert().values(**row).returning(_v.c.id)).scalar_one()
    files = [
        {"seb_version_id": version_id, "variant": variant, "body": body.decode(), "config_key": config_key(body),
         "sha256": hashlib.sha256(body).hexdigest()}
        for variant, body in new.files.items()
    ]  # fmt: skip
    conn.execute(_s.insert(), files)
    return True


def file(conn: sa.Connection, version_id: int, variant: str) -> bytes | None:
    """The file of a variant, as it was frozen."""
    wanted = sa.and_(_s.c.seb_version_id == version_id, _s.c.variant == variant)
    body = conn.scalar(sa.select(_s.c.body).where(wanted))
    return body.encode() if body is not None else None


def retired(conn: sa.Connection, sitting_id: int) -> tuple[str, ...]:
    """The keys of a sitting's versions that do not count any more."""
    query = sa.select(_s.c.config_key).select_from(_v.join(_s, _s.c.seb_version_id == _v.c.id))
    return tuple(conn.scalars(query.where(_v.c.sitting_id == sitting_id, _v.c.version < _last)))


def elsewhere(conn: sa.Connection, sitting_id: int, now: dt.datetime) -> tuple[str, ...]:
    """The keys of other sittings of these days."""
    near = sa.and_(t.sittings.c.starts_at < now + NEARBY, t.sittings.c.ends_at > now - NEARBY)
    joined = _s.join(_v, _v.c.id == _s.c.seb_version_id).join(t.sittings, t.sittings.c.id == _v.c.sitting_id)
    query = sa.select(_s.c.config_key).select_from(joined).where(near, _v.c.sitting_id != sitting_id)
    return tuple(conn.scalars(query.limit(MOST_NEARBY)))


def allow(
    conn: sa.Connection, sitting_id: int, attempt_id: int, allowed: str, reason: str, by: int, request_id: str,
    now: dt.datetime,
) -> bool:  # fmt: skip
    """Keep what a candidate is allowed. False when this very request was carried out before. The caller holds it."""
    if conn.scalar(sa.select(_a.c.id).where(_a.c.attempt_id == attempt_id, _a.c.request_id == request_id)):
        return False
    row = {"sitting_id": sitting_id, "attempt_id": attempt_id, "allowed": allowed, "reason": reason}
    conn.execute(_a.insert().values(**row, allowed_by=by, allowed_at=now, request_id=request_id))
    return True


def allowances(conn: sa.Connection, sitting_id: int) -> dict[int, Allowance]:
    """The newest allowance of each attempt of a sitting that has one."""
    query = (
        sa.select(_a.c.attempt_id, _a.c.allowed, _a.c.reason, t.people.c.name, _a.c.allowed_at)
        .join(t.people, t.people.c.id == _a.c.allowed_by)
        .where(_a.c.sitting_id == sitting_id)
        .order_by(_a.c.id)
    )
    return {row.attempt_id: Allowance(*row) for row in conn.execute(query)}
