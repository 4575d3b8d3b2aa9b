"""Rooms, desk labels and modes of a sitting's seats, and whether all of it is ready."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from flask import request, url_for
from flask_wtf import FlaskForm

from sjt.pages.guard import Desk, requires
from sjt.pages.registration.desk import a_sitting, back_to, pages
from sjt.pages.replies import Reply, go, show
from sjt.pages.shown import day
from sjt.rules.access import refusal
from sjt.rules.entries import tidy
from sjt.rules.refusals import BadInput
from sjt.services.registration import places, plans, readiness
from sjt.services.registration.places import Wish
from sjt.services.registration.readiness import GOOD, Line
from sjt.stores import seats
from sjt.stores.seats import Seat
from sjt.stores.sittings import Sitting
from sjt.words import say


@pages.get("/sittings/<ref>/places", endpoint="places")
@requires("sittings.change", on=a_sitting)
def seat_places(desk: Desk, sitting: Sitting) -> Reply:
    """The seats with their rooms, labels and modes, to fill in."""
    booked = seats.of_sitting(desk.conn, sitting.id)
    stands = {seat.ref: Wish(seat.room or "", seat.label or "", seat.mode) for seat in booked}
    return _page(sitting, booked, stands, {})


@pages.post("/sittings/<ref>/places")
@requires("sittings.change", on=a_sitting)
def arrange_places(desk: Desk, sitting: Sitting) -> Reply:
    """Say where each seat is, and whether it is sat online or on paper; no reason is asked for."""
    booked = seats.of_sitting(desk.conn, sitting.id)
    wishes = {seat.ref: _wish(seat) for seat in booked}
    try:
        places.arrange(desk.conn, sitting, wishes, desk.person, desk.now)
    except BadInput as bad:
        faults = {field: say(code, params) for field, code, params in bad.faults}
        return _page(sitting, booked, wishes, faults, 400)
    return go("registration.sitting", say("place.arranged"), ref=sitting.ref)


def _wish(seat: Seat) -> Wish:
    asked = {what: tidy(request.form.get(f"{what}-{seat.ref}", "")) for what in ("room", "label", "mode")}
    return Wish(asked["room"], asked["label"], asked["mode"] or seat.mode)


def _page(
    sitting: Sitting, booked: list[Seat], wishes: Mapping[str, Wish], faults: Mapping[str, str], status: int = 200
) -> Reply:
    modes = plans.pinned(sitting.spec_id).modes
    return show(
        "registration/places.html", status, sitting=sitting, booked=booked, wishes=wishes, faults=faults, modes=modes,
        form=FlaskForm(),
    )  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A line of the readiness page: how it stands, in words, and where it is mended."""

    kind: str
    words: str
    url: str | None
    act: str


WHERE = {
    "seats": ("registration.sitting", "See the seats"),
    "edit": ("registration.edit_sitting", "Change the sitting"),
    "move": ("registration.moving", "Move the sitting"),
    "places": ("registration.places", "Say where they sit"),
    "keycodes": ("registration.keycodes", "Print the slips"),
    "presence": ("invigilation.presence", "See who is signed in"),
}
MANAGERS = frozenset({"edit", "move", "places"})


@pages.get("/sittings/<ref>/readiness", endpoint="readiness")
@requires("pack.read", on=a_sitting)
def is_ready(desk: Desk, sitting: Sitting) -> Reply:
    """Everything that must stand before candidates come, with the way to mend each."""
    changes = refusal("sittings.change", desk.person.roles) is None
    found = [_told(line, sitting, changes) for line in readiness.lines(desk.conn, sitting, desk.now)]
    waits = [line for line in found if line.kind != GOOD]
    good = [line for line in found if line not in waits]
    return show("registration/readiness.html", sitting=sitting, waits=waits, good=good, back=back_to(desk, sitting))


def _told(line: Line, sitting: Sitting, changes: bool) -> Told:
    params = {name: day(value) if isinstance(value, dt.date) else value for name, value in line.params.items()}
    endpoint, act = WHERE[line.mend] if line.mend else (None, "")
    mends = endpoint is not None and (changes or line.mend not in MANAGERS)
    url = url_for(endpoint, ref=sitting.ref) if mends and endpoint else None
    return Told(line.kind, say(line.code, params), url, act)
