"""People, their roles, their sessions and their invitations."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from sjt.rules.access import Role
from sjt.stores.tables import invitations, people, person_roles, records, staff_sessions


@dataclass(frozen=True)
class Person:
    """A person who can sign in."""

    id: int
    ref: str
    name: str
    email: str
    roles: frozenset[Role]


@dataclass(frozen=True)
class Account:
    """What signing in needs to know: the person and their password hash, if they have set one."""

    person: Person
    password_hash: str | None


def new_ref() -> str:
    """A random reference of 128 bits for addresses and bundles."""
    return secrets.token_hex(16)


def token_hash(token: str) -> str:
    """What the database keeps of a token: enough to know it again, too little to use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def add_person(
    conn: sa.Connection,
    *,
    name: str,
    email: str,
    roles: Collection[Role],
    now: dt.datetime,
    password_hash: str | None = None,
) -> Person:
    """Add a person. IntegrityError when the address is already taken."""
    row = {"ref": new_ref(), "name": name, "email": email.strip().lower()}
    added = (
        people.insert().values(**row, active=True, password_hash=password_hash, created_at=now).returning(people.c.id)
    )
    person_id = conn.execute(added).scalar_one()
    if roles:
        conn.execute(person_roles.insert(), [{"person_id": person_id, "role": role.value} for role in roles])
    return Person(person_id, row["ref"], name, row["email"], frozenset(roles))


def by_email(conn: sa.Connection, email: str) -> Account | None:
    """The active account of an address."""
    found = _people(conn, sa.and_(people.c.email == email.strip().lower(), people.c.active))
    if not found:
        return None
    password = conn.scalar(sa.select(people.c.password_hash).where(people.c.id == found[0].id))
    return Account(found[0], password)


def everybody(conn: sa.Connection, role: Role | None = None) -> list[Person]:
    """All active people by name, or those with a role."""
    condition: sa.ColumnElement[bool] = people.c.active
    if role is not None:
        condition = sa.and_(
            condition,
            people.c.id.in_(sa.select(person_roles.c.person_id).where(person_roles.c.role == role.value)),
        )
    return _people(conn, condition)


def by_ids(conn: sa.Connection, ids: Collection[int]) -> Mapping[int, Person]:
    """People by their ids."""
    return {person.id: person for person in _people(conn, people.c.id.in_(list(ids)))} if ids else {}


def _people(conn: sa.Connection, condition: sa.ColumnElement[bool]) -> list[Person]:
    rows = conn.execute(
        sa.select(people.c.id, people.c.ref, people.c.name, people.c.email, person_roles.c.role)
        .outerjoin(person_roles)
        .where(condition)
        .order_by(people.c.name, people.c.id)
    ).all()
    roles: dict[int, set[Role]] = {}
    for row in rows:
        roles.setdefault(row.id, set()).update([Role(row.role)] if row.role else [])
    return [
        Person(r.id, r.ref, r.name, r.email, frozenset(roles[r.id])) for r in {row.id: row for row in rows}.values()
    ]


def set_password(conn: sa.Connection, person_id: int, password_hash: str, now: dt.datetime) -> None:
    """Keep a new password hash and end all sessions that stand on the old one."""
    conn.execute(people.update().where(people.c.id == person_id).values(password_hash=password_hash))
    live = (staff_sessions.c.person_id == person_id) & staff_sessions.c.ended_at.is_(None)
    conn.execute(staff_sessions.update().where(live).values(ended_at=now))


def start_session(conn: sa.Connection, person_id: int, now: dt.datetime, lasts: dt.timedelta) -> str:
    """Begin a session; returns its token, of which only a hash is kept."""
    token = secrets.token_urlsafe(32)
    row = {
        "token_hash": token_hash(token),
        "person_id": person_id,
        "started_at": now,
        "expires_at": now + lasts,
    }
    conn.execute(staff_sessions.insert().values(**row))
    return token


def session_person(conn: sa.Connection, token: str, now: dt.datetime) -> Person | None:
    """The person whose session a token is, while it lasts."""
    live = sa.select(staff_sessions.c.person_id).where(
        staff_sessions.c.token_hash == token_hash(token),
        staff_sessions.c.ended_at.is_(None),
        staff_sessions.c.expires_at > now,
    )
    found = _people(conn, sa.and_(people.c.active, people.c.id.in_(live)))
    return found[0] if found else None


def end_session(conn: sa.Connection, token: str, now: dt.datetime) -> None:
    """End a session; ending it again changes nothing."""
    live = (staff_sessions.c.token_hash == token_hash(token)) & staff_sessions.c.ended_at.is_(None)
    conn.execute(staff_sessions.update().where(live).values(ended_at=now))


def invite(conn: sa.Connection, person_id: int, by: int, now: dt.datetime, lasts: dt.timedelta) -> str:
    """Issue an invitation; returns the token of its link. Earlier open ones of the person lapse."""
    conn.execute(
        invitations.update()
        .where(
            invitations.c.person_id == person_id,
            invitations.c.used_at.is_(None),
            invitations.c.expires_at > now,
        )
        .values(expires_at=now)
    )
    token = secrets.token_urlsafe(24)
    row = {"token_hash": token_hash(token), "person_id": person_id, "issued_by": by, "issued_at": now}
    conn.execute(invitations.insert().values(**row, expires_at=now + lasts))
    return token


def invited(conn: sa.Connection, token: str, now: dt.datetime) -> Person | None:
    """The person an open invitation is for."""
    person_id = conn.scalar(
        sa.select(invitations.c.person_id).where(
            invitations.c.token_hash == token_hash(token),
            invitations.c.used_at.is_(None),
            invitations.c.expires_at > now,
        )
    )
    return by_ids(conn, [person_id]).get(person_id) if person_id else None


def use_invitation(conn: sa.Connection, token: str, now: dt.datetime) -> bool:
    """Claim an invitation: true for the one claim that succeeds."""
    claimed = conn.execute(
        invitations.update()
        .where(
            invitations.c.token_hash == token_hash(token),
            invitations.c.used_at.is_(None),
            invitations.c.expires_at > now,
        )
        .values(used_at=now)
    )
    return claimed.rowcount == 1


def record(
    conn: sa.Connection,
    person_id: int | None,
    act: str,
    object_kind: str,
    object_ref: str,
    now: dt.datetime,
    **detail: object,
) -> None:
    """Note what a member of staff did to what. The attempt's own evidence stands in its chain of events."""
    row = {
        "at": now,
        "person_id": person_id,
        "act": act,
        "object_kind": object_kind,
        "object_ref": object_ref,
    }
    conn.execute(records.insert().values(**row, detail=detail))
