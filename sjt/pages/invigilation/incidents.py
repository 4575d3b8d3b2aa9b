"""The incident log of a sitting, and what is noted at one seat: a warning, leaving the room, returning."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, TextAreaField, TimeField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, StopValidation

from sjt.pages.guard import Desk, requires
from sjt.pages.invigilation.acts import acted
from sjt.pages.invigilation.forms import RequestForm, SeatsField, a_request, new_request
from sjt.pages.invigilation.loading import AtSeat, Room, actor, may_act, must_say_why, pages, seat_of, sitting_of
from sjt.pages.replies import Reply, go, show
from sjt.pages.shown import LONDON
from sjt.rules.local_time import NoSuchTime, london_day, moment
from sjt.rules.refusals import NotNow, NotUnderstood
from sjt.services import invigilation
from sjt.services.invigilation import INCIDENTS, Actor, Said
from sjt.stores import attempts, incident_log, seats
from sjt.stores.seats import Seat
from sjt.words import say

LONGEST = 2_000


class IncidentForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """An incident: of which kind, when, what, and which seats are concerned."""

    kind = RadioField(
        "Kind",
        [InputRequired(say("incident.kind_needed"))],
        choices=[SelectChoice(kind, say(f"incident.kind.{kind}")) for kind in INCIDENTS],
    )
    time = TimeField("When it happened")
    words = TextAreaField("What happened", filters=[lambda typed: "\n".join((typed or "").strip().splitlines())])
    seats = SeatsField("Seats concerned")
    request = HiddenField(default=new_request, validators=[a_request])

    def __init__(self, now: dt.datetime, booked: list[Seat]) -> None:
        super().__init__(time=now.astimezone(LONDON).time())
        self._now, self.happened_at = now, now
        self.seats.offer(booked)

    def validate_time(self, field: TimeField) -> None:
        """A time of today that has come."""
        if field.data is None:
            field.errors = []  # one sentence says it all, whatever the field itself had found
            raise StopValidation(say("incident.time"))
        try:
            at = moment(london_day(self._now), field.data, second=False)
        except NoSuchTime:
            at = None
        if at is None or at > self._now:
            raise ValidationError(say("incident.later"))
        self.happened_at = at

    def validate_words(self, field: TextAreaField) -> None:
        """Words of a sensible length that can be stored."""
        if not field.data:
            raise ValidationError(say("incident.empty"))
        if len(field.data) > LONGEST or "\0" in field.data:
            raise ValidationError(say("incident.long"))


class BackForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Who is back needs no reason; pressed twice it is noted once."""

    request = HiddenField(validators=[a_request])


@pages.get("/<ref>/incidents")
@requires("invigilation.watch", on=sitting_of)
def incidents(desk: Desk, room: Room) -> Reply:
    """The log, and the form that adds to it."""
    return _log(desk, room, IncidentForm(desk.now, seats.of_sitting(desk.conn, room.sitting.id)))


@pages.post("/<ref>/incidents")
@requires("invigilation.act", on=sitting_of)
def enter_incident(desk: Desk, room: Room) -> Reply:
    """Enter an incident."""
    booked = seats.of_sitting(desk.conn, room.sitting.id)
    form = IncidentForm(desk.now, booked)
    if not form.validate_on_submit():
        return _log(desk, room, form, 400)
    chosen = [seat for seat in booked if seat.ref in (form.seats.data or ())]
    said = Said(form.kind.data, form.words.data or "", form.happened_at, chosen)
    try:
        with desk.conn.begin_nested():
            done = invigilation.enter(desk.conn, said, actor(desk, room), form.request.data or "", desk.now)
    except NotNow as refusal:
        return go("invigilation.incidents", say(refusal.code, refusal.params), "error", ref=room.sitting.ref)
    return go("invigilation.incidents", say("incident.entered" if done else "incident.twice"), ref=room.sitting.ref)


def _log(desk: Desk, room: Room, form: IncidentForm, status: int = 200) -> Reply:
    named = {seat.id: seat for seat in seats.of_sitting(desk.conn, room.sitting.id)}
    logged = [
        (one, ", ".join(f"{named[seat].number} {named[seat].candidate.name}" for seat in one.seat_ids if seat in named))
        for one in incident_log.of_sitting(desk.conn, room.sitting.id)
    ]
    closed = room.sitting.signed_off_at is not None or room.sitting.cancelled_at is not None
    return show(
        "invigilation/incidents.html", status, room=room, form=form, logged=logged, say=say,
        may_act=may_act(desk, room) and not must_say_why(desk, room) and not closed, owes_why=must_say_why(desk, room),
    )  # fmt: skip


# -------------------------------------------------------------------------------------------------- at one seat
@pages.get("/<ref>/seats/<seat>/warn")
@requires("invigilation.act", on=seat_of)
def warning(desk: Desk, at: AtSeat) -> Reply:
    """Note a warning: for what."""
    return _note_page(desk, at, "warn", RequestForm())


@pages.post("/<ref>/seats/<seat>/warn")
@requires("invigilation.act", on=seat_of)
def warn(desk: Desk, at: AtSeat) -> Reply:
    """Note that the candidate was warned."""
    return _note(desk, at, "warn", invigilation.warn)


@pages.get("/<ref>/seats/<seat>/room")
@requires("invigilation.act", on=seat_of)
def leaving(desk: Desk, at: AtSeat) -> Reply:
    """Note that a candidate leaves the room, or is back."""
    return _note_page(desk, at, "leave", RequestForm())


@pages.post("/<ref>/seats/<seat>/room")
@requires("invigilation.act", on=seat_of)
def leave(desk: Desk, at: AtSeat) -> Reply:
    """Note that the candidate leaves the room."""
    return _note(desk, at, "leave", invigilation.leave_room)


@pages.post("/<ref>/seats/<seat>/back")
@requires("invigilation.act", on=seat_of)
def come_back(desk: Desk, at: AtSeat) -> Reply:
    """Note that the candidate is back."""
    form = BackForm()
    if not form.validate_on_submit():
        raise NotUnderstood("invigilation.no_request")

    def act(by: Actor) -> str:
        done = invigilation.return_to_room(desk.conn, at.seat, by, form.request.data or "", desk.now)
        return say("note.done.back" if done else "note.twice", name=at.seat.candidate.name)

    return acted(desk, at.room, act, at)


def _note(desk: Desk, at: AtSeat, what: str, noting: Callable[..., bool]) -> Reply:
    form = RequestForm()
    if not form.validate_on_submit():
        return _note_page(desk, at, what, form, 400)

    def act(by: Actor) -> str:
        done = noting(desk.conn, at.seat, form.reason.data or "", by, form.request.data or "", desk.now)
        return say(f"note.done.{what}" if done else "note.twice", name=at.seat.candidate.name)

    return acted(desk, at.room, act, at)


def _note_page(desk: Desk, at: AtSeat, what: str, form: RequestForm, status: int = 200) -> Reply:
    attempt = attempts.by_seat(desk.conn, at.seat.id)
    out = what == "leave" and attempt is not None and invigilation.is_out(desk.conn, attempt)
    words = {name: say(f"note.{name}.{'back' if out else what}") for name in ("title", "help", "button")}
    return show("invigilation/note.html", status, at=at, form=form, attempt=attempt, what=what, out=out, words=words)
