"""Conflicts of interest between invigilators and candidates: declared, checked at each assignment, waived by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from sjt.rules.entries import FieldFault, text_fault, tidy
from sjt.rules.interests import KINDS, Interest, touches
from sjt.rules.local_time import london_day
from sjt.rules.refusals import BadInput, NotNow
from sjt.services.marking import withdraw_conflicted
from sjt.stores import interests, people, seats, sittings
from sjt.stores.interests import Declared, Sitter
from sjt.stores.people import Person
from sjt.stores.sittings import Sitting

LONGEST = 200


@dataclass(frozen=True)
class Conflict:
    """Somebody named for a sitting, and a candidate in whom they have an interest."""

    declared: Declared
    sitter: Sitter

    @property
    def pair(self) -> tuple[int, int]:
        """Person and candidate by id."""
        return self.declared.person_id, self.sitter.id

    @property
    def told(self) -> dict[str, object]:
        """For a sentence."""
        return {
            "person": self.declared.person_name,
            "candidate": self.sitter.name,
            "relationship": self.declared.relationship,
        }


def declare(
    conn: sa.Connection, person: Person, interest: Interest, relationship: str, by: Person, now: dt.datetime
) -> None:
    """Keep that a person has an interest. BadInput by field.

    Declared late, it withdraws the judgements that they made in spite of it.
    """
    kept = Interest(interest.kind, tidy(interest.name), interest.from_day, interest.until_day)
    faults: list[FieldFault] = []
    for field, text in (("name", kept.name), ("relationship", tidy(relationship))):
        fault = text_fault(text, LONGEST)
        if fault:
            faults.append((field, *fault))
    if kept.kind not in KINDS:
        faults.append(("kind", "interest.kind", {}))
    if kept.until_day is not None and kept.until_day < kept.from_day:
        faults.append(("until_day", "interest.ends_first", {}))
    if faults:
        raise BadInput(faults)
    ref = interests.declare(conn, person.id, kept, tidy(relationship), by.id, now)
    people.record(conn, by.id, "interest.declared", "person", person.ref, now, interest=ref, kind=kept.kind)
    withdraw_conflicted(conn, person.id, now)


def withdraw(conn: sa.Connection, declared: Declared, reason: str, by: Person, now: dt.datetime) -> None:
    """Withdraw an interest with a reason; it stays on record. NotNow when it is withdrawn already."""
    if not interests.withdraw(conn, declared.ref, by.id, reason, now):
        raise NotNow("interest.withdrawn_already")
    people.record(conn, by.id, "interest.withdrawn", "interest", declared.ref, now, reason=reason)


def conflicts(conn: sa.Connection, sitting: Sitting, staff: Collection[int], sits: Collection[int]) -> list[Conflict]:
    """Conflicts between people named for a sitting and candidates in it, without those that somebody allowed."""
    standing = [one for one in interests.listed(conn, staff) if one.withdrawn_at is None] if staff else []
    if not standing:
        return []
    day, allowed = london_day(sitting.starts_at), interests.waived(conn, sitting.id)
    found = [
        Conflict(declared, sitter)
        for sitter in interests.sitters(conn, sits)
        for declared in standing
        if touches(declared.interest, sitter.whom, day)
    ]
    return [conflict for conflict in found if conflict.pair not in allowed]


def open_conflicts(conn: sa.Connection, sitting: Sitting) -> list[Conflict]:
    """Those of a sitting as it stands: declared after somebody was named or booked, too."""
    staff = [person.id for person in sittings.staff_of(conn, sitting.id)]
    return conflicts(conn, sitting, staff, _booked(conn, sitting))


def staff_faults(conn: sa.Connection, sitting: Sitting, staff: Sequence[int], reason: str) -> list[FieldFault]:
    """Why these people cannot be named: each conflict by name, unless a reason is given."""
    found = conflicts(conn, sitting, staff, _booked(conn, sitting))
    if tidy(reason):
        return []
    return [("staff", "interest.staff", conflict.told) for conflict in found]


def waive(
    conn: sa.Connection, sitting: Sitting, staff: Sequence[int], reason: str, by: Person, now: dt.datetime
) -> None:
    """Keep in whose name, and why, they may invigilate all the same."""
    pairs = {conflict.pair for conflict in conflicts(conn, sitting, staff, _booked(conn, sitting))}
    if pairs:
        interests.waive(conn, sitting.id, pairs, tidy(reason), by.id, now)
        told = {"reason": tidy(reason), "pairs": len(pairs)}
        people.record(conn, by.id, "interest.waived", "sitting", sitting.ref, now, **told)


def booking_faults(conn: sa.Connection, sitting: Sitting, sits: Sequence[int]) -> dict[int, Conflict]:
    """The first conflict of each candidate who is to be booked, by candidate id."""
    staff = [person.id for person in sittings.staff_of(conn, sitting.id)]
    return {conflict.sitter.id: conflict for conflict in reversed(conflicts(conn, sitting, staff, sits))}


def _booked(conn: sa.Connection, sitting: Sitting) -> list[int]:
    return [seat.candidate.id for seat in seats.of_sitting(conn, sitting.id)]
