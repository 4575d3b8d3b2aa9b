"""One act for the seats that were chosen on the board: extra minutes, a pause, its end, the gate, a message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import request
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import InputRequired

from sjt.pages.guard import Desk, Loaded, requires
from sjt.pages.invigilation.acts import acted
from sjt.pages.invigilation.forms import GrantForm, PauseForm, SeatsField, a_request, new_request
from sjt.pages.invigilation.loading import Room, pages, sitting_of
from sjt.pages.replies import Reply, go, show
from sjt.rules.refusals import NotFound, NotNow
from sjt.services import invigilation, selection
from sjt.services.invigilation import Actor
from sjt.stores import seats
from sjt.stores.seats import Seat
from sjt.words import say


def _seats_field() -> SeatsField:
    return SeatsField("Seats", [InputRequired(say("chosen.nobody"))])


class ChosenForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Some seats; the act needs nothing else."""

    seats = _seats_field()
    request = HiddenField(default=new_request, validators=[a_request])


class ChosenGrantForm(GrantForm):
    """Extra minutes for some seats."""

    seats = _seats_field()


class ChosenPauseForm(PauseForm):
    """A pause of some seats."""

    seats = _seats_field()


FORMS: dict[str, type[FlaskForm]] = {
    "grant": ChosenGrantForm, "pause": ChosenPauseForm, "resume": ChosenForm, "gate": ChosenForm,
}  # fmt: skip


@dataclass(frozen=True)
class InRoom:
    """An act that was chosen for some seats of a sitting."""

    room: Room
    act: str


def act_of(desk: Desk, ref: str, act: str) -> Loaded:
    """The sitting and the act that an address names."""
    loaded = sitting_of(desk, ref)
    if act not in FORMS:
        raise NotFound("error.words.404")
    return Loaded(InRoom(loaded.object, act), loaded.relations)


@pages.get("/<ref>/chosen")
@requires("invigilation.act", on=sitting_of)
def chosen(desk: Desk, room: Room) -> Reply:
    """What the act needs besides the seats; with none chosen, back to the board."""
    act, refs = request.args.get("act", ""), request.args.getlist("seat")
    if not refs:
        return go("invigilation.board", say("chosen.nobody"), "error", ref=room.sitting.ref)
    if act == "message":
        return go("invigilation.writing", ref=room.sitting.ref, at=refs)
    if act not in FORMS:
        raise NotFound("error.words.404")
    return _page(desk, InRoom(room, act), FORMS[act](formdata=None, seats=refs))


@pages.post("/<ref>/chosen/<act>")
@requires("invigilation.act", on=act_of)
def act_at_chosen(desk: Desk, wanted: InRoom) -> Reply:
    """Do it at each of them, and say where it could not be done."""
    room, form = wanted.room, FORMS[wanted.act]()
    listed = seats.of_sitting(desk.conn, room.sitting.id)
    form.seats.offer(listed)
    if not form.validate_on_submit():
        return _page(desk, wanted, form, 400)
    ticked = [seat for seat in listed if seat.ref in (form.seats.data or ())]

    def at_all(by: Actor) -> str:
        at_one = _act(desk, by, wanted.act, form)
        return _told(wanted.act, selection.at_each(desk.conn, ticked, form.request.data or "", at_one))

    return acted(desk, room, at_all)


def _act(desk: Desk, by: Actor, act: str, form: FlaskForm) -> Callable[[Seat, str], bool]:
    """The act at one seat; false where this very request has done it before."""

    def at_one(seat: Seat, number: str) -> bool:
        if act == "grant":
            minutes, reason = form.minutes.data or 0, form.reason.data or ""
            return invigilation.extra_minutes(desk.conn, seat, minutes, reason, by, number, desk.now)
        if act == "pause":
            kind, reason = form.kind.data, form.reason.data or ""
            return invigilation.pause(desk.conn, seat, kind, reason, by, number, desk.now)
        if act == "resume":
            invigilation.resume(desk.conn, seat, by, desk.now)
            return True
        return invigilation.open_gate(desk.conn, seat, by, desk.now)

    return at_one


def _told(act: str, done: selection.Done) -> str:
    """Where it was done, and why not elsewhere. NotNow when it was done nowhere."""
    left = " ".join(say(refusal.code, refusal.params) for _, refusal in done.left)
    if not done.done and not done.twice:
        raise NotNow("chosen.nowhere", why=left)
    words = [say(f"chosen.done.{act}", count=len(done.done))] if done.done else []
    words += [say("chosen.twice", count=len(done.twice))] if done.twice else []
    return " ".join([*words, left]).strip()


def _page(desk: Desk, wanted: InRoom, form: FlaskForm, status: int = 200) -> Reply:
    """The form, with the seats that were chosen; with all of them where none was."""
    listed = seats.of_sitting(desk.conn, wanted.room.sitting.id)
    form.seats.offer([seat for seat in listed if seat.ref in (form.seats.data or ())] or listed)
    helps = {kind: say(f"pause.kind.{kind}.help") for kind in ("incident", "suspension")}
    told = {"act": wanted.act, "form": form, "title": say(f"chosen.title.{wanted.act}"), "helps": helps}
    return show("invigilation/chosen.html", status, room=wanted.room, **told)
