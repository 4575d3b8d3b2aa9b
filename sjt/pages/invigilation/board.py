"""The live board: drawn by the server, kept live by a stream or by asking, and never falsely green."""

from __future__ import annotations

import hashlib

import msgspec
from flask import Response, request, session

from sjt.pages.guard import Desk, Loaded, requires
from sjt.pages.invigilation.cards import card
from sjt.pages.invigilation.forms import EndForm, GrantForm
from sjt.pages.invigilation.glance import (
    clock_of,
    evacuated,
    finish_words,
    gate,
    outage_words,
    state_of,
    tally,
    words_of_the_script,
)
from sjt.pages.invigilation.loading import Room, must_say_why, pages
from sjt.pages.replies import Data, Reply, show
from sjt.rules.access import Relation, refusal
from sjt.rules.refusals import NotFound
from sjt.services import watching
from sjt.services.watching import Board, Facts
from sjt.stores import looks
from sjt.stores.people import Person

VIEWS = ("cards", "table")


def watched(desk: Desk, ref: str) -> Loaded:
    """The sitting that an address names, in one statement: boards ask again and again."""
    found = looks.standing(desk.conn, ref, desk.person.id)
    if found is None:
        raise NotFound("error.words.404")
    relations = frozenset({Relation.STAFF}) if found.named else frozenset()
    return Loaded(Room(found.sitting, found.named, found.reason), relations)


@pages.get("/<ref>/board")
@requires("invigilation.watch", on=watched)
def board(desk: Desk, room: Room) -> Reply:
    """The board, as cards or as a table; which of them is remembered with the sign-in."""
    seen, acts = look(desk, room), acts_of(desk.person, room)
    return show(
        "invigilation/board.html",
        room=room,
        board=seen,
        cards=[card(seat, seen.now, acts) for seat in seen.seats],
        tally=tally(seen),
        finish=finish_words(seen),
        gate=gate(desk, room, seen) if acts else {},
        evacuated=evacuated(seen),
        outages=outage_words(seen),
        may_act=acts,
        owes_why=must_say_why(desk, room),
        view=_view(),
        clock=clock_of(seen),
        words=words_of_the_script(),
        forms=_dialogs() if acts else None,
    )


@pages.get("/<ref>/board/state")
@requires("invigilation.watch", on=watched)
def board_state(desk: Desk, room: Room) -> Reply:
    """Everything on the board that changes; only the time when the script has this very state already."""
    seen = look(desk, room)
    state = state_of(desk, room, seen, acts_of(desk.person, room))
    tag = digest(state)
    if tag in request.if_none_match:
        same = Response(status=304, headers={"Sjt-Clock": msgspec.json.encode(clock_of(seen)).decode()})
        same.set_etag(tag)
        return same
    return Data({**clock_of(seen), **state, "tag": tag})


def look(desk: Desk, room: Room) -> Board:
    """The room at this moment, from facts that are at most a second old and from the last beats as they are now."""
    beats = watching.heard(desk.product.presence, room.sitting, desk.now)
    return watching.seen(facts(desk, room), beats, desk.now)


def facts(desk: Desk, room: Room) -> Facts:
    """What the database says of the room, shared by all boards of this process."""

    def read(before: Facts | None) -> Facts:
        return watching.read(desk.conn, room.sitting, desk.now, before)

    return desk.product.rooms.read(("facts", room.sitting.id), read)


def acts_of(person: Person, room: Room) -> bool:
    """Whether a person's board offers acts: not to an auditor, nor to a manager who owes the reason."""
    relations = {Relation.STAFF} if room.named else set()
    return refusal("invigilation.act", person.roles, relations) is None and (room.named or room.reason is not None)


def digest(state: dict[str, object]) -> str:
    """The same for the same state, whoever asks and whichever process answers."""
    return hashlib.sha256(msgspec.json.encode(state)).hexdigest()[:32]


def _view() -> str:
    """Cards or table: as the address says, else as it was last."""
    asked = request.args.get("view")
    if asked in VIEWS and session.get("board") != asked:
        session["board"] = asked
    return asked if asked in VIEWS else str(session.get("board", VIEWS[0]))


def _dialogs() -> dict[str, object]:
    """The forms of the two dialogs, which the script fills with the seat; their fields need names of their own."""
    grant, end = GrantForm(formdata=None), EndForm(formdata=None)
    for name, form in (("grant", grant), ("end", end)):
        for field in form:
            field.id = f"{name}-{field.short_name}"
    return {"grant": grant, "end": end}
