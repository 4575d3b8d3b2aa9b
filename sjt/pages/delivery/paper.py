"""The paper, the review, the submission and the receipt."""

from __future__ import annotations

from typing import Any

from item_bank.formats import FORMATS
from sjt.pages import lockdown
from sjt.pages.delivery.door import pages
from sjt.pages.delivery.plain import plain_page
from sjt.pages.delivery.where import is_over, notices_of, paper_of, test_of, time_of, where, writing
from sjt.pages.replies import Reply, go, show
from sjt.pages.seated import SeatDesk, holding, seated
from sjt.rules.attempt import CLOSED, State
from sjt.rules.refusals import NotFound
from sjt.services import emergency, timekeeping
from sjt.stores import jottings, scripts
from sjt.words import say


@pages.get("/<attempt>/scenario/<int:number>")
@seated
def scenario(desk: SeatDesk, number: int) -> Reply:
    """A scenario beside its questions. No text leaves before Begin, nor after the end."""
    if not _is_writing(desk):
        return where(desk)
    drawn = paper_of(desk)
    if not 1 <= number <= len(drawn.scenarios):
        raise NotFound("error.words.404")
    here = drawn.scenarios[number - 1]
    if desk.place.attempt.plain_at is not None:
        return show("delivery/plain.html", **plain_page(desk, here))
    choosing = any(FORMATS[question.format].keyed for question in here.questions)
    jotted = jottings.current(desk.conn, desk.place.attempt, here.id)
    return show("delivery/scenario.html", **writing(desk, drawn), scenario=here, choosing=choosing, jotted=jotted)


@pages.get("/<attempt>/review")
@seated
def review(desk: SeatDesk) -> Reply:
    """All answers at a glance, before handing in."""
    if not _is_writing(desk):
        return where(desk)
    return show("delivery/review.html", **writing(desk, paper_of(desk)))


def _is_writing(desk: SeatDesk) -> bool:
    return desk.place.state is State.RUNNING and not is_over(desk)


@pages.post("/<attempt>/submit")
@holding
def submit(desk: SeatDesk) -> Reply:
    """Hand in. The script is frozen under the attempt's lock."""
    timekeeping.submit_held(desk.conn, desk.place.attempt, desk.now)
    return go("delivery.receipt", attempt=desk.place.attempt.ref)


@pages.get("/<attempt>/closing")
@seated
def closing(desk: SeatDesk) -> Reply:
    """The time is over and the last words may still be on their way."""
    if not is_over(desk) or desk.place.state in CLOSED:
        return where(desk)
    return show("delivery/closing.html", attempt=desk.place.attempt, notices=notices_of(desk), **time_of(desk))


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
        "seb_over": lockdown.over_address(desk.conn, desk.place),
        "closed_words": say(f"closed.{desk.place.state.value}"),
    }
    return show("delivery/receipt.html", **test_of(desk), **told)
