"""Safe Exam Browser in a sitting: its settings and what arrived from the seats; one candidate let in otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired

from proctoring.lockdown import Level
from proctoring.seb import CODES, Finding, Variant
from sjt.pages.guard import Desk, requires
from sjt.pages.invigilation.acts import acted
from sjt.pages.invigilation.forms import RequestForm, a_request, new_request
from sjt.pages.invigilation.loading import AtSeat, Room, may_act, must_say_why, pages, seat_of, sitting_of
from sjt.pages.replies import Reply, go, show
from sjt.pages.shown import time_with_seconds
from sjt.rules.access import refusal
from sjt.rules.refusals import NotFound, NotNow, NotUnderstood, Unavailable
from sjt.services import watching
from sjt.services.invigilation import Actor
from sjt.services.lockdown import seb
from sjt.stores import attempts, people, seats
from sjt.stores import seb as store
from sjt.stores.presence import Refused
from sjt.stores.seats import Seat
from sjt.stores.seb import ALLOWANCES, Allowance, Version
from sjt.words import say

BROWSER_KEY = re.compile(r"[0-9a-f]{64}")
MOST_BROWSER_KEYS = 20


class NewForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """New settings: nothing to fill in, and pressed twice they are made once."""

    request = HiddenField(default=new_request, validators=[a_request])


class BrowsersForm(NewForm):
    """The copies of Safe Exam Browser that may open the settings."""

    browsers = TextAreaField("Browser Exam Keys")

    def validate_browsers(self, field: TextAreaField) -> None:
        """Each line a key as Safe Exam Browser shows it; every line that is none is named."""
        wrong = [line for line in self.keys if not BROWSER_KEY.fullmatch(line)]
        if wrong:
            raise ValidationError(say("seb.browser_keys", lines=", ".join(line[:20] for line in wrong[:5])))
        if len(self.keys) > MOST_BROWSER_KEYS:
            raise ValidationError(say("seb.many_browser_keys", most=MOST_BROWSER_KEYS))

    @property
    def keys(self) -> tuple[str, ...]:
        """The lines that hold something, in small letters, each once."""
        lines = ((self.browsers.data or "").lower()).split()
        return tuple(dict.fromkeys(lines))


class AllowForm(RequestForm):
    """What one candidate's browser must be."""

    allowed = RadioField(
        "What is let in",
        [InputRequired(say("seb.choose"))],
        choices=[SelectChoice(code, say(f"seb.allowed.{code}")) for code in ALLOWANCES],
    )


@dataclass(frozen=True)
class Arrived:
    """What a seat's browser showed when it was refused last, and what the seat is allowed."""

    seat: Seat
    refused: str
    allowance: Allowance | None


@pages.get("/<ref>/seb")
@requires("invigilation.watch", on=sitting_of)
def seb_room(desk: Desk, room: Room) -> Reply:
    """The settings, the links, the password that closes it, and the seats that were refused or let in otherwise."""
    return _room_page(desk, room, BrowsersForm())


@pages.post("/<ref>/seb")
@requires("lockdown.change", on=sitting_of)
def make_seb_settings(desk: Desk, room: Room) -> Reply:
    """Make new settings. Those before open nothing any more."""
    form = NewForm()
    if not form.validate_on_submit():
        raise NotUnderstood("invigilation.no_request")
    number = form.request.data or ""
    return _made(
        desk, room, "seb.made", lambda: seb.make(desk.conn, desk.product, room.sitting, desk.person, number, desk.now)
    )


@pages.post("/<ref>/seb/browsers")
@requires("lockdown.change", on=sitting_of)
def list_seb_browsers(desk: Desk, room: Room) -> Reply:
    """Say which copies of Safe Exam Browser may open the settings."""
    form = BrowsersForm()
    if not form.validate_on_submit():
        return _room_page(desk, room, form, 400)
    keys, number = form.keys, form.request.data or ""
    return _made(
        desk,
        room,
        "seb.listed" if keys else "seb.listed_none",
        lambda: seb.list_browsers(desk.conn, room.sitting, keys, desk.person, number, desk.now),
    )


def _made(desk: Desk, room: Room, code: str, act: Callable[[], bool]) -> Reply:
    kind = "success"
    try:
        with desk.conn.begin_nested():
            words = say(code if act() else "seb.made_twice")
    except (NotNow, Unavailable) as refused:
        words, kind = say(refused.code, refused.params), "error"
    return go("invigilation.seb_room", words, kind, ref=room.sitting.ref)


def _room_page(desk: Desk, room: Room, form: BrowsersForm, status: int = 200) -> Reply:
    if room.sitting.lockdown != Level.SEB:
        raise NotFound("error.words.404")
    version = store.newest(desk.conn, room.sitting.id)
    if version is not None and not form.is_submitted():
        form.browsers.data = "\n".join(version.browser_keys)
    acts = may_act(desk, room) and not must_say_why(desk, room)
    changes = refusal("lockdown.change", desk.person.roles) is None
    told = _version_told(desk, room, version, acts) if version else {}
    return show(
        "invigilation/seb.html", status, room=room, form=form, version=version, seats=_arrived(desk, room),
        origin=desk.product.settings.public_origin, owes_why=must_say_why(desk, room), may_act=acts,
        may_change=changes, Variant=Variant, say=say, **told,
    )  # fmt: skip


def _version_told(desk: Desk, room: Room, version: Version, acts: bool) -> dict[str, Any]:
    origin, sitting = desk.product.settings.public_origin, room.sitting
    links = [(say(f"seb.allowed.{v.value}"), v.value, seb.launch(origin, sitting.ref, v.value)) for v in Variant]
    file = store.file(desk.conn, version.id, Variant.STANDARD.value) or b""
    password = seb.quit_password(desk.product, sitting, version, file) if acts else None
    maker = people.by_ids(desk.conn, [version.made_by])[version.made_by].name
    door = f"{origin}{seb.DOOR.format(ref=sitting.ref)}" if origin else None
    return {"links": links, "password": password, "maker": maker, "door": door, "moved": version.origin != origin}


def _arrived(desk: Desk, room: Room) -> list[Arrived]:
    """The seats of which there is something to tell."""
    refused = watching.heard(desk.product.presence, room.sitting, desk.now).refused
    allowed = store.allowances(desk.conn, room.sitting.id)
    by_seat = {attempt.seat_id: attempt for attempt in attempts.of_sitting(desk.conn, room.sitting.id)}
    told = []
    for seat in seats.of_sitting(desk.conn, room.sitting.id):
        attempt = by_seat.get(seat.id)
        if attempt is not None and (attempt.ref in refused or attempt.id in allowed):
            told.append(Arrived(seat, refused_words(refused.get(attempt.ref)), allowed.get(attempt.id)))
    return told


def refused_words(refused: Refused | None) -> str:
    """What arrived from a browser that was not let in; nothing where none was refused."""
    if refused is None:
        return ""
    code = CODES[Finding(refused.finding)]
    told = {"code": code, "time": time_with_seconds(refused.at), "since": time_with_seconds(refused.since)}
    words = say(f"seb.arrived.{refused.finding}")
    return say("seb.refused_once" if refused.count == 1 else "seb.refused", told, words=words, count=refused.count)


# ------------------------------------------------------------------------------------------------ one candidate
@pages.get("/<ref>/seats/<seat>/seb")
@requires("invigilation.act", on=seat_of)
def allowing_seb(desk: Desk, at: AtSeat) -> Reply:
    """Let a candidate in with other settings, or without Safe Exam Browser: what, and why."""
    return _allow_page(desk, at, AllowForm())


@pages.post("/<ref>/seats/<seat>/seb")
@requires("invigilation.act", on=seat_of)
def allow_seb(desk: Desk, at: AtSeat) -> Reply:
    """Let a candidate in with other settings, or without Safe Exam Browser."""
    form = AllowForm()
    if not form.validate_on_submit():
        return _allow_page(desk, at, form, 400)
    allowed, reason, number = form.allowed.data, form.reason.data or "", form.request.data or ""

    def act(by: Actor) -> str:
        done = seb.allow(desk.conn, at.seat, allowed, reason, by, number, desk.now)
        told = {"name": at.seat.candidate.name, "what": say(f"seb.allowed.{allowed}")}
        return say("seb.allowed_now", told) if done else say("seb.allowed_twice")

    return acted(desk, at.room, act, at)


def _allow_page(desk: Desk, at: AtSeat, form: AllowForm, status: int = 200) -> Reply:
    if at.room.sitting.lockdown != Level.SEB:
        raise NotFound("error.words.404")
    attempt = attempts.by_seat(desk.conn, at.seat.id)
    heard = watching.heard(desk.product.presence, at.room.sitting, desk.now).refused
    refused = refused_words(heard.get(attempt.ref)) if attempt else ""
    allowed = store.allowances(desk.conn, at.room.sitting.id).get(attempt.id) if attempt else None
    if not form.is_submitted() and allowed is not None:
        form.allowed.data = allowed.allowed
    helps = {code: say(f"seb.help.{code}") for code in ALLOWANCES}
    return show(
        "invigilation/seb_seat.html", status, at=at, form=form, attempt=attempt, refused=refused, allowed=allowed,
        helps=helps, say=say,
    )  # fmt: skip
