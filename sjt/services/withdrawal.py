"""What follows when a scenario goes out of use: papers not begun are drawn anew, running ones raise an incident."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from proctoring.events import event
from sjt.rules.attempt import BEFORE, CLOSED, state
from sjt.services.papers_drawn import Drawers, NoPaper, draw_for_seat
from sjt.stores import attempts, history, incidents, papers, people
from sjt.stores.drafts import Version
from sjt.words import say

INCIDENT = "scenario_withdrawn"


@dataclass(frozen=True)
class Aftermath:
    """What a withdrawal led to: papers drawn anew, seats left without a paper and why, attempts that were running."""

    redrawn: int
    without_paper: tuple[str, ...]  # references of seats
    short: tuple[str, ...]  # what the bank lacks for them, in words
    incidents: int


def after_withdrawal(conn: sa.Connection, withdrawn: Version, reason: str, now: dt.datetime) -> Aftermath:
    """Follow up on a version that has gone out of use, and its scenario with it, in the transaction that took it out.

    A paper that holds any version of it and was not begun is drawn anew; where the bank cannot serve
    another, the old one is taken away and the seat is listed as one without paper. An attempt that is
    running keeps its paper, which never changes, and an incident says so. What is closed stays untouched.
    """
    redrawn, running = 0, 0
    without: list[str] = []
    short: list[str] = []
    drawers = Drawers(now)
    for use in history.uses(conn, withdrawn.scenario_id):
        held = attempts.locked(conn, use.attempt_id)
        standing = state(held.facts, now)
        if standing in BEFORE:
            lines = _redraw(conn, use, reason, drawers, now)
            redrawn += not lines
            without += [use.seat_ref] if lines else []
            short += lines
        elif standing not in CLOSED:
            told = event(INCIDENT, now, "rule", scenario=use.slug, reason=reason)
            attempts.record(conn, use.attempt_id, told)
            words = say("withdrawal.running", reason=reason)
            incidents.add(conn, use.sitting_id, use.attempt_id, INCIDENT, words, now)
            running += 1
    return Aftermath(redrawn, tuple(without), tuple(dict.fromkeys(short)), running)


def _redraw(conn: sa.Connection, use: history.Use, reason: str, drawers: Drawers, now: dt.datetime) -> list[str]:
    """Draw a seat's paper anew; returns what the bank was short of, in which case the paper is taken away."""
    told = event("paper_burned", now, "rule", scenario=use.slug, reason=reason)
    attempts.record(conn, use.attempt_id, told)
    try:
        with conn.begin_nested():
            draw_for_seat(conn, use.seat_id, now, drawers)
    except NoPaper as refused:
        papers.burn(conn, use.attempt_id)
        people.record(conn, None, "paper.not_drawn", "seat", use.seat_ref, now, lines=refused.lines)
        return refused.lines
    return []
