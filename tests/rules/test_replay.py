"""Events played again. (The machine of `tests/stores/test_attempt_machine.py` plays those of whole attempts.)"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from proctoring.events import event
from proctoring.replay import Replayed, replay

START = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
ALLOWED = {"base_minutes": 120, "percent": 0, "granted_seconds": 0, "rest_minutes": 5}


def at(minutes: float) -> dt.datetime:
    return START + dt.timedelta(minutes=minutes)


def told(kind: str, minutes: float, **detail: Any) -> dict[str, Any]:
    return json.loads(event(kind, at(minutes), "somebody", **detail).payload)


def closed(kind: str, minutes: float, finished: float, receipt: str = "R-1") -> dict[str, Any]:
    return told(kind, minutes, finished_at=at(finished).isoformat(), receipt=receipt)


BEGUN = told("begun", 0, **ALLOWED)
SAVED = told("saved", 10, answers=[["one@1", 1, "aa"], ["two@1", 1, "bb"]])


def test_nothing_has_happened_yet() -> None:
    assert replay([]) == Replayed({}, None, None, None, None)
    assert replay([told("gate_opened", -1), told("granted", -1, seconds=60)]).deadline is None


def test_the_newest_text_of_each_question_stands() -> None:
    found = replay([BEGUN, SAVED, told("saved", 11, answers=[["one@1", 2, "cc"]])])
    assert found.script == {"one@1": (2, "cc"), "two@1": (1, "bb")}


def test_what_lengthens_a_deadline() -> None:
    acts = [
        told("granted", 5, seconds=60), told("adjusted", 6, **{**ALLOWED, "percent": 25}),
        told("paused", 10, pause="incident"), told("paused", 12, pause="suspension"), told("resumed", 15),
    ]  # fmt: skip
    assert replay([BEGUN, *acts]).deadline == at(150 + 1 + 5)


def test_a_rest_break_gives_its_allowance_and_no_more() -> None:
    assert replay([BEGUN, told("paused", 10, pause="rest"), told("resumed", 30)]).deadline == at(125)


def test_a_closing_says_when_it_was_finished_and_with_which_receipt() -> None:
    found = replay([BEGUN, SAVED, closed("expired", 121, 120)])
    assert (found.closed_as, found.finished_at, found.receipt) == ("expired", at(120), "R-1")


def test_what_is_void_is_closed_without_a_script() -> None:
    found = replay([BEGUN, SAVED, told("void", 30, reason="Fog.", finished_at=None, receipt=None)])
    assert (found.closed_as, found.finished_at, found.receipt, found.deadline) == ("void", None, None, at(120))
    assert replay([told("booking_cancelled", -9)]).closed_as == "void"


def test_a_reopening_counts_from_the_return_and_gives_back_what_it_replaced_when_unused() -> None:
    until = [BEGUN, SAVED, closed("submitted", 60, 60), told("reopened", 70, seconds=600, reason="x")]
    unused = replay([*until, told("reopening_lapsed", 2000)])
    assert (unused.closed_as, unused.deadline, unused.receipt) == ("submitted", at(120), "R-1")
    back = replay([*until, told("granted", 75, seconds=30), told("returned", 80)])
    assert (back.closed_as, back.finished_at, back.deadline) == (None, None, at(90.5))
    again = replay([*until, told("returned", 80), closed("submitted", 85, 85, "R-2")])
    assert (again.closed_as, again.receipt) == ("submitted", "R-2")


def test_what_is_entered_afterwards_changes_script_and_receipt() -> None:
    entered = told("entered", 90, answers=[["one@1", 2, "dd"]])
    found = replay([BEGUN, SAVED, closed("ended", 60, 60), entered, told("amended", 90, receipt="R-2", reason="x")])
    assert (found.script["one@1"], found.receipt, found.finished_at) == ((2, "dd"), "R-2", at(60))
