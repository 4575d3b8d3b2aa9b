"""Emergency files at the board: opened, checked, kept as evidence, compared, and entered by a named person."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from item_bank.formats import FORMATS
from proctoring import emergency as files
from proctoring.emergency import Opened, Unopened
from proctoring.events import event, text_hash
from sjt.rules import emergency as rules
from sjt.rules.access import Role
from sjt.rules.attempt import State, state
from sjt.rules.emergency import Asked, Bounds
from sjt.rules.refusals import BadInput, NotNow
from sjt.services import timekeeping
from sjt.services.delivery.answers import HIGHEST_REVISION, LONGEST_ANSWER
from sjt.services.invigilation.register import Actor, keep_record
from sjt.services.product import Product
from sjt.stores import attempts, papers, scripts
from sjt.stores import emergency as stored
from sjt.stores.attempts import Attempt
from sjt.stores.emergency import Entered, StoredFile
from sjt.stores.papers import ShownQuestion
from sjt.stores.scripts import Answer
from sjt.stores.seats import Seat

PURPOSE = "emergency file"
BOUNDS = Bounds(LONGEST_ANSWER, HIGHEST_REVISION)


@dataclass(frozen=True)
class Compared:
    """One question of a file beside what the server holds. ``overtaken``: the server's text came after the file's."""

    code: str
    position: int
    revision: int
    typed_at: dt.datetime | None
    held: Answer | None
    before: str
    after: str
    same: bool
    overtaken: bool


def public_key(product: Product) -> str:
    """What the paper's page needs to seal an emergency file for this installation."""
    return files.public_key(product.key(PURPOSE))


# -------------------------------------------------------------------------------------------- bringing a file
def bring(
    conn: sa.Connection, product: Product, seat: Seat, attempt: Attempt, data: bytes, actor: Actor, now: dt.datetime
) -> StoredFile:
    """Open and check a file, and keep it as evidence, once. BadInput with every fault, and then nothing is kept."""
    _require_open(actor)
    if attempt.started_at is None:
        raise NotNow("emergency.not_begun", number=seat.number)
    opened = _opened(conn, product, seat, attempt, data)
    found = list(rules.faults(opened, attempt.ref, _asked(conn, attempt), BOUNDS))
    if found:
        raise BadInput([("file", code, params) for code, params in found])
    return _kept(conn, seat, attempt, opened, hashlib.sha256(data).hexdigest(), actor, now)


def _require_open(actor: Actor) -> None:
    if actor.sitting.cancelled_at is not None:
        raise NotNow("invigilation.cancelled")
    if actor.sitting.signed_off_at is not None and Role.MANAGER not in actor.person.roles:
        raise NotNow("invigilation.signed_off")


def _opened(conn: sa.Connection, product: Product, seat: Seat, attempt: Attempt, data: bytes) -> Opened:
    secrets = product.keys(PURPOSE)
    try:
        return files.open_file(data, secrets, attempt.ref)
    except Unopened as fault:
        code = fault.code
    if code == "emergency.sealed" and _is_of_another(conn, seat, data, secrets):
        code = "emergency.other_seat"
    raise BadInput([("file", code, {"limit": files.LARGEST_FILE // 1000})])


def _is_of_another(conn: sa.Connection, seat: Seat, data: bytes, secrets: tuple[bytes, ...]) -> bool:
    """Whether the file was made at another seat of the sitting: the likeliest mistake, and worth its own words."""
    for other in attempts.of_sitting(conn, seat.sitting_id):
        try:
            files.open_file(data, secrets, other.ref)
        except Unopened:
            continue
        return True
    return False


def _asked(conn: sa.Connection, attempt: Attempt) -> dict[str, Asked]:
    return {code: _as_asked(question) for code, question in _questions(conn, attempt).items()}


def _as_asked(question: ShownQuestion) -> Asked:
    form = FORMATS[question.format]
    ids = tuple(option.id for option in form.options(question.body)) if form.keyed else ()
    return Asked(question.position, question.format if form.keyed else "", ids)


def _questions(conn: sa.Connection, attempt: Attempt) -> dict[str, ShownQuestion]:
    drawn = papers.shown(conn, attempt.id)
    return {question.code: question for question in (drawn.questions if drawn else ())}


def _kept(
    conn: sa.Connection, seat: Seat, attempt: Attempt, opened: Opened, sha256: str, actor: Actor, now: dt.datetime
) -> StoredFile:
    entries = [
        {"question": one.question, "revision": one.revision, "text": one.text, "typed_at": _iso(one.typed_at)}
        for one in opened.lines
    ]
    if stored.keep(conn, attempt, sha256, entries, opened.made_at, actor.person.id, now):
        attempts.record(conn, attempt.id, event("emergency_file", now, actor.person.ref, file=sha256))
        keep_record(conn, actor, "emergency_file", seat, now, file=sha256)
    found = stored.by_hash(conn, sha256, attempt.id)
    if found is None:
        raise LookupError(f"emergency file {sha256} is gone")
    return found


def _iso(at: dt.datetime | None) -> str | None:
    return at.isoformat() if at else None


# -------------------------------------------------------------------------------------------------- comparing
def compare(conn: sa.Connection, attempt: Attempt, file: StoredFile) -> list[Compared]:
    """Each answer of a file beside what the server holds now, in the order of the paper."""
    questions, held = _questions(conn, attempt), scripts.current(conn, attempt)
    lines = [
        _compared(entry, questions[entry["question"]], held.get(questions[entry["question"]].id))
        for entry in file.entries
    ]
    return sorted(lines, key=lambda line: line.position)


def _compared(entry: Mapping[str, object], question: ShownQuestion, held: Answer | None) -> Compared:
    text, revision, typed = str(entry["text"]), int(str(entry["revision"])), entry["typed_at"]
    same = text == (held.text if held else "")
    return Compared(
        code=question.code, position=question.position, revision=revision,
        typed_at=dt.datetime.fromisoformat(str(typed)) if typed else None, held=held,
        before=_readable(question, held.text if held else ""), after=_readable(question, text), same=same,
        overtaken=not same and held is not None and held.revision >= revision,
    )  # fmt: skip


def _readable(question: ShownQuestion, text: str) -> str:
    """A choice in words, a line each; a written answer as it stands."""
    form = FORMATS[question.format]
    return "\n".join(form.in_words(question.body, text)) if form.keyed and text.strip() else text


def note_opening(conn: sa.Connection, seat: Seat, file: StoredFile, actor: Actor, now: dt.datetime) -> None:
    """Who has looked at a candidate's words, and when."""
    keep_record(conn, actor, "emergency_file_opened", seat, now, file=file.sha256)


# --------------------------------------------------------------------------------------------------- entering
def why_not_entered(attempt: Attempt, now: dt.datetime) -> str | None:
    """Why a file cannot be entered as things stand: the code of the words; None when it can."""
    standing = state(attempt.facts, now)
    if standing in (State.SUBMITTED, State.EXPIRED, State.ENDED):
        return None
    if standing is State.RUNNING and attempt.returned_at is not None:
        return None
    return "emergency.void" if standing is State.VOID else "emergency.still_going"


def enter(
    conn: sa.Connection,
    seat: Seat,
    attempt: Attempt,
    file: StoredFile,
    chosen: Collection[str],
    reason: str,
    actor: Actor,
    request_id: str,
    now: dt.datetime,
) -> bool:
    """Enter the chosen answers of a file as the newest revisions, inside a reopening that this person answers for.

    False when the file was entered before. NotNow when the attempt does not take it; BadInput without a choice.
    """
    _require_open(actor)
    held = attempts.locked(conn, attempt.id)
    fresh = stored.by_ref(conn, file.ref, held.id)  # read again under the lock: two presses enter it once
    if fresh is None or fresh.entered_at is not None:
        return False
    refused = why_not_entered(held, now)
    if refused:
        raise NotNow(refused, number=seat.number)
    if not chosen or not set(chosen) <= {str(entry["question"]) for entry in file.entries}:
        raise BadInput([("question", "emergency.none_chosen", {})])

    def write(held: Attempt) -> None:
        _write(conn, held, file, set(chosen), reason, actor, now)

    timekeeping.amend(conn, held, actor.person, reason, request_id, now, write)
    keep_record(conn, actor, "emergency_file_entered", seat, now, file=file.sha256, answers=len(chosen), reason=reason)
    return True


def _write(
    conn: sa.Connection,
    held: Attempt,
    file: StoredFile,
    chosen: set[str],
    reason: str,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """The answers and their event, under the attempt's lock."""
    if not stored.claim(conn, file.id, actor.person.id, reason, now):
        raise NotNow("emergency.entered_before")
    questions, current = _questions(conn, held), scripts.current(conn, held)
    entered = {}
    for entry in file.entries:
        code, text = str(entry["question"]), str(entry["text"])
        before = current.get(questions[code].id)
        if code in chosen:
            number = before.revision + 1 if before else 1
            entered[code] = Entered(questions[code].id, number, text, text_hash(text))
    lines = [[code, one.revision, one.text_hash] for code, one in sorted(entered.items())]
    told = event("emergency_entered", now, actor.person.ref, file=file.sha256, answers=lines, reason=reason)
    attempts.record(conn, held.id, told)
    stored.enter(conn, held, file.id, list(entered.values()), attempts.locked(conn, held.id).seq, now)
