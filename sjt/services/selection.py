"""One act for some seats of a room: at each seat it is done whole or not at all, and who was left out is named."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from sjt.rules.refusals import NotNow, Stale
from sjt.stores.seats import Seat


@dataclass(frozen=True)
class Done:
    """Where an act was done, where this very request had done it before, and where it could not be done and why."""

    done: tuple[Seat, ...]
    twice: tuple[Seat, ...]
    left: tuple[tuple[Seat, NotNow | Stale], ...]


def at_each(conn: sa.Connection, chosen: Iterable[Seat], request_id: str, act: Callable[[Seat, str], bool]) -> Done:
    """Do an act at each seat, in the order of their ids: two presses never lock crosswise.

    The act is given a number of its own for each seat, which follows from the request's: a double press acts once.
    """
    done: list[Seat] = []
    twice: list[Seat] = []
    left: list[tuple[Seat, NotNow | Stale]] = []
    for seat in sorted(chosen, key=lambda one: one.id):
        own = str(uuid.uuid5(uuid.UUID(request_id), f"seat {seat.id}"))
        try:
            with conn.begin_nested():
                (done if act(seat, own) else twice).append(seat)
        except (NotNow, Stale) as refusal:
            left.append((seat, refusal))
    return Done(tuple(done), tuple(twice), tuple(left))
