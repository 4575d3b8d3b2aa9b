"""A seat of the board in words: the same for the page, for the table and for the script that keeps it live."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict, dataclass

from proctoring.seats import Act, Paper, Standing, possible
from proctoring.watch import Flag, Hearing
from sjt.pages.shown import duration, time_left, time_of_day, time_with_seconds
from sjt.rules.attempt import State
from sjt.services.watching import Board, Watched
from sjt.words import say

GOING = (State.OPEN, State.RUNNING, State.PAUSED, State.SUSPENDED)
TONES = {
    State.RUNNING: "good",
    State.OPEN: "info",
    State.READY: "info",
    State.PAUSED: "info",
    State.SUSPENDED: "warn",
}


@dataclass(frozen=True)
class Card:
    """What stands on one seat's card. ``acts`` names what is offered, the one under the pointer first."""

    ref: str
    number: int
    name: str
    tone: str
    state: str
    progress: str
    done: int
    of: int
    left: str
    finish: str
    extra: str
    heard: str
    saved: str
    note: str
    asked: str
    acts: tuple[str, ...]

    @property
    def facts(self) -> str:
        """The small line of the card."""
        return " · ".join(part for part in (self.note, self.heard, self.saved) if part)

    @property
    def time(self) -> str:
        """Time left and finish time."""
        return " · ".join(part for part in (self.left, self.finish) if part)


def state_of(board: Board, acts: bool) -> dict[str, object]:
    """All that changes on a board, for the script: no content of any paper or answer."""
    cards = [card(seat, board.now, acts) for seat in board.seats]
    return {
        "now": time_with_seconds(board.now),
        "tally": [{"kind": kind, "text": text} for kind, text in tally(board)],
        "order": [one.ref for one in cards],
        "seats": {one.ref: {**asdict(one), "facts": one.facts, "time": one.time} for one in cards},
    }


def tally(board: Board) -> list[tuple[str, str]]:
    """The room at a glance: what is not there is not said."""
    states, silent = board.states, board.flagged(Flag.SILENT)
    closed = sum(states[state] for state in (State.SUBMITTED, State.EXPIRED, State.ENDED, State.VOID))
    counts = [
        ("bad", "asks", board.flagged(Flag.DEVICE_ASKS)),
        ("warn", "waits", board.flagged(Flag.GATE_WAITS)),
        ("warn", "silent", silent),
        ("good", "working", sum(_is_live(seat) for seat in board.seats)),
        ("info", "waiting", states[State.READY] + states[State.OPEN]),
        ("neutral", "finished", closed),
    ]
    told = [(kind, say(f"board.tally.{code}", count=count)) for kind, code, count in counts if count]
    return told if board.presence_known else [("neutral", say("board.tally.away")), *told]


def _is_live(seat: Watched) -> bool:
    return seat.state is State.RUNNING and (seat.sign.hearing is Hearing.LIVE or seat.line.seat.mode == "paper")


def card(seat: Watched, now: dt.datetime, acts: bool) -> Card:
    """One seat's card."""
    tone, state = _headline(seat, now)
    booked, begun = seat.line.seat, seat.finish is not None
    return Card(
        ref=booked.ref, number=booked.number, name=booked.candidate.name, tone=tone, state=state,
        progress=f"{seat.answered}/{seat.line.questions}" if seat.line.questions else "", done=seat.answered,
        of=seat.line.questions, left=_left(seat), finish=time_of_day(seat.finish) if seat.finish and begun else "",
        extra=say("board.extra", length=duration(-(-seat.extra_seconds // 60))) if seat.extra_seconds else "",
        heard=_heard(seat), saved=_saved(seat), note=_note(seat), acts=_acts(seat) if acts else (),
        asked=_asked(seat),
    )  # fmt: skip


def _headline(seat: Watched, now: dt.datetime) -> tuple[str, str]:
    """Tone and words of the state: what needs a person stands before the state itself."""
    attempt = seat.line.attempt
    if Flag.DEVICE_ASKS in seat.flags:
        return "bad", say("board.state.asks")
    if Flag.GATE_WAITS in seat.flags and attempt and attempt.opened_at:
        return "warn", say("board.state.waits", minutes=(now - attempt.opened_at) // dt.timedelta(minutes=1))
    if Flag.SILENT in seat.flags:
        return "warn", say("board.state.silent")
    if seat.state is None or (seat.state is State.READY and seat.line.standing is not Standing.ADMITTED):
        return "neutral", say(f"register.standing.{seat.line.standing.value}")
    if seat.state is State.RUNNING:
        return _running(seat)
    return TONES.get(seat.state, "neutral"), say(f"board.state.{seat.state.value}")


def _running(seat: Watched) -> tuple[str, str]:
    """Green only while it is heard; until it is silent it is neither green nor an alarm."""
    if seat.line.seat.mode == "paper":
        return "info", say("board.state.paper")
    if seat.sign.hearing is Hearing.LIVE:
        return "good", say("board.state.running")
    return "neutral", say(f"board.state.{seat.sign.hearing.value}", seconds=seat.sign.seconds)


def _left(seat: Watched) -> str:
    if seat.seconds_left is not None:
        return say("board.left", length=time_left(seat.seconds_left))
    waiting = seat.state in (State.READY, State.OPEN)
    return duration(seat.entitled_minutes) if waiting and seat.entitled_minutes else ""


def _heard(seat: Watched) -> str:
    """Only of a seat whose browser is expected, or has been heard of."""
    expected = seat.state is State.RUNNING or (seat.beat is not None and seat.state in (State.READY, *GOING))
    return "" if seat.line.seat.mode == "paper" or not expected else HEARD[seat.sign.hearing](seat)


def _live(seat: Watched) -> str:
    return say("board.heard.live" if seat.sign.seconds else "board.heard.now", seconds=seat.sign.seconds)


def _silent(seat: Watched) -> str:
    if seat.sign.seconds is None:
        return say("board.heard.never", time=_at(seat))
    minutes, seconds = divmod(seat.sign.seconds, 60)
    return say("board.heard.silent", length=f"{duration(minutes)} {seconds} s" if minutes else f"{seconds} s")


def _at(seat: Watched) -> str:
    return time_with_seconds(seat.sign.since) if seat.sign.since else ""


HEARD: dict[Hearing, Callable[[Watched], str]] = {
    Hearing.LIVE: _live,
    Hearing.QUIET: lambda seat: say("board.heard.quiet", seconds=seat.sign.seconds),
    Hearing.SILENT: _silent,
    Hearing.UNKNOWN: lambda seat: say("board.heard.unknown", time=_at(seat)),
    Hearing.AWAY: lambda seat: say("board.heard.away"),
}


def _saved(seat: Watched) -> str:
    attempt = seat.line.attempt
    if attempt is None or attempt.started_at is None:
        return ""
    at = attempt.last_saved_at
    told = say("board.saved", time=time_with_seconds(at)) if at else say("board.unsaved")
    unsent = seat.beat.unsent if seat.beat and seat.state is State.RUNNING else 0
    return f"{told} · {say('board.unsent', count=unsent)}" if unsent else told


def _note(seat: Watched) -> str:
    """What explains the state, where the state alone does not."""
    attempt, booked = seat.line.attempt, seat.line.seat
    moments = [
        ("board.asked", attempt.device_asking_at if attempt and Flag.DEVICE_ASKS in seat.flags else None),
        ("board.refused", booked.refused_at),
        ("board.absent", booked.absent_at),
        ("board.finished", attempt.finished_at if attempt and attempt.closed_at else None),
        ("board.gate_since", attempt.opened_at if attempt and seat.state is State.OPEN else None),
    ]
    told = next((say(code, time=time_of_day(at)) for code, at in moments if at is not None), "")
    return told or (say("board.no_paper") if seat.line.paper is Paper.MISSING else "")


def _asked(seat: Watched) -> str:
    """Which device was seen asking: another one may ask before the press arrives."""
    attempt = seat.line.attempt
    asking = attempt.device_asking_at if attempt and Flag.DEVICE_ASKS in seat.flags else None
    return asking.isoformat() if asking else ""


def _acts(seat: Watched) -> tuple[str, ...]:
    offered = []
    if Flag.DEVICE_ASKS in seat.flags:
        offered.append("release")
    if seat.line.paper is Paper.READY and Act.OPEN_GATE in possible(seat.line.standing, seat.line.paper):
        offered.append("gate")
    if seat.line.paper in (Paper.MISSING, Paper.READY) and "gate" not in offered:
        offered.append("register")
    if seat.state in GOING:
        offered += ["grant", "end"]
    return tuple(offered)
