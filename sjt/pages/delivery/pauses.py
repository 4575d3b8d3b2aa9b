"""While the clock stands still, and the call for somebody to come."""

from __future__ import annotations

from typing import Any

from flask import request

from proctoring.timing import REST, rest_left
from sjt.pages.delivery.door import pages
from sjt.pages.delivery.where import STOPPED, test_of, time_of, where
from sjt.pages.replies import Reply, go, show
from sjt.pages.seated import SeatDesk, seated
from sjt.rules.attempt import CLOSED
from sjt.rules.refusals import NotUnderstood
from sjt.services import timekeeping
from sjt.services.delivery import door


@pages.get("/<attempt>/paused")
@seated
def paused(desk: SeatDesk) -> Reply:
    """The paper is hidden and the clock stands still.

    From a rest break, and to a reopened paper, the apprentice comes back by themselves.
    """
    if desk.place.state not in STOPPED:
        return where(desk)
    return show("delivery/paused.html", **test_of(desk), **time_of(desk), **_pause_of(desk))


def _pause_of(desk: SeatDesk) -> dict[str, Any]:
    allowance = desk.place.attempt.allowance
    lasting = allowance.open_pause
    left = rest_left(allowance, desk.now)
    resting = lasting is not None and lasting.kind == REST
    reopened = lasting is None and desk.place.attempt.awaits_return(desk.now)
    told = {"lasting": lasting, "resting": resting, "reopened": reopened}
    return {**told, "break_minutes": -(-left.seconds // 60), "used_up": not left}


@pages.post("/<attempt>/resume")
@seated
def resume(desk: SeatDesk) -> Reply:
    """Come back from a rest break, or to a reopened paper. Pressed again it only leads to the paper."""
    if desk.place.state in STOPPED:
        timekeeping.resume(desk.conn, desk.place.attempt, None, desk.now)
        return go("delivery.scenario", attempt=desk.place.attempt.ref, number=1)
    return where(desk)


@pages.get("/<attempt>/call")
@seated
def calling(desk: SeatDesk) -> Reply:
    """Call the invigilator, or ask for a break."""
    if desk.place.state in CLOSED:
        return where(desk)
    left = rest_left(desk.place.attempt.allowance, desk.now)
    allowed = desk.place.attempt.allowance.rest_minutes
    return show(
        "delivery/call.html", **test_of(desk), **time_of(desk), allowed=allowed, break_minutes=-(-left.seconds // 60)
    )


@pages.post("/<attempt>/call")
@seated
def call(desk: SeatDesk) -> Reply:
    """The invigilator's board shows the call at once."""
    wanted = request.form.get("for", "")
    if wanted not in door.CALLS:
        raise NotUnderstood("call.not_understood")
    door.call(desk.conn, desk.place.attempt, wanted, desk.now)
    return go("delivery.calling", attempt=desk.place.attempt.ref)
