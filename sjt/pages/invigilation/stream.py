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

LOOK_SECONDS = 1.0  # what another process did, and each beat, is told after so long at the latest
LASTS_SECONDS = 900.0  # then the board opens another one
RETRY = b"retry: 1000\n\n"
NO_ROOM = 204  # which tells a browser not to try again by itself: the script asks instead


@dataclass(frozen=True)
class Shared:
    """A state that all streams of a room share, and its time."""

    clock: dict[str, object]
    state: dict[str, Any]


@dataclass(frozen=True)
class Watcher:
    """Whose stream it is: a sign-in and a sitting. ``allowed`` asks both anew."""

    product: Product
    token: str
    ref: str

    def look(self) -> Shared | None:
        """The room as it is shared, made anew when it is due; None when the person may no longer watch."""
        with self.product.database.reading() as conn:
            now = self.product.clock.now()
            person = people.session_person(conn, self.token, now)
            if person is None:
                return None
            desk = Desk(conn, now, person, self.product)
            try:
                loaded = watched(desk, self.ref)
            except Refusal:
                return None
            if access.refusal("invigilation.watch", person.roles, loaded.relations) is not None:
                return None
            return _shared(desk, loaded.object)


def _shared(desk: Desk, room: Room) -> Shared:
    acts = acts_of(desk, room)

    def make(_before: Shared | None) -> Shared:
        seen = look(desk, room)
        return Shared(clock_of(seen), state_of(desk, room, seen, acts))

    return desk.product.rooms.read(("state", room.sitting.id, acts), make, LEAST_SECONDS)


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
            shared = watcher.look()
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
