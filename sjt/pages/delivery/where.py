"""Where a candidate stands, and what every page of a sitting shows of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from proctoring.flags import SPELLING
from proctoring.timing import entitled_minutes, seconds_left
from sjt.pages.replies import Go, go
from sjt.pages.seated import SeatDesk
from sjt.pages.shown import time_of_day
from sjt.rules.attempt import CLOSED, State
from sjt.rules.refusals import NotFound, NotNow
from sjt.services import emergency
from sjt.services.delivery import paper
from sjt.services.delivery.standing import deadline_of, state_of, waiting
from sjt.services.papers_drawn import specifications
from sjt.stores import papers
from sjt.stores.known import Known
from sjt.stores.messages import Notice

STOPPED = (State.PAUSED, State.SUSPENDED)


def where(desk: SeatDesk) -> Go:
    """The page that fits where the attempt stands."""
    attempt = desk.place.attempt
    if desk.place.state in CLOSED:
        return go("delivery.receipt", attempt=attempt.ref)
    if desk.place.state in STOPPED:
        return go("delivery.paused", attempt=attempt.ref)
    if attempt.started_at is not None:
        if is_over(desk):
            return go("delivery.closing", attempt=attempt.ref)
        return go("delivery.scenario", attempt=attempt.ref, number=1)
    return go("delivery.waiting" if attempt.confirmed_at else "delivery.confirm", attempt=attempt.ref)


def is_over(desk: SeatDesk) -> bool:
    """Whether the deadline has come. Until its grace has passed, last words may still arrive."""
    until = desk.place.attempt.deadline
    return desk.place.state not in STOPPED and until is not None and desk.now >= until


def require_running(desk: SeatDesk) -> None:
    """NotNow unless the attempt is running."""
    if desk.place.state is not State.RUNNING:
        raise NotNow(f"attempt.not_now.{desk.place.state.value}")


def require_writing(desk: SeatDesk) -> None:
    """NotNow unless the paper lies open before its candidate."""
    require_running(desk)
    if is_over(desk):
        raise NotNow("attempt.not_now.expired")


def test_of(desk: SeatDesk) -> dict[str, Any]:
    """Who sits, what, and for how long."""
    attempt = desk.place.attempt
    specification = specifications()[attempt.spec_id]
    allowance = attempt.allowance
    minutes = entitled_minutes(allowance.base_minutes, allowance.extra_percents)
    return {
        "seat": desk.place.seat,
        "attempt": attempt,
        "state": desk.place.state,
        "specification": specification,
        "pathway": specification.blueprint.pathways[attempt.pathway],
        "minutes": minutes + allowance.granted_seconds // 60,
        "notices": notices_of(desk),
    }


def notices_of(desk: SeatDesk) -> tuple[Notice, ...]:
    """What the invigilator wrote and this candidate has not read yet, oldest first."""
    return () if desk.place.state in CLOSED else waiting(desk.conn, desk.place.attempt)


def time_of(desk: SeatDesk) -> dict[str, Any]:
    """Seconds left and the finish time."""
    until = desk.place.attempt.deadline_at(desk.now)
    return {"seconds_left": seconds_left(until, desk.now) if until else 0, "finish": until}


def told(known: Known, now: dt.datetime) -> dict[str, Any]:
    """What our scripts are told with every reply."""
    until = deadline_of(known, now)
    return {
        "state": state_of(known, now).value,
        "version": known.version,
        "admitted": known.admitted,
        "lease": known.lease,
        "seconds_left": seconds_left(until, now) if until else None,
        "finish": time_of_day(until) if until else None,
        "notices": [told_notice(notice) for notice in known.notices],
    }


def told_notice(notice: Notice) -> dict[str, str]:
    """A message as our scripts are told of it."""
    return {"ref": notice.ref, "at": time_of_day(notice.sent_at), "words": notice.words}


def paper_of(desk: SeatDesk) -> papers.ShownPaper:
    """The paper of an attempt with its texts."""
    drawn = papers.shown(desk.conn, desk.place.attempt.id)
    if drawn is None:
        raise NotFound("error.words.404")
    return drawn


def writing(desk: SeatDesk, drawn: papers.ShownPaper) -> dict[str, Any]:
    """What a page shows on which a candidate works."""
    attempt, key = desk.place.attempt, emergency.public_key(desk.product)
    told = {"attempt": attempt, "paper": drawn, "emergency_key": key, "notices": notices_of(desk), **time_of(desk)}
    helps = desk.place.helps
    watched = {"lockdown": desk.place.seat.lockdown, "helps": sorted(helps), "spelling": SPELLING in helps}
    return {**told, **watched, "lines": paper.lines(desk.conn, attempt, drawn)}
