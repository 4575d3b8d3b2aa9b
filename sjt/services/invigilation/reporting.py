"""The session report: what happened in a sitting, from the facts and the evidence, line by line.

One list of lines makes the page, the PDF and the CSV, so that the three never say different things.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from proctoring.ledger import Ledger, ledger
from sjt.rules.attempt import state
from sjt.services.invigilation.presence import presence
from sjt.services.invigilation.register import Entry, entries
from sjt.services.lockdown import signals
from sjt.services.registration.csv_files import write_table
from sjt.stores import candidates, device_checks, evidence, happenings, holds, incident_log, people
from sjt.stores.happenings import Happened
from sjt.stores.seats import Seat
from sjt.stores.sittings import Sitting
from sjt.words import WORDS, say

SECTIONS = ("register", "time", "adjustment", "act", "incident", "device", "flag", "invigilator", "sign_off")
COLUMNS = ("section", "seat", "candidate number", "name", "what", "at", "until", "seconds", "by", "detail")
SECOND = dt.timedelta(seconds=1)


@dataclass(frozen=True)
class Line:
    """One line of the report. Times are in UTC; ``seat`` is None where a line is about the room."""

    section: str
    seat: Seat | None
    what: str
    at: dt.datetime | None = None
    until: dt.datetime | None = None
    seconds: int | None = None
    by: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Report:
    """The report of a sitting, and when it was made. ``signed_by`` is None until it is signed off."""

    sitting: Sitting
    lines: tuple[Line, ...]
    made_at: dt.datetime
    signed_by: str | None

    def of(self, section: str) -> list[Line]:
        """The lines of one section."""
        return [line for line in self.lines if line.section == section]


def report(conn: sa.Connection, sitting: Sitting, now: dt.datetime) -> Report:
    """The report as things stand: a dozen statements for any number of seats, and nothing is written."""
    found = entries(conn, sitting.id)
    signer = people.by_ids(conn, [sitting.signed_off_by]) if sitting.signed_off_by else {}
    signed_by = next((one.name for one in signer.values()), None)
    lines = [
        *_register(conn, found, now), *_times(found), *_adjustments(conn, found), *_acts(conn, sitting, found),
        *_incidents(conn, sitting, found), *_devices(conn, sitting, found), *_flags(conn, sitting, found),
        *_invigilators(conn, sitting),
    ]  # fmt: skip
    if sitting.signed_off_at is not None:
        lines.append(Line("sign_off", None, say("report.signed"), sitting.signed_off_at, by=signed_by or ""))
    return Report(sitting, tuple(lines), now, signed_by)


def _register(conn: sa.Connection, found: Sequence[Entry], now: dt.datetime) -> Iterator[Line]:
    held = holds.of_sitting(conn, found[0].seat.sitting_id) if found else {}
    ids = {by for line in found for by in (line.seat.admitted_by, line.seat.refused_by, line.seat.absent_by) if by}
    names = {person.id: person.name for person in people.by_ids(conn, ids).values()}
    for line in found:
        seat, attempt = line.seat, line.attempt
        begun = attempt is not None and (attempt.started_at is not None or attempt.closed_at is not None)
        standing = state(attempt.facts, now).value if attempt and begun else None
        what = say(f"board.state.{standing}") if standing else say(f"register.standing.{line.standing.value}")
        hold = held.get(attempt.id) if attempt else None
        detail = [say(f"document.{seat.identity_document}")] if seat.identity_document else []
        detail += [seat.refused_reason] if seat.refused_reason else []
        detail += [say("report.held" if hold.lifted_at is None else "report.hold_lifted")] if hold else []
        by = names.get(seat.refused_by or seat.absent_by or seat.admitted_by or 0, "")
        at = seat.refused_at or seat.absent_at or seat.admitted_at
        yield Line(
            "register", seat, what, at, attempt.finished_at if attempt else None, by=by, detail="; ".join(detail)
        )


# -------------------------------------------------------------------------------------------------------- time
def _times(found: Sequence[Entry]) -> Iterator[Line]:
    for line in found:
        if line.attempt is not None and line.attempt.started_at is not None:
            book = ledger(line.attempt.started_at, line.attempt.allowance)
            yield from time_lines(line.seat, book, line.attempt.finished_at)


def time_lines(seat: Seat, book: Ledger, finished_at: dt.datetime | None) -> Iterator[Line]:
    """A ledger in whole seconds that add up: from the clock's start, by what was given, to the deadline.

    Each entry ends where the next one begins, cut to the second, so that no broken second is lost or told twice.
    """
    yield Line("time", seat, say("report.time.since"), book.since)
    until = whole(book.since)
    exact = book.since
    for entry in book.entries:
        exact += dt.timedelta(seconds=entry.seconds)
        seconds = int((whole(exact) - until) / SECOND)
        until = whole(exact)
        yield Line("time", seat, say(f"report.time.{entry.what}"), entry.began, entry.ended, seconds)
    total = int((until - whole(book.since)) / SECOND)
    yield Line("time", seat, say("report.time.deadline"), until=until, seconds=total)
    if finished_at is not None:
        yield Line("time", seat, say("report.time.finished"), until=finished_at)


def whole(at: dt.datetime) -> dt.datetime:
    """A moment cut to the second."""
    return at.replace(microsecond=0)


# --------------------------------------------------------------------------------------- acts and what was said
def _adjustments(conn: sa.Connection, found: Sequence[Entry]) -> Iterator[Line]:
    of = candidates.adjustments_of(conn, [line.seat.candidate.id for line in found])
    names = people.by_ids(conn, {one.approved_by for all_of in of.values() for one in all_of})
    for line in found:
        for one in of.get(line.seat.candidate.id, ()):
            what = (
                f"{say(f'adjustment.kind.{one.kind}')}: {one.value}"
                if one.value > 1
                else say(f"adjustment.kind.{one.kind}")
            )
            by = names[one.approved_by].name
            yield Line("adjustment", line.seat, what, one.in_force_from, one.withdrawn_at, by=by)


def _acts(conn: sa.Connection, sitting: Sitting, found: Sequence[Entry]) -> Iterator[Line]:
    seats = {line.attempt.id: line.seat for line in found if line.attempt}
    happened = [one for one in happenings.of_sitting(conn, sitting.id) if one.attempt_id in seats]
    names = evidence.names_by_ref(conn, {one.by for one in happened})
    for one in happened:
        code = f"evidence.event.{one.kind}"
        what = say(code) if code in WORDS else one.kind.replace("_", " ")
        yield Line(
            "act", seats[one.attempt_id], what, one.at, by=names.get(one.by, _by(one.by)), detail=_particulars(one)
        )


def _by(actor: str) -> str:
    return say("report.rule") if actor == "rule" else actor


def _particulars(one: Happened) -> str:
    """What a person would ask of an act: of which kind, how much, from where to where, and why."""
    told = [str(one.detail[name]) for name in ("pause", "document", "incident") if name in one.detail]
    told += [f"{one.detail[name]} {words}" for name, words in _AMOUNTS.items() if name in one.detail]
    told += [str(one.detail["reason"])] if one.detail.get("reason") else []
    return "; ".join(told)


_AMOUNTS: Mapping[str, str] = {
    "seconds": "s", "late_minutes": "min late", "from_seat": "(seat before)", "to_seat": "(seat after)",
}  # fmt: skip


def _incidents(conn: sa.Connection, sitting: Sitting, found: Sequence[Entry]) -> Iterator[Line]:
    by_id = {line.seat.id: line.seat for line in found}
    for one in incident_log.of_sitting(conn, sitting.id):
        what, by = say(f"incident.kind.{one.kind}"), one.by or say("report.rule")
        concerned = sorted((by_id[seat] for seat in one.seat_ids if seat in by_id), key=lambda seat: seat.number)
        whose: tuple[Seat | None, ...] = (*concerned,) or (None,)
        for seat in whose:
            yield Line("incident", seat, what, one.happened_at, one.at, by=by, detail=one.words)


def _devices(conn: sa.Connection, sitting: Sitting, found: Sequence[Entry]) -> Iterator[Line]:
    checks = device_checks.of_sitting(conn, sitting.id)
    for line in found:
        checked = checks.get(line.attempt.id) if line.attempt else None
        if checked is None:
            continue
        items = ", ".join(say(f"check.item.{item.value}") for item in checked.failed)
        yield Line(
            "device",
            line.seat,
            say("report.check.failed" if items else "report.check.passed"),
            checked.at,
            detail=items,
        )


def _flags(conn: sa.Connection, sitting: Sitting, found: Sequence[Entry]) -> Iterator[Line]:
    flags = signals.flags_of(conn, sitting)
    for line in found:
        for flag in flags.get(line.attempt.id, ()) if line.attempt else ():
            times = say("flag.times.many", times=flag.sum.times)
            seen = "" if flag.is_open else say("report.flag.seen")
            what = say(f"flag.what.{flag.subject.value}")
            yield Line(
                "flag", line.seat, what, flag.sum.first, flag.sum.last, detail="; ".join(filter(None, [times, seen]))
            )


def _invigilators(conn: sa.Connection, sitting: Sitting) -> Iterator[Line]:
    stands = presence(conn, sitting)
    for shift in stands.shifts:
        yield Line(
            "invigilator",
            None,
            say("report.shift"),
            shift.from_at,
            shift.until_at,
            None,
            shift.name,
            shift.reason or "",
        )
    for said in stands.overrides:
        words = say("report.override", candidates=said.covers.candidates, present=said.covers.present)
        yield Line("invigilator", None, words, said.at, by=said.name, detail=said.reason)


# --------------------------------------------------------------------------------------------------------- CSV
def as_csv(made: Report) -> bytes:
    """One row a line, times in UTC to the second; no cell is a formula to a spreadsheet."""
    return write_table(COLUMNS, [_row(line) for line in made.lines])


def _row(line: Line) -> list[str]:
    seat = line.seat
    whose = [str(seat.number), seat.candidate.number, seat.candidate.name] if seat else ["", "", ""]
    seconds = "" if line.seconds is None else str(line.seconds)
    return [line.section, *whose, line.what, _iso(line.at), _iso(line.until), seconds, line.by, line.detail]


def _iso(at: dt.datetime | None) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else ""
