"""Saved things of the manager's desk for tests: candidates, sittings and bookings, made as the desk makes them."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sjt.rules.access import Role
from sjt.services.registration import bookings, gateway
from sjt.services.registration.bookings import Wish
from sjt.services.registration.sittings import Entry, schedule
from sjt.stores import candidates, people
from sjt.stores.candidates import Candidate, CandidateFacts
from sjt.stores.people import Person
from sjt.stores.seats import Seat, of_sitting
from sjt.stores.sittings import Sitting
from tests.site import MORNING, Site, csrf

SPEC = "st0087-1.0"
SITTING = Entry(
    title="Room 2, morning",
    venue="Harbour Centre",
    spec_name=SPEC,
    day=dt.date(2026, 11, 24),
    starts=dt.time(9, 30),
    ends=dt.time(12, 20),
    set_up_minutes=20,
    staff_needed=1,
)
WHO = CandidateFacts("A-1", "Amina Yusuf", "amina@example.org", "Harbour Council", "Tideway College", SPEC, "community")


def saved_person(
    conn: sa.Connection, *roles: Role, name: str = "Helen Marsh", email: str = "helen@example.org"
) -> Person:
    """A person, for tests that have no site."""
    return people.add_person(conn, name=name, email=email, roles=roles, now=MORNING)


def saved_candidate(
    conn: sa.Connection, manager: Person, *, ready: bool = True, percent: int = 0, **facts: Any
) -> Candidate:
    """A candidate, ready to be booked unless a test says otherwise."""
    [ref] = candidates.add(conn, [replace(WHO, **facts)], manager.id, MORNING)
    found = again(conn, ref)
    if ready:
        gateway.complete(conn, found, manager, MORNING)
    if percent:
        gateway.adjust(conn, found, "extra_time_percent", percent, MORNING.date(), manager, MORNING)
    return again(conn, ref)


def again(conn: sa.Connection, ref: str) -> Candidate:
    """A candidate as they stand now."""
    found = candidates.by_ref(conn, ref)
    assert found is not None
    return found


def saved_sitting(conn: sa.Connection, manager: Person, **entry: Any) -> Sitting:
    """A sitting of 170 minutes tomorrow morning, unless a test says otherwise."""
    return schedule(conn, replace(SITTING, **entry), manager, MORNING)


def saved_seat(
    conn: sa.Connection, site: Site, sitting: Sitting, candidate: Candidate, manager: Person, number: int | None = None
) -> Seat:
    """A booked seat, with a paper when the bank has one."""
    bookings.book(conn, site.product, sitting, [Wish(candidate, number, "online")], manager, site.now())
    return next(seat for seat in of_sitting(conn, sitting.id) if seat.candidate.id == candidate.id)


def send(client: FlaskClient, address: str, form: str | None = None, /, **data: Any) -> TestResponse:
    """Post a form with the token of a page: of the same address unless ``form`` names another."""
    return client.post(address, data={"csrf_token": csrf(client, form or address), **data})


def send_file(client: FlaskClient, address: str, content: bytes | str, name: str = "file.csv") -> TestResponse:
    """Upload a file at the page of an address."""
    data = content.encode() if isinstance(content, str) else content
    form = {"csrf_token": csrf(client, address), "file": (io.BytesIO(data), name)}
    return client.post(address, data=form, content_type="multipart/form-data")
