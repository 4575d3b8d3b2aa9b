"""Where a sitting is, and where each of its seats: rooms, labels on the desks, online or on paper."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from sjt.rules.eligibility import MODES
from sjt.rules.entries import FieldFault, text_fault, tidy
from sjt.rules.refusals import BadInput, NotNow
from sjt.services.registration import plans
from sjt.stores import people, seats, sittings
from sjt.stores.people import Person
from sjt.stores.sittings import Sitting

LONGEST_LABEL, LONGEST_ROOM, LONGEST = 20, 60, 200


@dataclass(frozen=True)
class Wish:
    """Where a seat is to be, and how it is sat. Empty: as it was, without room or label."""

    room: str
    label: str
    mode: str


def place_of(remote: bool, meeting: str, rooms: str) -> tuple[tuple[bool, str | None, list[str]], list[FieldFault]]:
    """Remote or not, where the video call is, and the rooms; a remote sitting has a call and no rooms."""
    call, named = tidy(meeting), [tidy(line) for line in rooms.splitlines() if tidy(line)]
    faults: list[FieldFault] = []
    if remote and not call.startswith("https://"):
        faults.append(("meeting", "place.meeting", {}))
    if remote and named:
        faults.append(("rooms", "place.no_rooms", {}))
    if len(set(named)) < len(named):
        faults.append(("rooms", "place.rooms_twice", {}))
    long = next((fault for fault in (text_fault(name, LONGEST_ROOM) for name in named) if fault), None)
    if long:
        faults.append(("rooms", *long))
    return (remote, call or None, named), faults


def verified(by: str, on: dt.date | None) -> tuple[tuple[str | None, dt.date | None], list[FieldFault]]:
    """Who verified the venue and on what date: both or neither."""
    name = tidy(by)
    if bool(name) == (on is not None):
        return (name or None, on), []
    field = "venue_verified_on" if name else "venue_verified_by"
    return (None, None), [(field, "place.verified", {})]


def arrange(conn: sa.Connection, sitting: Sitting, wishes: Mapping[str, Wish], by: Person, now: dt.datetime) -> None:
    """Say where the seats are. BadInput by ``<what>-<seat>``; NotNow for a mode once that gate was opened."""
    held = sittings.by_ref(conn, sitting.ref, lock=True) or sitting
    if held.cancelled_at is not None or held.signed_off_at is not None:
        raise NotNow("booking.over")
    booked = [seat for seat in seats.of_sitting(conn, held.id) if seat.ref in wishes]
    faults = _faults(held, wishes)
    if faults:
        raise BadInput(faults)
    for seat in booked:
        wish = wishes[seat.ref]
        if not seats.arrange(conn, seat.id, wish.room or None, wish.label or None, wish.mode):
            raise NotNow("place.mode_stands", name=seat.candidate.name)
    people.record(conn, by.id, "seats.arranged", "sitting", held.ref, now, seats=len(booked))


def _faults(sitting: Sitting, wishes: Mapping[str, Wish]) -> list[FieldFault]:
    modes = plans.pinned(sitting.spec_id).modes
    used = Counter((wish.room, wish.label.casefold()) for wish in wishes.values() if wish.label)
    faults: list[FieldFault] = []
    for ref, wish in wishes.items():
        fault = text_fault(wish.label, LONGEST_LABEL) if wish.label else None
        if fault:
            faults.append((f"label-{ref}", *fault))
        elif used[(wish.room, wish.label.casefold())] > 1:
            faults.append((f"label-{ref}", "place.label_twice", {}))
        if wish.room and wish.room not in sitting.rooms:
            faults.append((f"room-{ref}", "place.room_unknown", {}))
        if wish.mode not in modes or wish.mode not in MODES:
            faults.append((f"mode-{ref}", "booking.mode", {"known": ", ".join(modes)}))
    return faults
