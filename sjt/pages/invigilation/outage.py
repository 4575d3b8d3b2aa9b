"""After an outage: who was not heard and for how long, and one act that gives the time back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request

from sjt.pages.guard import Desk, requires
from sjt.pages.invigilation.acts import acted
from sjt.pages.invigilation.forms import MOST, RequestForm
from sjt.pages.invigilation.loading import Room, pages, sitting_of
from sjt.pages.replies import Reply, show
from sjt.rules.attempt import CLOSED
from sjt.rules.refusals import NotNow
from sjt.services import invigilation
from sjt.services.invigilation import Actor, Given, Owed
from sjt.stores import gaps, people
from sjt.words import say

ASIDE = "aside"  # the button that says: no time is owed


@dataclass(frozen=True)
class Row:
    """A gap on the form: whether it is ticked, the seconds as typed, and what is wrong with them."""

    owed: Owed
    ticked: bool
    typed: str
    fault: str = ""

    @property
    def how(self) -> str:
        """What giving the seconds means for this seat."""
        return say("outage.by_reopening" if self.owed.state in CLOSED else "outage.by_grant")

    @property
    def seconds(self) -> int:
        """The seconds as a number; 0 where they are none."""
        return int(self.typed) if self.typed.isascii() and self.typed.isdigit() and len(self.typed) <= 6 else 0


@pages.get("/<ref>/outage")
@requires("invigilation.act", on=sitting_of)
def outage(desk: Desk, room: Room) -> Reply:
    """Who was not heard, each with what is proposed, all ticked."""
    listed = invigilation.owed_in(desk.conn, room.sitting.id, desk.now)
    return _page(desk, room, RequestForm(), [Row(one, True, str(one.seconds)) for one in listed])


@pages.post("/<ref>/outage")
@requires("invigilation.act", on=sitting_of)
def give_back(desk: Desk, room: Room) -> Reply:
    """Give the time back to everyone who is ticked, or note for them that none is owed."""
    form, aside = RequestForm(), request.form.get("do") == ASIDE
    rows = _typed(invigilation.owed_in(desk.conn, room.sitting.id, desk.now), aside)
    chosen = _chosen(rows)
    none = [] if chosen else [say("outage.nobody")]
    if not form.validate_on_submit() or none or any(row.fault for row in rows):
        return _page(desk, room, form, rows, 400, none)
    return _done(desk, room, form, chosen, aside)


def _done(desk: Desk, room: Room, form: RequestForm, chosen: Mapping[int, int], aside: bool) -> Reply:
    reason, number = form.reason.data or "", form.request.data or ""

    def give(by: Actor) -> str:
        return _told(invigilation.give_back(desk.conn, chosen, reason, by, number, desk.now))

    def leave(by: Actor) -> str:
        return say("outage.set_aside", count=invigilation.set_aside(desk.conn, chosen, reason, by, desk.now))

    return acted(desk, room, leave if aside else give, back="outage")


def _typed(listed: Sequence[Owed], aside: bool) -> list[Row]:
    """The rows as they were sent; seconds are looked at only where they are to be given."""
    ticked, rows = set(request.form.getlist("gap")), []
    for one in listed:
        row = Row(one, str(one.gap.id) in ticked, request.form.get(f"seconds-{one.gap.id}", "").strip())
        wrong = row.ticked and not aside and not 1 <= row.seconds <= MOST
        rows.append(Row(one, row.ticked, row.typed, say("outage.seconds", most=MOST)) if wrong else row)
    return rows


def _chosen(rows: Sequence[Row]) -> dict[int, int]:
    """Seconds by gap: those still listed as they stand there, and those that somebody else has dealt with meanwhile."""
    listed = {row.owed.gap.id: row.seconds for row in rows if row.ticked}
    sent = [int(one) for one in request.form.getlist("gap") if one.isascii() and one.isdigit() and len(one) <= 18]
    return {gap: listed.get(gap, 0) for gap in sent}


def _told(done: Given) -> str:
    """For how many it was done, and who could not be given anything and why. NotNow when that is everybody."""
    left = " ".join(say(refusal.code, refusal.params) for refusal in done.left)
    if left and not done.given:
        raise NotNow("outage.none_given", why=left)
    words = [say("outage.given", count=len(done.given))] if done.given else []
    words += [say("outage.twice", count=done.twice)] if done.twice else []
    return " ".join([*words, left]).strip()


def _page(
    desk: Desk, room: Room, form: RequestForm, rows: Sequence[Row], status: int = 200, faults: Sequence[str] = ()
) -> Reply:
    lines = invigilation.entries(desk.conn, room.sitting.id)
    seats = {line.attempt.id: line.seat for line in lines if line.attempt}
    given = [one for one in gaps.credited(desk.conn, room.sitting.id) if one.gap.attempt_id in seats]
    names = people.by_ids(desk.conn, {one.by for one in given})
    told = [*faults, *(f"{row.owed.seat.number}: {row.fault}" for row in rows if row.fault)]
    return show(
        "invigilation/outage.html", status, room=room, form=form, rows=rows, faults=told,
        given=[(seats[one.gap.attempt_id], names[one.by].name, one) for one in given],
    )  # fmt: skip
