"""What the pages of the manager's desk share: the blueprint, the objects that addresses name, and small helpers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, make_response, request, url_for
from flask_wtf import FlaskForm
from werkzeug.routing import BuildError

from sjt.pages.guard import Desk, Loaded
from sjt.rules.access import Relation, refusal
from sjt.rules.entries import FieldFault
from sjt.rules.refusals import NotFound
from sjt.services.registration.csv_files import LARGEST_FILE, CellFault
from sjt.stores import candidates, seats, sittings, staff
from sjt.stores.seats import Seat
from sjt.stores.sittings import Sitting
from sjt.words import say

pages = Blueprint("registration", __name__, url_prefix="/manage")
PAGE_SIZE = 50


@dataclass(frozen=True)
class SeatOf:
    """A seat with its sitting."""

    sitting: Sitting
    seat: Seat


@dataclass(frozen=True)
class Paging:
    """Which page of a list is shown, and where the others are."""

    page: int
    total: int
    address: Mapping[str, Any]

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // PAGE_SIZE))

    def url(self, page: int) -> str:
        """The address of another page of the same list."""
        return url_for(str(request.endpoint), **{**self.address, "page": page})


def a_candidate(desk: Desk, ref: str) -> Loaded:
    """The candidate that an address names."""
    found = candidates.by_ref(desk.conn, ref) if ref.isalnum() else None
    if found is None:
        raise NotFound("candidate.none")
    return Loaded(found)


def a_sitting(desk: Desk, ref: str) -> Loaded:
    """The sitting that an address names, and whether the person asking is named for it."""
    found = sittings.by_ref(desk.conn, ref) if ref.isalnum() else None
    if found is None:
        raise NotFound("sitting.none")
    named = sittings.is_staff(desk.conn, found.id, desk.person.id)
    return Loaded(found, frozenset({Relation.STAFF} if named else ()))


def a_seat(desk: Desk, ref: str, seat: str) -> Loaded:
    """The seat that an address names within its sitting."""
    loaded = a_sitting(desk, ref)
    found = seats.by_ref(desk.conn, seat, loaded.object.id) if seat.isalnum() else None
    if found is None:
        raise NotFound("booking.none")
    return Loaded(SeatOf(loaded.object, found), loaded.relations)


def a_person(desk: Desk, ref: str) -> Loaded:
    """The member of staff that an address names."""
    found = staff.by_ref(desk.conn, ref) if ref.isalnum() else None
    if found is None:
        raise NotFound("people.none")
    return Loaded(found)


def page_number() -> int:
    """The page of a list that was asked for, from 1."""
    asked = request.args.get("page", "1")
    return min(int(asked), 100_000) if asked.isascii() and asked.isdigit() and int(asked[:9]) > 0 else 1


def show_faults(form: FlaskForm, faults: Iterable[FieldFault]) -> None:
    """Put every fault beside its field; a fault of no field of the form stands in its summary."""
    for field, code, params in faults:
        if field in form:
            form[field].errors = [*form[field].errors, say(code, params)]
        else:
            form.form_errors.append(say(code, params))


def uploaded() -> bytes | None:
    """The file that was sent, up to a byte more than is allowed; None when there is none."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return None
    with closing(file):
        return file.stream.read(LARGEST_FILE + 1)


def said(faults: Iterable[CellFault]) -> list[tuple[str, str]]:
    """Faults of a file in words: where, and what."""
    return [(_where(fault), say(fault.code, fault.params)) for fault in faults]


def _where(fault: CellFault) -> str:
    if fault.row == 0:
        return say("csv.where_file")
    return say("csv.where_cell" if fault.column else "csv.where_row", row=fault.row, column=fault.column)


def csv_response(data: bytes, name: str) -> Response:
    """A file to keep."""
    response = make_response(data)
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def back_to(desk: Desk, sitting: Sitting) -> str:
    """The page of a sitting for this person: the manager's, or the register for its invigilators."""
    reads = refusal("sittings.read", desk.person.roles) is None
    return url_for("registration.sitting" if reads else "invigilation.register", ref=sitting.ref)


def link(endpoint: str, **values: Any) -> str | None:
    """The address of another desk's page; None where there is no such page."""
    try:
        return url_for(endpoint, **values)
    except BuildError:
        return None
