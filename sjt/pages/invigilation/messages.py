"""Messages to candidates: one page to write them, to one seat or to many, and to see who has read what."""

from __future__ import annotations

from flask import request

from sjt.pages.guard import Desk, requires
from sjt.pages.invigilation.acts import acted
from sjt.pages.invigilation.forms import MessageForm
from sjt.pages.invigilation.loading import Room, pages, sitting_of
from sjt.pages.replies import Reply, show
from sjt.rules.attempt import CLOSED, GOING, state
from sjt.rules.refusals import NotNow
from sjt.services import invigilation
from sjt.services.invigilation import Actor, Delivered, Entry
from sjt.stores import messages
from sjt.words import say


@pages.get("/<ref>/messages")
@requires("invigilation.act", on=sitting_of)
def writing(desk: Desk, room: Room) -> Reply:
    """Write a message: to the seats that the address names, else to everybody at work."""
    lines, at = _readers(desk, room), request.args.getlist("at")
    chosen = [line for line in lines if (line.seat.ref in at if at else _at_work(line, desk))]
    return _page(desk, room, MessageForm(seats=[line.seat.ref for line in chosen]), lines)


@pages.post("/<ref>/messages")
@requires("invigilation.act", on=sitting_of)
def send(desk: Desk, room: Room) -> Reply:
    """Send it to everyone who is ticked."""
    lines = invigilation.entries(desk.conn, room.sitting.id)
    form = MessageForm()
    form.seats.offer([line.seat for line in lines])  # whoever has handed in meanwhile is named in the outcome
    if not form.validate_on_submit():
        return _page(desk, room, form, _readers(desk, room), 400)
    chosen = [line.seat for line in lines if line.seat.ref in (form.seats.data or ())]
    words, number = form.words.data or "", form.request.data or ""

    def act(by: Actor) -> str:
        return _told(invigilation.send(desk.conn, chosen, words, by, number, desk.now))

    return acted(desk, room, act)


def _told(done: Delivered) -> str:
    """To whom it went, and who could not be written to. NotNow when it went to nobody."""
    left = " ".join(say(refusal.code, refusal.params) for _, refusal in done.left)
    if not done.sent and not done.twice:
        raise NotNow("message.not_sent", why=left)
    words = [say("message.sent", count=len(done.sent))] if done.sent else []
    words += [say("message.twice", count=len(done.twice))] if done.twice else []
    return " ".join([*words, left]).strip()


def _readers(desk: Desk, room: Room) -> list[Entry]:
    """Whoever may still read a message."""
    lines = invigilation.entries(desk.conn, room.sitting.id)
    return [line for line in lines if line.attempt and state(line.attempt.facts, desk.now) not in CLOSED]


def _at_work(line: Entry, desk: Desk) -> bool:
    return line.attempt is not None and state(line.attempt.facts, desk.now) in GOING


def _page(desk: Desk, room: Room, form: MessageForm, readers: list[Entry], status: int = 200) -> Reply:
    form.seats.offer([line.seat for line in readers])
    lines = invigilation.entries(desk.conn, room.sitting.id)
    seats = {line.attempt.id: line.seat for line in lines if line.attempt}
    sent = [(seats[one.attempt_id], one) for one in messages.of_sitting(desk.conn, room.sitting.id)]
    return show("invigilation/messages.html", status, room=room, form=form, readers=readers, sent=sent)
