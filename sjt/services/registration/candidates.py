"""Candidates: entering them and changing what was entered."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict

import sqlalchemy as sa

from sjt.rules import entries
from sjt.rules.entries import FieldFault
from sjt.rules.refusals import BadInput, NotNow, Stale
from sjt.services.registration import plans
from sjt.stores import candidates, people, seats, staff
from sjt.stores.candidates import Candidate, CandidateFacts
from sjt.stores.people import Person

PINNED = ("spec_name", "pathway")  # a paper may be drawn for them


def facts_of(values: Mapping[str, str]) -> CandidateFacts:
    """What is kept of tidied entries."""
    named = {name: value for name, value in values.items() if name not in ("specification", "email")}
    return CandidateFacts(**named, email=values["email"] or None, spec_name=values["specification"])


def entered(candidate: CandidateFacts) -> dict[str, str]:
    """A candidate as entries of a form or a file."""
    values = {name: str(getattr(candidate, name) or "") for name in candidates.ENTERED}
    return {**values, "specification": values.pop("spec_name")}


def seen(candidate: Candidate) -> str:
    """A mark of what somebody read, so that a change by somebody else meanwhile is noticed."""
    text = json.dumps(asdict(candidate.facts), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def add(conn: sa.Connection, values: Mapping[str, str], by: Person, now: dt.datetime) -> str:
    """Add a candidate; returns their reference. BadInput names every fault by its field."""
    kept = entries.tidy_candidate(values)
    faults = entries.candidate_faults(kept, plans.pathways())
    faults += _number_faults(conn, kept["number"], None)
    if faults:
        raise BadInput(faults)
    ref = _store(conn, lambda: candidates.add(conn, [facts_of(kept)], by.id, now)[0])
    people.record(conn, by.id, "candidate.added", "candidate", ref, now)
    return ref


def change(
    conn: sa.Connection, candidate: Candidate, values: Mapping[str, str], as_seen: str, by: Person, now: dt.datetime
) -> None:
    """Enter a candidate anew. BadInput names every fault; Stale when somebody changed them meanwhile."""
    kept = entries.tidy_candidate(values)
    faults = entries.candidate_faults(kept, plans.pathways())
    held = candidates.by_ref(conn, candidate.ref, lock=True) or candidate
    faults += _number_faults(conn, kept["number"], held)
    if faults:
        raise BadInput(faults)
    if seen(held) != as_seen:
        raise Stale("candidate.stale")
    facts = facts_of(kept)
    faults = change_faults(conn, held, facts, seats.booked(conn, [held.id]))
    if faults:
        raise BadInput(faults)
    _store(conn, lambda: keep_change(conn, held, facts))
    people.record(conn, by.id, "candidate.changed", "candidate", held.ref, now, fields=changed_fields(held, facts))


def keep_change(conn: sa.Connection, held: Candidate, facts: CandidateFacts) -> str:
    """Write a change down, in the sign-in too when there is one; returns the reference."""
    candidates.change(conn, held.id, facts)
    if held.person_id is not None:
        staff.rename(conn, held.person_id, facts.name, facts.email or str(held.email))
    return held.ref


def changed_fields(held: CandidateFacts, facts: CandidateFacts) -> list[str]:
    """The entries in which two differ."""
    return [name for name in candidates.ENTERED if getattr(held, name) != getattr(facts, name)]


def change_faults(
    conn: sa.Connection, held: Candidate, facts: CandidateFacts, booked: Collection[int]
) -> list[FieldFault]:
    """What stands against a change of someone who is booked or has a sign-in."""
    changed = changed_fields(held, facts)
    columns = {"spec_name": "specification", "pathway": "pathway"}
    faults: list[FieldFault] = [
        (columns[name], "candidate.booked", {}) for name in PINNED if name in changed and held.id in booked
    ]
    if held.person_id is not None and "email" in changed:
        faults += _address_faults(conn, held, facts.email)
    return faults


def _address_faults(conn: sa.Connection, held: Candidate, email: str | None) -> list[FieldFault]:
    if email is None:
        return [("email", "candidate.address_needed", {})]
    if staff.address_taken(conn, email, held.person_id):
        return [("email", "candidate.address_taken", {})]
    return []


def _number_faults(conn: sa.Connection, number: str, own: Candidate | None) -> list[FieldFault]:
    found = candidates.by_numbers(conn, [number]).get(number) if number else None
    if found is None or (own is not None and found.id == own.id):
        return []
    return [("number", "candidate.number_taken", {"name": found.name})]


def _store(conn: sa.Connection, write: Callable[[], str]) -> str:
    try:
        with conn.begin_nested():
            return write()
    except sa.exc.IntegrityError:
        raise NotNow("candidate.raced") from None
