"""The live board: drawn by the server, kept live by a script, and never falsely green."""

from __future__ import annotations

from flask import request

from sjt.pages.guard import Desk, requires
from sjt.pages.invigilation.cards import card, evacuated, outage_words, state_of, tally
from sjt.pages.invigilation.forms import EndForm, GrantForm
from sjt.pages.invigilation.loading import Room, may_act, must_say_why, pages, sitting_of
from sjt.pages.invigilation.register import gate_words
from sjt.pages.replies import Data, Reply, show
from sjt.services import watching
from sjt.services.watching import Board
from sjt.words import say


@pages.get("/<ref>/board")
@requires("invigilation.watch", on=sitting_of)
def board(desk: Desk, room: Room) -> Reply:
    """The board, as cards or as a table."""
    seen, acts = _look(desk, room), _acts(desk, room)
    return show(
        "invigilation/board.html",
        room=room,
        board=seen,
        cards=[card(seat, seen.now, acts) for seat in seen.seats],
        tally=tally(seen),
        gate=_gate(desk, room, seen) if acts else {},
        evacuated=evacuated(seen),
        outages=outage_words(seen),
        may_act=acts,
        owes_why=must_say_why(desk, room),
        view="table" if request.args.get("view") == "table" else "cards",
        forms=_dialogs() if acts else None,
    )


@pages.get("/<ref>/board/state")
@requires("invigilation.watch", on=sitting_of)
def board_state(desk: Desk, room: Room) -> Reply:
    """Everything on the board that changes."""
    seen, acts = _look(desk, room), _acts(desk, room)
    gate = _gate(desk, room, seen) if acts else {}
    return Data({**state_of(seen, acts), "gate": gate, "evacuated": evacuated(seen)})


def _dialogs() -> dict[str, object]:
    """The forms of the two dialogs, which the script fills with the seat; their fields need names of their own."""
    grant, end = GrantForm(formdata=None), EndForm(formdata=None)
    for name, form in (("grant", grant), ("end", end)):
        for field in form:
            field.id = f"{name}-{field.short_name}"
    return {"grant": grant, "end": end}


def _look(desk: Desk, room: Room) -> Board:
    beats = watching.heard(desk.product.presence, room.sitting, desk.now)
    return watching.look(desk.conn, room.sitting, beats, desk.now)


def _acts(desk: Desk, room: Room) -> bool:
    return may_act(desk, room) and not must_say_why(desk, room)


def _gate(desk: Desk, room: Room, seen: Board) -> dict[str, object]:
    """The one press that opens the gate for all who are admitted; without a button when there is nobody."""
    words = " ".join(gate_words(seen.gate, room, desk))
    return {"button": say("gate.button", count=seen.gate.ready) if seen.gate.ready else "", "words": words}
