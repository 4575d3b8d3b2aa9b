"""Bookings: one by form, many by file, and taking one back."""

from __future__ import annotations

from flask import Response

from sjt.pages.guard import Desk, requires
from sjt.pages.registration.desk import SeatOf, a_seat, a_sitting, csv_response, pages, said, show_faults, uploaded
from sjt.pages.registration.forms import BookingForm, ConfirmForm, ReasonForm
from sjt.pages.registration.sittings import sitting_page
from sjt.pages.replies import Reply, go, show
from sjt.rules.entries import tidy
from sjt.rules.refusals import BadInput
from sjt.services.registration import bookings
from sjt.services.registration.bookings import Wish
from sjt.services.registration.csv_files import BadTable
from sjt.stores import candidates
from sjt.stores.sittings import Sitting
from sjt.words import say


@pages.post("/sittings/<ref>/seats")
@requires("sittings.change", on=a_sitting)
def book_seat(desk: Desk, sitting: Sitting) -> Reply:
    """Book one candidate; the seat gets its keycode and its paper."""
    form = BookingForm()
    if form.validate_on_submit():
        number = tidy(form.candidate.data or "").upper()
        found = candidates.by_numbers(desk.conn, [number]).get(number)
        if found is None:
            show_faults(form, [("candidate", "booking.unknown", {"number": number})])
        else:
            wish = Wish(found, form.number.data, form.mode.data)
            try:
                short = bookings.book(desk.conn, desk.product, sitting, [wish], desk.person, desk.now)
            except BadInput as bad:
                show_faults(form, [(field.partition(".")[2], code, params) for field, code, params in bad.faults])
            else:
                return _booked(sitting, short, say("booking.done", name=found.name))
    return sitting_page(desk, sitting, form, 400)


@pages.get("/sittings/<ref>/seats/import")
@requires("sittings.change", on=a_sitting)
def import_seats(desk: Desk, sitting: Sitting) -> Reply:
    """Choose a file."""
    return show("registration/seats_import.html", sitting=sitting, columns=bookings.COLUMNS, faults=[])


@pages.post("/sittings/<ref>/seats/import")
@requires("sittings.change", on=a_sitting)
def preview_seats(desk: Desk, sitting: Sitting) -> Reply:
    """Check a file and show whom it would book; nobody is booked yet."""
    data = uploaded()
    if data is None:
        return _faulty(sitting, [(say("csv.where_file"), say("csv.missing"))])
    try:
        wishes = bookings.plan_file(desk.conn, sitting, data, desk.now)
    except BadTable as bad:
        return _faulty(sitting, said(bad.faults))
    form = ConfirmForm(formdata=None, data={"content": data.decode("utf-8-sig")})
    return show("registration/seats_preview.html", sitting=sitting, wishes=[wish for _, wish in wishes], form=form)


@pages.post("/sittings/<ref>/seats/import/confirm")
@requires("sittings.change", on=a_sitting)
def confirm_seats(desk: Desk, sitting: Sitting) -> Reply:
    """Book everybody of the file, checked once more, or nobody."""
    try:
        content = (ConfirmForm().content.data or "").encode()
        wishes = [wish for _, wish in bookings.plan_file(desk.conn, sitting, content, desk.now)]
    except BadTable as bad:
        return _faulty(sitting, said(bad.faults))
    short = bookings.book(desk.conn, desk.product, sitting, wishes, desk.person, desk.now)
    return _booked(sitting, short, say("booking.done_many", count=len(wishes)))


@pages.get("/sittings/<ref>/seats/template.csv")
@requires("sittings.change", on=a_sitting)
def seats_template(desk: Desk, sitting: Sitting) -> Response:
    """A file to fill in."""
    return csv_response(bookings.template(), "seats-template")


@pages.get("/sittings/<ref>/seats/<seat>/cancel")
@requires("sittings.change", on=a_seat)
def cancel_seat(desk: Desk, named: SeatOf) -> Reply:
    """Ask why, and say what cancelling does."""
    return show("registration/cancel_seat.html", sitting=named.sitting, seat=named.seat, form=ReasonForm())


@pages.post("/sittings/<ref>/seats/<seat>/cancel")
@requires("sittings.change", on=a_seat)
def seat_cancelled(desk: Desk, named: SeatOf) -> Reply:
    """Cancel a booking."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return show("registration/cancel_seat.html", 400, sitting=named.sitting, seat=named.seat, form=form)
    bookings.cancel(desk.conn, named.seat, tidy(form.reason.data or ""), desk.person, desk.now)
    words = say("booking.cancelled", name=named.seat.candidate.name)
    return go("registration.sitting", words, ref=named.sitting.ref)


def _booked(sitting: Sitting, short: list[str], words: str) -> Reply:
    if short:
        lines = say("papers.short", lines="; ".join(short))
        return go("registration.sitting", f"{words} {lines}", "warning", ref=sitting.ref)
    return go("registration.sitting", words, ref=sitting.ref)


def _faulty(sitting: Sitting, faults: list[tuple[str, str]]) -> Reply:
    columns = bookings.COLUMNS
    return show("registration/seats_import.html", 400, sitting=sitting, columns=columns, faults=faults)
