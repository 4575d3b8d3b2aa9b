"""The paper without scripts, where the invigilator has allowed it: a form that saves before it leads anywhere."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from flask import request

from proctoring.events import text_hash
from sjt.pages.delivery.door import pages
from sjt.pages.delivery.scripts import is_storable, sat_of
from sjt.pages.delivery.where import paper_of, writing
from sjt.pages.devices import device
from sjt.pages.guard import product
from sjt.pages.replies import Reply, go, show
from sjt.pages.seated import SeatDesk, saving
from sjt.rules.attempt import State
from sjt.rules.refusals import BadInput, NotFound, NotNow
from sjt.services import invigilation
from sjt.services.delivery import answers, door, jottings, plain
from sjt.services.delivery.paper import lines
from sjt.services.delivery.plain import Given
from sjt.stores.known import Known
from sjt.stores.papers import ShownScenario
from sjt.stores.presence import Beat
from sjt.words import say

READ = "read "  # the button of a message, before its reference
OTHER_PAGE = "save.other_page"
TO = "scenario "  # the button of a question, before the number of its scenario


@dataclass(frozen=True)
class Sheet:
    """One posted page: where it belongs, and what it gives."""

    desk: SeatDesk
    scenario: ShownScenario
    given: tuple[Given, ...]
    lease: int


@dataclass(frozen=True)
class Refused:
    """What was typed and not taken, with the reason in words."""

    words: str
    typed: str


@pages.post("/<attempt>/plain")
@saving
def save_plain(attempt: str, known: Known, received_at: dt.datetime) -> Reply:
    """Save what the form holds; only then go where its button leads. What is refused stands beside its box."""
    product().presence.beat(str(known.sitting_id), attempt, Beat(received_at))
    with product().database.reading() as conn:
        sheet = _sheet(conn, attempt, received_at)
    refused, why = _save(sheet, received_at)
    if not refused:
        return _onward(sheet, received_at)
    with product().database.reading() as conn:
        return _again(_desk(conn, attempt, received_at), sheet, refused, why)


def _desk(conn: sa.Connection, attempt: str, now: dt.datetime) -> SeatDesk:
    return SeatDesk(conn, now, product(), door.place_of(conn, attempt, device(), now))


def _sheet(conn: sa.Connection, attempt: str, now: dt.datetime) -> Sheet:
    desk = _desk(conn, attempt, now)
    if desk.place.attempt.plain_at is None:
        raise NotNow("plain.not_allowed")
    drawn, number = paper_of(desk), request.form.get("number", 0, type=int)
    if not 1 <= number <= len(drawn.scenarios):
        raise NotFound("error.words.404")
    here, held = drawn.scenarios[number - 1], lines(conn, desk.place.attempt, drawn)
    asked = [held[q.position] for q in here.questions if plain.is_plain(q.format)]
    lease = request.form.get("lease", -1, type=int)
    return Sheet(desk, here, tuple(_given(line) for line in asked), max(0, min(lease, answers.HIGHEST_LEASE)))


def _given(line: Any) -> Given:
    n, form = line.question.position, request.form
    revision = max(0, min(form.get(f"r{n}", 0, type=int), answers.HIGHEST_REVISION - 1))
    text = plain.text_of(line.question.format, form.getlist(f"a{n}"))
    return Given(line, text, revision, form.get(f"h{n}", ""), f"f{n}" in form)


def _save(sheet: Sheet, received_at: dt.datetime) -> tuple[dict[int, Refused], str]:
    """What was not taken, by the question's position; and why, when the attempt itself took nothing."""
    changed = [one for one in sheet.given if one.changed]
    faults = {one.line.question.code: code for one in changed if (code := _fault(one.text))}
    typed = [
        answers.Typed(one.line.question.code, one.revision + 1, one.text)
        for one in changed
        if one.line.question.code not in faults
    ]
    why = ""
    try:
        faults |= _keep(sheet, typed, received_at)
    except NotNow as refusal:
        why = refusal.code
        faults |= {one.code: "plain.other_page" if why == OTHER_PAGE else why for one in typed}
    except BadInput as refusal:
        faults |= {one.code: refusal.faults[0][1] for one in typed}
    told = {
        one.line.question.position: Refused(say(faults[one.line.question.code]), one.text)
        for one in changed
        if one.line.question.code in faults
    }
    return told, why


def _keep(sheet: Sheet, typed: list[answers.Typed], received_at: dt.datetime) -> dict[str, str]:
    """Save; returns the answers of which something newer is held, each with the code that says so."""
    if not typed:
        return {}
    saved = answers.save(product(), sat_of(sheet.desk.place.attempt.ref), sheet.lease, typed, received_at)
    return {one.code: "plain.newer" for one in saved.kept if one.status == "newer"}


def _fault(text: str) -> str | None:
    if not is_storable(text):
        return "save.unstorable"
    return "save.too_long" if len(text) > answers.LONGEST_ANSWER else None


def _onward(sheet: Sheet, now: dt.datetime) -> Reply:
    """Flags and a message that was read, and then where the button leads."""
    attempt, wanted = sheet.desk.place.attempt, request.form.get("go", "")
    if sheet.desk.place.state is State.RUNNING:
        with product().database.transaction() as conn:
            for one in sheet.given:
                question = one.line.question
                jottings.flag(conn, attempt, question.code, question.id, one.flagged, now)
            if wanted.startswith(READ):
                invigilation.seen(conn, attempt, wanted.removeprefix(READ), now)
    if wanted in ("review", "call"):
        return go("delivery.review" if wanted == "review" else "delivery.calling", attempt=attempt.ref)
    number = wanted.removeprefix(TO) if wanted.startswith(TO) else ""
    there = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else sheet.scenario.position
    return go("delivery.scenario", attempt=attempt.ref, number=there)


def _again(desk: SeatDesk, sheet: Sheet, refused: dict[int, Refused], why: str) -> Reply:
    """The page once more, with what was typed; once the paper is hidden, only what was typed."""
    if desk.place.state is not State.RUNNING or why not in ("", OTHER_PAGE):
        return show("delivery/plain_refused.html", 409, attempt=desk.place.attempt, refused=refused, words=say(why))
    return show("delivery/plain.html", 409, **plain_page(desk, sheet.scenario, refused))


def plain_page(desk: SeatDesk, here: ShownScenario, refused: dict[int, Refused] | None = None) -> dict[str, Any]:
    """What the plain page shows: each question with the text for its box and the hash of what is stored."""
    told = writing(desk, paper_of(desk))
    sheets = {}
    for question in here.questions:
        line = told["lines"][question.position]
        kept = plain.lines(line.text) if not line.control.keyed else line.text
        mine = (refused or {}).get(question.position)
        sheets[question.position] = {
            "line": replace(line, text=mine.typed if mine else kept),
            "hash": text_hash(kept), "held": kept, "refused": mine, "native": plain.is_plain(question.format),
            "chosen": plain.chosen(mine.typed if mine else kept) if line.control.keyed else [],
        }  # fmt: skip
    return {**told, "scenario": here, "sheets": sheets, "now": desk.now, "READ": READ, "TO": TO}
