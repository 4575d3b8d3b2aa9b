"""Answers kept: acknowledged means committed, and what was not kept is said, item by item."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import sqlalchemy as sa

from item_bank.formats import FORMATS, BadAnswer
from proctoring.events import event, text_hash
from proctoring.timing import seconds_left
from sjt.rules.attempt import State, state
from sjt.rules.refusals import BadInput, NotFound, NotNow
from sjt.services.product import Product
from sjt.stores import attempts, papers, saving
from sjt.stores.saving import Batch, Item

LONGEST_ANSWER = 20_000  # code points
HIGHEST_REVISION = 1_000_000
MOST_ITEMS = 40
HIGHEST_LEASE = 2**31 - 1
MOST_TRIES = 8  # against another page that writes the same answers at the same moment


@dataclass(frozen=True)
class Typed:
    """An answer as it came from the browser: checked in type and size, not yet matched to the paper."""

    code: str
    revision: int
    text: str


@dataclass(frozen=True)
class Sat:
    """What the save needs to know of an attempt and that never changes once it has begun.

    ``choices`` names, for each question whose key scores it, the format and the ids of its options.
    """

    attempt_id: int
    attempt_ref: str
    sitting_id: int
    grace_seconds: int
    questions: Mapping[str, int]
    choices: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Kept:
    """What the server now holds for one answer of a save."""

    code: str
    status: str  # "saved", or "newer" when the server holds something else under this revision or above
    revision: int
    text_hash: str
    saved_at: dt.datetime | None
    receipt: str | None
    text: str | None = None  # the newer text


@dataclass(frozen=True)
class Saved:
    """The reply to a save."""

    kept: tuple[Kept, ...]
    seconds_left: int
    until: dt.datetime
    state_version: int


def sat(conn: sa.Connection, attempt_ref: str) -> Sat:
    """The unchanging facts of a begun attempt; NotFound when there is none, NotNow before it begins."""
    attempt = attempts.begun(conn, attempt_ref)
    if attempt is None:
        raise NotFound("error.words.404")
    if attempt.started_at is None:
        raise NotNow(f"attempt.not_now.{(State.OPEN if attempt.opened_at else State.READY).value}")
    asked = papers.asked(conn, attempt.id)
    return Sat(
        attempt.id, attempt_ref, attempt.sitting_id, attempt.grace_seconds, {q.code: q.id for q in asked},
        {q.code: _choices(q) for q in asked if FORMATS[q.format].keyed},
    )  # fmt: skip


def _choices(question: papers.AskedQuestion) -> tuple[str, tuple[str, ...]]:
    return _shared(question.format, tuple(option.id for option in FORMATS[question.format].options(question.body)))


@cache
def _shared(name: str, ids: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """One and the same value for all attempts: a process remembers thousands of them."""
    return name, ids


@dataclass(frozen=True)
class Pen:
    """What it takes to write: the lease of the one page, in the one browser."""

    lease: int
    device: str | None


def save(
    product: Product,
    here: Sat,
    lease: int,
    typed: Sequence[Typed],
    received_at: dt.datetime,
    device: str | None = None,
) -> Saved:
    """Keep answers. Acknowledged means committed.

    ``device`` is the hash of the browser that sends them; None: whoever calls has looked whose it is.

    The whole batch or nothing goes in at once; on a conflict each item is decided by what stands: the
    same text is acknowledged again (a lost reply), another one gives the newer text back. A save that
    the attempt does not take is kept as evidence, and NotNow says why.
    """
    items, pen = _matched(here, typed), Pen(lease, device)
    act = _write
    for _ in range(MOST_TRIES):
        try:
            return act(product, here, pen, items, received_at)
        except saving.Taken:  # something stands there already, or has come while we looked
            act = _decide
    raise NotNow("save.other_page")


def _matched(here: Sat, typed: Sequence[Typed]) -> dict[str, Item]:
    foreign = [answer.code for answer in typed if answer.code not in here.questions]
    if foreign or not typed or len({answer.code for answer in typed}) != len(typed):
        raise BadInput([("answers", "save.foreign", {})])
    _check_choices(here, typed)
    return {
        answer.code: Item(here.questions[answer.code], answer.revision, answer.text, text_hash(answer.text))
        for answer in typed
    }


def _check_choices(here: Sat, typed: Sequence[Typed]) -> None:
    """BadInput for a choice that its question does not offer. It would be worth nothing, so it is not kept."""
    for answer in typed:
        name, ids = here.choices.get(answer.code, ("", ()))
        try:
            if name:
                FORMATS[name].check(ids, answer.text)
        except BadAnswer as bad:
            raise BadInput([("answers", bad.code, {})]) from bad


def _write(product: Product, here: Sat, pen: Pen, items: Mapping[str, Item], received_at: dt.datetime) -> Saved:
    lines = [[code, item.revision, item.text_hash] for code, item in sorted(items.items())]
    saved = event("saved", received_at, "apprentice", answers=lines)
    words = tuple(items.values())
    batch = Batch(here.attempt_id, pen.lease, pen.device, received_at, here.grace_seconds, words, saved)
    written = saving.write(product.database, batch)
    if written is None:
        raise _refused(product, here, batch)
    kept = tuple(_kept(product, here, code, item, received_at) for code, item in items.items())
    left = seconds_left(written.writable_until, received_at)
    return Saved(kept, left, written.writable_until, written.state_version)


def _decide(product: Product, here: Sat, pen: Pen, items: Mapping[str, Item], received_at: dt.datetime) -> Saved:
    with product.database.reading() as conn:
        held = saving.standing(conn, here.attempt_id, list(items.values()))
        attempt = attempts.by_ref(conn, here.attempt_ref)
    if attempt and pen.device not in (None, attempt.device_hash):
        raise NotNow("save.other_page")  # what is held is for the browser that has the seat
    decided, left_over = [], {}
    for code, item in items.items():
        standing = held.get(item.question_version_id)
        if standing is None or standing.revision < item.revision:
            left_over[code] = item
        elif standing.asked_hash == item.text_hash:
            decided.append(_kept(product, here, code, item, standing.asked_at))
        else:
            newer = Kept(code, "newer", standing.revision, standing.text_hash, None, None, standing.text)
            decided.append(newer)
    until = attempt.deadline if attempt and attempt.deadline else received_at
    version = attempt.state_version if attempt else 0
    reply = Saved(tuple(decided), seconds_left(until, received_at), until, version)
    if left_over:
        rest = _write(product, here, pen, left_over, received_at)
        reply = replace(rest, kept=reply.kept + rest.kept)
    return reply


def _kept(product: Product, here: Sat, code: str, item: Item, at: dt.datetime | None) -> Kept:
    receipt = receipt_for(product, here.attempt_ref, code, item.revision, item.text_hash, at) if at else None
    return Kept(code, "saved", item.revision, item.text_hash, at, receipt)


def receipt_for(product: Product, attempt_ref: str, code: str, revision: int, hashed: str, at: dt.datetime) -> str:
    """The receipt of one acknowledged answer: a keyed hash over attempt, question, revision, text hash and time."""
    told = f"{attempt_ref}/{code}/{revision}/{hashed}/{at.isoformat(timespec='microseconds')}"
    return hmac.digest(product.key("answer receipt"), told.encode(), "sha256").hex()[:32]


def _refused(product: Product, here: Sat, batch: Batch) -> NotNow:
    """Why the attempt did not take a save, read after the fact; what was typed is kept as evidence."""
    with product.database.transaction() as conn:
        attempt = attempts.locked(conn, here.attempt_id)
        standing = state(attempt.facts, batch.received_at)
        code = "save.other_page" if standing is State.RUNNING else f"save.{standing.value}"
        saving.keep_late(conn, here.sitting_id, batch, code)
    return NotNow(code)
