"""Signing a sitting off, and lifting the hold of a script."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField
from wtforms.validators import InputRequired

from sjt.pages.guard import Desk, requires
from sjt.pages.invigilation.acts import acted
from sjt.pages.invigilation.forms import ReasonForm
from sjt.pages.invigilation.loading import AtSeat, Room, actor, must_say_why, pages, seat_of, sitting_of
from sjt.pages.replies import Reply, go, show
from sjt.rules.refusals import NotNow
from sjt.services import invigilation
from sjt.services.invigilation import Actor
from sjt.stores import attempts, holds, people
from sjt.words import say


class SignOffForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A tick that says it is meant."""

    sure = BooleanField("The sitting is over, and I sign it off", [InputRequired(say("invigilation.confirm"))])


@pages.get("/<ref>/sign-off")
@requires("invigilation.act", on=sitting_of)
def signing_off(desk: Desk, room: Room) -> Reply:
    """What still stands in the way, and what a sign-off settles."""
    return _page(desk, room, SignOffForm())


@pages.post("/<ref>/sign-off")
@requires("invigilation.act", on=sitting_of)
def sign_off(desk: Desk, room: Room) -> Reply:
    """Sign off."""
    form = SignOffForm()
    if not form.validate_on_submit():
        return _page(desk, room, form, 400)
    try:
        with desk.conn.begin_nested():
            done = invigilation.sign_off(desk.conn, actor(desk, room), desk.now)
    except NotNow as refusal:
        return _page(desk, room, form, 409, say(refusal.code, refusal.params))
    return go("invigilation.signing_off", say("sign_off.done" if done else "sign_off.twice"), ref=room.sitting.ref)


def _page(desk: Desk, room: Room, form: SignOffForm, status: int = 200, refused: str = "") -> Reply:
    sitting = sitting_of(desk, room.sitting.ref).object.sitting  # as it is now: somebody else may have signed
    signer = people.by_ids(desk.conn, [sitting.signed_off_by]) if sitting.signed_off_by else {}
    ending = invigilation.ending(invigilation.entries(desk.conn, sitting.id), desk.now)
    return show(
        "invigilation/sign_off.html", status, room=room, sitting=sitting, form=form, ending=ending, refused=refused,
        signer=next((one.name for one in signer.values()), ""), owes_why=must_say_why(desk, room), say=say,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------------- holds
@pages.get("/<ref>/seats/<seat>/hold")
@requires("invigilation.lift_hold", on=seat_of)
def holding(desk: Desk, at: AtSeat) -> Reply:
    """A held script: since when, and the reason for which it goes on."""
    return _hold_page(desk, at, ReasonForm())


@pages.post("/<ref>/seats/<seat>/hold")
@requires("invigilation.lift_hold", on=seat_of)
def lift_hold(desk: Desk, at: AtSeat) -> Reply:
    """Lift the hold."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _hold_page(desk, at, form, 400)

    def act(by: Actor) -> str:
        invigilation.lift_hold(desk.conn, at.seat, form.reason.data or "", by, desk.now)
        return say("hold.lifted", name=at.seat.candidate.name)

    return acted(desk, at.room, act, at, back="register")


def _hold_page(desk: Desk, at: AtSeat, form: ReasonForm, status: int = 200) -> Reply:
    attempt = attempts.by_seat(desk.conn, at.seat.id)
    hold = holds.of_sitting(desk.conn, at.room.sitting.id).get(attempt.id) if attempt else None
    lasts = hold is not None and hold.lifted_at is None
    owes = must_say_why(desk, at.room)
    return show("invigilation/hold.html", status, at=at, form=form, hold=hold, lasts=lasts, owes_why=owes)
