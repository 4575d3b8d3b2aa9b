"""The desk's blueprint, the sittings and seats that its addresses name, and who acts there."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint

from sjt.pages.guard import Desk, Loaded
from sjt.rules.access import Relation, refusal
from sjt.rules.refusals import NotFound, NotNow
from sjt.services.invigilation import Actor
from sjt.stores import board, seats, sittings
from sjt.stores.seats import Seat
from sjt.stores.sittings import Sitting

pages = Blueprint("invigilation", __name__, url_prefix="/invigilation")


@dataclass(frozen=True)
class Room:
    """A sitting, whether the person asking is named for it, and else the reason a manager gave for acting in it."""

    sitting: Sitting
    named: bool
    reason: str | None = None


@dataclass(frozen=True)
class AtSeat:
    """A seat in its sitting."""

    room: Room
    seat: Seat


def sitting_of(desk: Desk, ref: str) -> Loaded:
    """The sitting that an address names."""
    sitting = sittings.by_ref(desk.conn, ref)
    if sitting is None:
        raise NotFound("error.words.404")
    named = sittings.is_staff(desk.conn, sitting.id, desk.person.id)
    reason = None if named else board.stand_in_reason(desk.conn, desk.person.id, ref)
    return Loaded(Room(sitting, named, reason), frozenset({Relation.STAFF}) if named else frozenset())


def seat_of(desk: Desk, ref: str, seat: str) -> Loaded:
    """The seat that an address names, in the sitting that it names."""
    loaded = sitting_of(desk, ref)
    found = seats.by_ref(desk.conn, seat, loaded.object.sitting.id)
    if found is None:
        raise NotFound("error.words.404")
    return Loaded(AtSeat(loaded.object, found), loaded.relations)


def may_act(desk: Desk, room: Room) -> bool:
    """Whether the person may act in a sitting at all: an auditor only watches."""
    relations = {Relation.STAFF} if room.named else set()
    return refusal("invigilation.act", desk.person.roles, relations) is None


def must_say_why(desk: Desk, room: Room) -> bool:
    """Whether this person still owes the reason for acting in a sitting that they are not named for."""
    return not room.named and may_act(desk, room) and room.reason is None


def actor(desk: Desk, room: Room) -> Actor:
    """Who acts. NotNow when a manager who is not named for the sitting has not said why."""
    if must_say_why(desk, room):
        raise NotNow("invigilation.say_why")
    return Actor(desk.person, room.sitting, room.reason)
