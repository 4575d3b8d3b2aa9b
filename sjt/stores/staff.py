"""The people of the organisation and their roles, as an administrator changes them."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from sjt.db import for_update
from sjt.rules.access import Role
from sjt.stores.people import Person, by_ids, everybody
from sjt.stores.tables import people, person_roles


def listed(conn: sa.Connection) -> list[Person]:
    """Everybody with a sign-in who is not an apprentice, by name."""
    return [person for person in everybody(conn) if Role.APPRENTICE not in person.roles]


def by_ref(conn: sa.Connection, ref: str) -> Person | None:
    """A member of staff by reference."""
    person_id = conn.scalar(sa.select(people.c.id).where(people.c.ref == ref, people.c.active))
    found = by_ids(conn, [person_id])[person_id] if person_id else None
    return None if found and Role.APPRENTICE in found.roles else found


def with_password(conn: sa.Connection, ids: Collection[int]) -> set[int]:
    """Those who have set a password."""
    has = sa.and_(people.c.id.in_(list(ids)), people.c.password_hash.is_not(None))
    return set(conn.scalars(sa.select(people.c.id).where(has)))


def address_taken(conn: sa.Connection, email: str, but: int | None = None) -> bool:
    """Whether an address is somebody's sign-in already, somebody else's than ``but``."""
    owner = conn.scalar(sa.select(people.c.id).where(people.c.email == email.strip().lower()))
    return owner is not None and owner != but


def rename(conn: sa.Connection, person_id: int, name: str, email: str) -> None:
    """Keep a new name and address of a sign-in. IntegrityError when the address is another's."""
    values = {"name": name, "email": email.strip().lower()}
    conn.execute(people.update().where(people.c.id == person_id).values(**values))


def set_roles(conn: sa.Connection, person_id: int, roles: Collection[Role]) -> None:
    """Let a person have exactly these roles."""
    conn.execute(person_roles.delete().where(person_roles.c.person_id == person_id))
    if roles:
        conn.execute(person_roles.insert(), [{"person_id": person_id, "role": role.value} for role in sorted(roles)])


def lock_administrators(conn: sa.Connection) -> set[int]:
    """The administrators, held until the transaction ends, so that two cannot remove each other at once."""
    ids = sa.select(person_roles.c.person_id).where(person_roles.c.role == Role.ADMINISTRATOR.value)
    held = for_update(sa.select(people.c.id).where(people.c.active, people.c.id.in_(ids)).order_by(people.c.id))
    conn.execute(held)
    return set(conn.scalars(ids.join(people, people.c.id == person_roles.c.person_id).where(people.c.active)))
