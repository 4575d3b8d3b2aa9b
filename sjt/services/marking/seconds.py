"""Second marks beyond the key questions, drawn by the system when a first judgement becomes final."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from sjt.rules.marking import BORDERLINE, FIRST, SHIPPED, MarkingPolicy, is_borderline, second_reason
from sjt.services.marking.standing import verdict
from sjt.stores import marks
from sjt.stores.marks import Response, Standing

FILE = Path(__file__).with_name("policies.toml")


@cache
def policies() -> tuple[tuple[dt.date, MarkingPolicy], ...]:
    """The shipped policies, each with the day from which it counts, the oldest first."""
    told = tomllib.loads(FILE.read_text())["policy"]
    return tuple(sorted((_dated(one) for one in told), key=lambda dated: dated[0]))


def _dated(told: Mapping[str, Any]) -> tuple[dt.date, MarkingPolicy]:
    least, most = told["near"]
    scripts, share = int(told["new_marker_scripts"]), float(told["share"])
    return told["from"], MarkingPolicy(near=(least, most), new_marker_scripts=scripts, share=share)


def policy_on(day: dt.date) -> MarkingPolicy:
    """The policy in force on a day; before the first one, the plan's own rule alone."""
    return next((policy for since, policy in reversed(policies()) if since <= day), SHIPPED)


def ask(conn: sa.Connection, response: Response, marker_id: int, policy: MarkingPolicy, now: dt.datetime) -> None:
    """Draw what is to be judged again, now that a person's judgement on a response is final.

    The caller holds the attempt's lock. What was asked for once stays asked for.
    """
    if not response.key and not response.again:
        scripts, seed = marks.scripts_of(conn, marker_id), marks.seed_of(conn, response.attempt_id)
        reason = second_reason(policy, scripts=scripts, seed=seed, ref=response.ref)
        if reason is not None:
            marks.ask(conn, [response.id], reason, now)
    script = marks.of_attempt(conn, response.attempt_id)
    if is_borderline(policy, [_provisional(standing) for standing in script]):
        single = {s.response.id for s in script if s.response.answered and not s.response.key and not s.response.again}
        marks.ask(conn, single, BORDERLINE, now)


def _provisional(standing: Standing) -> bool | None:
    """How a question stands by its first judgement; None without one. Unanswered is not passed."""
    if not standing.response.answered:
        return verdict(standing).passed
    first = [mark for mark in standing.marks if mark.turn == FIRST and mark.final_at is not None]
    return all(judged.met for judged in first[0].points.values()) if first else None
