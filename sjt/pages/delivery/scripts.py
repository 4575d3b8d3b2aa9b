"""What our own scripts call: the lease, the save, flags and the heartbeat."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec
from flask import current_app, request

from proctoring.lockdown import LEVELS
from sjt.pages.delivery.door import pages
from sjt.pages.delivery.where import notices_of, require_running, told
from sjt.pages.guard import product
from sjt.pages.replies import Data, Reply
from sjt.pages.seated import SeatDesk, beating, read_again, saving, seated
from sjt.pages.shown import time_with_seconds
from sjt.rules.refusals import NotUnderstood
from sjt.services import outages
from sjt.services.delivery import answers, door, jottings
from sjt.services.delivery.standing import known_of
from sjt.stores.known import Known
from sjt.stores.presence import Beat

Body = TypeVar("Body")
MOST_UNSENT = 1000
MOST_SECONDS = 24 * 3600
CONNECTIONS = ("slow-2g", "2g", "3g", "4g")
LOCKDOWNS = tuple(level.value for level in LEVELS)  # the levels that a page of ours keeps
MOST_SAT = 10_000  # begun attempts whose unchanging facts are kept in memory


class TypedAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """One answer of a save."""

    question: str
    revision: int
    text: str


class SaveBody(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a save: it names its attempt, so that it can never land in another one."""

    attempt: str
    lease: int
    answers: list[TypedAnswer]


class BeatBody(msgspec.Struct):
    """The body of a heartbeat."""

    hidden: bool = False
    unsent: int = 0
    battery: int | None = None
    online: bool | None = None
    connection: str | None = None
    saved: int | None = None
    lockdown: str | None = None
    silent: int | None = None  # seconds for which no server had answered the page, by its own steady clock


class FlagBody(msgspec.Struct):
    """The body of a flag."""

    question: str
    flagged: bool


@pages.post("/<attempt>/lease")
@seated
def lease(desk: SeatDesk) -> Reply:
    """This page becomes the one that writes."""
    taken = door.take_lease(desk.conn, desk.place.attempt, desk.now)
    known = known_of(desk.place, notices_of(desk))
    return Data({**told(known, desk.now), "lease": taken})


@pages.post("/<attempt>/save")
@saving
def save(attempt: str, known: Known, received_at: dt.datetime) -> Reply:
    """Keep answers; what the reply calls saved is on disk."""
    body = decoded(SaveBody)
    fault = next(save_faults(attempt, body), None)
    if fault:
        raise NotUnderstood(fault)
    typed = [answers.Typed(a.question, a.revision, a.text) for a in body.answers]
    saved = answers.save(product(), sat_of(attempt), body.lease, typed, received_at, known.device_hash)
    if known.version != saved.state_version:  # it has changed since it was kept
        known = read_again(attempt, received_at)
    return Data({"kept": [told_kept(kept) for kept in saved.kept], **told(known, received_at)})


def save_faults(attempt: str, body: SaveBody) -> Iterator[str]:
    """What no page of ours would send in a save, as message codes."""
    if body.attempt != attempt:
        yield "save.other_attempt"
    if not 0 <= body.lease <= answers.HIGHEST_LEASE:
        yield "save.lease"
    if len(body.answers) > answers.MOST_ITEMS:
        yield "save.too_many"
    for answer in body.answers:
        if not is_storable(answer.text):
            yield "save.unstorable"
        if len(answer.text) > answers.LONGEST_ANSWER:
            yield "save.too_long"
        if not 1 <= answer.revision <= answers.HIGHEST_REVISION:
            yield "save.revision"


def is_storable(text: str) -> bool:
    """No NUL, which PostgreSQL cannot keep in a text, and no half of a surrogate pair."""
    try:
        return "\0" not in text and bool(text.encode() or True)
    except UnicodeEncodeError:
        return False


def told_kept(kept: answers.Kept) -> dict[str, Any]:
    """What the server holds for one answer of a save, as our scripts are told of it."""
    return {
        "question": kept.code,
        "status": kept.status,
        "revision": kept.revision,
        "sha256": kept.text_hash,
        "saved_at": time_with_seconds(kept.saved_at) if kept.saved_at else None,
        "receipt": kept.receipt,
        **({"text": kept.text} if kept.text is not None else {}),
    }


def sat_of(attempt: str) -> answers.Sat:
    """The unchanging facts of a begun attempt, read once a process."""
    known: dict[str, answers.Sat] = current_app.extensions.setdefault("sjt_sat", {})
    if attempt not in known:
        if len(known) >= MOST_SAT:
            known.clear()
        with product().database.reading() as conn:
            known[attempt] = answers.sat(conn, attempt)
    return known[attempt]


@pages.post("/<attempt>/flag")
@seated
def flag(desk: SeatDesk) -> Reply:
    """Come back to this question, or no longer."""
    body = decoded(FlagBody)
    require_running(desk)
    wanted = answers.sat(desk.conn, desk.place.attempt.ref).questions.get(body.question)
    if wanted is None:
        raise NotUnderstood("save.foreign")
    jottings.flag(desk.conn, desk.place.attempt, body.question, wanted, body.flagged, desk.now)
    return Data({"question": body.question, "flagged": body.flagged})


@pages.post("/<attempt>/beat")
@beating
def beat(attempt: str, known: Known, now: dt.datetime) -> Reply:
    """A heartbeat: says that the page is there, and hears what has changed. It changes no state."""
    body = decoded(BeatBody)
    heard = Beat(
        now, body.hidden, _bounded(body.unsent, MOST_UNSENT) or 0, _bounded(body.battery, 100), body.online,
        body.connection if body.connection in CONNECTIONS else None, _bounded(body.saved, MOST_SECONDS),
        body.lockdown if body.lockdown in LOCKDOWNS else None,
    )  # fmt: skip
    before = product().presence.beat(str(known.sitting_id), attempt, heard)
    outages.notice(product(), attempt, known, before, body.silent, now)
    return Data(told(known, now))


def _bounded(value: int | None, most: int) -> int | None:
    """A number that a browser told, within its bounds; the board shows it, and nothing is decided by it."""
    return None if value is None else max(0, min(value, most))


def decoded(kind: type[Body], code: str = "save.not_understood") -> Body:
    """The body of a request of our scripts; NotUnderstood, by this code, when it is no such thing."""
    try:
        return msgspec.json.decode(request.get_data(), type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise NotUnderstood(code, why=str(error)) from error
