"""The room at a glance: what stands above the seats."""

from __future__ import annotations

from collections import Counter

from proctoring.seats import Standing
from proctoring.watch import Flag, Hearing
from sjt.pages.guard import Desk
from sjt.pages.invigilation.cards import card
from sjt.pages.invigilation.loading import Room
from sjt.pages.invigilation.register import gate_words
from sjt.pages.shown import time_of_day, time_with_seconds
from sjt.rules.attempt import CLOSED, State
from sjt.services.invigilation import EVACUATION
from sjt.services.watching import Board, Watched
from sjt.words import say

WORDS = ("heard.now", "heard.ago", "state.quiet", "state.silent")  # what the script says when nothing new arrives


def state_of(desk: Desk, room: Room, board: Board, acts: bool) -> dict[str, object]:
    """All that changes on a board, for the script: no content of any paper or answer.

    Nothing in it counts seconds since a beat: an unchanged room gives the same state, and the script counts.
    """
    cards = [card(seat, board.now, acts) for seat in board.seats]
    return {
        "outages": outage_words(board),
        "tally": [{"kind": kind, "text": text} for kind, text in tally(board)],
        "finish": finish_words(board),
        "gate": gate(desk, room, board) if acts else {},
        "evacuated": evacuated(board),
        "order": [one.ref for one in cards],
        "seats": {one.ref: one.told for one in cards},
    }


def clock_of(board: Board) -> dict[str, object]:
    """The server's time of a state: in words, and as a number to count on from."""
    return {"now": time_with_seconds(board.now), "at": round(board.now.timestamp(), 3)}


def words_of_the_script() -> dict[str, str]:
    """The words that the script fills by itself, by a short name; ``{…}`` stays for it to fill."""
    return {code: say(f"board.{code}", length="{length}", seconds="{seconds}") for code in WORDS}


def tally(board: Board) -> list[tuple[str, str]]:
    """The room in numbers: what is not there is not said."""
    states = Counter(seat.state for seat in board.seats if not _is_left_out(seat))
    closed = sum(states[state] for state in CLOSED)
    counts = [
        ("bad", "calls", board.flagged(Flag.CALLS)),
        ("bad", "asks", board.flagged(Flag.DEVICE_ASKS)),
        ("bad", "locked_out", board.flagged(Flag.LOCKED_OUT)),
        ("warn", "waits", board.flagged(Flag.GATE_WAITS)),
        ("warn", "break_over", board.flagged(Flag.BREAK_OVER)),
        ("warn", "silent", board.flagged(Flag.SILENT)),
        ("good", "working", sum(_is_live(seat) for seat in board.seats)),
        ("info", "paused", states[State.PAUSED] + states[State.SUSPENDED]),
        ("info", "waiting", states[State.READY] + states[State.OPEN]),
        ("neutral", "finished", closed),
    ]
    told = [(kind, say(f"board.tally.{code}", count=count)) for kind, code, count in counts if count]
    return told if board.presence_known else [("neutral", say("board.tally.away")), *told]


def outage_words(board: Board) -> str:
    """How many candidates were not heard for a while; nothing where nobody was."""
    return say("board.outage", count=board.outages) if board.outages else ""


def finish_words(board: Board) -> str:
    """Who finishes next and when the last one does; whom a pause holds counts as if it ended now."""
    timed = board.finishing
    if not timed:
        return ""
    first, last = timed[0], timed[-1]
    together = sum(seat.finish == first.finish for seat in timed)
    who = say("board.finish.seat", number=first.line.seat.number, name=first.line.seat.candidate.name)
    told = who if together == 1 else say("board.finish.together", count=together)
    return say("board.finish", time=_finish(first), who=told, last=_finish(last))


def _finish(seat: Watched) -> str:
    return time_of_day(seat.finish) if seat.finish else ""


def evacuated(board: Board) -> int:
    """How many clocks an evacuation holds."""
    pauses = [s.line.attempt.allowance.open_pause for s in board.seats if s.line.attempt and s.state is State.PAUSED]
    return sum(pause is not None and pause.kind == EVACUATION for pause in pauses)


def gate(desk: Desk, room: Room, board: Board) -> dict[str, object]:
    """The one press that opens the gate for all who are admitted; without a button when there is nobody."""
    words = " ".join(gate_words(board.gate, room, desk))
    return {"button": say("gate.button", count=board.gate.ready) if board.gate.ready else "", "words": words}


def _is_left_out(seat: Watched) -> bool:
    return seat.line.standing in (Standing.REFUSED, Standing.ABSENT)


def _is_live(seat: Watched) -> bool:
    return seat.state is State.RUNNING and (seat.sign.hearing is Hearing.LIVE or seat.is_unheard)
