"""A sitting is cancelled or moved, and who must be told of it."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from typing import cast

from flask import Response
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired

from sjt.pages.guard import Desk, requires
from sjt.pages.registration.desk import a_sitting, csv_response, pages, show_faults
from sjt.pages.registration.forms import DATES, NEEDED, ClockField, DayField, plain
from sjt.pages.replies import Reply, go, show
from sjt.rules.entries import tidy
from sjt.rules.refusals import BadInput, Stale
from sjt.services.registration import changes as changing
from sjt.services.registration import sittings as scheduling
from sjt.services.registration.csv_files import write_table
from sjt.stores import changes, seats
from sjt.stores.sittings import Sitting
from sjt.words import say

COLUMNS = ("role", "name", "number", "email", "employer", "provider")


class ChangeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Why a whole sitting changes, and a number so that a double press does it once."""

    reason = TextAreaField("Reason", [InputRequired(say("booking.reason")), plain])
    request = HiddenField(default=lambda: str(uuid.uuid4()))
    begun = HiddenField(default="0")

    @property
    def number(self) -> str:
        """The number of the request; one that is none of ours gets a new one."""
        try:
            return str(uuid.UUID(self.request.data or ""))
        except ValueError:
            return str(uuid.uuid4())

    @property
    def seen(self) -> int:
        """How many had begun when the page was made."""
        told = self.begun.data or ""
        return int(told) if told.isascii() and told.isdigit() and len(told) < 6 else -1


class MoveForm(ChangeForm):
    """Other times, or another venue, in London time."""

    day = DayField("Date", [InputRequired(say("sitting.date"))], format=DATES)
    starts = ClockField("Starts", [InputRequired(say("sitting.time"))])
    ends = ClockField("Ends", [InputRequired(say("sitting.time"))])
    venue = StringField("Venue", [NEEDED, plain])


@pages.get("/sittings/<ref>/cancel")
@requires("sittings.change", on=a_sitting)
def cancelling(desk: Desk, sitting: Sitting) -> Reply:
    """What cancelling does, and the reason."""
    return _cancel_page(desk, sitting, ChangeForm())


@pages.post("/sittings/<ref>/cancel")
@requires("sittings.change", on=a_sitting)
def cancel_sitting(desk: Desk, sitting: Sitting) -> Reply:
    """Cancel a sitting with everybody who is booked."""
    form = ChangeForm()
    if not form.validate_on_submit():
        return _cancel_page(desk, sitting, form, 400)
    reason = tidy(form.reason.data or "")
    try:
        with desk.conn.begin_nested():
            changing.cancel(desk.conn, sitting, reason, form.seen, desk.person, form.number, desk.now)
    except Stale as stale:
        form.form_errors.append(say(stale.code, stale.params))
        return _cancel_page(desk, sitting, form, 409)
    return go("registration.to_tell", say("sitting.cancelled_now", title=sitting.title), ref=sitting.ref)


def _cancel_page(desk: Desk, sitting: Sitting, form: ChangeForm, status: int = 200) -> Reply:
    stands = changing.standing(desk.conn, sitting)
    form.begun.data = str(stands.begun)
    return show("registration/cancel_sitting.html", status, sitting=sitting, form=form, stands=stands)


@pages.get("/sittings/<ref>/move")
@requires("sittings.change", on=a_sitting)
def moving(desk: Desk, sitting: Sitting) -> Reply:
    """Where to, and why."""
    entry = scheduling.entry_of(sitting, ())
    form = MoveForm(data={"day": entry.day, "starts": entry.starts, "ends": entry.ends, "venue": entry.venue})
    return _move_page(desk, sitting, form)


@pages.post("/sittings/<ref>/move")
@requires("sittings.change", on=a_sitting)
def move_sitting(desk: Desk, sitting: Sitting) -> Reply:
    """Move a sitting; seats, keycodes, adjustments and papers go along."""
    form = MoveForm()
    if not form.validate_on_submit():
        return _move_page(desk, sitting, form, 400)
    try:
        with desk.conn.begin_nested():
            changing.move(
                desk.conn,
                sitting,
                _entry(sitting, form),
                tidy(form.reason.data or ""),
                desk.person,
                form.number,
                desk.now,
            )
    except BadInput as bad:
        show_faults(form, bad.faults)
        return _move_page(desk, sitting, form, 400)
    return go("registration.to_tell", _moved_words(desk, sitting), ref=sitting.ref)


def _entry(sitting: Sitting, form: MoveForm) -> scheduling.Entry:
    entry = scheduling.entry_of(sitting, ())
    day, starts, ends = cast(dt.date, form.day.data), cast(dt.time, form.starts.data), cast(dt.time, form.ends.data)
    again = entry.day == day
    return replace(
        entry, day=day, starts=starts, ends=ends, venue=form.venue.data or "",
        starts_second=_second(entry.starts_second, again), ends_second=_second(entry.ends_second, again),
    )  # fmt: skip


def _second(which: bool | None, again: bool) -> bool | None:
    """On another day nothing is known of an hour that comes twice: the first one is meant."""
    return which if again else None


def _moved_words(desk: Desk, sitting: Sitting) -> str:
    bare = len(seats.without_paper(desk.conn, sitting.id))
    return say("sitting.moved_without" if bare else "sitting.moved", title=sitting.title, count=bare)


def _move_page(desk: Desk, sitting: Sitting, form: MoveForm, status: int = 200) -> Reply:
    stands = changing.standing(desk.conn, sitting)
    return show("registration/move_sitting.html", status, sitting=sitting, form=form, stands=stands)


@pages.get("/sittings/<ref>/tell")
@requires("sittings.read", on=a_sitting)
def to_tell(desk: Desk, sitting: Sitting) -> Reply:
    """Who must be told of a change, and what changed."""
    return show(
        "registration/to_tell.html",
        sitting=sitting,
        people=changing.to_tell(desk.conn, sitting),
        changes=changes.of_sitting(desk.conn, sitting.id),
        moment=dt.datetime.fromisoformat,
    )


@pages.get("/sittings/<ref>/tell.csv")
@requires("sittings.read", on=a_sitting)
def to_tell_file(desk: Desk, sitting: Sitting) -> Response:
    """The same people as a file."""
    found = changing.to_tell(desk.conn, sitting)
    rows = [[one.role, one.name, one.number, one.email, one.employer, one.provider] for one in found]
    return csv_response(write_table(COLUMNS, rows), "people-to-tell")
