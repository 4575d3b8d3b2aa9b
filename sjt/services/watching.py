"""The board: what every seat does at this moment, from one statement and the last beats.

What the database says (``Facts``) may be kept for a second and shared; what is heard, and what both mean at a
moment, never is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa

from proctoring import watch
from proctoring.flags import Flag as Reported
from proctoring.lockdown import Level
from proctoring.timing import REST, entitled_minutes, rest_left, seconds_left
from proctoring.watch import Flag, Hearing, Seen, Sign
from sjt.rules.attempt import CLOSED, State, state
from sjt.services.invigilation import Entry, Gate, entry, gate, owed
from sjt.services.lockdown.signals import flags_of
from sjt.stores import looks
from sjt.stores.attempts import Attempt
from sjt.stores.gaps import Gap
from sjt.stores.messages import Unread
from sjt.stores.presence import Beat, Heard, Presence, Refused
from sjt.stores.sittings import Sitting


@dataclass(frozen=True)
class Watched:
    """One seat on the board. ``seconds_left`` and ``finish`` stand once it has begun."""

    line: Entry
    state: State | None  # of the attempt, where there is one
    sign: Sign
    beat: Beat | None
    flags: tuple[Flag, ...]
    answered: int
    seconds_left: int | None
    finish: dt.datetime | None
    incident: str = ""  # the newest one, in words
    refused: Refused | None = None  # its browser was not let in, and has not been heard since
    unread: Unread | None = None  # messages that the candidate has not read
    reported: tuple[Reported, ...] = ()  # flags from what its browser reported, where the sitting is watched

    @property
    def entitled_minutes(self) -> int | None:
        """Minutes of working time, grants left out."""
        attempt = self.line.attempt
        return entitled_minutes(attempt.allowance.base_minutes, attempt.allowance.extra_percents) if attempt else None

    @property
    def awaits_return(self) -> bool:
        """Whether it was reopened, and its candidate has not come back to it."""
        attempt = self.line.attempt
        return attempt is not None and attempt.closed_as is not None and self.state in (State.PAUSED, State.SUSPENDED)

    @property
    def is_unheard(self) -> bool:
        """Whether nothing is to be heard of it: it sits on paper, or on plain pages that send no heartbeat."""
        attempt = self.line.attempt
        plain = attempt is not None and attempt.plain_at is not None and self.sign.hearing is not Hearing.LIVE
        return plain or self.line.seat.mode == "paper"

    @property
    def extra_seconds(self) -> int:
        """Seconds above the time of the test: adjustment and grants."""
        attempt, entitled = self.line.attempt, self.entitled_minutes
        if attempt is None or entitled is None:
            return 0
        return (entitled - attempt.allowance.base_minutes) * 60 + attempt.allowance.granted_seconds


@dataclass(frozen=True)
class Board:
    """A whole sitting at a moment, what needs a person first."""

    now: dt.datetime
    seats: tuple[Watched, ...]
    gate: Gate
    presence_known: bool
    outages: int  # candidates who were not heard for a while and got nothing for it

    def flagged(self, flag: Flag) -> int:
        """How many seats carry a flag."""
        return sum(flag in seat.flags for seat in self.seats)

    @property
    def finishing(self) -> list[Watched]:
        """Who still has time to finish, the next one first; whom a pause holds comes as if it ended now."""
        timed = [seat for seat in self.seats if seat.seconds_left is not None and seat.finish is not None]
        return sorted(timed, key=lambda seat: (seat.seconds_left or 0, seat.line.seat.number))


def heard(presence: Presence, sitting: Sitting, now: dt.datetime) -> Heard:
    """The last beats of a sitting."""
    return presence.heard(str(sitting.id), now)


@dataclass(frozen=True)
class Line:
    """A line of the register with what else the board reads of it."""

    entry: Entry
    answered: int
    incident: str
    unread: Unread | None
    reported: tuple[Reported, ...] = ()


@dataclass(frozen=True)
class Facts:
    """What the database said of a sitting: the same at any moment until somebody does something.

    ``again``: attempts that were written to meanwhile and whose answers are still to be counted.
    """

    lines: tuple[Line, ...]
    gaps: tuple[Gap, ...]
    read_at: dt.datetime
    again: frozenset[int] = frozenset()


LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
LATE = dt.timedelta(seconds=2)  # a save is committed so long after it was received; a later one is found by its number


def read(conn: sa.Connection, sitting: Sitting, now: dt.datetime, before: Facts | None = None) -> Facts:
    """The facts of a sitting, in one statement for any number of seats, and one more for what browsers reported.

    With the facts read before, only the answers of who has written since are counted.
    """
    reported = flags_of(conn, sitting)
    if before is None:
        return _facts(looks.of_sitting(conn, sitting.id, LONG_AGO), {}, reported, now)
    since, known = before.read_at - LATE, {line.entry.attempt.id: line for line in before.lines if line.entry.attempt}
    return _facts(looks.of_sitting(conn, sitting.id, since, before.again), known, reported, now)


def _facts(
    rows: Iterable[looks.Row],
    known: Mapping[int, Line],
    reported: Mapping[int, tuple[Reported, ...]],
    now: dt.datetime,
) -> Facts:
    lines: list[Line] = []
    gaps: list[Gap] = []
    again: set[int] = set()
    for row in rows:
        was = known.get(row.attempt.id) if row.attempt else None
        counted = row.answered if row.answered is not None else was.answered if was else 0
        told = reported.get(row.attempt.id, ()) if row.attempt else ()
        lines.append(Line(entry(row.seat, row.attempt, row.questions), counted, row.incident, row.unread, told))
        gaps += row.gaps
        if row.attempt and row.answered is None and not _is_as_it_was(row.attempt, was):
            again.add(row.attempt.id)
    return Facts(tuple(lines), tuple(gaps), now, frozenset(again))


def _is_as_it_was(attempt: Attempt, was: Line | None) -> bool:
    """Whether nothing was written to an attempt since its answers were counted."""
    return was is not None and was.entry.attempt is not None and was.entry.attempt.seq == attempt.seq


def look(conn: sa.Connection, sitting: Sitting, beats: Heard, now: dt.datetime) -> Board:
    """The board, read anew."""
    return seen(read(conn, sitting, now), beats, now)


def seen(facts: Facts, beats: Heard, now: dt.datetime) -> Board:
    """What the facts and the last beats mean at a moment: what needs a person first, else by seat."""
    seats = sorted((_watched(line, beats, now) for line in facts.lines), key=_place)
    lines = [line.entry for line in facts.lines]
    unheard = {one.seat.id for one in owed(lines, facts.gaps, now)}
    return Board(now, tuple(seats), gate(lines), beats.since is not None, len(unheard))


def _place(seat: Watched) -> tuple[int, int]:
    return watch.rank(seat.flags), seat.line.seat.number


def _watched(told: Line, beats: Heard, now: dt.datetime) -> Watched:
    line, attempt = told.entry, told.entry.attempt
    if attempt is None:
        return Watched(line, None, Sign(Hearing.UNKNOWN), None, (), 0, None, None)
    standing, beat = state(attempt.facts, now), beats.beats.get(attempt.ref)
    sign = watch.sign(beat.at if beat else None, beats.since, attempt.started_at, now)
    refused = _refused(line, beats, attempt, standing)
    seen = replace(_seen(line, attempt, standing, sign, now), locked_out=refused is not None)
    flags = watch.flags(seen, now)
    finish = attempt.finished_at or attempt.deadline
    if standing in (State.PAUSED, State.SUSPENDED):
        finish = attempt.deadline_at(now)
    timed = standing in (State.RUNNING, State.PAUSED, State.SUSPENDED)
    left = seconds_left(finish, now) if finish and timed else None
    return Watched(
        line,
        standing,
        sign,
        beat,
        flags,
        told.answered,
        left,
        finish,
        told.incident,
        refused,
        told.unread,
        told.reported,
    )


def _refused(line: Entry, beats: Heard, attempt: Attempt, standing: State) -> Refused | None:
    """A refusal that still stands: nothing was heard since, and the attempt is not over."""
    refused, beat = beats.refused.get(attempt.ref), beats.beats.get(attempt.ref)
    if refused is None or standing in CLOSED or line.seat.lockdown != Level.SEB:
        return None
    return refused if beat is None or beat.at < refused.at else None


def _break_used_up(attempt: Attempt, standing: State, now: dt.datetime) -> bool:
    lasting = attempt.allowance.open_pause
    resting = standing is State.PAUSED and lasting is not None and lasting.kind == REST
    return resting and not rest_left(attempt.allowance, now)


def _seen(line: Entry, attempt: Attempt, standing: State, sign: Sign, now: dt.datetime) -> Seen:
    """A seat on paper has no browser to be heard from, and plain pages send no heartbeat."""
    going = standing in (State.READY, State.OPEN, State.RUNNING, State.PAUSED, State.SUSPENDED)
    return Seen(
        called_at=attempt.called_at if going else None,
        break_used_up=_break_used_up(attempt, standing, now),
        asked_at=attempt.device_asking_at if going else None,
        gate_open_since=attempt.opened_at if standing is State.OPEN else None,
        running_until=attempt.deadline if standing is State.RUNNING else None,
        hearing=Hearing.LIVE if line.seat.mode == "paper" or attempt.plain_at else sign.hearing,
    )
