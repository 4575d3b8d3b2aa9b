"""A room of thousands: one seat booked, drawn and begun the usual way, and copied row by row."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from itsdangerous import URLSafeTimedSerializer

from benchmarks.requests import Candidate
from sjt.services import keycodes
from sjt.stores import tables as t
from sjt.stores.people import new_ref, token_hash
from tests.saved import Booked, saved_room
from tests.site import SECRET, Site

MODELS = ("booked", "waiting", "running")
IN_ONE_STATEMENT = 1000


class Crowd:
    """Candidates by where they stand: ``booked`` (paper drawn), ``waiting`` (gate open), ``running``."""

    def __init__(self, site: Site) -> None:
        self.site = site
        behind = site.product.database.time() - site.now()  # real servers keep real time
        site.clock.advance(seconds=behind.total_seconds())
        self.room = saved_room(site)
        self._models = {kind: self._model(kind, number) for number, kind in enumerate(MODELS, 1)}

    def _model(self, kind: str, number: int) -> tuple[Booked, tuple[str, ...]]:
        booked = self.room.seat(f"Model {kind}", number)
        if kind == "running":
            self.room.begun(booked)
        elif kind == "waiting":
            self.room.enter(booked)
            self.room.admit(booked)
            self.room.open_gate(booked)
        return booked, _questions(self.site, booked.attempt_ref)

    def copies(self, kind: str, count: int) -> list[Candidate]:
        """So many candidates who stand like the model, each with a seat, an attempt, a paper and a browser."""
        booked, questions = self._models[kind]
        with self.site.writing() as conn:
            first = int(conn.scalar(sa.select(sa.func.max(t.seats.c.id))) or 0) + 1
            ids = range(first, first + count)
            made = [self._candidate(kind, questions) for _ in ids]
            for name, rows in _changed(self.site, ids, made, kind).items():
                table = t.metadata.tables[name]
                model = dict(conn.execute(table.select().where(_of(table, booked))).one()._mapping)
                conn.execute(table.insert(), [{**model, **row} for row in rows])
            _copy_questions(conn, booked, ids)
        self.site.product.database.learn("candidates", "seats", "attempts", "papers", "paper_questions")
        return [who for who, _, _ in made]

    def _candidate(self, kind: str, questions: tuple[str, ...]) -> tuple[Candidate, str, str]:
        """A candidate with their device's token and their seat's reference."""
        ref, seat_ref, device, secret = new_ref(), new_ref(), secrets.token_urlsafe(32), secrets.token_hex(20)
        seat = {} if kind == "booked" else {"seat": ref, "_permanent": True}
        cookie = f"sjt={_cookie(self.site, {'csrf_token': secret, **seat})}; sjt-device={device}"
        token = str(URLSafeTimedSerializer(SECRET, salt="wtf-csrf-token").dumps(secret))
        code = keycodes.keycode(self.site.product, seat_ref, 1)
        return Candidate(ref, code, cookie, token, 0, questions), device, seat_ref


def _changed(site: Site, ids: range, made: Sequence[tuple[Candidate, str, str]], kind: str) -> dict[str, list[Any]]:
    """What differs from the model, by table, in the order of their references."""
    pairs = list(zip(ids, made, strict=True))
    hashed = {n: keycodes.keycode_hash(site.product, who.keycode) for n, (who, _, _) in pairs}
    bound = {n: None if kind == "booked" else token_hash(device) for n, (_, device, _) in pairs}
    return {
        "candidates": [{"id": n, "ref": who.ref, "number": who.ref} for n, (who, _, _) in pairs],
        "seats": [{"id": n, "ref": r, "candidate_id": n, "number": n, "keycode_hash": hashed[n]}
                  for n, (_, _, r) in pairs],
        "attempts": [{"id": n, "ref": who.ref, "seat_id": n, "device_hash": bound[n], "lease": who.lease}
                     for n, (who, _, _) in pairs],
        "papers": [{"id": n, "ref": who.ref, "attempt_id": n} for n, (who, _, _) in pairs],
    }  # fmt: skip


def _of(table: sa.Table, booked: Booked) -> sa.ColumnElement[bool]:
    """The model's row in a table."""
    seat, attempt = t.seats, t.attempts
    return {
        "candidates": table.c.id == sa.select(seat.c.candidate_id).where(seat.c.id == booked.seat_id).scalar_subquery(),
        "seats": table.c.id == booked.seat_id,
        "attempts": table.c.ref == booked.attempt_ref,
        "papers": t.papers.c.attempt_id.in_(sa.select(attempt.c.id).where(attempt.c.ref == booked.attempt_ref)),
    }[table.name]


def _copy_questions(conn: sa.Connection, booked: Booked, ids: range) -> None:
    """Sixteen rows a paper: the database copies them itself."""
    asked, paper = t.paper_questions, t.papers.alias("made")
    copied = [column for column in asked.c if column.name != "paper_id"]
    model = sa.select(t.papers.c.id).where(_of(t.papers, booked)).scalar_subquery()
    for start in range(0, len(ids), IN_ONE_STATEMENT):
        part = ids[start : start + IN_ONE_STATEMENT]
        made = paper.c.id.between(part[0], part[-1])
        rows = sa.select(paper.c.id, *copied).select_from(paper.join(asked, asked.c.paper_id == model)).where(made)
        conn.execute(asked.insert().from_select(["paper_id", *(c.name for c in copied)], rows))


def _questions(site: Site, attempt_ref: str) -> tuple[str, ...]:
    """The codes of a paper's questions, in its order."""
    from sjt.stores import attempts, papers

    with site.reading() as conn:
        attempt = attempts.by_ref(conn, attempt_ref)
        drawn = papers.shown(conn, attempt.id) if attempt else None
    assert drawn is not None
    return tuple(question.code for question in drawn.questions)


def _cookie(site: Site, session: dict[str, object]) -> str:
    with site.app.test_request_context():
        serializer = site.app.session_interface.get_signing_serializer(site.app)  # type: ignore[attr-defined]
        return str(serializer.dumps(session))


def unbegin(site: Site, candidates: Sequence[Candidate]) -> int:
    """Back to the waiting room, so that the next round may begin them; returns how many had begun."""
    a = t.attempts
    refs = [who.ref for who in candidates]
    begun = a.update().where(a.c.ref.in_(refs), a.c.started_at.is_not(None))
    with site.writing() as conn:
        began = conn.execute(begun.values(started_at=None, writable_until=None)).rowcount
    site.product.seats.forget(refs)
    return began


def unbind(site: Site, candidates: Sequence[Candidate]) -> int:
    """Forget the browsers, so that each keycode is used for the first time again; returns how many were bound."""
    a = t.attempts
    with site.writing() as conn:
        bound = sa.and_(a.c.ref.in_([who.ref for who in candidates]), a.c.device_hash.is_not(None))
        return conn.execute(a.update().where(bound).values(device_hash=None)).rowcount


def answers_kept(site: Site) -> int:
    """How many answers the journal holds: each save that was acknowledged is one more."""
    with site.reading() as conn:
        return int(conn.scalar(sa.select(sa.func.count()).select_from(t.answers)) or 0)
