"""What a seat's card offers at this moment: only what can be done."""

from __future__ import annotations

from proctoring.seats import Act, Paper, Standing, possible
from proctoring.watch import Flag
from sjt.rules.attempt import State
from sjt.services.watching import Watched

GOING = (State.OPEN, State.RUNNING, State.PAUSED, State.SUSPENDED)


def offered(seat: Watched) -> tuple[str, ...]:
    """The acts that a seat's card offers, the one under the pointer first."""
    stands, paper, state = seat.line.standing, seat.line.paper, seat.state
    gate = paper is Paper.READY and Act.OPEN_GATE in possible(stands, paper)
    here = state in GOING or (state is State.READY and stands is Standing.ADMITTED)
    holds = {
        "seen": Flag.CALLS in seat.flags,
        "release": Flag.DEVICE_ASKS in seat.flags,
        "gate": gate,
        "register": paper in (Paper.MISSING, Paper.READY) and not gate,
        "resume": state in (State.PAUSED, State.SUSPENDED),
        "grant": state in GOING,
        "pause": state in (State.RUNNING, State.PAUSED),
        "message": here,
        "end": state in GOING,
    }
    return tuple(act for act, can_be_done in holds.items() if can_be_done)
