"""The door of a sitting: the keycode, the one browser it is bound to, and where its candidate is."""

from __future__ import annotations

import datetime as dt
import hmac
from dataclasses import dataclass

import sqlalchemy as sa

from proctoring.events import event
from sjt.rules.attempt import State, state
from sjt.rules.refusals import BadInput, NotFound, NotNow, TooMany
from sjt.services import keycodes
from sjt.services.product import Product
from sjt.stores import attempts, seats
from sjt.stores.attempts import Attempt
from sjt.stores.people import token_hash
from sjt.stores.seats import Seat


@dataclass(frozen=True)
class Place:
    """Where an apprentice is: seat, attempt, its state at this moment, and what is approved to help them."""

    seat: Seat
    attempt: Attempt
    state: State
    helps: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Entry:
    """A keycode that fits: the attempt it opens, and whether this browser is let in or must wait."""

    attempt: Attempt
    let_in: bool


def enter(conn: sa.Connection, product: Product, code: str, device: str, now: dt.datetime) -> Entry:
    """Come in by keycode. The keycode is bound to this browser at first use and stays valid for it.

    Another browser is not let in; that it asked is noted, so that the invigilator can let it in with one
    press. BadInput with one neutral message for a wrong keycode.
    """
    seat = seats.by_keycode_hash(conn, keycodes.keycode_hash(product, code))
    attempt = attempts.by_seat(conn, seat.id) if seat else None
    if seat is None or attempt is None or seat.refused_at is not None:
        raise BadInput([("keycode", "keycode.wrong", {})])
    mine = token_hash(device)
    if attempt.device_hash is None:
        bound = {"device_hash": mine, "device_asking_hash": None, "device_asking_at": None}
        first = event("device_bound", now, "apprentice", device=mine[:16])
        return Entry(attempt, attempts.record(conn, attempt.id, first, bound, attempts.a.c.device_hash.is_(None)))
    if hmac.compare_digest(attempt.device_hash, mine):
        return Entry(attempt, True)
    asked = {"device_asking_hash": mine, "device_asking_at": now}
    attempts.record(conn, attempt.id, event("device_asked", now, "apprentice", device=mine[:16]), asked)
    return Entry(attempt, False)


def counted_failure(product: Product, device: str, code: str) -> None:
    """Count a wrong keycode by device and by keycode; raises TooMany once either is used up.

    Called for wrong keycodes only, so that nobody with the right one is ever refused: a whole room of
    candidates sits behind one address.
    """
    wrong = keycodes.keycode_hash(product, code)
    keys = [("keycode", "device", token_hash(device)), ("keycode", "code", wrong)]
    used_up = any(product.limits.exhausted(*key) for key in keys)
    for key in keys:
        product.limits.failed(*key)
    if used_up:
        raise TooMany("keycode.too_many")


def place_of(conn: sa.Connection, attempt_ref: str, device: str, now: dt.datetime, *, lock: bool = False) -> Place:
    """The apprentice's place; NotFound when the attempt is unknown or not this browser's.

    With ``lock`` the attempt is held until the transaction ends.
    """
    found = attempts.with_seat(conn, attempt_ref, lock=lock)
    if found is None:
        raise NotFound("error.words.404")
    attempt, seat, helps = found
    if attempt.device_hash is None or attempt.device_hash != token_hash(device) or seat.refused_at is not None:
        raise NotFound("error.words.404")
    return Place(seat, attempt, state(attempt.facts, now), helps)


def confirm(conn: sa.Connection, attempt: Attempt, now: dt.datetime) -> None:
    """The candidate says: this is my name, and this is my test. Saying it again changes nothing."""
    told = event("confirmed", now, "apprentice")
    attempts.record(conn, attempt.id, told, {"confirmed_at": now}, attempts.a.c.confirmed_at.is_(None))


CALLS = ("help", "break")


def call(conn: sa.Connection, attempt: Attempt, wanted: str, now: dt.datetime) -> None:
    """Call the invigilator, for help or for a break. Calling again changes nothing but what for.

    NotNow once the attempt is closed.
    """
    called = event("called", now, "apprentice", called_for=wanted)
    changes = {"called_at": now, "called_for": wanted}
    if not attempts.record(conn, attempt.id, called, changes, attempts.UNCLOSED):
        raise NotNow("call.not_now")


def take_lease(conn: sa.Connection, attempt: Attempt, now: dt.datetime) -> int:
    """Make this page the one writer; the page that held the lease before learns it with its next save.

    Once the attempt is closed nothing is written any more, and its chain does not grow.
    """
    opened = event("page_opened", now, "apprentice")
    attempts.record(conn, attempt.id, opened, {"lease": attempts.NEXT_LEASE}, attempts.UNCLOSED)
    return attempts.locked(conn, attempt.id).lease
