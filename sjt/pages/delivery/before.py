"""Before the start: identity, instructions, the waiting room, Begin."""

from __future__ import annotations

from flask import request

from sjt.pages.delivery.door import pages
from sjt.pages.delivery.where import test_of, where
from sjt.pages.replies import Reply, go, show
from sjt.pages.seated import SeatDesk, holding, seated
from sjt.rules.attempt import CLOSED
from sjt.rules.refusals import NotNow
from sjt.services import timekeeping
from sjt.services.delivery import door, remote_notice
from sjt.stores import device_checks


@pages.get("/<attempt>/")
@seated
def arrive(desk: SeatDesk) -> Reply:
    """On to the page that fits where the attempt stands."""
    return where(desk)


@pages.get("/<attempt>/confirm")
@seated
def confirm(desk: SeatDesk) -> Reply:
    """Is this you, and is this your test?"""
    return show("delivery/confirm.html", **test_of(desk))


@pages.post("/<attempt>/confirm")
@seated
def confirmed(desk: SeatDesk) -> Reply:
    """The candidate says that both are right."""
    door.confirm(desk.conn, desk.place.attempt, desk.now)
    return go("delivery.instructions", attempt=desk.place.attempt.ref)


@pages.get("/<attempt>/instructions")
@seated
def instructions(desk: SeatDesk) -> Reply:
    """How the test works, before anything is timed; it can be read again at any time."""
    return show("delivery/instructions.html", **test_of(desk), lockdown=desk.place.seat.lockdown)


@pages.get("/<attempt>/waiting")
@seated
def waiting(desk: SeatDesk) -> Reply:
    """The waiting room: Begin appears when the gate is open."""
    if desk.place.attempt.started_at is not None or desk.place.state in CLOSED:
        return where(desk)
    if remote_notice.owed(desk.conn, desk.place.attempt):
        return go("delivery.notice", attempt=desk.place.attempt.ref)
    checked = device_checks.newest(desk.conn, desk.place.attempt)
    return show("delivery/waiting.html", **test_of(desk), checked=checked)


@pages.post("/<attempt>/begin")
@holding
def begin(desk: SeatDesk) -> Reply:
    """Start the clock, once. Pressed again it only leads to the paper.

    Our scripts take the "no" out of the form; a browser that runs none needs to be allowed first.
    """
    if request.form.get("scripts") == "no" and desk.place.attempt.plain_at is None:
        raise NotNow("begin.no_scripts")
    if desk.place.seat.admitted_at is None:
        raise NotNow("begin.not_admitted")
    timekeeping.begin_held(desk.conn, desk.place.attempt, desk.now)
    return go("delivery.scenario", attempt=desk.place.attempt.ref, number=1)
