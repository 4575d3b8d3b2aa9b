"""Makers that persist: a bank, a sitting, seats with papers, and a candidate on the way through."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from item_bank.scenarios import Bank
from sjt.rules.access import Role
from sjt.services import keycodes, timekeeping
from sjt.services.files import find_specification, shipped_bank
from sjt.services.papers_drawn import draw_for_seat
from sjt.stores import attempts
from sjt.stores import tables as t
from sjt.stores.attempts import Attempt
from sjt.stores.bank import import_bank
from sjt.stores.people import Person, new_ref
from tests.makers import two_a_theme
from tests.site import MORNING, Site, csrf

SPECIFICATION = find_specification("st0087-1.0", MORNING.date())
BANK: Bank = two_a_theme(shipped_bank(SPECIFICATION))


@dataclass(frozen=True)
class Booked:
    """A seat with its paper drawn, and its keycode."""

    sitting_id: int
    sitting_ref: str
    seat_id: int
    seat_ref: str
    attempt_ref: str
    keycode: str


def saved_bank(conn: sa.Connection, now: dt.datetime = MORNING) -> None:
    """The shipped bank, two scenarios a theme, as live versions."""
    import_bank(conn, SPECIFICATION.name, BANK, now)


def saved_sitting(conn: sa.Connection, by: Person, staff: list[Person], now: dt.datetime = MORNING) -> tuple[int, str]:
    """A sitting that began an hour ago and has plenty of room; returns id and reference."""
    ref = new_ref()
    row = {
        "ref": ref, "title": "Monday morning", "venue": "Room 1", "spec_id": SPECIFICATION.id,
        "starts_at": now - dt.timedelta(hours=1), "ends_at": now + dt.timedelta(hours=6), "set_up_minutes": 20,
        "staff_needed": 1, "created_by": by.id, "created_at": now,
    }  # fmt: skip
    sitting_id = int(conn.execute(t.sittings.insert().values(**row).returning(t.sittings.c.id)).scalar_one())
    for person in staff:
        named = {"sitting_id": sitting_id, "person_id": person.id, "named_by": by.id, "named_at": now}
        conn.execute(t.sitting_staff.insert().values(**named))
    return sitting_id, ref


def saved_candidate(conn: sa.Connection, by: Person, name: str, pathway: str = "community", percent: int = 0) -> int:
    """A candidate whose gateway is complete; returns the id."""
    ref = new_ref()
    row = {
        "ref": ref, "number": f"C-{ref[:8]}", "name": name, "employer": "An employer", "provider": "A provider",
        "spec_name": SPECIFICATION.name, "pathway": pathway, "gateway_complete_at": MORNING, "gateway_by": by.id,
        "created_by": by.id, "created_at": MORNING,
    }  # fmt: skip
    candidate_id = int(conn.execute(t.candidates.insert().values(**row).returning(t.candidates.c.id)).scalar_one())
    if percent:
        extra = {"candidate_id": candidate_id, "kind": "extra_time_percent", "value": percent, "approved_by": by.id}
        conn.execute(t.adjustments.insert().values(**extra, approved_at=MORNING, in_force_from=MORNING))
    return candidate_id


def saved_seat(site: Site, sitting: tuple[int, str], candidate_id: int, by: Person, number: int = 1) -> Booked:
    """A seat with a paper."""
    with site.writing() as conn:
        ref = new_ref()
        code = keycodes.keycode(site.product, ref, 1)
        row = {
            "ref": ref, "sitting_id": sitting[0], "candidate_id": candidate_id, "number": number, "mode": "online",
            "keycode_hash": keycodes.keycode_hash(site.product, code), "booked_by": by.id, "booked_at": site.now(),
        }  # fmt: skip
        seat_id = int(conn.execute(t.seats.insert().values(**row).returning(t.seats.c.id)).scalar_one())
        draw_for_seat(conn, seat_id, site.now())
        attempt = attempts.by_seat(conn, seat_id)
        assert attempt is not None
        return Booked(sitting[0], sitting[1], seat_id, ref, attempt.ref, code)


@dataclass
class Room:
    """A sitting with its people, for tests that need a whole room."""

    site: Site
    manager: Person
    invigilator: Person
    sitting: tuple[int, str]

    def seat(self, name: str = "Amina Yusuf", number: int = 1, percent: int = 0, pathway: str = "community") -> Booked:
        with self.site.writing() as conn:
            candidate_id = saved_candidate(conn, self.manager, name, pathway, percent)
        return saved_seat(self.site, self.sitting, candidate_id, self.manager, number)

    def admit(self, booked: Booked) -> None:
        """Identity checked and admitted."""
        by, now = self.invigilator.id, self.site.now()
        told = {"identity_at": now, "identity_by": by, "identity_document": "passport", "admitted_at": now}
        with self.site.writing() as conn:
            conn.execute(t.seats.update().where(t.seats.c.id == booked.seat_id).values(**told, admitted_by=by))
        self.site.product.seats.forget([booked.attempt_ref])  # written behind the product's back

    def open_gate(self, booked: Booked) -> None:
        with self.site.writing() as conn:
            timekeeping.open_gate(conn, self.attempt(booked), self.invigilator, self.site.now())

    def attempt(self, booked: Booked) -> Attempt:
        with self.site.reading() as conn:
            found = attempts.by_ref(conn, booked.attempt_ref)
        assert found is not None
        return found

    def enter(self, booked: Booked) -> FlaskClient:
        """The candidate's browser, in by keycode."""
        client = self.site.visitor()
        client.post("/sit/", data={"csrf_token": csrf(client, "/sit/"), "keycode": booked.keycode})
        return client

    def begun(self, booked: Booked) -> FlaskClient:
        """The candidate's browser, with the clock running."""
        client = self.enter(booked)
        self.admit(booked)
        self.open_gate(booked)
        page = f"/sit/{booked.attempt_ref}"
        client.post(f"{page}/confirm", data={"csrf_token": csrf(client, f"{page}/confirm")})
        client.post(f"{page}/begin", data={"csrf_token": csrf(client, f"{page}/waiting")})
        return client


def saved_room(site: Site) -> Room:
    """A bank, a manager, an invigilator and a sitting."""
    manager, invigilator = site.person(Role.MANAGER), site.person(Role.INVIGILATOR)
    with site.writing() as conn:
        saved_bank(conn)
        sitting = saved_sitting(conn, manager, [invigilator])
    return Room(site, manager, invigilator, sitting)


class Typist:
    """Saves answers as the page does: takes the lease, counts revisions, reads replies."""

    def __init__(self, client: FlaskClient, attempt_ref: str) -> None:
        self.client, self.base, self.attempt_ref = client, f"/sit/{attempt_ref}", attempt_ref
        page = client.get(f"{self.base}/scenario/1").get_data(as_text=True)
        self.token = page.partition('data-csrf="')[2].partition('"')[0]
        self.questions = _codes(client, self.base)
        self.revisions = dict.fromkeys(self.questions, 0)
        self.lease = self.post("lease", {}).get_json()["lease"]

    def post(self, path: str, body: dict[str, Any]) -> TestResponse:
        headers = {"X-CSRFToken": self.token, "Accept": "application/json"}
        return self.client.post(f"{self.base}/{path}", json=body, headers=headers)

    def save(self, texts: dict[str, str], **changes: Any) -> TestResponse:
        """Save these texts, each as the next revision of its question."""
        answers = [
            {"question": code, "revision": self.revisions.get(code, 0) + 1, "text": text}
            for code, text in texts.items()
        ]
        body = {"attempt": self.attempt_ref, "lease": self.lease, "answers": answers, **changes}
        response = self.post("save", body)
        if response.status_code == 200:
            for kept in response.get_json()["kept"]:
                self.revisions[kept["question"]] = kept["revision"]
        return response


def _codes(client: FlaskClient, base: str) -> list[str]:
    codes: list[str] = []
    for number in range(1, 10):
        page = client.get(f"{base}/scenario/{number}").get_data(as_text=True)
        codes += [part.partition('"')[0] for part in page.split('data-question="')[1:]]
    return codes


__all__ = ["BANK", "SPECIFICATION", "Booked", "Room", "Typist", "saved_bank", "saved_room", "saved_sitting"]
