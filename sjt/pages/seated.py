"""The guard of the apprentice's routes: a seat in the cookie, and the attempt that the address names.

A candidate is known by the seat that their keycode opened and by this browser's device cookie; no
account is read on these routes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import sqlalchemy as sa
from flask import Response, session

from sjt.pages import lockdown
from sjt.pages.devices import device
from sjt.pages.guard import MARK, Guarded, View, product, transaction
from sjt.pages.replies import Reply, send
from sjt.pages.turns import turn
from sjt.rules.refusals import NotFound, NotNow, Refusal
from sjt.services.delivery.door import Place, place_of
from sjt.services.delivery.standing import read_known
from sjt.services.product import Product
from sjt.stores.known import Known
from sjt.stores.people import token_hash

SEAT = "seat"  # the key in Flask's cookie under which the attempt's reference stands


@dataclass(frozen=True)
class SeatDesk:
    """What a page of a sitting works with."""

    conn: sa.Connection
    now: dt.datetime
    product: Product
    place: Place


def seated(view: Callable[..., Reply]) -> View:
    """Guard a route of the sitting; reading or writing by its method."""
    return _guarded(view, lock=False)


def holding(view: Callable[..., Reply]) -> View:
    """Guard a route that changes the attempt: it is locked first, then read, once."""
    return _guarded(view, lock=True)


def _guarded(view: Callable[..., Reply], *, lock: bool) -> View:
    @wraps(view)
    def guarded(attempt: str, **values: Any) -> Response:
        now = product().clock.now()
        own_seat(attempt)
        with turn:
            with transaction() as conn:
                desk = SeatDesk(conn, now, product(), place_of(conn, attempt, device(), now, lock=lock))
                lockdown.require(conn, desk.place, now)
                reply = view(desk, **values)
            return send(reply)

    setattr(guarded, MARK, Guarded("sitting", place_of))
    return guarded


def beating(view: Callable[[str, Known, dt.datetime], Reply]) -> View:
    """Guard a heartbeat: the cookie's seat and its browser, without a statement while the seat is known."""
    return _knowing(view, lambda: product().seats.get, lambda: NotFound("error.words.404"))


def saving(view: Callable[[str, Known, dt.datetime], Reply]) -> View:
    """Guard the save: the cookie's seat and its browser, and no transaction, because the save is its own.

    The receipt time is read here, before any queue or lock. The lease that the save carries is checked
    in its own statement; a lease can be guessed, so the browser is checked as well. What this process knew
    last is good enough for that: a seat goes to another browser only with a new lease.
    """
    return _knowing(view, lambda: product().seats.last, lambda: NotNow("save.other_page"))


def _knowing(
    view: Callable[[str, Known, dt.datetime], Reply],
    recall: Callable[[], Callable[[str], Known | None]],
    to_another: Callable[[], Refusal],
) -> View:
    """Guard a route by what is known of the seat; another browser than its own gets this refusal."""

    @wraps(view)
    def guarded(attempt: str) -> Response:
        now = product().clock.now()
        own_seat(attempt)
        mine = token_hash(device())
        known = recall()(attempt)
        if known is None or known.device_hash != mine:
            known = read_again(attempt, now)
        if known.device_hash != mine:
            raise to_another()
        lockdown.require_known(attempt, known, now, read_again)
        return send(view(attempt, known, now))

    setattr(guarded, MARK, Guarded("sitting", own_seat))
    return guarded


def read_again(attempt: str, now: dt.datetime) -> Known:
    """Where a seat stands, read and kept beside the database."""
    ticket = product().seats.ticket(attempt)
    with product().database.reading() as conn:
        known = read_known(conn, attempt, now)
    product().seats.keep(attempt, known, ticket)
    return known


def own_seat(attempt: str) -> None:
    """NotFound when the cookie's seat is not the attempt that the address names."""
    if session.get(SEAT) != attempt:
        raise NotFound("error.words.404")
