"""Stopping the clock and starting it again: one seat, or the whole room in an evacuation; and calls answered."""

from __future__ import annotations

from proctoring.timing import rest_left
from sjt.pages.guard import Desk, requires
from sjt.pages.invigilation.acts import acted
from sjt.pages.invigilation.forms import PauseForm, RequestForm
from sjt.pages.invigilation.loading import AtSeat, Room, pages, seat_of, sitting_of
from sjt.pages.replies import Reply, show
from sjt.pages.shown import duration, time_of_day, time_with_seconds
from sjt.services import invigilation
from sjt.services.invigilation import Actor
from sjt.stores import attempts
from sjt.words import say


@pages.get("/<ref>/seats/<seat>/pause")
@requires("invigilation.act", on=seat_of)
def pausing(desk: Desk, at: AtSeat) -> Reply:
    """Pause one attempt: the kind and the reason."""
    return _pause_page(desk, at, PauseForm())


@pages.post("/<ref>/seats/<seat>/pause")
@requires("invigilation.act", on=seat_of)
def pause(desk: Desk, at: AtSeat) -> Reply:
    """Stop the clock at once and hide the paper."""
    form = PauseForm()
    if not form.validate_on_submit():
        return _pause_page(desk, at, form, 400)
    kind, reason, number = form.kind.data, form.reason.data or "", form.request.data or ""

    def act(by: Actor) -> str:
        done = invigilation.pause(desk.conn, at.seat, kind, reason, by, number, desk.now)
        name = at.seat.candidate.name
        return say("pause.done", name=name, time=time_with_seconds(desk.now)) if done else say("pause.twice")

    return acted(desk, at.room, act, at)


def _pause_page(desk: Desk, at: AtSeat, form: PauseForm, status: int = 200) -> Reply:
    attempt = attempts.by_seat(desk.conn, at.seat.id)
    left = rest_left(attempt.allowance, desk.now).seconds // 60 if attempt else 0
    helps = {
        "rest": say("pause.kind.rest.help", left=duration(left) if left else "nothing"),
        "incident": say("pause.kind.incident.help"),
        "suspension": say("pause.kind.suspension.help"),
    }
    return show("invigilation/pause.html", status, at=at, form=form, attempt=attempt, helps=helps)


@pages.post("/<ref>/seats/<seat>/resume")
@requires("invigilation.act", on=seat_of)
def resume(desk: Desk, at: AtSeat) -> Reply:
    """Let the clock go on."""

    def act(by: Actor) -> str:
        until = invigilation.resume(desk.conn, at.seat, by, desk.now)
        return say("pause.over", name=at.seat.candidate.name, finish=time_of_day(until) if until else "")

    return acted(desk, at.room, act, at)


@pages.post("/<ref>/seats/<seat>/seen")
@requires("invigilation.act", on=seat_of)
def seen(desk: Desk, at: AtSeat) -> Reply:
    """Somebody sees to a candidate who called."""

    def act(by: Actor) -> str:
        invigilation.answer_call(desk.conn, at.seat, by, desk.now)
        return say("call.seen", name=at.seat.candidate.name)

    return acted(desk, at.room, act, at)


@pages.get("/<ref>/evacuation")
@requires("invigilation.act", on=sitting_of)
def evacuation(desk: Desk, room: Room) -> Reply:
    """Evacuate: whom it stops, whom it leaves, and the reason."""
    return _evacuation_page(desk, room, RequestForm())


@pages.post("/<ref>/evacuation")
@requires("invigilation.act", on=sitting_of)
def evacuate(desk: Desk, room: Room) -> Reply:
    """Stop every running clock of the sitting in one act."""
    form = RequestForm()
    if not form.validate_on_submit():
        return _evacuation_page(desk, room, form, 400)
    reason, number = form.reason.data or "", form.request.data or ""

    def act(by: Actor) -> str:
        moved = invigilation.evacuate(desk.conn, reason, by, number, desk.now).moved
        told = say("evacuation.done", count=len(moved), time=time_with_seconds(desk.now))
        return told if moved else say("evacuation.nobody")

    return acted(desk, room, act)


@pages.post("/<ref>/return")
@requires("invigilation.act", on=sitting_of)
def return_all(desk: Desk, room: Room) -> Reply:
    """Start the clocks again that an evacuation stopped."""

    def act(by: Actor) -> str:
        back = invigilation.return_all(desk.conn, by, desk.now)
        return say("evacuation.over", count=back) if back else say("evacuation.none")

    return acted(desk, room, act)


def _evacuation_page(desk: Desk, room: Room, form: RequestForm, status: int = 200) -> Reply:
    lines = invigilation.entries(desk.conn, room.sitting.id)
    planned = invigilation.plan(lines, desk.now)
    codes = [
        (line, f"board.state.{state.value}" if state else "evacuation.state.none") for line, state in planned.untouched
    ]
    left = [(line, say(code)) for line, code in codes]
    return show("invigilation/evacuation.html", status, room=room, form=form, moved=planned.moved, left=left)
