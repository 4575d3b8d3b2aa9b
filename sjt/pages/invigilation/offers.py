"""What a seat's card offers at this moment: only what can be done."""

from __future__ import annotations

from proctoring.lockdown import Level
from proctoring.seats import Act, Paper, Standing, possible
from proctoring.watch import Flag
from sjt.rules.attempt import BEFORE, CLOSED, State
from sjt.services.invigilation import can_be_reopened
from sjt.services.watching import Watched

GOING = (State.OPEN, State.RUNNING, State.PAUSED, State.SUSPENDED)


def offered(seat: Watched) -> tuple[str, ...]:
    """The acts that a seat's card offers, the one under the pointer first."""
    stands, paper, state = seat.line.standing, seat.line.paper, seat.state
    gate = paper is Paper.READY and Act.OPEN_GATE in possible(stands, paper)
    here = state in GOING or (state is State.READY and stands is Standing.ADMITTED)
    attempt, lasting = seat.line.attempt, seat.line.attempt.allowance.open_pause if seat.line.attempt else None
    stopped = state in (State.PAUSED, State.SUSPENDED)
    going = state in GOING and not seat.awaits_return
    plain = attempt is not None and attempt.plain_at is not None
    holds = {
        "seen": Flag.CALLS in seat.flags,
        "release": Flag.DEVICE_ASKS in seat.flags,
        "seb_first": Flag.LOCKED_OUT in seat.flags,
        "gate": gate,
        "register": paper in (Paper.MISSING, Paper.READY) and not gate,
        "resume": stopped and (lasting is not None or not seat.awaits_return),
        "grant": going,
        "reopen": attempt is not None and state is not None and can_be_reopened(attempt, state),
        "pause": going and state in (State.RUNNING, State.PAUSED),
        "warn": going and state is not State.OPEN,
        "leave": going and state is not State.OPEN,
        "message": here,
        "move": here,
        "seb": _asks_for_seb(seat),
        "plain": here and not plain,
        "not_plain": here and plain and state in BEFORE,
        "end": going,
        "withdraw": seat.awaits_return,
        "report": bool(seat.reported),
        "emergency": attempt is not None and attempt.started_at is not None,
    }
    return tuple(act for act, can_be_done in holds.items() if can_be_done)


def _asks_for_seb(seat: Watched) -> bool:
    """Whether its browser must be Safe Exam Browser, and may still come to matter."""
    booked, going = seat.line.seat, seat.state is not None and seat.state not in CLOSED
    return booked.lockdown == Level.SEB and booked.mode != "paper" and going
