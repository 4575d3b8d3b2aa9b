"""What the browsers of a watched sitting reported: flags to look at, and the note of whoever looked."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import request
from wtforms import SelectMultipleField, ValidationError
from wtforms.validators import InputRequired

from proctoring.flags import CHARACTERS, SECONDS, Flag, Level, Seen, Subject
from proctoring.lockdown import Level as Lockdown
from proctoring.signals import Signal
from sjt.pages.guard import Desk, requires
from sjt.pages.invigilation.acts import acted
from sjt.pages.invigilation.forms import RequestForm
from sjt.pages.invigilation.loading import AtSeat, Room, may_act, must_say_why, pages, seat_of, sitting_of
from sjt.pages.replies import Go, Reply, show
from sjt.pages.shown import time_of_day, to_the_second
from sjt.services import invigilation
from sjt.services.invigilation import Actor, Entry
from sjt.services.lockdown import signals as service
from sjt.services.lockdown.signals import SeatReport
from sjt.stores import attempts, device_checks, papers, people
from sjt.stores.device_checks import Checked
from sjt.stores.sittings import Sitting
from sjt.words import say

TONES = {Level.INFO: "info", Level.LOOK: "warn", Level.ACT: "bad"}
MOST_SHOWN = 300  # signals on one page; the flags above them count every one
TICKED = re.compile(r"([a-z_]{1,20}) ([0-9]{1,12}) ([1-3])")


@dataclass(frozen=True)
class Line:
    """A flag as a page shows it; ``value`` says how much of it the page showed."""

    name: str
    tone: str
    level: str
    much: str
    first: dt.datetime | None
    last: dt.datetime | None
    is_open: bool
    value: str


class SeenForm(RequestForm):
    """Which flags somebody has looked at, and what they make of them."""

    flags = SelectMultipleField("Flags", [InputRequired(say("flag.none_ticked"))], validate_choice=False)

    def validate_flags(self, field: SelectMultipleField) -> None:
        """Each says its subject, and how much of it the page showed."""
        if not all(TICKED.fullmatch(value) for value in field.data or ()):
            raise ValidationError(say("flag.not_there"))

    def looked_at(self) -> Mapping[str, Seen]:
        """What a sound form says."""
        found = (TICKED.fullmatch(value) for value in self.flags.data or ())
        return {one[1]: Seen(int(one[2]), int(one[3])) for one in found if one}


def line(flag: Flag) -> Line:
    """A flag in words."""
    return Line(
        say(f"flag.what.{flag.subject.value}"), TONES[flag.level] if flag.is_open else _calm(flag),
        say(f"flag.level.{flag.level.name.lower()}"), _much(flag), flag.sum.first, flag.sum.last, flag.is_open,
        f"{flag.subject.value} {flag.sum.times} {flag.level.value}",
    )  # fmt: skip


def _calm(flag: Flag) -> str:
    return "info" if flag.level is Level.INFO else "neutral"


def _much(flag: Flag) -> str:
    times = flag.sum.times
    if flag.subject is Subject.FLOODED:
        return say("flag.dropped", times=times)
    told = [say("flag.times") if times == 1 else say("flag.times.many", times=times)]
    if flag.subject in SECONDS and flag.sum.total:
        told.append(say("flag.seconds", length=to_the_second(flag.sum.total)))
    if flag.subject in CHARACTERS:
        told.append(say("flag.characters", count=flag.sum.total))
    return ", ".join(told)


@pages.get("/<ref>/reports")
@requires("invigilation.watch", on=sitting_of)
def reports(desk: Desk, room: Room) -> Reply:
    """Every seat with its device check and its flags, those that wait for a person first."""
    entries = invigilation.entries(desk.conn, room.sitting.id)
    flags = service.flags_of(desk.conn, room.sitting)
    checks = device_checks.of_sitting(desk.conn, room.sitting.id)
    lines = []
    for entry in entries:
        number = entry.attempt.id if entry.attempt else 0
        lines.append((entry.seat, [line(flag) for flag in flags.get(number, ())], checked_words(checks.get(number))))
    lines.sort(key=lambda one: (not any(flag.is_open for flag in one[1]), one[0].number))
    watched = room.sitting.lockdown != Lockdown.OPEN
    return show("invigilation/reports.html", room=room, lines=lines, watched=watched)


def seat_badges(desk: Desk, sitting: Sitting, entries: Sequence[Entry]) -> dict[str, list[tuple[str, str]]]:
    """What the register says of each seat's browser: its device check, once there is one, and what waits for a look."""
    flags = service.flags_of(desk.conn, sitting)
    checks = device_checks.of_sitting(desk.conn, sitting.id)
    found: dict[str, list[tuple[str, str]]] = {}
    for entry in entries:
        number = entry.attempt.id if entry.attempt else 0
        waiting = sum(flag.is_open for flag in flags.get(number, ()))
        badges = [checked_words(checks[number])] if number in checks else []
        found[entry.seat.ref] = badges + ([("warn", say("flag.open", count=waiting))] if waiting else [])
    return found


def checked_words(checked: Checked | None) -> tuple[str, str]:
    """How a seat's device check came out: a tone and words."""
    if checked is None:
        return "neutral", say("check.none")
    if not checked.failed:
        return "good", say("check.passed", time=time_of_day(checked.at))
    items = ", ".join(say(f"check.item.{item.value}").lower() for item in checked.failed)
    return "warn", say("check.failed", time=time_of_day(checked.at), items=items)


@pages.get("/<ref>/seats/<seat>/report")
@requires("invigilation.watch", on=seat_of)
def report(desk: Desk, at: AtSeat) -> Reply:
    """What the browser at one seat reported."""
    return _page(desk, at, SeenForm(formdata=None))


@pages.post("/<ref>/seats/<seat>/report")
@requires("invigilation.act", on=seat_of)
def note_report(desk: Desk, at: AtSeat) -> Reply:
    """Note what somebody who looked makes of it. Nothing is done to the candidate."""
    form = SeenForm()
    if not form.validate_on_submit():
        return _page(desk, at, form, 400)
    note, number = form.reason.data or "", form.request.data or ""

    def act(by: Actor) -> str:
        done = service.seen(desk.conn, at.seat, form.looked_at(), note, by, number, desk.now)
        return say("flag.seen" if done else "flag.seen_twice")

    done = acted(desk, at.room, act)
    here = {"ref": at.room.sitting.ref, "seat": at.seat.ref}
    return replace(done, endpoint="invigilation.report", values=here) if isinstance(done, Go) else done


def _page(desk: Desk, at: AtSeat, form: SeenForm, status: int = 200) -> Reply:
    attempt = attempts.by_seat(desk.conn, at.seat.id)
    told = service.report_of(desk.conn, at.room.sitting, attempt) if attempt else SeatReport((), (), (), ())
    checked = device_checks.newest(desk.conn, attempt) if attempt else None
    drawn = papers.shown(desk.conn, attempt.id) if attempt else None
    places = {question.code: question.position for question in drawn.questions} if drawn else {}
    form.reason.label.text = say("flag.note")
    names = people.by_ids(desk.conn, {note.seen_by for note in told.notes})
    lines = [line(flag) for flag in told.flags]
    acts = may_act(desk, at.room) and not must_say_why(desk, at.room)
    ticked = request.form.getlist("flags") if status != 200 else [one.value for one in lines if one.is_open]
    return show(
        "invigilation/report.html", status, at=at, form=form, lines=lines, ticked=ticked, may_act=acts,
        owes_why=must_say_why(desk, at.room), checked=checked_words(checked), count=len(told.signals),
        helps=[say(f"adjustment.what.{one}") for one in told.helps], signals=_signals(told.signals, places),
        notes=[(one, names[one.seen_by].name, say(f"flag.what.{one.subject}")) for one in told.notes],
        watched=at.room.sitting.lockdown != Lockdown.OPEN,
    )  # fmt: skip


def _signals(told: Sequence[Signal], places: Mapping[str, int]) -> list[tuple[dt.datetime, str, int, str]]:
    """When the server heard of each signal, what it was, for how many seconds its page was open, and where it was."""
    return [
        (one.at, say(f"signal.{one.kind.value}", amount=one.amount), one.offset // 1000, _at(one, places))
        for one in told[:MOST_SHOWN]
    ]


def _at(signal: Signal, places: Mapping[str, int]) -> str:
    place = places.get(signal.question or "")
    return say("signal.at", number=place) if place else ""
