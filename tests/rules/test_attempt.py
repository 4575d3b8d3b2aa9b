"""The table of states and acts, and the strip of time around each boundary."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from sjt.rules.attempt import CLOSED, TABLE, Act, Facts, State, require, state
from sjt.rules.refusals import NotNow

START = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
END = START + dt.timedelta(minutes=120)
TICK = dt.timedelta(microseconds=1)
RUNNING = Facts(START, START, END, 5, None)

ALLOWED = {
    (State.READY, Act.OPEN_GATE), (State.READY, Act.GRANT), (State.READY, Act.RELEASE_DEVICE),
    (State.READY, Act.REDRAW),
    (State.OPEN, Act.BEGIN), (State.OPEN, Act.GRANT), (State.OPEN, Act.END), (State.OPEN, Act.RELEASE_DEVICE),
    (State.OPEN, Act.REDRAW),
    (State.RUNNING, Act.SAVE), (State.RUNNING, Act.SUBMIT), (State.RUNNING, Act.GRANT), (State.RUNNING, Act.END),
    (State.RUNNING, Act.RELEASE_DEVICE),
    (State.PAUSED, Act.GRANT), (State.PAUSED, Act.END), (State.PAUSED, Act.RELEASE_DEVICE),
    (State.SUSPENDED, Act.GRANT), (State.SUSPENDED, Act.END), (State.SUSPENDED, Act.RELEASE_DEVICE),
    (State.EXPIRED, Act.EXPIRE),
    (State.RUNNING, Act.PAUSE), (State.PAUSED, Act.RESUME), (State.RUNNING, Act.SUSPEND), (State.PAUSED, Act.SUSPEND),
    (State.SUSPENDED, Act.LIFT),
    *((before, Act.MOVE) for before in (State.READY, State.OPEN, State.RUNNING, State.PAUSED, State.SUSPENDED)),
    (State.SUBMITTED, Act.REOPEN), (State.EXPIRED, Act.REOPEN), (State.ENDED, Act.REOPEN),
}  # fmt: skip


@pytest.mark.parametrize(("standing", "act"), list(itertools.product(State, Act)))
def test_every_state_and_act(standing: State, act: Act) -> None:
    if (standing, act) in ALLOWED:
        assert require(act, standing) == (TABLE[act][1] or standing)
    else:
        with pytest.raises(NotNow):
            require(act, standing)


def test_nothing_but_a_reopening_leads_out_of_a_closed_state() -> None:
    for act, (allowed, after) in TABLE.items():
        if act is Act.REOPEN:
            continue
        for standing in allowed & CLOSED:
            assert (after or standing) is standing, act


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(None, None, None, 5, None), State.READY),
        (Facts(START, None, None, 5, None), State.OPEN),
        (RUNNING, State.RUNNING),
        (Facts(START, START, END, 5, "submitted"), State.SUBMITTED),
        (Facts(START, START, END, 5, "ended"), State.ENDED),
        (Facts(START, None, None, 5, "void"), State.VOID),
        (Facts(START, START, END, 5, None, "rest"), State.PAUSED),
        (Facts(START, START, START - TICK, 0, None, "evacuation"), State.PAUSED),
        (Facts(START, START, END, 5, None, "suspension"), State.SUSPENDED),
        (Facts(START, START, END, 5, "ended", "suspension"), State.ENDED),
        (Facts(START, START, END, 5, "submitted", None, START), State.PAUSED),
        (Facts(START, START, END, 5, "submitted", "suspension", START), State.SUSPENDED),
        (Facts(START, START, END, 5, "submitted", None, START - TICK), State.SUBMITTED),
    ],
)
def test_the_state_follows_from_the_facts(facts: Facts, expected: State) -> None:
    assert state(facts, START) is expected


def test_a_strip_around_the_deadline_and_its_grace() -> None:
    grace = END + dt.timedelta(seconds=5)
    strip = [END - TICK, END, END + TICK, grace - TICK, grace, grace + TICK]
    assert [state(RUNNING, at) for at in strip] == [State.RUNNING] * 5 + [State.EXPIRED]


def test_what_was_handed_in_never_expires() -> None:
    assert state(Facts(START, START, END, 5, "submitted"), END + dt.timedelta(days=1)) is State.SUBMITTED


def test_a_gate_opened_and_never_begun_runs_no_clock() -> None:
    assert state(Facts(START, None, None, 5, None), START + dt.timedelta(days=1)) is State.OPEN
