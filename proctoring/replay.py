"""What the events of an attempt add up to: played again from the first, they give its script, deadline and end.

Nothing but the events goes in. What the product has stored must say the same; where it does not, one of the two
was changed behind the other's back (invariant 3 of the answers and the clock).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from proctoring.ledger import Ledger, ledger
from proctoring.timing import Allowance, Pause, Reopening, deadline


@dataclass(frozen=True)
class Replayed:
    """Where an attempt stands after its events.

    ``script``: revision and SHA-256 of the newest text of each question. ``deadline`` leaves out a pause that lasts.
    """

    script: Mapping[str, tuple[int, str]]
    deadline: dt.datetime | None
    closed_as: str | None
    finished_at: dt.datetime | None
    receipt: str | None
    ledger: Ledger | None = None  # where the deadline comes from, once begun


Happened = Mapping[str, Any]


def replay(payloads: Iterable[Happened]) -> Replayed:
    """Play events in their order; each is a payload as the chain holds it, read from its JSON."""
    tape = _Tape()
    for payload in payloads:
        tape.play(payload)
    until = deadline(tape.started, tape.allowance) if tape.started else None
    book = ledger(tape.started, tape.allowance) if tape.started else None
    return Replayed(tape.script, until, tape.closed_as, tape.finished, tape.receipt, book)


class _Tape:
    """What has happened so far."""

    def __init__(self) -> None:
        self.script: dict[str, tuple[int, str]] = {}
        self.started: dt.datetime | None = None
        self.allowance = Allowance(0)
        self.before: list[Allowance] = []  # the time that counted before a reopening that is not used yet
        self.closed_as: str | None = None
        self.closed_at: dt.datetime | None = None
        self.finished: dt.datetime | None = None
        self.receipt: str | None = None

    def play(self, told: Happened) -> None:
        for question, revision, digest in told.get("answers", ()):
            self.script[question] = (revision, digest)
        act = _ACTS.get(told["kind"])
        if act is not None:
            act(self, told, dt.datetime.fromisoformat(told["at"]))

    def begun(self, told: Happened, at: dt.datetime) -> None:
        self.started = at
        self.allowance = Allowance(
            told["base_minutes"], (told["percent"],), told["granted_seconds"], told["rest_minutes"]
        )

    def adjusted(self, told: Happened, at: dt.datetime) -> None:
        if self.started is not None:  # until then Begin takes over what counts
            self.allowance = replace(
                self.allowance, extra_percents=(told["percent"],), rest_minutes=told["rest_minutes"]
            )

    def granted(self, told: Happened, at: dt.datetime) -> None:
        if self.started is not None:
            self.allowance = replace(self.allowance, granted_seconds=self.allowance.granted_seconds + told["seconds"])

    def paused(self, told: Happened, at: dt.datetime) -> None:
        self.end_pause(at)  # a suspension may follow on another pause
        self.allowance = replace(self.allowance, pauses=(*self.allowance.pauses, Pause(told["pause"], at)))

    def resumed(self, told: Happened, at: dt.datetime) -> None:
        self.end_pause(at)

    def end_pause(self, at: dt.datetime) -> None:
        ended = tuple(replace(pause, ended=pause.ended or max(at, pause.began)) for pause in self.allowance.pauses)
        self.allowance = replace(self.allowance, pauses=ended)

    def closed(self, told: Happened, at: dt.datetime) -> None:
        self.closed_as, self.closed_at, self.receipt = told["kind"], at, told["receipt"]
        finished = told["finished_at"]
        self.finished = dt.datetime.fromisoformat(finished) if finished else None

    def amended(self, told: Happened, at: dt.datetime) -> None:
        self.receipt = told["receipt"]

    def reopened(self, told: Happened, at: dt.datetime) -> None:
        self.end_pause(self.closed_at or at)
        self.before.append(self.allowance)
        self.allowance = replace(self.allowance, granted_seconds=0, reopened=Reopening(at, told["seconds"]))

    def returned(self, told: Happened, at: dt.datetime) -> None:
        if self.allowance.reopened is not None:
            self.allowance = replace(self.allowance, reopened=replace(self.allowance.reopened, returned=at))
        self.before.clear()
        self.closed_as = self.closed_at = self.finished = self.receipt = None

    def unused(self, told: Happened, at: dt.datetime) -> None:
        unused, before = self.allowance, self.before.pop()
        granted = before.granted_seconds + unused.granted_seconds  # seconds given meanwhile stay given
        self.allowance = replace(before, pauses=unused.pauses, granted_seconds=granted)


_ACTS: Mapping[str, Callable[[_Tape, Happened, dt.datetime], None]] = {
    "begun": _Tape.begun,
    "adjusted": _Tape.adjusted,
    "adjustment_withdrawn": _Tape.adjusted,
    "granted": _Tape.granted,
    "paused": _Tape.paused,
    "resumed": _Tape.resumed,
    "submitted": _Tape.closed,
    "expired": _Tape.closed,
    "ended": _Tape.closed,
    "void": _Tape.closed,
    "amended": _Tape.amended,
    "reopened": _Tape.reopened,
    "returned": _Tape.returned,
    "reopening_lapsed": _Tape.unused,
    "reopening_withdrawn": _Tape.unused,
}
