"""Another place in the room, pages without scripts, and a closed attempt that goes on."""

from __future__ import annotations

from dataclasses import replace

from sjt.pages.guard import Desk, requires
from sjt.pages.invigilation.acts import acted
from sjt.pages.invigilation.forms import MoveForm, ReasonForm, ReopenForm
from sjt.pages.invigilation.loading import AtSeat, pages, seat_of
from sjt.pages.replies import Reply, show
from sjt.pages.shown import to_the_second
from sjt.rules.eligibility import free_numbers
from sjt.services import invigilation
from sjt.services.invigilation import Actor
from sjt.stores import attempts, seats
from sjt.words import say

SHOWN_FREE = 8


# ----------------------------------------------------------------------------------------------------- moving
@pages.get("/<ref>/seats/<seat>/move")
@requires("invigilation.act", on=seat_of)
def moving(desk: Desk, at: AtSeat) -> Reply:
    """Move a candidate: to which free number, and why."""
    return _move_page(desk, at, MoveForm())


@pages.post("/<ref>/seats/<seat>/move")
@requires("invigilation.act", on=seat_of)
def move(desk: Desk, at: AtSeat) -> Reply:
    """Move a candidate to another place."""
    form = MoveForm()
    if not form.validate_on_submit():
        return _move_page(desk, at, form, 400)
    to, reason, number = form.number.data or 0, form.reason.data or "", form.request.data or ""
    there = AtSeat(at.room, replace(at.seat, number=to))

    def act(by: Actor) -> str:
        moved = invigilation.move(desk.conn, at.seat, to, reason, by, number, desk.now)
        return say("move.done", name=at.seat.candidate.name, number=to) if moved else say("move.twice")

    return acted(desk, at.room, act, there)


def _move_page(desk: Desk, at: AtSeat, form: MoveForm, status: int = 200) -> Reply:
    taken = [seat.number for seat in seats.of_sitting(desk.conn, at.room.sitting.id)]
    free, attempt = free_numbers(taken, SHOWN_FREE), attempts.by_seat(desk.conn, at.seat.id)
    return show("invigilation/move.html", status, at=at, form=form, attempt=attempt, free=free)


# ------------------------------------------------------------------------------------------------ plain pages
@pages.get("/<ref>/seats/<seat>/plain")
@requires("invigilation.act", on=seat_of)
def allowing_plain(desk: Desk, at: AtSeat) -> Reply:
    """Let a candidate sit without scripts: what it means, and why."""
    return _plain_page(desk, at, ReasonForm())


@pages.post("/<ref>/seats/<seat>/plain")
@requires("invigilation.act", on=seat_of)
def allow_plain(desk: Desk, at: AtSeat) -> Reply:
    """Let a candidate sit without scripts."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _plain_page(desk, at, form, 400)

    def act(by: Actor) -> str:
        done = invigilation.allow_plain(desk.conn, at.seat, form.reason.data or "", by, desk.now)
        return say("plain.allowed" if done else "plain.already", name=at.seat.candidate.name)

    return acted(desk, at.room, act, at)


@pages.post("/<ref>/seats/<seat>/no-plain")
@requires("invigilation.act", on=seat_of)
def withdraw_plain(desk: Desk, at: AtSeat) -> Reply:
    """Take that back, until Begin."""

    def act(by: Actor) -> str:
        done = invigilation.withdraw_plain(desk.conn, at.seat, by, desk.now)
        return say("plain.withdrawn" if done else "plain.none", name=at.seat.candidate.name)

    return acted(desk, at.room, act, at)


def _plain_page(desk: Desk, at: AtSeat, form: ReasonForm, status: int = 200) -> Reply:
    return show("invigilation/plain.html", status, at=at, form=form, attempt=attempts.by_seat(desk.conn, at.seat.id))


# -------------------------------------------------------------------------------------------------- reopening
@pages.get("/<ref>/seats/<seat>/reopen")
@requires("invigilation.act", on=seat_of)
def reopening(desk: Desk, at: AtSeat) -> Reply:
    """Reopen a closed attempt: for how long, and why."""
    attempt = attempts.by_seat(desk.conn, at.seat.id)
    minutes, seconds = divmod(invigilation.proposed_seconds(attempt, desk.now) if attempt else 0, 60)
    return _reopen_page(desk, at, ReopenForm(minutes=minutes, seconds=seconds))


@pages.post("/<ref>/seats/<seat>/reopen")
@requires("invigilation.act", on=seat_of)
def reopen(desk: Desk, at: AtSeat) -> Reply:
    """Reopen a closed attempt."""
    form = ReopenForm()
    if not form.validate_on_submit():
        return _reopen_page(desk, at, form, 400)
    reason, number = form.reason.data or "", form.request.data or ""

    def act(by: Actor) -> str:
        done = invigilation.reopen(desk.conn, at.seat, form.length, reason, by, number, desk.now)
        told = {"name": at.seat.candidate.name, "length": to_the_second(form.length)}
        return say("reopen.done", told) if done else say("reopen.twice")

    return acted(desk, at.room, act, at)


def _reopen_page(desk: Desk, at: AtSeat, form: ReopenForm, status: int = 200) -> Reply:
    return show("invigilation/reopen.html", status, at=at, form=form, attempt=attempts.by_seat(desk.conn, at.seat.id))
