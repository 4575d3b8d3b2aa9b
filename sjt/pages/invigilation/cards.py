"""A seat of the board in words: the same for the page, for the table and for the script that keeps it live."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import asdict, dataclass

from proctoring.seats import Paper, Standing
from proctoring.seb import CODES, Finding
from proctoring.watch import Flag, Hearing
from sjt.pages.invigilation.offers import GOING, offered
from sjt.pages.shown import duration, time_left, time_of_day, time_with_seconds
from sjt.rules.attempt import CLOSED, State
from sjt.services.invigilation import EVACUATION
from sjt.services.watching import Board, Watched
from sjt.stores.presence import Refused
from sjt.words import say

SECONDS_UNTIL = 120  # from two minutes on, whole minutes are enough
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
    facts: str
    note: str
    asked: str
    acts: tuple[str, ...]

    @property
    def time(self) -> str:
        """Time left and finish time."""
        return " · ".join(part for part in (self.left, self.finish) if part)


def state_of(board: Board, acts: bool) -> dict[str, object]:
    """All that changes on a board, for the script: no content of any paper or answer."""
    cards = [card(seat, board.now, acts) for seat in board.seats]
    return {
        "now": time_with_seconds(board.now),
        "outages": outage_words(board),
        "tally": [{"kind": kind, "text": text} for kind, text in tally(board)],
        "order": [one.ref for one in cards],
        "seats": {one.ref: {**asdict(one), "time": one.time} for one in cards},
    }


def tally(board: Board) -> list[tuple[str, str]]:
    """The room at a glance: what is not there is not said."""
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


def evacuated(board: Board) -> int:
    """How many clocks an evacuation holds."""
    pauses = [s.line.attempt.allowance.open_pause for s in board.seats if s.line.attempt and s.state is State.PAUSED]
    return sum(pause is not None and pause.kind == EVACUATION for pause in pauses)


def _is_left_out(seat: Watched) -> bool:
    return seat.line.standing in (Standing.REFUSED, Standing.ABSENT)


def _is_live(seat: Watched) -> bool:
    return seat.state is State.RUNNING and (seat.sign.hearing is Hearing.LIVE or seat.is_unheard)


def card(seat: Watched, now: dt.datetime, acts: bool) -> Card:
    """One seat's card."""
    tone, state = _headline(seat, now)
    booked = seat.line.seat
    return Card(
        ref=booked.ref, number=booked.number, name=booked.candidate.name, tone=tone, state=state,
        progress=f"{seat.answered}/{seat.line.questions}" if seat.line.questions else "", done=seat.answered,
        of=seat.line.questions, left=_left(seat), finish=time_of_day(seat.finish) if seat.finish else "",
        extra=say("board.extra", length=duration(-(-seat.extra_seconds // 60))) if seat.extra_seconds else "",
        heard=_heard(seat), saved=_saved(seat), facts=_facts(seat), note=_note(seat), asked=_asked(seat),
        acts=offered(seat) if acts else (),
    )  # fmt: skip


def _headline(seat: Watched, now: dt.datetime) -> tuple[str, str]:
    """Tone and words of the state: what needs a person stands before the state itself."""
    attempt = seat.line.attempt
    if Flag.CALLS in seat.flags and attempt and attempt.called_for:
        return "bad", say(f"board.state.calls.{attempt.called_for}")
    if {Flag.DEVICE_ASKS, Flag.LOCKED_OUT} & set(seat.flags):
        return "bad", say("board.state.asks" if Flag.DEVICE_ASKS in seat.flags else "board.state.locked_out")
    if Flag.GATE_WAITS in seat.flags and attempt and attempt.opened_at:
        return "warn", say("board.state.waits", minutes=(now - attempt.opened_at) // dt.timedelta(minutes=1))
    if Flag.SILENT in seat.flags:
        return "warn", say("board.state.silent")
    if seat.state is None or (seat.state is State.READY and seat.line.standing is not Standing.ADMITTED):
        return "neutral", say(f"register.standing.{seat.line.standing.value}")
    if seat.state is State.RUNNING:
        return _running(seat)
    if seat.state is State.PAUSED:
        return _paused(seat)
    return TONES.get(seat.state, "neutral"), say(f"board.state.{seat.state.value}")


def _paused(seat: Watched) -> tuple[str, str]:
    """Of which kind the pause is; and whether a break has used up its allowance, so that the clock runs."""
    lasting = seat.line.attempt.allowance.open_pause if seat.line.attempt else None
    if lasting is None and seat.awaits_return:
        return "info", say("board.state.reopened")
    if Flag.BREAK_OVER in seat.flags:
        return "warn", say("board.state.break_over")
    return "info", say(f"board.state.paused.{lasting.kind}" if lasting else "board.state.paused")


def _running(seat: Watched) -> tuple[str, str]:
    """Green only while it is heard; until it is silent it is neither green nor an alarm."""
    if seat.is_unheard:
        return "info", say("board.state.paper" if seat.line.seat.mode == "paper" else "board.state.plain")
    if seat.sign.hearing is Hearing.LIVE:
        return "good", say("board.state.running")
    return "neutral", say(f"board.state.{seat.sign.hearing.value}", seconds=seat.sign.seconds, time=_since(seat))


def _left(seat: Watched) -> str:
    """Time left once begun, the time allowed before that."""
    if seat.seconds_left is not None:
        return time_left(seat.seconds_left)
    waiting = seat.state in (State.READY, State.OPEN) and not _is_left_out(seat)
    return duration(seat.entitled_minutes) if waiting and seat.entitled_minutes else ""


def _is_heard(seat: Watched) -> bool:
    """Whether anything is to be said of hearing a seat: its browser is expected, or has been heard of."""
    expected = seat.state is State.RUNNING or (seat.beat is not None and seat.state in (State.READY, *GOING))
    return expected and seat.line.seat.mode != "paper"


def _heard(seat: Watched) -> str:
    if not _is_heard(seat):
        return ""
    if seat.sign.hearing is Hearing.AWAY:
        return say("board.heard.away")
    if seat.sign.seconds is None:
        return say("board.heard.never", time=_since(seat))
    return say("board.heard.ago", length=_ago(seat.sign.seconds)) if seat.sign.seconds else say("board.heard.now")


def _ago(seconds: int) -> str:
    return f"{seconds} s" if seconds < SECONDS_UNTIL else duration(seconds // 60)


def _since(seat: Watched) -> str:
    return time_with_seconds(seat.sign.since) if seat.sign.since else ""


def _saved(seat: Watched) -> str:
    attempt = seat.line.attempt
    if attempt is None or attempt.started_at is None:
        return ""
    return time_with_seconds(attempt.last_saved_at) if attempt.last_saved_at else say("board.saved.nothing")


def _facts(seat: Watched) -> str:
    """The small line of the card: last heard, last accepted save."""
    heard, saved, attempt = _heard(seat), _saved(seat), seat.line.attempt
    parts = [say("board.facts.heard", heard=heard)] if heard else []
    if attempt and attempt.last_saved_at:
        parts.append(say("board.facts.saved", saved=saved))
    elif saved:
        parts.append(say("board.facts.unsaved"))
    told = " · ".join(parts)
    return told[:1].upper() + told[1:]


def _note(seat: Watched) -> str:
    """What explains the state beside it, where the state alone does not."""
    attempt, booked = seat.line.attempt, seat.line.seat
    moments = [
        ("board.note.at", attempt.called_at if attempt and Flag.CALLS in seat.flags else None),
        ("board.note.at", attempt.device_asking_at if attempt and Flag.DEVICE_ASKS in seat.flags else None),
        ("board.note.at", booked.refused_at or booked.absent_at),
        ("board.note.awaits", attempt.reopened_at if attempt and seat.awaits_return else None),
        ("board.note.at", attempt.finished_at if attempt and attempt.closed_at else None),
        ("board.note.since", attempt.opened_at if attempt and _is_at_the_gate(seat) else None),
        ("board.note.since", _paused_since(seat)),
    ]
    told = [say(code, time=time_of_day(at)) for code, at in moments if at is not None][:1]
    told += [say("board.note.no_paper")] if seat.line.paper is Paper.MISSING else []
    told += [_locked_out(seat.refused)] if seat.refused else []
    told += [say("board.note.plain")] if _says_plain(seat) else []
    told += [say("board.note.unsent", count=seat.beat.unsent)] if _has_unsent(seat) and seat.beat else []
    told += [say("board.note.unread", time=time_of_day(seat.unread.since))] if seat.unread and _is_open(seat) else []
    told += [seat.incident] if seat.incident else []
    flagged = sum(flag.is_open for flag in seat.reported)
    told += [say("flag.open", count=flagged)] if flagged else []
    return " · ".join(told)


def _locked_out(refused: Refused) -> str:
    words = say(f"seb.arrived.{refused.finding}")
    told = {"words": words[:1].lower() + words[1:], "code": CODES[Finding(refused.finding)]}
    return say("board.note.locked_out", told)


def _says_plain(seat: Watched) -> bool:
    """Plain pages are allowed, and the state itself does not say so."""
    allowed = seat.line.attempt is not None and seat.line.attempt.plain_at is not None
    return allowed and _is_open(seat) and not (seat.state is State.RUNNING and seat.is_unheard)


def _is_open(seat: Watched) -> bool:
    return seat.state is not None and seat.state not in CLOSED


def _paused_since(seat: Watched) -> dt.datetime | None:
    attempt = seat.line.attempt
    lasting = attempt.allowance.open_pause if attempt and not attempt.closed_at else None
    return lasting.began if lasting else None


def _is_at_the_gate(seat: Watched) -> bool:
    """The gate is open, and not yet for so long that the state itself says so."""
    return seat.state is State.OPEN and Flag.GATE_WAITS not in seat.flags


def _has_unsent(seat: Watched) -> bool:
    return seat.state is State.RUNNING and seat.beat is not None and seat.beat.unsent > 0


def _asked(seat: Watched) -> str:
    """Which device was seen asking: another one may ask before the press arrives."""
    attempt = seat.line.attempt
    asking = attempt.device_asking_at if attempt and Flag.DEVICE_ASKS in seat.flags else None
    return asking.isoformat() if asking else ""
