"""The device check: a save and a practice answer through the page's own queue, and how the whole came out.

The page sends a practice answer as it sends every answer, and is told in the same words what was kept; only the table
is another one, so that practice can never come near a script.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from proctoring import checks as rules
from proctoring.checks import Told
from proctoring.events import text_hash
from sjt.rules.attempt import BEFORE, State
from sjt.rules.refusals import NotNow, NotUnderstood, TooMany
from sjt.services.delivery.answers import Kept, Typed, receipt_for
from sjt.services.product import Product
from sjt.stores import device_checks as store
from sjt.stores.attempts import Attempt
from sjt.stores.device_checks import Checked, Practised

TRIED, PRACTICE = "check@1", "practice@1"  # the save that the page tries by itself, and the practice question
LONGEST = 2_000  # code points of a practice answer
MOST_REVISIONS = 500
MOST_CHECKS = 60  # of one attempt
FRESH = dt.timedelta(minutes=10)  # how long a tried save counts for a check


def require_before(standing: State) -> None:
    """NotNow once the clock runs, or the attempt is over."""
    if standing not in BEFORE:
        raise NotNow("check.over")


def practise(
    conn: sa.Connection, product: Product, attempt: Attempt, typed: Sequence[Typed], now: dt.datetime
) -> list[Kept]:
    """Keep practice answers by the rules of a save: a revision once, the same acknowledged again, else the newer."""
    held = store.practised(conn, attempt)
    return [_practise(conn, product, attempt, one, held.get(one.code), now) for one in typed]


def _practise(
    conn: sa.Connection, product: Product, attempt: Attempt, typed: Typed, held: Practised | None, now: dt.datetime
) -> Kept:
    if typed.code not in (TRIED, PRACTICE):
        raise NotUnderstood("save.foreign")
    if len(typed.text) > LONGEST or typed.revision > MOST_REVISIONS:
        raise NotUnderstood("check.revision")
    if held is not None and held.revision >= typed.revision:
        return _again(product, attempt, typed, held)
    try:
        with conn.begin_nested():
            store.practise(conn, attempt, typed.code, typed.revision, typed.text, now)
    except IntegrityError:  # another page of this candidate's, at this very moment
        return _again(product, attempt, typed, store.practised(conn, attempt)[typed.code])
    return _saved(product, attempt, typed, now)


def _again(product: Product, attempt: Attempt, typed: Typed, held: Practised) -> Kept:
    if (held.revision, held.text) == (typed.revision, typed.text):
        return _saved(product, attempt, typed, held.received_at)
    return Kept(typed.code, "newer", held.revision, held.text_hash, None, None, held.text)


def _saved(product: Product, attempt: Attempt, typed: Typed, at: dt.datetime) -> Kept:
    hashed = text_hash(typed.text)
    receipt = receipt_for(product, attempt.ref, typed.code, typed.revision, hashed, at)
    return Kept(typed.code, "saved", typed.revision, hashed, at, receipt)


def check(conn: sa.Connection, attempt: Attempt, told: Told, watched: bool, now: dt.datetime) -> Checked:
    """Judge what a browser told, with what the server holds of it, and keep how it came out."""
    if store.count(conn, attempt) >= MOST_CHECKS:
        raise TooMany("check.too_many")
    held = store.practised(conn, attempt)
    tried, practised = held.get(TRIED), held.get(PRACTICE)
    kept = rules.Kept(
        tried is not None and now - tried.received_at <= FRESH, practised is not None and bool(practised.text.strip())
    )
    outcomes = rules.judge(told, kept, watched, now)
    store.add(conn, attempt, outcomes, now)
    return Checked(now, outcomes)
