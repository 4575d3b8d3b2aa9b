"""The board as a stream: news as they come, the time every second, and an end when the person may no longer watch.

A stream waits without a connection or a transaction (``sjt/services/live.py``). It says the time only of a look
that succeeded, so that a board whose stream is alive and knows nothing covers itself like any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import flask_login
import msgspec
from flask import Response
from sqlalchemy.exc import SQLAlchemyError

from sjt.clock import steady
from sjt.pages.guard import Desk, requires
from sjt.pages.invigilation.board import acts_of, look, watched
from sjt.pages.invigilation.glance import clock_of, state_of
from sjt.pages.invigilation.loading import Room, pages
from sjt.pages.replies import Reply
from sjt.rules import access
from sjt.rules.refusals import Refusal
from sjt.services.live import LEAST_SECONDS
from sjt.services.product import Product
from sjt.stores import people
from sjt.stores.people import Person

LOOK_SECONDS = 1.0  # what another process did, and each beat, is told after so long at the latest
ASK_SECONDS = 2.0  # whether the person may still watch
LASTS_SECONDS = 900.0  # then the board opens another one
RETRY = b"retry: 1000\n\n"
NO_ROOM = 204  # which tells a browser not to try again by itself: the script asks instead


@dataclass(frozen=True)
class Shared:
    """A state that all streams of a room share, and its time."""

    clock: dict[str, object]
    state: dict[str, Any]


class Watcher:
    """Whose stream it is: a sign-in and a sitting, asked for anew every two seconds and after each commit here."""

    def __init__(self, product: Product, token: str, ref: str) -> None:
        self.product, self._token, self._ref = product, token, ref
        self._allowed: tuple[Person, Room] | None = None
        self._asked_at, self._change = float("-inf"), -1

    def look(self, change: int) -> Shared | None:
        """The room as it is shared, made anew when it is due; None when the person may no longer watch."""
        if change != self._change or steady() - self._asked_at >= ASK_SECONDS:
            self._asked_at, self._change = steady(), change
            self._allowed = self._ask()
        return _shared(self.product, *self._allowed) if self._allowed else None

    def _ask(self) -> tuple[Person, Room] | None:
        """Who watches, and what; None when they may not, or no longer."""
        with self.product.database.reading() as conn:
            now = self.product.clock.now()
            person = people.session_person(conn, self._token, now)
            if person is None:
                return None
            try:
                loaded = watched(Desk(conn, now, person, self.product), self._ref)
            except Refusal:
                return None
        refused = access.refusal("invigilation.watch", person.roles, loaded.relations)
        return None if refused else (person, loaded.object)


def _shared(product: Product, person: Person, room: Room) -> Shared:
    """One reading and one state for all streams whose boards offer the same."""

    def make(_before: Shared | None) -> Shared:
        with product.database.reading() as conn:
            desk = Desk(conn, product.clock.now(), person, product)
            seen = look(desk, room)
        return Shared(clock_of(seen), state_of(desk, room, seen, acts))

    acts = acts_of(person, room)
    return product.rooms.read(("state", room.sitting.id, acts), make, LEAST_SECONDS)


@pages.get("/<ref>/board/stream")
@requires("invigilation.watch", on=watched)
def board_stream(desk: Desk, room: Room) -> Reply:
    """The stream; 204 where there is no room for one more, or the server is to stop: the board asks instead."""
    rooms = desk.product.rooms
    if not rooms.enter():
        return Response(status=NO_ROOM)
    watcher = Watcher(desk.product, flask_login.current_user.get_id(), room.sitting.ref)
    response = Response(events(watcher), mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})
    response.call_on_close(rooms.leave)
    return response


def events(watcher: Watcher) -> Iterator[bytes]:
    """The stream's events: ``board`` with what is new of the state, ``clock`` with the time alone, ``over`` at last."""
    rooms, began, change = watcher.product.rooms, steady(), -1
    told: dict[str, Any] = {}
    yield RETRY
    while rooms.is_serving and steady() - began < LASTS_SECONDS:
        try:
            shared = watcher.look(change)
        except SQLAlchemyError:
            change = rooms.wait(change, LOOK_SECONDS)  # the board hears nothing, and covers itself
            continue
        if shared is None:
            yield _event("over", {})
            return
        new = difference(told, shared.state)
        told = shared.state
        yield _event("board" if new else "clock", {**shared.clock, **new})
        change = rooms.wait(change, LOOK_SECONDS, LEAST_SECONDS)


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What is new in a state: whole values, and of the seats only those that changed."""
    new = {key: value for key, value in after.items() if before.get(key) != value}
    if "seats" in new:
        known = before.get("seats", {})
        new["seats"] = {ref: seat for ref, seat in after["seats"].items() if known.get(ref) != seat}
    return new


def _event(kind: str, value: dict[str, Any]) -> bytes:
    return b"event: " + kind.encode() + b"\ndata: " + msgspec.json.encode(value) + b"\n\n"
