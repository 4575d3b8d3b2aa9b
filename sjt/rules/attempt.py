"""The attempt as a table of states and acts. Facts are stored; the state is derived from them and the time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sjt.rules.refusals import NotNow


class State(StrEnum):
    """Where an attempt stands."""

    READY = "ready"  # the paper is drawn; the gate is closed
    OPEN = "open"  # the gate is open; the apprentice has not begun, and no clock runs
    RUNNING = "running"  # begun; answers are taken until the deadline and its grace
    PAUSED = "paused"  # the clock stands still and the paper is hidden
    SUSPENDED = "suspended"  # as paused, over a suspicion; not lifted, it closes as held
    SUBMITTED = "submitted"  # handed in by the apprentice
    EXPIRED = "expired"  # closed by rule when the time was over
    ENDED = "ended"  # closed by an invigilator; marked as it stands
    VOID = "void"  # set aside by a manager; never marked


class Act(StrEnum):
    """What can be done to an attempt."""

    OPEN_GATE = "open the gate"
    BEGIN = "begin"
    SAVE = "save"
    SUBMIT = "submit"
    GRANT = "grant"
    END = "end"
    EXPIRE = "expire"  # by rule; written down by the sweep
    RELEASE_DEVICE = "release a device"
    REDRAW = "redraw"
    PAUSE = "pause"
    RESUME = "resume"
    SUSPEND = "suspend"
    LIFT = "lift"
    MOVE = "move"
    REOPEN = "reopen"


BEFORE = frozenset({State.READY, State.OPEN})
GOING = frozenset({State.RUNNING, State.PAUSED, State.SUSPENDED})
CLOSED = frozenset({State.SUBMITTED, State.EXPIRED, State.ENDED, State.VOID})

TABLE: Mapping[Act, tuple[frozenset[State], State | None]] = {
    # act              from                                       to (None: the state stays)
    Act.OPEN_GATE:     (frozenset({State.READY}),                 State.OPEN),
    Act.BEGIN:         (frozenset({State.OPEN}),                  State.RUNNING),
    Act.SAVE:          (frozenset({State.RUNNING}),               None),
    Act.SUBMIT:        (frozenset({State.RUNNING}),               State.SUBMITTED),
    Act.GRANT:         (BEFORE | GOING,                           None),
    Act.END:           (frozenset({State.OPEN}) | GOING,          State.ENDED),
    Act.EXPIRE:        (frozenset({State.EXPIRED}),               State.EXPIRED),
    Act.RELEASE_DEVICE: (BEFORE | GOING,                          None),
    Act.REDRAW:        (BEFORE,                                   None),
    Act.PAUSE:         (frozenset({State.RUNNING}),               State.PAUSED),
    Act.RESUME:        (frozenset({State.PAUSED}),                State.RUNNING),
    Act.SUSPEND:       (frozenset({State.RUNNING, State.PAUSED}), State.SUSPENDED),
    Act.LIFT:          (frozenset({State.SUSPENDED}),             State.RUNNING),
    Act.MOVE:          (BEFORE | GOING,                           None),
    Act.REOPEN:        (CLOSED - {State.VOID},                    State.PAUSED),  # running from the return on
}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What is stored about where an attempt stands."""

    opened_at: dt.datetime | None
    started_at: dt.datetime | None
    deadline: dt.datetime | None  # once started
    grace_seconds: int
    closed_as: str | None
    paused_as: str | None = None  # the kind of the pause that lasts
    returnable_until: dt.datetime | None = None  # reopened, and not returned yet


SUSPENSION = "suspension"  # the kind of pause that an invigilator's suspicion makes
PAUSE_KINDS = ("rest", "incident", "evacuation", SUSPENSION)
UNUSED_REOPENING_LASTS = dt.timedelta(hours=24)  # then it lapses, and the closing of before stands


def state(facts: Facts, now: dt.datetime) -> State:
    """The state at a moment. An attempt past its deadline and grace is expired, swept or not.

    A save that arrives exactly at deadline + grace still counts, so the attempt is still running then.
    A reopened attempt stands still until its candidate returns, and stays closed if nobody does.
    """
    if facts.closed_as is not None:
        awaited = facts.returnable_until is not None and now <= facts.returnable_until
        return _stopped(facts.paused_as) if awaited else State(facts.closed_as)
    if facts.started_at is None:
        return State.READY if facts.opened_at is None else State.OPEN
    if facts.paused_as is not None:  # a pause never expires an attempt
        return _stopped(facts.paused_as)
    if facts.deadline is not None and now > facts.deadline + dt.timedelta(seconds=facts.grace_seconds):
        return State.EXPIRED
    return State.RUNNING


def _stopped(kind: str | None) -> State:
    return State.SUSPENDED if kind == SUSPENSION else State.PAUSED


def require(act: Act, standing: State) -> State:
    """The state after an act; NotNow when the table does not allow the act in this state."""
    allowed, after = TABLE[act]
    if standing not in allowed:
        raise NotNow(f"attempt.not_now.{standing.value}")
    return standing if after is None else after
