"""Sittings: laid down, moved and cancelled."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from proctoring.lockdown import LEVELS, Level
from sjt.db import note_change
from sjt.rules.access import Role
from sjt.rules.eligibility import time_faults
from sjt.rules.entries import FieldFault, text_fault, tidy
from sjt.rules.local_time import LONDON, DoubledTime, NoSuchTime, is_doubled, moment
from sjt.rules.refusals import BadInput, NotNow
from sjt.services.registration import interests, places, plans
from sjt.services.registration.gateway import as_rule
from sjt.services.specifications import not_schedulable
from sjt.stores import attempts, candidates, changes, people, seats, sittings
from sjt.stores.changes import MOVED as MOVED_KIND
from sjt.stores.changes import Kept
from sjt.stores.people import Person
from sjt.stores.sittings import Sitting, SittingFacts

LONGEST = 200
MOVED = ("spec_id", "starts_at", "ends_at", "set_up_minutes")  # fixed once the gate was opened for anybody
FIXED = (*MOVED, "lockdown")


@dataclass(frozen=True)
class Entry:
    """A sitting as entered: London date and times; ``…_second`` says which of a doubled hour is meant."""

    title: str
    venue: str
    spec_name: str
    day: dt.date
    starts: dt.time
    ends: dt.time
    set_up_minutes: int
    staff_needed: int
    staff: tuple[str, ...] = ()
    starts_second: bool | None = None
    ends_second: bool | None = None
    lockdown: str = Level.OPEN.value
    remote: bool = False
    meeting: str = ""
    rooms: str = ""  # one a line
    venue_verified_by: str = ""
    venue_verified_on: dt.date | None = None
    interest_reason: str = ""


def schedule(conn: sa.Connection, entry: Entry, by: Person, now: dt.datetime) -> Sitting:
    """Lay a sitting down. BadInput names every fault by its field."""
    facts, faults = _facts(entry)
    named, staff_faults = _staff(conn, entry)
    faults += staff_faults
    if facts is not None and facts.ends_at <= now:
        faults.append(("day", "sitting.past", {}))
    if facts is None or faults:
        raise BadInput(faults)
    sitting = sittings.add(conn, facts, by.id, now)
    sittings.name_staff(conn, sitting.id, named, by.id, now)
    people.record(conn, by.id, "sitting.scheduled", "sitting", sitting.ref, now, spec=sitting.spec_id)
    return sitting


def change(conn: sa.Connection, sitting: Sitting, entry: Entry, by: Person, now: dt.datetime) -> None:
    """Lay a sitting down anew. Everybody booked must still fit; nothing moves once a gate was opened."""
    held = sittings.by_ref(conn, sitting.ref, lock=True) or sitting
    if held.cancelled_at is not None:
        raise NotNow("sitting.cancelled")
    facts, faults = _facts(entry)
    named, staff_faults = _staff(conn, entry)
    faults += staff_faults
    if facts is not None and not faults:
        faults = _move_faults(conn, held, facts) + interests.staff_faults(conn, held, named, entry.interest_reason)
    if facts is None or faults:
        raise BadInput(faults)
    sittings.change(conn, held.id, facts)
    sittings.name_staff(conn, held.id, named, by.id, now)
    interests.waive(conn, held, named, entry.interest_reason, by, now)
    if moved_for_people(held, facts):
        told = Kept(MOVED_KIND, "Changed on the form of the sitting.", changed_facts(held), changed_facts(facts))
        changes.keep(conn, held.id, told, by.id, str(uuid.uuid4()), now)
    moved = [name for name in FIXED if getattr(held, name) != getattr(facts, name)]
    if "lockdown" in moved:  # what is kept beside the database of its seats speaks of the level before
        for attempt in attempts.of_sitting(conn, held.id):
            note_change(conn, attempt.ref)
    people.record(conn, by.id, "sitting.changed", "sitting", held.ref, now, moved=moved)


def moved_facts(conn: sa.Connection, held: Sitting, entry: Entry, now: dt.datetime) -> SittingFacts:
    """A sitting at the times and the venue of an entry. BadInput names what stands against it, and everybody who
    would not fit. The gate is not asked about: whoever moves a sitting shuts it again."""
    facts, faults = _facts(entry)
    if facts is not None and facts.ends_at <= now:
        faults.append(("day", "sitting.past", {}))
    if facts is not None and not faults:
        faults = _fit_faults(conn, held, facts)
    if facts is None or faults:
        raise BadInput(faults)
    return facts


def changed_facts(facts: SittingFacts) -> dict[str, str]:
    """What people must be told when it changes."""
    times = {"starts_at": facts.starts_at.isoformat(), "ends_at": facts.ends_at.isoformat()}
    return {**times, "venue": facts.venue}


def moved_for_people(held: SittingFacts, facts: SittingFacts) -> bool:
    """Whether anybody must be told."""
    return changed_facts(held) != changed_facts(facts)


def entry_of(sitting: Sitting, staff: tuple[str, ...]) -> Entry:
    """A sitting as its form shows it."""
    starts, ends = sitting.starts_at.astimezone(LONDON), sitting.ends_at.astimezone(LONDON)
    return Entry(
        title=sitting.title,
        venue=sitting.venue,
        spec_name=plans.pinned(sitting.spec_id).name,
        day=starts.date(),
        starts=starts.time().replace(fold=0),
        ends=ends.time().replace(fold=0),
        set_up_minutes=sitting.set_up_minutes,
        staff_needed=sitting.staff_needed,
        staff=staff,
        starts_second=bool(starts.fold) if is_doubled(starts) else None,
        ends_second=bool(ends.fold) if is_doubled(ends) else None,
        lockdown=sitting.lockdown,
        remote=sitting.remote,
        meeting=sitting.meeting or "",
        rooms="\n".join(sitting.rooms),
        venue_verified_by=sitting.venue_verified_by or "",
        venue_verified_on=sitting.venue_verified_on,
    )


def _facts(entry: Entry) -> tuple[SittingFacts | None, list[FieldFault]]:
    faults: list[FieldFault] = []
    title, venue = _text("title", entry.title, faults), _text("venue", entry.venue, faults)
    starts = _moment("starts", entry.day, entry.starts, entry.starts_second, faults)
    ends = _moment("ends", entry.day, entry.ends, entry.ends_second, faults)
    if entry.lockdown not in LEVELS:
        faults.append(("lockdown", "sitting.lockdown", {}))
    plan = plans.in_force(entry.spec_name, entry.day)
    if plan is None:
        faults.append(("spec_name", "sitting.not_in_force", {"spec": entry.spec_name}))
    refused = not_schedulable(plan) if plan is not None else []
    faults += [("spec_name", "sitting.not_schedulable", {"words": words}) for words in refused]
    if starts is None or ends is None or plan is None or refused:
        return None, faults
    if ends <= starts:
        return None, [*faults, ("ends", "sitting.ends_first", {})]
    place, place_faults = places.place_of(entry.remote, entry.meeting, entry.rooms)
    verified, verified_faults = places.verified(entry.venue_verified_by, entry.venue_verified_on)
    faults += place_faults + verified_faults
    facts = SittingFacts(
        title, venue, plan.id, starts, ends, entry.set_up_minutes, entry.staff_needed, *place, *verified,
        lockdown=entry.lockdown,
    )  # fmt: skip
    faults += [("ends", code, params) for code, params in time_faults((), plans.slot_of(facts))]
    return facts, faults


def _text(field: str, text: str, faults: list[FieldFault]) -> str:
    kept = tidy(text)
    fault = text_fault(kept, LONGEST)
    if fault:
        faults.append((field, *fault))
    return kept


def _moment(
    field: str, day: dt.date, time: dt.time, second: bool | None, faults: list[FieldFault]
) -> dt.datetime | None:
    try:
        return moment(day, time, second)
    except NoSuchTime:
        faults.append((field, "sitting.no_such_time", {"time": f"{time:%H:%M}"}))
    except DoubledTime:
        faults.append((f"{field}_second", "sitting.doubled_time", {"time": f"{time:%H:%M}"}))
    return None


def _staff(conn: sa.Connection, entry: Entry) -> tuple[list[int], list[FieldFault]]:
    """Only invigilators can be named."""
    known = {person.ref: person.id for person in people.everybody(conn, Role.INVIGILATOR)}
    strange = [ref for ref in entry.staff if ref not in known]
    faults: list[FieldFault] = [("staff", "sitting.not_invigilator", {})] if strange else []
    return [known[ref] for ref in entry.staff if ref in known], faults


def _move_faults(conn: sa.Connection, held: Sitting, facts: SittingFacts) -> list[FieldFault]:
    changed = [name for name in FIXED if getattr(held, name) != getattr(facts, name)]
    if changed and sittings.gate_opened(conn, held.id):
        field = "lockdown" if changed == ["lockdown"] else "day"
        return [(field, "sitting.begun", {})]
    return _fit_faults(conn, held, facts) if any(name in MOVED for name in changed) else []


def _fit_faults(conn: sa.Connection, held: Sitting, facts: SittingFacts) -> list[FieldFault]:
    """Whether everybody who is booked still fits: the same specification, the same sum, and no other seat then."""
    booked = seats.of_sitting(conn, held.id)
    if booked and held.spec_id != facts.spec_id:
        return [("spec_name", "sitting.papers_pinned", {"seats": len(booked), "spec": held.spec_id})]
    ids = [seat.candidate.id for seat in booked]
    candidates.lock(conn, ids)
    names = {seat.candidate.id: seat.candidate.name for seat in booked}
    adjusted, slot = candidates.adjustments_of(conn, ids), plans.slot_of(facts)
    faults: list[FieldFault] = []
    for candidate_id in ids:
        for _, params in time_faults(as_rule(adjusted[candidate_id]), slot):
            faults.append(("ends", "sitting.too_short_for", {**params, "name": names[candidate_id]}))
    clashes = seats.overlapping(conn, ids, facts.starts_at, facts.ends_at, held.id)
    for candidate_id, title in clashes.items():
        faults.append(("starts", "sitting.clash", {"name": names[candidate_id], "title": title}))
    return faults
