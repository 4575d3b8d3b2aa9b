"""Makers for the invigilator's desk: many seats at once, and attempts at any point of their way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from item_bank.paper import ASSEMBLER
from item_bank.scenarios import Bank
from proctoring.events import event, text_hash
from sjt.rules.access import Role
from sjt.services import timekeeping
from sjt.stores import attempts
from sjt.stores import tables as t
from sjt.stores.attempts import Attempt
from sjt.stores.bank import import_bank
from sjt.stores.people import Person, new_ref
from sjt.stores.presence import Beat
from tests.saved import BANK, SPECIFICATION, Room, saved_candidate, saved_sitting
from tests.site import Site, csrf

QUESTIONS = 16
FEW = Bank(tuple({scenario.theme: scenario for scenario in BANK.scenarios}.values()))  # one scenario a theme


def small_room(site: Site) -> Room:
    """A room with a bank too small to draw from: its papers come from ``saved_seats``."""
    manager, invigilator = site.person(Role.MANAGER), site.person(Role.INVIGILATOR)
    with site.writing() as conn:
        import_bank(conn, SPECIFICATION.name, FEW, site.now())
        sitting = saved_sitting(conn, manager, [invigilator])
    return Room(site, manager, invigilator, sitting)


class Hands:
    """Somebody at the invigilator's desk of a room: presses and reads."""

    def __init__(self, room: Room, person: Person) -> None:
        self.client: FlaskClient = room.site.signed_in(person)
        self.base = f"/invigilation/{room.sitting[1]}"
        self.token = csrf(self.client, "/invigilation/")

    def see(self, path: str) -> str:
        """A page of the sitting."""
        response = self.client.get(f"{self.base}/{path}")
        assert response.status_code == 200, (path, response.status_code)
        return response.get_data(as_text=True)

    def press(self, path: str, **data: object) -> TestResponse:
        """Send a form."""
        return self.client.post(f"{self.base}/{path}", data={"csrf_token": self.token, **data})

    def after(self, path: str, **data: object) -> str:
        """Send a form, and read the page that it leads back to."""
        response = self.press(path, **data)
        assert response.status_code == 303, response.get_data(as_text=True)
        return self.client.get(response.headers["Location"]).get_data(as_text=True)


def saved_seats(
    room: Room, names: Sequence[str], *, papers: bool = True, percent: int = 0, first: int = 1
) -> list[str]:
    """Seats with these names, numbered on from ``first``; returns their references.

    The papers ask the same sixteen questions: drawing 200 different ones would take longer than the test.
    """
    with room.site.writing() as conn:
        return [
            _seat(conn, room, saved_candidate(conn, room.manager, name, percent=percent), number, papers)
            for number, name in enumerate(names, first)
        ]


def _seat(conn: sa.Connection, room: Room, candidate_id: int, number: int, paper: bool) -> str:
    ref = new_ref()
    row = {
        "ref": ref, "sitting_id": room.sitting[0], "candidate_id": candidate_id, "number": number, "mode": "online",
        "keycode_hash": new_ref() * 2, "booked_by": room.manager.id, "booked_at": room.site.now(),
    }  # fmt: skip
    seat_id = int(conn.execute(t.seats.insert().values(**row).returning(t.seats.c.id)).scalar_one())
    if paper:
        _paper(conn, room, seat_id)
    return ref


def _paper(conn: sa.Connection, room: Room, seat_id: int) -> None:
    attempt_id = attempts.create(conn, room.sitting[0], seat_id, SPECIFICATION.id, "community", 120, 5)
    paper = {"ref": new_ref(), "attempt_id": attempt_id, "seed": "0", "assembler": ASSEMBLER, "hash": "0" * 64}
    added = t.papers.insert().values(**paper, drawn_at=room.site.now()).returning(t.papers.c.id)
    paper_id = conn.execute(added).scalar_one()
    rows = [
        {"paper_id": paper_id, "position": place, "scenario_position": place, "key": False, **question}
        for place, question in enumerate(_questions(conn), 1)
    ]
    conn.execute(t.paper_questions.insert(), rows)


def _questions(conn: sa.Connection) -> list[dict[str, object]]:
    """Sixteen questions of the bank on sixteen statements."""
    v = t.question_versions
    rows = conn.execute(
        sa.select(v.c.id, v.c.scenario_version_id, t.questions.c.statement)
        .join(t.questions, t.questions.c.id == v.c.question_id)
        .order_by(v.c.id)
    ).all()
    first = {row.statement: row for row in reversed(rows)}
    chosen = sorted(first.values(), key=lambda row: row.id)[:QUESTIONS]
    return [
        {"question_version_id": r.id, "scenario_version_id": r.scenario_version_id, "statement": r.statement}
        for r in chosen
    ]


def attempt_at(site: Site, seat_ref: str) -> Attempt:
    """The attempt of a seat, by the seat's reference."""
    with site.reading() as conn:
        found = attempts.by_seat(conn, _seat_id(conn, seat_ref))
    assert found is not None
    return found


def _seat_id(conn: sa.Connection, seat_ref: str) -> int:
    return int(conn.execute(sa.select(t.seats.c.id).where(t.seats.c.ref == seat_ref)).scalar_one())


def admitted(room: Room, refs: Sequence[str]) -> None:
    """Identity checked and admitted, without the pages."""
    by, now = room.invigilator.id, room.site.now()
    told = {"identity_at": now, "identity_by": by, "identity_document": "passport", "admitted_at": now}
    with room.site.writing() as conn:
        conn.execute(t.seats.update().where(t.seats.c.ref.in_(refs)).values(**told, admitted_by=by))


def gate_open(room: Room, refs: Sequence[str]) -> None:
    """Admitted, and the gate open."""
    admitted(room, refs)
    with room.site.writing() as conn:
        for ref in refs:
            attempt = attempts.by_seat(conn, _seat_id(conn, ref))
            assert attempt is not None
            timekeeping.open_gate(conn, attempt, room.invigilator, room.site.now())


def running(room: Room, refs: Sequence[str]) -> None:
    """Begun, with the clock running."""
    gate_open(room, refs)
    with room.site.writing() as conn:
        for ref in refs:
            attempt = attempts.by_seat(conn, _seat_id(conn, ref))
            assert attempt is not None
            timekeeping.begin(conn, attempt, room.site.now())


def answered(
    site: Site, seat_ref: str, count: int, text: str = "An answer.", at: dt.datetime | None = None, first: int = 1
) -> None:
    """Answers to so many questions of a seat's paper, from the first."""
    attempt, when = attempt_at(site, seat_ref), at or site.now()
    with site.writing() as conn:
        q = t.paper_questions
        ids = conn.scalars(
            sa.select(q.c.question_version_id).join(t.papers, t.papers.c.id == q.c.paper_id)
            .where(t.papers.c.attempt_id == attempt.id).order_by(q.c.position).offset(first - 1).limit(count)
        ).all()  # fmt: skip
        row = {"sitting_id": attempt.sitting_id, "attempt_id": attempt.id, "revision": 1, "seq": 0, "text": text}
        told = {"text_hash": text_hash(text), "received_at": when}
        conn.execute(t.answers.insert(), [{**row, **told, "question_version_id": one} for one in ids])
        lines = [["question@1", 1, text_hash(text)]]
        attempts.record(conn, attempt.id, event("saved", when, "apprentice", answers=lines), {"last_saved_at": when})


def heard(site: Site, seat_ref: str, seconds_ago: int = 0, unsent: int = 0) -> None:
    """A beat of a seat's browser."""
    attempt = attempt_at(site, seat_ref)
    at = site.now() - dt.timedelta(seconds=seconds_ago)
    site.product.presence.beat(str(attempt.sitting_id), attempt.ref, Beat(at, False, unsent))


def asking(site: Site, seat_ref: str, device: str = "d" * 64) -> None:
    """Another device has typed the seat's keycode."""
    with site.writing() as conn:
        asked = {"device_asking_hash": device, "device_asking_at": site.now()}
        conn.execute(t.attempts.update().where(t.attempts.c.id == attempt_at(site, seat_ref).id).values(**asked))


def named_for(site: Site, room: Room, person: Person) -> None:
    """One more invigilator for the sitting."""
    row = {"sitting_id": room.sitting[0], "person_id": person.id, "named_by": room.manager.id, "named_at": site.now()}
    with site.writing() as conn:
        conn.execute(t.sitting_staff.insert().values(**row))
