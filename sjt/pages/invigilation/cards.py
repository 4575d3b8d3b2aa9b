"""A seat of the board in words: the same for the page, for the table and for the script that keeps it live."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields

from proctoring.seats import Paper, Standing
from proctoring.seb import CODES, Finding
from proctoring.watch import LIVE_SECONDS, ORDER, SILENT_SECONDS, Flag, Hearing
from sjt.pages.invigilation.marks import Mark, extra_words, marks
from sjt.pages.invigilation.offers import GOING, offered
from sjt.pages.shown import duration, time_left, time_of_day, time_with_seconds
from sjt.rules.attempt import CLOSED, State
from sjt.services.watching import Watched
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
    note: str
    asked: str
    acts: tuple[str, ...]
    marks: tuple[Mark, ...]
    pressing: bool  # needs a person
    heard_at: float | None  # the last beat (seconds since 1970), where the script counts on from it
    stands_for: tuple[float, float] | None  # green until the first, silent from the second, unless it is heard again

    @property
    def time(self) -> str:
        """Time left and finish time."""
        return " · ".join(part for part in (self.left, self.finish) if part)

    @property
    def told(self) -> dict[str, object]:
        """For the script, which says by itself how long ago it was that a seat was heard."""
        values = {name: getattr(self, name) for name in TOLD}
        return {**values, "time": self.time, "heard": "" if self.heard_at is not None else self.heard}


TOLD = tuple(field.name for field in fields(Card) if field.name != "heard")


def _is_left_out(seat: Watched) -> bool:
    return seat.line.standing in (Standing.REFUSED, Standing.ABSENT)


def card(seat: Watched, now: dt.datetime, acts: bool) -> Card:
    """One seat's card."""
    tone, state = _headline(seat, now)
    booked = seat.line.seat
    return Card(
        ref=booked.ref, number=booked.number, name=booked.candidate.name, tone=tone, state=state,
        progress=f"{seat.answered}/{seat.line.questions}" if seat.line.questions else "", done=seat.answered,
        of=seat.line.questions, left=_left(seat), finish=time_of_day(seat.finish) if seat.finish else "",
        extra=extra_words(seat), heard=_heard(seat), saved=_saved(seat), note=_note(seat), asked=_asked(seat),
        acts=offered(seat) if acts else (), marks=marks(seat), pressing=any(flag in ORDER for flag in seat.flags),
        heard_at=_heard_at(seat), stands_for=_stands_for(seat, tone),
    )  # fmt: skip


def _heard_at(seat: Watched) -> float | None:
    """When the last beat was, where the card says how long ago."""
    said = _is_heard(seat) and seat.sign.hearing is not Hearing.AWAY and seat.sign.seconds is not None
    return round(seat.beat.at.timestamp(), 3) if said and seat.beat else None


def _stands_for(seat: Watched, tone: str) -> tuple[float, float] | None:
    """Until when a green card may stay green, and from when it is silent: the script sees to it if nobody tells it."""
    if tone != "good" or seat.beat is None:
        return None
    last = seat.beat.at.timestamp()
    return round(last + LIVE_SECONDS, 3), round(last + SILENT_SECONDS, 3)


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
