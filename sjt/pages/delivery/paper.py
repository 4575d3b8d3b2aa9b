"""The paper, the review, the submission and the receipt."""

from __future__ import annotations

from typing import Any

from item_bank.formats import FORMATS
from sjt.pages.delivery.door import pages
from sjt.pages.delivery.where import is_over, test_of, time_of, where
from sjt.pages.replies import Reply, go, show
from sjt.pages.seated import SeatDesk, seated
from sjt.rules.attempt import CLOSED, State
from sjt.rules.refusals import NotFound
from sjt.services import emergency, timekeeping
from sjt.services.delivery import paper
from sjt.stores import papers, scripts
from sjt.words import say


@pages.get("/<attempt>/scenario/<int:number>")
@seated
def scenario(desk: SeatDesk, number: int) -> Reply:
    """A scenario beside its questions. No text leaves before Begin, nor after the end."""
    if not _is_writing(desk):
        return where(desk)
    drawn = _paper(desk)
    if not 1 <= number <= len(drawn.scenarios):
        raise NotFound("error.words.404")
    here = drawn.scenarios[number - 1]
    choosing = any(FORMATS[question.format].keyed for question in here.questions)
    return show("delivery/scenario.html", **_writing(desk, drawn), scenario=here, choosing=choosing)


@pages.get("/<attempt>/review")
@seated
def review(desk: SeatDesk) -> Reply:
    """All answers at a glance, before handing in."""
    if not _is_writing(desk):
        return where(desk)
    return show("delivery/review.html", **_writing(desk, _paper(desk)))


def _is_writing(desk: SeatDesk) -> bool:
    return desk.place.state is State.RUNNING and not is_over(desk)


def _paper(desk: SeatDesk) -> papers.ShownPaper:
    drawn = papers.shown(desk.conn, desk.place.attempt.id)
    if drawn is None:
        raise NotFound("error.words.404")
    return drawn


def _writing(desk: SeatDesk, drawn: papers.ShownPaper) -> dict[str, Any]:
    attempt = desk.place.attempt
    key = emergency.public_key(desk.product)
    told = {"attempt": attempt, "paper": drawn, "emergency_key": key, **time_of(desk)}
    return {**told, "lines": paper.lines(desk.conn, attempt, drawn)}


@pages.post("/<attempt>/submit")
@seated
def submit(desk: SeatDesk) -> Reply:
    """Hand in. The script is frozen under the attempt's lock."""
    timekeeping.submit(desk.conn, desk.place.attempt.id, desk.now)
    return go("delivery.receipt", attempt=desk.place.attempt.ref)


@pages.get("/<attempt>/closing")
@seated
def closing(desk: SeatDesk) -> Reply:
    """The time is over and the last words may still be on their way."""
    if not is_over(desk) or desk.place.state in CLOSED:
        return where(desk)
    return show("delivery/closing.html", attempt=desk.place.attempt, **time_of(desk))


@pages.get("/<attempt>/receipt")
@seated
def receipt(desk: SeatDesk) -> Reply:
    """What was handed in and when, with the code over the whole script."""
    attempt = desk.place.attempt
    if desk.place.state not in CLOSED:
        return where(desk)
    held = scripts.current(desk.conn, attempt)
    answered = sum(bool(answer.text.strip()) for answer in held.values())
    finished = attempt.finished_at or attempt.deadline
    told: dict[str, Any] = {
        "answered": answered,
        "finished_at": finished,
        "emergency_key": emergency.public_key(desk.product),
        "closed_words": say(f"closed.{desk.place.state.value}"),
    }
    return show("delivery/receipt.html", **test_of(desk), **told)
