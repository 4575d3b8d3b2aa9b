"""The door: the keycode form, and the way out."""

from __future__ import annotations

from flask import Blueprint, session
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from sjt.pages import lockdown
from sjt.pages.devices import device
from sjt.pages.guard import product, public
from sjt.pages.replies import Reply, go, show
from sjt.pages.seated import SEAT, own_seat
from sjt.rules.refusals import BadInput, TooMany
from sjt.services.delivery import door
from sjt.words import say

pages = Blueprint("delivery", __name__, url_prefix="/sit")


class KeycodeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The keycode on the slip."""

    keycode = StringField(
        "Keycode", [InputRequired("Type the keycode on your slip."), Length(max=40, message="That is too long.")]
    )


@pages.get("/")
@public("the keycode form comes before everything else")
def here() -> Reply:
    """Where this candidate is: the keycode form, or on to their attempt."""
    if SEAT in session:
        return go("delivery.arrive", attempt=session[SEAT])
    return show("delivery/keycode.html", form=KeycodeForm())


@pages.post("/")
@public("the keycode form comes before everything else")
def enter() -> Reply:
    """Come in by keycode: one neutral message for every wrong one."""
    form = KeycodeForm()
    if not form.validate_on_submit():
        return show("delivery/keycode.html", 400, form=form)
    running, code = product(), form.keycode.data or ""
    try:
        with running.database.transaction() as conn:
            entry = door.enter(conn, running, code, device(), running.clock.now())
            lockdown.require_at_the_door(conn, entry.attempt, running.clock.now())
    except BadInput as wrong:
        return _wrong(form, code, wrong)
    if not entry.let_in:
        return show("delivery/other_device.html", 409, form=form)
    session.permanent = True
    session[SEAT] = entry.attempt.ref
    return go("delivery.arrive", attempt=entry.attempt.ref)


def _wrong(form: KeycodeForm, code: str, wrong: BadInput) -> Reply:
    words, status = say(wrong.faults[0][1]), 400
    try:
        door.counted_failure(product(), device(), code)
    except TooMany as too_many:
        words, status = say(too_many.code), 429
    form.keycode.errors = [words]
    return show("delivery/keycode.html", status, form=form)


@pages.post("/<attempt>/leave")
@public("leaving is always allowed; it forgets the seat in this browser and nothing else")
def leave(attempt: str) -> Reply:
    """Leave the seat in this browser."""
    own_seat(attempt)
    session.pop(SEAT)
    return go("sign_in.home")
