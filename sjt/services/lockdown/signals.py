"""Reports of browsers: kept as evidence, at most so many, and turned into flags whenever somebody looks.

Nothing here, and nothing that reads it, changes an attempt: a flag is for a person.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import rfc8785
import sqlalchemy as sa

from proctoring import flags as rules
from proctoring.events import event
from proctoring.flags import Flag, Seen
from proctoring.lockdown import Level
from proctoring.signals import Signal
from sjt.rules.attempt import BEFORE, CLOSED, State
from sjt.rules.local_time import london_day
from sjt.rules.refusals import NotFound, NotNow, Stale
from sjt.services.invigilation.acts import attempt_at
from sjt.services.invigilation.register import Actor, keep_record
from sjt.services.lockdown.policy import policy_on
from sjt.services.product import Product
from sjt.stores import attempts, signals
from sjt.stores.attempts import Attempt
from sjt.stores.seats import Seat
from sjt.stores.signals import Noted, Report
from sjt.stores.sittings import Sitting


@dataclass(frozen=True)
class Kept:
    """Of one report: how many signals are kept (these or ones of before, sent again), and how many were too much."""

    kept: int
    dropped: int


def keep(product: Product, attempt_ref: str, standing: State, reported: Sequence[Signal], now: dt.datetime) -> Kept:
    """Keep what a page reported, each signal once; what is beyond the policy's caps is counted and not kept.

    NotNow unless the attempt is being sat in a sitting that is watched.
    """
    if standing in CLOSED or standing in BEFORE:
        raise NotNow("signals.not_now")
    with product.database.transaction() as conn:
        at = signals.standing(conn, attempt_ref, now)
        if at is None:
            raise NotFound("error.words.404")
        if at.lockdown == Level.OPEN:
            raise NotNow("signals.not_watched")
        policy = policy_on(london_day(now))
        held = signals.held(conn, at, reported[0].page, [one.number for one in reported]) if reported else set()
        new = [one for one in reported if one.number not in held]
        room = max(0, min(policy.most_a_minute - at.lately, policy.most_a_seat - at.total))
        signals.add(conn, at, new[:room])
        dropped = len(new[room:])
        if dropped:
            signals.drop(conn, at, dropped, now)
    return Kept(len(reported) - dropped, dropped)


def flags_of(conn: sa.Connection, sitting: Sitting) -> Mapping[int, tuple[Flag, ...]]:
    """The flags of every seat of a sitting, by attempt id: one statement, and none where nothing is watched."""
    return {number: _flags(report, sitting) for number, report in reports_of(conn, sitting).items()}


def reports_of(conn: sa.Connection, sitting: Sitting) -> Mapping[int, Report]:
    """What the browsers of a sitting reported, added up, by attempt id."""
    return signals.reports(conn, sitting.id) if sitting.lockdown != Level.OPEN else {}


def _flags(report: Report, sitting: Sitting) -> tuple[Flag, ...]:
    policy = policy_on(london_day(sitting.starts_at))
    return rules.flags(report.tallies, report.dropped, policy, report.helps, report.seen)


@dataclass(frozen=True)
class SeatReport:
    """What one browser reported: its flags, what explains some of it, the signals themselves, and who has looked."""

    flags: tuple[Flag, ...]
    helps: tuple[str, ...]
    signals: tuple[Signal, ...]
    notes: tuple[Noted, ...]


def report_of(conn: sa.Connection, sitting: Sitting, attempt: Attempt) -> SeatReport:
    """What the browser at one seat reported."""
    report = reports_of(conn, sitting).get(attempt.id, Report())
    told, noted = signals.of_attempt(conn, sitting.id, attempt.id), signals.notes(conn, attempt.id)
    return SeatReport(_flags(report, sitting), tuple(sorted(report.helps)), tuple(told), tuple(noted))


def seen(
    conn: sa.Connection, seat: Seat, looked_at: Mapping[str, Seen], note: str, actor: Actor, request_id: str,
    now: dt.datetime,
) -> bool:  # fmt: skip
    """A person has looked at flags and notes what they make of them: so they are closed, until there is more.

    ``looked_at`` says how much of each stood on the page. False when this request was carried out before; Stale when
    the browser never reported so much. The evidence names the flags, and the digest of all signals as they stood.
    """
    attempt = attempt_at(conn, seat, actor)
    if signals.asked_before(conn, attempt.id, request_id):
        return False
    report = report_of(conn, actor.sitting, attempt)
    stands = {flag.subject.value: flag for flag in report.flags}
    if not _all_stand(looked_at, stands):
        raise Stale("flag.not_there")
    for subject, much in looked_at.items():
        signals.see(conn, attempt, subject, much, note, actor.person.id, request_id, now)
    told: dict[str, object] = {"flags": _told(looked_at), "reason": note}
    told |= {"signals": len(report.signals), "sha256": _digest(report.signals)}
    attempts.record(conn, attempt.id, event("flags_seen", now, actor.person.ref, **told))
    keep_record(conn, actor, "flags_seen", seat, now, flags=_told(looked_at), note=note)
    return True


def _all_stand(looked_at: Mapping[str, Seen], stands: Mapping[str, Flag]) -> bool:
    return all(
        subject in stands and much.times <= stands[subject].sum.times and much.level <= stands[subject].level
        for subject, much in looked_at.items()
    )


def _told(looked_at: Mapping[str, Seen]) -> str:
    return ", ".join(f"{subject} {much.times}" for subject, much in sorted(looked_at.items()))


def _digest(reported: Iterable[Signal]) -> str:
    """SHA-256 of the canonical JSON of the signals, in the order of page and number."""
    in_order = sorted(reported, key=lambda one: (one.page, one.number))
    lines = [[one.page, one.number, one.kind.value, one.offset, one.amount, one.question] for one in in_order]
    return hashlib.sha256(rfc8785.dumps(lines)).hexdigest()
