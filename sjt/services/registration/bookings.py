"""Bookings: a candidate gets a seat, its keycode and its paper; or loses the seat before anything has begun."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from proctoring.events import event
from sjt.rules import eligibility, entries
from sjt.rules.eligibility import MODES, Applicant, booking_faults
from sjt.rules.entries import FieldFault
from sjt.rules.refusals import BadInput, NotNow
from sjt.services.keycodes import keycode, keycode_hash
from sjt.services.papers_drawn import Drawers, NoPaper, draw_for_seat
from sjt.services.product import Product
from sjt.services.registration import interests, plans
from sjt.services.registration.csv_files import BadTable, CellFault, read_table, write_table
from sjt.services.registration.gateway import as_rule
from sjt.stores import attempts, candidates, people, seats, sittings
from sjt.stores.candidates import Candidate
from sjt.stores.people import Person, new_ref
from sjt.stores.seats import NewSeat, Seat
from sjt.stores.sittings import Sitting

COLUMNS = ("candidate", "seat", "mode")
HIGHEST_NUMBER = 999


@dataclass(frozen=True)
class Wish:
    """A seat asked for. Without a number the lowest free one is given."""

    candidate: Candidate
    number: int | None
    mode: str


def book(
    conn: sa.Connection, product: Product, sitting: Sitting, wishes: Sequence[Wish], by: Person, now: dt.datetime
) -> list[str]:
    """Book seats, all or none, and draw their papers; returns what the bank was short of.

    BadInput names every fault; its field is ``<index of the wish>.<candidate, number or mode>``. A booking
    for which no paper can be drawn stands, and its seat is listed as one without paper.
    """
    held = sittings.by_ref(conn, sitting.ref, lock=True) or sitting
    candidates.lock(conn, [wish.candidate.id for wish in wishes])
    faults = _faults(conn, held, wishes, now)
    if faults:
        raise BadInput(faults)
    taken = {seat.number for seat in seats.of_sitting(conn, held.id)} | {w.number for w in wishes if w.number}
    free = iter(eligibility.free_numbers(taken, len(wishes)))
    short: list[str] = []
    drawers = Drawers(now)
    for wish in wishes:
        number = wish.number or next(free)
        seat_id, ref = _add(conn, product, held, wish, number, by, now)
        people.record(conn, by.id, "seat.booked", "seat", ref, now, candidate=wish.candidate.ref, sitting=held.ref)
        short += draw(conn, seat_id, ref, drawers, now)
    return list(dict.fromkeys(short))


def draw(conn: sa.Connection, seat_id: int, ref: str, drawers: Drawers, now: dt.datetime) -> list[str]:
    """Draw a seat's paper; returns what the bank was short of, which is kept for the seat's page."""
    try:
        with conn.begin_nested():
            draw_for_seat(conn, seat_id, now, drawers)
    except NoPaper as refused:
        people.record(conn, None, "paper.not_drawn", "seat", ref, now, lines=refused.lines)
        return refused.lines
    return []


def draw_missing(conn: sa.Connection, sitting: Sitting, now: dt.datetime) -> tuple[int, list[str]]:
    """Try again for every seat without paper: how many were drawn, and what the bank was short of."""
    drawn, short, drawers = 0, list[str](), Drawers(now)
    for seat in seats.without_paper(conn, sitting.id):
        if seats.lock(conn, seat.id):
            lines = draw(conn, seat.id, seat.ref, drawers, now)
            drawn, short = drawn + (not lines), short + lines
    return drawn, list(dict.fromkeys(short))


def cancel(conn: sa.Connection, seat: Seat, reason: str, by: Person, now: dt.datetime) -> None:
    """Cancel a booking; its keycode opens nothing any more and its attempt is void.

    NotNow once the register knows of the candidate or the gate was opened.
    """
    if not seats.cancel(conn, seat.id, by.id, reason, now):
        raise NotNow("booking.begun")
    attempt = attempts.by_seat(conn, seat.id)
    if attempt is not None:
        void = {"closed_at": now, "closed_as": "void", "closed_by": by.id, "closed_reason": reason}
        unopened = sa.and_(attempts.a.c.opened_at.is_(None), attempts.a.c.closed_at.is_(None))
        if not attempts.record(conn, attempt.id, event("booking_cancelled", now, by.ref), void, unopened):
            raise NotNow("booking.begun")
    people.record(conn, by.id, "seat.cancelled", "seat", seat.ref, now, candidate=seat.candidate.ref)


def plan_file(conn: sa.Connection, sitting: Sitting, data: bytes, now: dt.datetime) -> list[tuple[int, Wish]]:
    """The bookings that a file asks for, by row. BadTable names every fault by row and column."""
    rows = read_table(data, COLUMNS)
    known = candidates.by_numbers(conn, [entries.tidy(row.cells["candidate"]).upper() for row in rows])
    faults: list[CellFault] = []
    wishes: list[tuple[int, Wish]] = []
    for row in rows:
        found = [CellFault(row.number, *fault) for fault in _cell_faults(row.cells, known)]
        faults += found
        if not found:
            wishes.append((row.number, _wish(row.cells, known)))
    for place, code, params in _faults(conn, sitting, [wish for _, wish in wishes], now):
        index, _, column = place.partition(".")
        faults.append(CellFault(wishes[int(index)][0], "seat" if column == "number" else column, code, params))
    if faults:
        raise BadTable(faults)
    return wishes


def takes_bookings(sitting: Sitting, now: dt.datetime) -> bool:
    """Whether somebody can still be booked: until the sitting ends, is signed off or is cancelled."""
    return sitting.cancelled_at is None and sitting.signed_off_at is None and now < sitting.ends_at


def template() -> bytes:
    """A file of bookings to fill in."""
    return write_table(COLUMNS, [["A-0001", "1", "online"], ["A-0002", "", "paper"]])


def seats_file(booked: Sequence[Seat]) -> bytes:
    """The seats of a sitting as a file."""
    rows = [[seat.candidate.number, str(seat.number), seat.mode, seat.candidate.name] for seat in booked]
    return write_table([*COLUMNS, "name"], rows)


def _cell_faults(cells: Mapping[str, str], known: Mapping[str, Candidate]) -> list[FieldFault]:
    faults: list[FieldFault] = []
    number = entries.tidy(cells["candidate"]).upper()
    if number not in known:
        faults.append(("candidate", "booking.unknown", {"number": number} if number else {"number": "–"}))
    seat = cells["seat"].strip()
    if seat and not (seat.isascii() and seat.isdigit() and len(seat) <= len(str(HIGHEST_NUMBER))):
        faults.append(("seat", "booking.number", {"highest": HIGHEST_NUMBER}))
    if cells["mode"].strip().lower() not in (*MODES, ""):
        faults.append(("mode", "booking.mode", {"known": ", ".join(MODES)}))
    return faults


def _wish(cells: Mapping[str, str], known: Mapping[str, Candidate]) -> Wish:
    number = cells["seat"].strip()
    candidate = known[entries.tidy(cells["candidate"]).upper()]
    return Wish(candidate, int(number) if number else None, cells["mode"].strip().lower() or MODES[0])


def _faults(conn: sa.Connection, sitting: Sitting, wishes: Sequence[Wish], now: dt.datetime) -> list[FieldFault]:
    """All that stands against bookings: the sitting, the candidates one by one, and each other."""
    if not takes_bookings(sitting, now):
        return [(f"{index}.candidate", "booking.over", {}) for index, _ in enumerate(wishes)]
    ids = [wish.candidate.id for wish in wishes]
    adjusted = candidates.adjustments_of(conn, ids)
    current = candidates.by_ids(conn, ids)
    conflicting = interests.booking_faults(conn, sitting, ids)
    elsewhere = seats.overlapping(conn, ids, sitting.starts_at, sitting.ends_at, sitting.id)
    faults: list[FieldFault] = []
    for index, wish in enumerate(wishes):
        c = current[wish.candidate.id]
        applicant = Applicant(c.spec_name, c.pathway, c.gateway_complete_at is not None, as_rule(adjusted[c.id]))
        found = booking_faults(applicant, plans.slot_of(sitting))
        if c.id in elsewhere:
            found.append(("booking.elsewhere", {"title": elsewhere[c.id]}))
        if c.id in conflicting:
            found.append(("interest.booking", conflicting[c.id].told))
        faults += [(f"{index}.candidate", code, params) for code, params in found]
    return faults + _place_faults(seats.of_sitting(conn, sitting.id), wishes)


def _place_faults(booked: Collection[Seat], wishes: Sequence[Wish]) -> list[FieldFault]:
    """Who sits there already, whose number it is, and who stands twice among the wishes."""
    people_there, numbers = {seat.candidate.id for seat in booked}, {seat.number for seat in booked}
    faults: list[FieldFault] = []
    for index, wish in enumerate(wishes):
        if wish.candidate.id in people_there:
            faults.append((f"{index}.candidate", "booking.twice", {}))
        if wish.number is not None and not 1 <= wish.number <= HIGHEST_NUMBER:
            faults.append((f"{index}.number", "booking.number", {"highest": HIGHEST_NUMBER}))
        elif wish.number in numbers:
            faults.append((f"{index}.number", "booking.number_taken", {"number": wish.number}))
        people_there.add(wish.candidate.id)
        numbers |= {wish.number} if wish.number else set()
    return faults


def _add(
    conn: sa.Connection, product: Product, sitting: Sitting, wish: Wish, number: int, by: Person, now: dt.datetime
) -> tuple[int, str]:
    ref = new_ref()
    code = keycode_hash(product, keycode(product, ref, 1))
    try:
        with conn.begin_nested():
            new = NewSeat(ref, sitting.id, wish.candidate.id, number, wish.mode, code)
            return seats.add(conn, new, by.id, now), ref
    except sa.exc.IntegrityError:
        raise NotNow("booking.raced") from None
