"""Safe Exam Browser, asked for on every route of a sitting at that level: what a request shows, and what refuses it.

Headers count first. A web view that sends none (macOS, iOS) shows the same hashes through a script, in the body of
a heartbeat or of the keycode form, for the address of its page; that stands for the other requests of this seat's
cookie for ``PROOF_SECONDS``. Held by tests/pages/test_seb.py for every route there is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import msgspec
import sqlalchemy as sa
from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request, session

from proctoring import seb
from proctoring.lockdown import Level
from proctoring.seb import CODES, Finding, Shown
from sjt.pages.guard import product
from sjt.pages.replies import wants_json
from sjt.rules.refusals import LockedOut
from sjt.services.delivery.door import Place
from sjt.services.lockdown import seb as service
from sjt.services.lockdown.seb import Judged
from sjt.stores import seats, sittings
from sjt.stores import seb as store
from sjt.stores.attempts import Attempt
from sjt.stores.known import Known
from sjt.stores.seb import Lock
from sjt.words import say

CONFIG_HEADER = "X-SafeExamBrowser-ConfigKeyHash"
BROWSER_HEADER = "X-SafeExamBrowser-RequestHash"
PROOF = "seb"  # the key in the cookie: whose browser was recognised by a script, and when
PROOF_SECONDS = 90  # six heartbeats
RENEWED_SECONDS = 20  # a younger proof is not written again
BEAT, DOOR = "delivery.beat", "delivery.enter"
LARGEST_TOLD = 10_000  # bytes of a body in which a script's value is looked for
MOST_SCENARIOS = 9  # of a paper


class Told(msgspec.Struct):
    """What a script says of its page."""

    page: str
    config: str
    browser: str | None = None


class BodyTold(msgspec.Struct):
    """The part of a heartbeat's body that is looked at here."""

    seb: Told | None = None


def register(app: Flask) -> None:
    """Hang the page of a refusal on the application."""
    app.register_error_handler(LockedOut, refused)


# --------------------------------------------------------------------------------------------- before each route
def require(conn: sa.Connection, place: Place, now: dt.datetime) -> None:
    """LockedOut unless the sitting asks for nothing, or this request shows what it asks for."""
    if place.seat.lockdown != Level.SEB:
        return
    lock = store.lock(conn, place.attempt.sitting_id, place.attempt.id)
    _require(conn, place.attempt.ref, place.attempt.sitting_id, lock, now)


def require_known(attempt: str, known: Known, now: dt.datetime, again: Callable[[str, dt.datetime], Known]) -> None:
    """The same by what is kept beside the database, on which no node is behind; a refusal is looked at anew."""
    if known.lockdown != Level.SEB:
        return
    known = product().seats.get(attempt) or again(attempt, now)
    if _judge(attempt, known.lock, now).is_let_in:
        return
    known = again(attempt, now)
    with product().database.reading() as conn:
        _require(conn, attempt, known.sitting_id, known.lock, now)


def require_at_the_door(conn: sa.Connection, attempt: Attempt, now: dt.datetime) -> None:
    """The same for a keycode, before it binds a browser: it would be the wrong one."""
    seat = seats.by_id(conn, attempt.seat_id)
    if seat is not None and seat.lockdown == Level.SEB:
        lock = store.lock(conn, attempt.sitting_id, attempt.id)
        _require(conn, attempt.ref, attempt.sitting_id, lock, now)
        service.note_shown(conn, attempt, lock, now)


def _require(conn: sa.Connection, attempt: str, sitting_id: int, lock: Lock | None, now: dt.datetime) -> None:
    judged = _judge(attempt, lock, now)
    if judged.is_let_in:
        g.seb = None if judged.lock.is_exempt else attempt  # whose page brings the script along
        return
    finding = service.explained(conn, judged, _shown(attempt), sitting_id, _addresses(attempt), now)
    product().presence.refuse(str(sitting_id), attempt, finding.value, now)
    sitting = sittings.by_id(conn, sitting_id).ref
    raise LockedOut("lockdown.refused", attempt=attempt, finding=finding, sitting=sitting, allowed=judged.lock.allowed)


def _judge(attempt: str, lock: Lock | None, now: dt.datetime) -> Judged:
    judged = service.judge(lock, _shown(attempt))
    told = _told()
    if judged.is_let_in:
        if told is not None and not judged.lock.is_exempt:
            _prove(attempt, now)
        return judged
    by_script = judged.finding is Finding.NOTHING and told is None
    return Judged(Finding.FITS, judged.lock) if by_script and _is_proved(attempt, now) else judged


# ------------------------------------------------------------------------------------------ what a request shows
def _shown(attempt: str) -> Shown | None:
    """What this request shows: by headers for its own address, or by script for that of its page."""
    address = seb.requested(product().settings.public_origin, request.environ.get("RAW_URI"))
    if address is None:
        return None
    told = _told()
    if told is not None:  # of a page of this very attempt, or of the door; anything else is judged as this request's
        start = f"{product().settings.public_origin}/sit/" + ("" if request.endpoint == DOOR else f"{attempt}/")
        return Shown(told.page if told.page.startswith(start) else address, told.config, told.browser)
    return Shown(address, request.headers.get(CONFIG_HEADER), request.headers.get(BROWSER_HEADER))


def _told() -> Told | None:
    """What a script says of its page, where no header says more."""
    if CONFIG_HEADER in request.headers or request.method != "POST":
        return None
    return _told_by_form() if request.endpoint == DOOR else _told_by_beat() if request.endpoint == BEAT else None


def _told_by_form() -> Told | None:
    page, config = request.form.get("seb_page", ""), request.form.get("seb_config", "")
    return Told(page, config, request.form.get("seb_browser")) if page and config else None


def _told_by_beat() -> Told | None:
    if (request.content_length or 0) > LARGEST_TOLD:
        return None
    try:
        return msgspec.json.decode(request.get_data(), type=BodyTold).seb
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _prove(attempt: str, now: dt.datetime) -> None:
    if not _is_proved(attempt, now, RENEWED_SECONDS):
        session[PROOF] = f"{attempt}/{int(now.timestamp())}"


def _is_proved(attempt: str, now: dt.datetime, seconds: int = PROOF_SECONDS) -> bool:
    whose, _, at = str(session.get(PROOF, "")).partition("/")
    return whose == attempt and at.isdigit() and 0 <= now.timestamp() - int(at) <= seconds


def _addresses(attempt: str) -> Iterator[str]:
    """Addresses for which a hash may have been made instead: other pages of this attempt, and other hosts."""
    origin, target = product().settings.public_origin, request.environ.get("RAW_URI", "")
    yield from (f"{origin}{path}" for path in _paths(attempt))
    yield f"{origin}/sit/"
    yield from (f"{scheme}://{request.host}{target}" for scheme in ("https", "http"))


def _paths(attempt: str) -> Iterator[str]:
    """Every address of this attempt, but those of its scenarios only up to the most that a paper has."""
    for rule in current_app.url_map.iter_rules():
        if rule.arguments == {"attempt"}:
            yield rule.rule.replace("<attempt>", attempt)
    yield from (f"/sit/{attempt}/scenario/{number}" for number in range(1, MOST_SCENARIOS + 1))


def over_address(conn: sa.Connection, place: Place) -> str | None:
    """Where Safe Exam Browser closes by itself, after the end; None at any other level."""
    origin = product().settings.public_origin
    if place.seat.lockdown != Level.SEB or origin is None:
        return None
    return origin + service.OVER.format(ref=sittings.by_id(conn, place.attempt.sitting_id).ref)


# ------------------------------------------------------------------------------------------------- what is said
def refused(refusal: LockedOut) -> Response:
    """A refusal in words: for our scripts, and as a page that opens Safe Exam Browser or asks for the invigilator."""
    finding = Finding(str(refusal.params["finding"]))
    words = say("lockdown.refused", {"code": CODES[finding]})
    if wants_json():
        response = jsonify({"error": refusal.code, "words": words})
        response.status_code = 403
        return response
    origin, allowed = product().settings.public_origin, str(refusal.params["allowed"])
    told = {
        "attempt": refusal.params["attempt"], "code": CODES[finding], "why": say(f"lockdown.finding.{finding.value}"),
        "is_missing": finding is Finding.NOTHING,
        "launch": service.launch(origin, str(refusal.params["sitting"]), allowed),
    }  # fmt: skip
    return make_response(render_template("delivery/locked.html", **told), 403)
