"""The acts from the board: the gate, extra minutes, the end of an attempt, another device."""

from __future__ import annotations

from collections.abc import Callable

from flask import request

from proctoring.timing import entitled_minutes
from sjt.pages.guard import Desk, requires
from sjt.pages.invigilation.forms import EndForm, GrantForm
from sjt.pages.invigilation.loading import AtSeat, Room, actor, pages, seat_of, sitting_of
from sjt.pages.replies import Reply, go, show
from sjt.pages.shown import time_of_day
from sjt.rules.refusals import NotNow, Stale
from sjt.services import invigilation
from sjt.services.invigilation import Actor
from sjt.stores import attempts
from sjt.words import say

BACK = ("board", "register", "outage")


@pages.post("/<ref>/gate")
@requires("invigilation.act", on=sitting_of)
def open_gates(desk: Desk, room: Room) -> Reply:
    """Open the gate for everyone who is admitted: one press."""

    def act(by: Actor) -> str:
        count = invigilation.open_gates(desk.conn, by, desk.now)
        return say("gate.opened_all", count=count) if count else say("gate.nobody")

    return acted(desk, room, act)


@pages.post("/<ref>/seats/<seat>/gate")
@requires("invigilation.act", on=seat_of)
def open_gate(desk: Desk, at: AtSeat) -> Reply:
    """Open the gate for one."""

    def act(by: Actor) -> str:
        opened = invigilation.open_gate(desk.conn, at.seat, by, desk.now)
        return say("gate.opened" if opened else "gate.already", name=at.seat.candidate.name)

    return acted(desk, at.room, act, at)


@pages.post("/<ref>/seats/<seat>/release")
@requires("invigilation.act", on=seat_of)
def release(desk: Desk, at: AtSeat) -> Reply:
    """Let the device in that asks. The form says which one was seen asking."""

    def act(by: Actor) -> str:
        invigilation.let_in(desk.conn, at.seat, request.form.get("asked", ""), by, desk.now)
        return say("device.released", name=at.seat.candidate.name)

    return acted(desk, at.room, act, at)


@pages.get("/<ref>/seats/<seat>/grant")
@requires("invigilation.act", on=seat_of)
def granting(desk: Desk, at: AtSeat) -> Reply:
    """Extra minutes: the form on a page of its own."""
    return _grant_page(desk, at, GrantForm())


@pages.post("/<ref>/seats/<seat>/grant")
@requires("invigilation.act", on=seat_of)
def grant(desk: Desk, at: AtSeat) -> Reply:
    """Give extra minutes."""
    form = GrantForm()
    if not form.validate_on_submit():
        return _grant_page(desk, at, form, 400)
    minutes, reason, number = form.minutes.data or 0, form.reason.data or "", form.request.data or ""

    def act(by: Actor) -> str:
        given = invigilation.extra_minutes(desk.conn, at.seat, minutes, reason, by, number, desk.now)
        return _granted(desk, at, minutes) if given else say("grant.twice")

    return acted(desk, at.room, act, at)


def _granted(desk: Desk, at: AtSeat, minutes: int) -> str:
    attempt = attempts.by_seat(desk.conn, at.seat.id)
    finish = attempt.deadline if attempt else None
    told = {"name": at.seat.candidate.name, "minutes": minutes}
    return say("grant.given", told, finish=time_of_day(finish)) if finish else say("grant.given_before", told)


def _grant_page(desk: Desk, at: AtSeat, form: GrantForm, status: int = 200) -> Reply:
    attempt = attempts.by_seat(desk.conn, at.seat.id)
    total = entitled_minutes(attempt.allowance.base_minutes, attempt.allowance.extra_percents) if attempt else None
    return show("invigilation/grant.html", status, at=at, form=form, attempt=attempt, total=total)


@pages.get("/<ref>/seats/<seat>/end")
@requires("invigilation.act", on=seat_of)
def ending(desk: Desk, at: AtSeat) -> Reply:
    """End an attempt: what it means, the reason, and a tick."""
    return _end_page(desk, at, EndForm())


@pages.post("/<ref>/seats/<seat>/end")
@requires("invigilation.act", on=seat_of)
def end(desk: Desk, at: AtSeat) -> Reply:
    """End an attempt."""
    form = EndForm()
    if not form.validate_on_submit():
        return _end_page(desk, at, form, 400)

    def act(by: Actor) -> str:
        awaited = _awaits_return(desk, at)
        ended = invigilation.end_attempt(desk.conn, at.seat, form.reason.data or "", by, desk.now)
        code = "reopen.withdrawn" if awaited else "end.done" if ended.started_at else "end.done_unbegun"
        return say(code, name=at.seat.candidate.name)

    return acted(desk, at.room, act, at)


def _end_page(desk: Desk, at: AtSeat, form: EndForm, status: int = 200) -> Reply:
    awaited = _awaits_return(desk, at)
    if awaited:
        form.sure.label.text = say("reopen.confirm_back")
    attempt = attempts.by_seat(desk.conn, at.seat.id)
    return show("invigilation/end.html", status, at=at, form=form, attempt=attempt, awaited=awaited)


def _awaits_return(desk: Desk, at: AtSeat) -> bool:
    """Whether the attempt was reopened and its candidate has not returned: then it is the reopening that ends."""
    attempt = attempts.by_seat(desk.conn, at.seat.id)
    return attempt is not None and attempt.awaits_return(desk.now)


def acted(
    desk: Desk, room: Room, act: Callable[[Actor], str], at: AtSeat | None = None, back: str | None = None
) -> Reply:
    """Do it and go back to where it was pressed; when it cannot be done the page says why."""
    kind = "success"
    try:
        with desk.conn.begin_nested():
            words = act(actor(desk, room))
    except (NotNow, Stale) as refusal:
        words, kind = say(refusal.code, refusal.params), "error"
    back = back or request.form.get("back")
    where = {"view": "table"} if request.form.get("view") == "table" else {}
    anchor = {"_anchor": f"seat-{at.seat.number}"} if at else {}
    endpoint = f"invigilation.{back if back in BACK else 'board'}"
    return go(endpoint, words, kind, ref=room.sitting.ref, **where, **anchor)
