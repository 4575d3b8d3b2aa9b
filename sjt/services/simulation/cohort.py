"""A simulated cohort that sits and hands in, through the services that everybody goes through."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from sjt.clock import HeldClock
from sjt.rules.access import Role
from sjt.rules.plan import Specification
from sjt.services import invigilation, timekeeping
from sjt.services.delivery import answers
from sjt.services.files import shipped_bank
from sjt.services.product import Product
from sjt.services.registration import bookings, gateway
from sjt.stores import attempts, bank, candidates, papers, people, seats, sittings
from sjt.stores.candidates import Candidate, CandidateFacts
from sjt.stores.people import Person
from sjt.stores.seats import Seat
from sjt.stores.sittings import Sitting, SittingFacts

MARKERS = 4
A_SITTING = 50  # candidates


@dataclass(frozen=True)
class Wanted:
    """What to simulate. ``ability`` is the true chance to pass a question, ``error`` of a wrong judgement of one."""

    specification: Specification
    pathway: str
    candidates: int
    ability: float
    error: float
    seed: int


@dataclass(frozen=True)
class Staff:
    """The people of a simulation."""

    manager: Person
    invigilator: Person
    markers: tuple[Person, ...]


def sat(product: Product, clock: HeldClock, wanted: Wanted, tell: Callable[[str], None]) -> tuple[Staff, list[Sitting]]:
    """The cohort: booked, admitted, begun, answered, handed in. The clock ends after the last sitting."""
    with product.database.transaction() as conn:
        bank.import_bank(conn, wanted.specification.name, shipped_bank(wanted.specification), clock.now())
        staff = _staff(conn, clock.now())
    held = []
    for first in range(0, wanted.candidates, A_SITTING):
        count = min(A_SITTING, wanted.candidates - first)
        held.append(_sitting(product, wanted, staff, clock.now(), range(first + 1, first + count + 1)))
        tell(f"sat: {first + count} of {wanted.candidates}")
        clock.advance(hours=12)
    return staff, held


def _staff(conn: sa.Connection, now: dt.datetime) -> Staff:
    def person(name: str, role: Role) -> Person:
        return people.add_person(conn, name=name, email=f"{name.replace(' ', '')}@example.org", roles=(role,), now=now)

    markers = tuple(person(f"Marker {n}", Role.MARKER) for n in range(1, MARKERS + 1))
    return Staff(person("Manager", Role.MANAGER), person("Invigilator", Role.INVIGILATOR), markers)


def _sitting(product: Product, wanted: Wanted, staff: Staff, now: dt.datetime, numbers: range) -> Sitting:
    facts = SittingFacts(
        title="Simulated", venue="Nowhere", spec_id=wanted.specification.id, starts_at=now,
        ends_at=now + dt.timedelta(hours=8), set_up_minutes=20, staff_needed=1,
    )  # fmt: skip
    with product.database.transaction() as conn:
        sitting = sittings.add(conn, facts, staff.manager.id, now)
        sittings.name_staff(conn, sitting.id, [staff.invigilator.id], staff.manager.id, now)
        found = _candidates(conn, wanted, staff.manager, now, numbers)
        bookings.book(conn, product, sitting, [bookings.Wish(c, None, "online") for c in found], staff.manager, now)
    actor, start = invigilation.Actor(staff.invigilator, sitting), now + dt.timedelta(minutes=20)
    with product.database.reading() as conn:
        booked = seats.of_sitting(conn, sitting.id)
    for seat in booked:
        _sits(product, seat, actor, start)
    return sitting


def _candidates(conn: sa.Connection, wanted: Wanted, by: Person, now: dt.datetime, numbers: range) -> list[Candidate]:
    told = [
        CandidateFacts(
            number=f"S-{n:05}", name=f"Simulated {n}", email=None, employer="None", provider="None",
            spec_name=wanted.specification.name, pathway=wanted.pathway,
        )
        for n in numbers
    ]  # fmt: skip
    candidates.add(conn, told, by.id, now)
    added = candidates.by_numbers(conn, [fact.number for fact in told])
    for candidate in added.values():
        gateway.complete(conn, candidate, by, now)
    return list(added.values())


def _sits(product: Product, seat: Seat, actor: invigilation.Actor, start: dt.datetime) -> None:
    with product.database.transaction() as conn:
        invigilation.check_identity(conn, seat, "passport", actor, start)
        invigilation.admit(conn, seat, actor, start)
        attempt = _attempt(conn, seat)
        timekeeping.open_gate(conn, attempt, actor.person, start)
        timekeeping.begin(conn, _attempt(conn, seat), start)
    with product.database.reading() as conn:
        here, paper = answers.sat(conn, attempt.ref), papers.shown(conn, attempt.id)
    # An answer says whose it is and on what: all that a simulated marker goes by.
    asked = paper.questions if paper else ()
    typed = [answers.Typed(q.code, 1, f"{seat.candidate.number} {q.statement}") for q in asked]
    answers.save(product, here, attempt.lease, typed, start + dt.timedelta(minutes=30))
    with product.database.transaction() as conn:
        timekeeping.submit(conn, attempt.id, start + dt.timedelta(minutes=40))


def _attempt(conn: sa.Connection, seat: Seat) -> attempts.Attempt:
    found = attempts.by_seat(conn, seat.id)
    if found is None:
        raise LookupError(f"seat {seat.ref} has no paper: the bank is short of scenarios")
    return found
