"""Who is in the room: signing in and out, taking over, and going ahead with too few."""

from __future__ import annotations

from flask import request
from wtforms import IntegerField
from wtforms.validators import StopValidation

from sjt.pages.guard import Desk, requires
from sjt.pages.invigilation.forms import ReasonForm, RequestForm
from sjt.pages.invigilation.loading import Room, actor, may_act, must_say_why, pages, sitting_of
from sjt.pages.replies import Reply, go, show
from sjt.services import invigilation
from sjt.services.registration.bookings import HIGHEST_NUMBER
from sjt.stores import people
from sjt.words import say


class OverrideForm(RequestForm):
    """For how many candidates the gate may open with too few, and why."""

    candidates = IntegerField("Candidates")

    def validate_candidates(self, field: IntegerField) -> None:
        """A number of candidates that a room can hold."""
        if field.data is None or not 1 <= field.data <= HIGHEST_NUMBER:
            field.errors = []
            raise StopValidation(say("ratio.count", highest=HIGHEST_NUMBER))


@pages.get("/<ref>/presence")
@requires("invigilation.watch", on=sitting_of)
def presence(desk: Desk, room: Room) -> Reply:
    """Who is signed in, who was, and how many are needed."""
    return _page(desk, room)


@pages.post("/<ref>/presence/in")
@requires("invigilation.act", on=sitting_of)
def sign_in(desk: Desk, room: Room) -> Reply:
    """Sign in to the sitting."""
    began = invigilation.sign_in(desk.conn, desk.person, room.sitting, desk.now)
    return go("invigilation.presence", say("shift.began" if began else "shift.already"), ref=room.sitting.ref)


@pages.post("/<ref>/presence/out")
@requires("invigilation.act", on=sitting_of)
def sign_out(desk: Desk, room: Room) -> Reply:
    """Sign somebody out with a reason, or take over from them."""
    form, who, relieve = ReasonForm(), request.form.get("person", ""), request.form.get("relieve") == "yes"
    if not form.validate_on_submit():
        return _page(desk, room, 400, leaving=form, who=who)
    by = actor(desk, room)
    name = invigilation.sign_out(desk.conn, by.person, by.sitting, who, form.reason.data or "", relieve, desk.now)
    stands = invigilation.presence(desk.conn, room.sitting)
    left = len(stands.present)
    if left < stands.needed:
        told = {"present": left, "needed": stands.needed, "candidates": stands.inside}
        return go("invigilation.presence", say("shift.few", told, name=name), "warning", ref=room.sitting.ref)
    return go(
        "invigilation.presence", say("shift.relieved" if relieve else "shift.ended", name=name), ref=room.sitting.ref
    )


@pages.post("/<ref>/presence/override")
@requires("invigilation.act", on=sitting_of)
def override(desk: Desk, room: Room) -> Reply:
    """Let the gate open with too few, in one's own name."""
    form = OverrideForm()
    if not form.validate_on_submit():
        return _page(desk, room, 400, overriding=form)
    by, count = actor(desk, room), form.candidates.data or 0
    number, reason = form.request.data or "", form.reason.data or ""
    invigilation.override(desk.conn, by.person, by.sitting, count, reason, number, desk.now)
    return go("invigilation.presence", say("ratio.overridden", candidates=count), ref=room.sitting.ref)


def _page(
    desk: Desk,
    room: Room,
    status: int = 200,
    leaving: ReasonForm | None = None,
    who: str = "",
    overriding: OverrideForm | None = None,
) -> Reply:
    stands = invigilation.presence(desk.conn, room.sitting)
    acts = may_act(desk, room) and not must_say_why(desk, room)
    took_over = [shift.relieved_by for shift in stands.shifts if shift.relieved_by is not None]
    return show(
        "invigilation/presence.html", status, room=room, stands=stands, may_act=acts, me=desk.person,
        leaving=leaving, who=who, form=overriding or OverrideForm(data={"candidates": _expected(desk, room)}),
        faulty=leaving or overriding, people=people.by_ids(desk.conn, took_over),
        signed_in=any(shift.person_id == desk.person.id for shift in stands.present),
    )  # fmt: skip


def _expected(desk: Desk, room: Room) -> int:
    """For how many an override would be: all who sit or are admitted."""
    lines = invigilation.entries(desk.conn, room.sitting.id)
    ready, inside = invigilation.gate(lines).ready, invigilation.presence(desk.conn, room.sitting).inside
    return ready + inside or len(lines) or 1
