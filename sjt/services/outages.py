"""Outages: the fact that a browser was not heard for a while.

A gap is written by the heartbeat that ends it. It changes no state and no deadline, and stands in no
evidence chain: what a person gives for it does.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from sjt.rules.attempt import CLOSED
from sjt.services.delivery.standing import deadline_of, state_of
from sjt.services.product import Product
from sjt.stores import attempts, gaps
from sjt.stores.attempts import Attempt
from sjt.stores.gaps import BEATS, PAGE
from sjt.stores.known import Known
from sjt.stores.presence import Beat

LONGEST_SILENCE = dt.timedelta(seconds=45)  # three heartbeats
LONGEST_HIDDEN = dt.timedelta(seconds=90)  # a browser lets a page that is not in sight act once a minute only
MOST_SECONDS = 24 * 3600  # whatever a page says
LATELY = dt.timedelta(hours=1)


def notice(
    product: Product, attempt_ref: str, known: Known, before: Beat | None, silent: int | None, now: dt.datetime
) -> bool:
    """Keep a gap when this heartbeat ends one; true when it did. In the steady state it takes no statement.

    ``before`` is the heartbeat before this one, ``silent`` for how many seconds the page says that no server
    answered it.
    """
    heard = _unheard_since(before, now)
    told = dt.timedelta(seconds=min(max(0, silent or 0), MOST_SECONDS))
    since = [(heard, BEATS)] if heard else []
    since += [(now - told, PAGE)] if told >= LONGEST_SILENCE else []
    if not any(_clock_ran_after(known, began, now) for began, _ in since):
        return False
    with product.database.transaction() as conn:
        return any([_keep(conn, attempt_ref, began, now, told_by) for began, told_by in since])


def _unheard_since(before: Beat | None, now: dt.datetime) -> dt.datetime | None:
    if before is None:
        return None
    longest = LONGEST_HIDDEN if before.hidden else LONGEST_SILENCE
    return before.at if now - before.at > longest else None


def _clock_ran_after(known: Known, began: dt.datetime, now: dt.datetime) -> bool:
    """Whether a gap that began then took working time, as far as that is known without a statement."""
    if known.started_at is None:
        return False
    if state_of(known, now) in CLOSED:  # an outage may outlast the deadline, or the act that ended the attempt
        until = deadline_of(known, now)
        return until is not None and began < until
    return known.paused_at is None or began < known.paused_at


def _keep(conn: sa.Connection, attempt_ref: str, began: dt.datetime, now: dt.datetime, told_by: str) -> bool:
    """Write the part of a gap that lies between Begin and the end, once: the attempt's lock decides."""
    found = attempts.by_ref(conn, attempt_ref)
    if found is None:
        return False
    held = attempts.locked(conn, found.id)
    if held.started_at is None:
        return False
    began, ended = max(began, held.returned_at or held.started_at), min(now, _end_of(held) or now)
    if ended - began < LONGEST_SILENCE or gaps.covered(conn, held.id, began, ended, LONGEST_SILENCE):
        return False
    gaps.add(conn, held.sitting_id, held.id, began, ended, told_by)
    return True


def _end_of(attempt: Attempt) -> dt.datetime | None:
    """When the attempt was over, or will be as things stand; None while its clock stands still."""
    if attempt.closed_at is not None:
        return attempt.finished_at
    return None if attempt.allowance.open_pause else attempt.deadline


def lately(conn: sa.Connection, now: dt.datetime) -> list[tuple[str, int]]:
    """Attempts that were not heard for a while in the last hour and got nothing for it: reference and seconds."""
    return gaps.lately(conn, now - LATELY)
