"""Sign-ins: an apprentice's own, and those of staff. An invitation's link is shown once and is never sent by us."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import sqlalchemy as sa

from sjt.rules.access import Role, role_faults
from sjt.rules.entries import ADDRESS, FieldFault, text_fault, tidy
from sjt.rules.refusals import BadInput, NotNow
from sjt.stores import candidates, people, staff
from sjt.stores.candidates import Candidate
from sjt.stores.people import Person

LASTS = dt.timedelta(days=14)
LONGEST = 200


def invite_candidate(conn: sa.Connection, candidate: Candidate, by: Person, now: dt.datetime) -> str:
    """Give a candidate their own sign-in; returns the invitation's token. Earlier open ones lapse.

    NotNow without an address, or when the address is somebody else's.
    """
    person_id = candidate.person_id or _sign_in_of(conn, candidate, by, now)
    return _invite(conn, person_id, candidate.ref, "candidate", by, now)


def _sign_in_of(conn: sa.Connection, candidate: Candidate, by: Person, now: dt.datetime) -> int:
    if not candidate.email:
        raise NotNow("candidate.no_address")
    account = people.by_email(conn, candidate.email)
    person = account.person if account else _new_apprentice(conn, candidate, now)
    if Role.APPRENTICE not in person.roles or person.name.casefold() != candidate.name.casefold():
        raise NotNow("candidate.address_of_another", name=person.name)
    if not candidates.link_person(conn, candidate.id, person.id):
        raise NotNow("candidate.raced")
    people.record(conn, by.id, "candidate.given_sign_in", "candidate", candidate.ref, now)
    return person.id


def _new_apprentice(conn: sa.Connection, candidate: Candidate, now: dt.datetime) -> Person:
    try:
        with conn.begin_nested():
            roles = [Role.APPRENTICE]
            return people.add_person(conn, name=candidate.name, email=candidate.email or "", roles=roles, now=now)
    except sa.exc.IntegrityError:
        raise NotNow("candidate.address_taken") from None


def add_staff(
    conn: sa.Connection, name: str, email: str, roles: Collection[Role], by: Person, now: dt.datetime
) -> tuple[Person, str]:
    """Add a member of staff and invite them; returns both the person and the token. BadInput by field."""
    name, email = tidy(name), tidy(email).lower()
    faults = _staff_faults(conn, name, email, None) + _role_faults(roles)
    if faults:
        raise BadInput(faults)
    try:
        with conn.begin_nested():
            person = people.add_person(conn, name=name, email=email, roles=roles, now=now)
    except sa.exc.IntegrityError:
        raise BadInput([("email", "people.address_taken", {})]) from None
    detail = sorted(role.value for role in roles)
    people.record(conn, by.id, "person.added", "person", person.ref, now, roles=detail)
    return person, _invite(conn, person.id, person.ref, "person", by, now)


def change_staff(
    conn: sa.Connection, person: Person, name: str, email: str, roles: Collection[Role], by: Person, now: dt.datetime
) -> None:
    """Change a person's name, address and roles. BadInput by field; the last administrator stays one."""
    name, email = tidy(name), tidy(email).lower()
    faults = _staff_faults(conn, name, email, person.id) + _role_faults(roles)
    administrators = staff.lock_administrators(conn)
    if Role.ADMINISTRATOR not in roles and administrators <= {person.id} and administrators:
        faults.append(("roles", "people.last_administrator", {}))
    if faults:
        raise BadInput(faults)
    try:
        with conn.begin_nested():
            staff.rename(conn, person.id, name, email)
    except sa.exc.IntegrityError:
        raise BadInput([("email", "people.address_taken", {})]) from None
    staff.set_roles(conn, person.id, roles)
    detail = {"before": sorted(person.roles), "after": sorted(role.value for role in roles)}
    people.record(conn, by.id, "person.changed", "person", person.ref, now, **detail)


def invite_staff(conn: sa.Connection, person: Person, by: Person, now: dt.datetime) -> str:
    """A new invitation for a member of staff; earlier open ones lapse."""
    return _invite(conn, person.id, person.ref, "person", by, now)


def _invite(conn: sa.Connection, person_id: int, ref: str, kind: str, by: Person, now: dt.datetime) -> str:
    people.record(conn, by.id, f"{kind}.invited", kind, ref, now)
    return people.invite(conn, person_id, by.id, now, LASTS)


def _staff_faults(conn: sa.Connection, name: str, email: str, own: int | None) -> list[FieldFault]:
    faults: list[FieldFault] = []
    for field, text in (("name", name), ("email", email)):
        fault = text_fault(text, LONGEST)
        if fault:
            faults.append((field, *fault))
    if any(field == "email" for field, _, _ in faults):
        return faults
    if not ADDRESS.fullmatch(email):
        faults.append(("email", "entry.email", {}))
    elif staff.address_taken(conn, email, own):
        faults.append(("email", "people.address_taken", {}))
    return faults


def _role_faults(roles: Collection[Role]) -> list[FieldFault]:
    return [("roles", code, {}) for code in role_faults(roles)]
