"""Helpers of one candidate. A helper with an interest needs a reason in a manager's name."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa

from proctoring.seats import DOCUMENTS
from sjt.rules.entries import FieldFault, text_fault, tidy
from sjt.rules.interests import same
from sjt.rules.refusals import BadInput, NotNow
from sjt.stores import candidates, helpers, people
from sjt.stores.helpers import KINDS, NewHelper
from sjt.stores.people import Person
from sjt.stores.seats import Seat

LONGEST = 200


def add(conn: sa.Connection, seat: Seat, new: NewHelper, works_for: str, by: Person, now: dt.datetime) -> None:
    """Keep a helper. BadInput by field; who works for the candidate's employer or provider has an interest."""
    named = tidy(new.name)
    found = tidy(new.interest or "") or _works_there(conn, seat, works_for)
    kept = replace(new, name=named, interest=found or None, interest_reason=tidy(new.interest_reason or "") or None)
    faults: list[FieldFault] = []
    fault = text_fault(named, LONGEST)
    if fault:
        faults.append(("name", *fault))
    if kept.kind not in KINDS:
        faults.append(("kind", "helper.kind_needed", {}))
    if kept.identity_document not in DOCUMENTS:
        faults.append(("identity_document", "invigilation.document_needed", {}))
    if kept.interest and not kept.interest_reason:
        faults.append(("interest_reason", "helper.reason_needed", {"interest": kept.interest}))
    if faults:
        raise BadInput(faults)
    ref = helpers.add(conn, seat, kept, by.id, now)
    people.record(conn, by.id, "helper.added", "seat", seat.ref, now, helper=ref, kind=kept.kind)


def remove(conn: sa.Connection, seat: Seat, ref: str, by: Person, now: dt.datetime) -> None:
    """Take a helper off. NotNow when they are off already."""
    if not helpers.remove(conn, ref, seat.id, by.id, now):
        raise NotNow("helper.gone")
    people.record(conn, by.id, "helper.removed", "seat", seat.ref, now, helper=ref)


def _works_there(conn: sa.Connection, seat: Seat, works_for: str) -> str:
    [candidate] = candidates.by_ids(conn, [seat.candidate.id]).values()
    there = next((place for place in (candidate.employer, candidate.provider) if same(works_for, place)), None)
    return f"Works for {there}" if there else ""
