"""One sitting: its facts, its seats and their state."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response

from proctoring.lockdown import Level
from sjt.pages.guard import Desk, requires
from sjt.pages.registration.desk import a_sitting, csv_response, link, pages
from sjt.pages.registration.forms import BookingForm
from sjt.pages.replies import Page, Reply, go, show
from sjt.rules.access import refusal
from sjt.rules.attempt import State, state
from sjt.rules.local_time import is_doubled
from sjt.services.registration import bookings, plans
from sjt.stores import attempts, candidates, seats, sittings, today
from sjt.stores import seb as store
from sjt.stores.candidates import Search
from sjt.stores.seats import Seat
from sjt.stores.sittings import Sitting
from sjt.words import say

OFFERED = 500  # candidates in the list that completes a number
ATTEMPT = {  # how an attempt stands, once the register has nothing more to say
    State.OPEN: ("info", "Gate open"),
    State.RUNNING: ("info", "Writing"),
    State.PAUSED: ("warn", "Paused"),
    State.SUSPENDED: ("bad", "Suspended"),
    State.SUBMITTED: ("good", "Submitted"),
    State.EXPIRED: ("neutral", "Time ran out"),
    State.ENDED: ("warn", "Ended"),
    State.VOID: ("bad", "Void"),
}


@dataclass(frozen=True)
class SeatRow:
    """A seat as the manager's table shows it."""

    seat: Seat
    kind: str
    state: str
    without_paper: bool
    why: str


@pages.get("/sittings/<ref>", endpoint="sitting")
@requires("sittings.read", on=a_sitting)
def one_sitting(desk: Desk, sitting: Sitting) -> Reply:
    """One sitting."""
    return sitting_page(desk, sitting, BookingForm())


def sitting_page(desk: Desk, sitting: Sitting, form: BookingForm, status: int = 200) -> Page:
    """The sitting with its seats, and the form that books one more."""
    plan = plans.pinned(sitting.spec_id)
    booked = seats.of_sitting(desk.conn, sitting.id)
    may_change = refusal("sittings.change", desk.person.roles) is None
    return show(
        "registration/sitting.html",
        status,
        sitting=sitting,
        plan=plan,
        staff=sittings.staff_of(desk.conn, sitting.id),
        rows=_rows(desk, sitting, booked),
        form=form,
        offered=_offered(desk, plan.name, booked) if may_change else [],
        board=link("invigilation.board", ref=sitting.ref),
        results=link("results.sitting", ref=sitting.ref),
        lockdown=say(f"lockdown.{sitting.lockdown}"),
        seb=link("invigilation.seb_room", ref=sitting.ref) if sitting.lockdown == Level.SEB else None,
        seb_ready=store.newest(desk.conn, sitting.id) is not None,
        doubled=is_doubled(sitting.starts_at) or is_doubled(sitting.ends_at),
        takes_bookings=bookings.takes_bookings(sitting, desk.now),
        may_change=may_change,
    )


@pages.get("/sittings/<ref>/seats.csv")
@requires("sittings.read", on=a_sitting)
def seats_file(desk: Desk, sitting: Sitting) -> Response:
    """The seats as a file."""
    return csv_response(bookings.seats_file(seats.of_sitting(desk.conn, sitting.id)), "seats")


@pages.post("/sittings/<ref>/papers")
@requires("sittings.change", on=a_sitting)
def draw_papers(desk: Desk, sitting: Sitting) -> Reply:
    """Try again to draw papers for the seats that have none."""
    drawn, short = bookings.draw_missing(desk.conn, sitting, desk.now)
    if short:
        return go("registration.sitting", say("papers.short", lines="; ".join(short)), "warning", ref=sitting.ref)
    return go("registration.sitting", say("papers.drawn", count=drawn), ref=sitting.ref)


def _rows(desk: Desk, sitting: Sitting, booked: list[Seat]) -> list[SeatRow]:
    standing = {a.seat_id: state(a.facts, desk.now) for a in attempts.of_sitting(desk.conn, sitting.id)}
    bare = {seat.id for seat in seats.without_paper(desk.conn, sitting.id)}
    why = today.paper_faults(desk.conn, [seat.ref for seat in booked if seat.id in bare])
    return [
        SeatRow(
            seat,
            *(ATTEMPT.get(standing.get(seat.id, State.READY)) or _register_state(seat)),
            without_paper=seat.id in bare,
            why="; ".join(why.get(seat.ref, ())),
        )
        for seat in booked
    ]


def _register_state(seat: Seat) -> tuple[str, str]:
    if seat.refused_at:
        return "bad", "Refused"
    if seat.absent_at:
        return "warn", "Absent"
    if seat.admitted_at:
        return "good", "Admitted"
    return ("info", "Identity checked") if seat.identity_at else ("neutral", "Booked")


def _offered(desk: Desk, spec_name: str, booked: list[Seat]) -> list[tuple[str, str]]:
    """Candidates who could be booked, to complete a number as it is typed."""
    there = {seat.candidate.id for seat in booked}
    ready = candidates.search(desk.conn, Search(spec_name=spec_name, gateway=True), OFFERED)
    return [(candidate.number, candidate.name) for candidate in ready if candidate.id not in there]
