"""The device check before the start, with one practice question; it may be repeated, and keeps nobody out."""

from __future__ import annotations

import datetime as dt

import msgspec

from proctoring.checks import Item, Outcome, Told
from proctoring.flags import SPELLING
from proctoring.lockdown import Level
from sjt.pages.delivery.door import pages
from sjt.pages.delivery.scripts import SaveBody, decoded, save_faults, told_kept
from sjt.pages.delivery.where import notices_of, test_of, told, where
from sjt.pages.replies import Data, Reply, show
from sjt.pages.seated import SeatDesk, holding, seated
from sjt.rules.attempt import BEFORE
from sjt.rules.refusals import NotUnderstood
from sjt.services.delivery.answers import Typed
from sjt.services.delivery.standing import known_of
from sjt.services.lockdown import checks as service
from sjt.stores import device_checks
from sjt.stores.device_checks import Checked
from sjt.words import say

TONES = {Outcome.PASSED: "good", Outcome.FAILED: "warn", Outcome.UNKNOWN: "neutral"}
MOST = 1_000_000
LATEST_CLOCK = 253_402_300_799_000  # milliseconds: the last that a calendar holds


class CheckBody(msgspec.Struct, forbid_unknown_fields=True):
    """What a browser tells of itself; null is what it cannot tell. ``clock`` is in milliseconds since 1970."""

    save_ms: int | None = None
    storage: bool | None = None
    width: int | None = None
    height: int | None = None
    clock: int | None = None
    full_screen: bool | None = None
    second_screen: bool | None = None


@pages.get("/<attempt>/check")
@seated
def check(desk: SeatDesk) -> Reply:
    """The check, and how the last one came out."""
    if desk.place.state not in BEFORE:
        return where(desk)
    attempt = desk.place.attempt
    held, last = device_checks.practised(desk.conn, attempt), device_checks.newest(desk.conn, attempt)
    return show(
        "delivery/check.html", **test_of(desk), held=held, last=last, results=_results(last) if last else [],
        tried=service.TRIED, practice=service.PRACTICE, spelling=SPELLING in desk.place.helps,
    )  # fmt: skip


def _results(checked: Checked) -> list[dict[str, str]]:
    """Each item with its outcome, and what to do about one that did not pass."""
    return [_result(item, outcome) for item, outcome in checked.outcomes.items()]


def _result(item: Item, outcome: Outcome) -> dict[str, str]:
    words = say(f"check.failed.{item.value}") if outcome is Outcome.FAILED else ""
    names = {"name": say(f"check.item.{item.value}"), "outcome": say(f"check.outcome.{outcome.value}")}
    return {**names, "tone": TONES[outcome], "words": words}


@pages.post("/<attempt>/check/lease")
@seated
def practice_lease(desk: SeatDesk) -> Reply:
    """The queue of the page asks for a lease before its first save. Practice needs none, and so takes none away."""
    known = known_of(desk.place, notices_of(desk))
    return Data(told(known, desk.now))


@pages.post("/<attempt>/check/save")
@holding
def practice_save(desk: SeatDesk) -> Reply:
    """A save as any other, of practice answers only, into their own journal."""
    service.require_before(desk.place.state)
    body = decoded(SaveBody)
    fault = next(save_faults(desk.place.attempt.ref, body), None)
    if fault:
        raise NotUnderstood(fault)
    typed = [Typed(one.question, one.revision, one.text) for one in body.answers]
    kept = service.practise(desk.conn, desk.product, desk.place.attempt, typed, desk.now)
    known = known_of(desk.place, notices_of(desk))
    return Data({"kept": [told_kept(one) for one in kept], **told(known, desk.now)})


@pages.post("/<attempt>/check/result")
@holding
def check_result(desk: SeatDesk) -> Reply:
    """Judge what the browser told of itself, and keep how it came out."""
    service.require_before(desk.place.state)
    told_of = _told(decoded(CheckBody, "check.not_understood"))
    watched = desk.place.seat.lockdown != Level.OPEN
    checked = service.check(desk.conn, desk.place.attempt, told_of, watched, desk.now)
    return Data({"results": _results(checked)})


def _told(body: CheckBody) -> Told:
    """What was told, within bounds; a number beyond them says nothing."""
    return Told(
        _bounded(body.save_ms), body.storage, _bounded(body.width), _bounded(body.height), _moment(body.clock),
        body.full_screen, body.second_screen,
    )  # fmt: skip


def _bounded(number: int | None) -> int | None:
    return number if number is not None and 0 <= number <= MOST else None


def _moment(clock: int | None) -> dt.datetime | None:
    if clock is None or not 0 <= clock <= LATEST_CLOCK:
        return None
    return dt.datetime.fromtimestamp(clock / 1000, dt.UTC)
