"""Messages to candidates: sent to one seat, to some, or to all who are at work; read, and said to be read."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from proctoring.events import event, text_hash
from sjt.rules.attempt import CLOSED, State, state
from sjt.rules.refusals import NotNow
from sjt.services.invigilation.acts import attempt_at, for_staff
from sjt.services.invigilation.register import Actor, keep_record, require_open
from sjt.stores import attempts, messages
from sjt.stores.attempts import Attempt
from sjt.stores.messages import Notice
from sjt.stores.seats import Seat

a = attempts.a


@dataclass(frozen=True)
class Delivered:
    """To whom a message went, who had it already (a double press), and who could not be written to, in which state."""

    sent: tuple[Seat, ...]
    twice: tuple[Seat, ...]
    left: tuple[tuple[Seat, NotNow], ...]


def send(
    conn: sa.Connection, seats: Iterable[Seat], words: str, actor: Actor, request_id: str, now: dt.datetime
) -> Delivered:
    """Send the same words to each of these seats. Whose attempt is closed, or who has no paper, is left out."""
    require_open(actor.sitting)
    sent: list[Seat] = []
    twice: list[Seat] = []
    left: list[tuple[Seat, NotNow]] = []
    for seat in sorted(seats, key=lambda seat: seat.id):  # one order: no crosswise locks
        try:
            done = _send(conn, seat, words, actor, str(uuid.uuid5(uuid.UUID(request_id), seat.ref)), now)
        except NotNow as refusal:
            left.append((seat, refusal))
        else:
            (sent if done else twice).append(seat)
    return Delivered(tuple(sent), tuple(twice), tuple(left))


def _send(conn: sa.Connection, seat: Seat, words: str, actor: Actor, request_id: str, now: dt.datetime) -> bool:
    attempt = attempt_at(conn, seat, actor)
    if messages.asked_before(conn, attempt.id, request_id):
        return False
    with for_staff(seat):
        _require_reader(state(attempt.facts, now))
    ref = messages.add(conn, attempt, words, actor.person.id, request_id, now)
    told = event("message_sent", now, actor.person.ref, message=ref, sha256=text_hash(words))
    attempts.record(conn, attempt.id, told)
    keep_record(conn, actor, "message_sent", seat, now, message=ref)
    return True


def _require_reader(standing: State) -> None:
    """Before Begin, at work and in a pause a message is read; on a closed attempt nobody reads it any more."""
    if standing in CLOSED:
        raise NotNow(f"attempt.not_now.{standing.value}")


def unseen(conn: sa.Connection, attempt_id: int) -> tuple[Notice, ...]:
    """The messages that a candidate has not read yet, oldest first: one statement."""
    return messages.unseen(conn, attempt_id)


def seen(conn: sa.Connection, attempt: Attempt, ref: str, now: dt.datetime) -> bool:
    """The candidate says that they have read a message.

    False, and nothing changed, when they said so before, when it is no message to them, and once the attempt is
    closed: its evidence grows no more.
    """
    held = attempts.locked(conn, attempt.id)
    if state(held.facts, now) in CLOSED or not messages.see(conn, held.id, ref, now):
        return False
    return attempts.record(conn, held.id, event("message_seen", now, "apprentice", message=ref))
