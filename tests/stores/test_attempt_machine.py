"""An attempt against a model, on both databases: whatever is done to it, in whatever order, the two agree.

The model is written down here in its own words and shares no code with the product: seconds in plain
numbers, one list of stops, one dictionary of answers.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from proctoring import bundle
from proctoring.events import event, first_break, genesis, text_hash
from proctoring.replay import replay
from sjt.rules.access import Role
from sjt.rules.attempt import state
from sjt.rules.refusals import NotNow
from sjt.services import bundles, sealing, timekeeping
from sjt.services.delivery import answers
from sjt.stores import attempts, scripts
from sjt.stores import tables as t
from sjt.stores.attempts import Attempt
from sjt.stores.people import new_ref
from tests.saved import Room, saved_room
from tests.site import MORNING, Site

BASE, GRACE, WINDOW, UNUSED = 120 * 60, 5, 20, 24 * 3600  # seconds


@dataclass
class Model:
    """What must be true of an attempt, in seconds since the morning."""

    now: int = 0
    began: int | None = None
    percent: int = 0
    granted: int = 0
    rest_allowance: int = 0
    stops: list[list[Any]] = field(default_factory=list)  # [kind, from, to or None]
    closed: str | None = None
    finished: int | None = None
    kept: dict[str, tuple[int, str]] = field(default_factory=dict)  # question -> revision, text
    waiting: list[int] | None = None  # reopened when, for how long, and how much was granted before
    returned: list[int] | None = None  # when, for how long, how much was granted and how many stops were before

    @property
    def awaited(self) -> bool:
        return self.waiting is not None and self.now <= self.waiting[0] + UNUSED

    @property
    def lasting(self) -> list[Any] | None:
        return next((stop for stop in self.stops if stop[2] is None), None)

    def deadline(self, now: int | None = None) -> int:
        """Stops never overlap here, because one at a time may last."""
        assert self.began is not None
        if self.waiting is not None:
            at, seconds, before = self.waiting
            return (at if now is None else now) + seconds + self.granted - before
        if self.returned is not None:
            back, seconds, before, stops = self.returned
            since = self.credited(self.stops, now) - self.credited(self.stops[:stops], now)
            return back + seconds + self.granted - before + since
        working = -(-BASE // 60 * (100 + self.percent) // 100) * 60
        return self.began + working + self.granted + self.credited(self.stops, now)

    def credited(self, stops: list[list[Any]], now: int | None) -> int:
        rests = others = 0
        for kind, first, last in stops:
            length = (last if last is not None else (first if now is None else now)) - first
            rests, others = (rests + length, others) if kind == "rest" else (rests, others + length)
        return others + min(rests, self.rest_allowance)

    def standing(self) -> str:
        if self.closed and not self.awaited:
            return self.closed
        if self.began is None:
            return "open"
        if self.lasting or self.awaited:
            return "suspended" if self.lasting and self.lasting[0] == "suspension" else "paused"
        return "running" if self.now <= self.deadline() + GRACE else "expired"

    def takes_answers(self) -> bool:
        if self.standing() == "running":
            return True
        if self.closed or self.standing() not in ("paused", "suspended") or not self.lasting:
            return False
        return self.now <= min(self.lasting[1] + WINDOW, self.deadline() + GRACE)


class AttemptMachine(RuleBasedStateMachine):
    """One attempt and its model. The room is made once; every example gets an attempt of its own in it."""

    room: Room
    rows: dict[str, list[dict[str, Any]]]

    @initialize()
    def book(self) -> None:
        site = self.room.site
        site.clock.advance(seconds=(MORNING - site.now()).total_seconds())
        self.model = Model()
        self.here: answers.Sat | None = None
        self.attempt_id = _copy(self.room, self.rows)
        with site.writing() as conn:
            timekeeping.open_gate(conn, self._attempt(conn), self.room.invigilator, site.now())

    def _attempt(self, conn: sa.Connection) -> Attempt:
        return attempts.locked(conn, self.attempt_id)

    def _expect(self, allowed: bool, act: Any) -> Any:
        """Do an act that the model allows or refuses, and see that the product agrees."""
        try:
            with self.room.site.writing() as conn:
                done = act(conn)
        except NotNow:
            assert not allowed
            return None
        assert allowed
        return done

    # ------------------------------------------------------------------------------------------------ acts
    @rule()
    def begin(self) -> None:
        standing = self.model.standing()
        allowed = standing not in ("submitted", "expired", "ended")
        now = self.room.site.now()
        if self._expect(allowed, lambda conn: timekeeping.begin(conn, self._attempt(conn), now)):
            assert standing == "open"
            self.model.began = self.model.now

    @rule(seconds=st.one_of(st.integers(1, 30), st.integers(1, 4000), st.sampled_from([0, 15, 19, 20, 21])))
    def wait(self, seconds: int) -> None:
        self.room.site.clock.advance(seconds=seconds)
        self.model.now += seconds

    @precondition(lambda self: self.model.standing() in ("running", "paused", "suspended"))
    @rule(off=st.sampled_from([-1, 0, 1, GRACE - 1, GRACE, GRACE + 1]))
    def wait_until_the_deadline(self, off: int) -> None:
        self.wait(max(0, self.model.deadline(self.model.now) + off - self.model.now))

    @rule(kind=st.sampled_from(["rest", "incident", "evacuation", "suspension"]))
    def pause(self, kind: str) -> None:
        standing = self.model.standing()
        allowed = standing == "running" or (standing == "paused" and kind == "suspension")
        site, number = self.room.site, str(uuid.uuid4())

        def act(conn: sa.Connection) -> bool:
            return timekeeping.pause(conn, self._attempt(conn), kind, "why", self.room.invigilator, number, site.now())

        if self._expect(allowed, act):
            if self.model.lasting:
                self.model.lasting[2] = self.model.now
            self.model.stops.append([kind, self.model.now, None])
            with site.writing() as conn:
                assert not act(conn)  # the same press again

    @rule(apprentice=st.booleans())
    def resume(self, apprentice: bool) -> None:
        lasting = self.model.lasting if self.model.standing() in ("paused", "suspended") else None
        returning = self.model.awaited and lasting is None and apprentice
        allowed = returning or (lasting is not None and (not apprentice or lasting[0] == "rest"))
        by, now = (None if apprentice else self.room.invigilator), self.room.site.now()
        self._expect(allowed, lambda conn: bool(timekeeping.resume(conn, self._attempt(conn), by, now)))
        if allowed and lasting:
            lasting[2] = self.model.now
        elif returning and self.model.waiting:
            _, seconds, before = self.model.waiting
            self.model.returned = [self.model.now, seconds, before, len(self.model.stops)]
            self.model.waiting = self.model.closed = self.model.finished = None

    @rule(seconds=st.one_of(st.integers(1, 60), st.integers(1, 3600)))
    def reopen(self, seconds: int) -> None:
        self.wait(1)  # what was granted at the very moment of a reopening would count as granted since
        model, site, number = self.model, self.room.site, str(uuid.uuid4())
        allowed, by = model.standing() in ("submitted", "expired"), self.room.invigilator

        def act(conn: sa.Connection) -> bool:
            return timekeeping.reopen(conn, self._attempt(conn), seconds, "why", by, number, site.now())

        if self._expect(allowed, act):
            model.waiting = None  # one that nobody used
            if model.lasting:
                model.lasting[2] = model.lasting[1]
            if not model.closed:
                model.closed, model.finished = "expired", model.deadline()
            model.waiting = [model.now, seconds, model.granted]
            with site.writing() as conn:
                assert not act(conn)  # the same press again

    @precondition(lambda self: self.model.waiting is not None)
    @rule(off=st.sampled_from([0, 1]))
    def wait_until_nobody_returns(self, off: int) -> None:
        assert self.model.waiting is not None
        self.wait(max(0, self.model.waiting[0] + UNUSED + off - self.model.now))

    @rule(seconds=st.integers(1, 3600))
    def grant(self, seconds: int) -> None:
        allowed = self.model.standing() in ("open", "running", "paused", "suspended")
        number, now = str(uuid.uuid4()), self.room.site.now()
        by = self.room.invigilator
        given = self._expect(
            allowed, lambda conn: timekeeping.grant(conn, self._attempt(conn), seconds, "why", by, number, now)
        )
        self.model.granted += seconds if given else 0

    @precondition(lambda self: self.model.standing() in ("open", "running", "paused", "suspended"))
    @precondition(lambda self: self.model.waiting is None)
    @rule(kind=st.sampled_from(["extra_time_percent", "rest_minutes"]), value=st.sampled_from([5, 10, 25, 50]))
    def adjust(self, kind: str, value: int) -> None:
        site = self.room.site
        with site.writing() as conn:
            held = self._attempt(conn)
            candidate = conn.scalar(sa.select(t.seats.c.candidate_id).where(t.seats.c.id == held.seat_id))
            row = {"candidate_id": candidate, "kind": kind, "value": value, "approved_by": self.room.manager.id}
            conn.execute(t.adjustments.insert().values(**row, approved_at=site.now(), in_force_from=MORNING))
            told = self._attempt(conn).allowance.told()
            timekeeping.follow(conn, held.id, event("adjusted", site.now(), self.room.manager.ref, **told))
        if kind == "rest_minutes":
            self.model.rest_allowance = max(self.model.rest_allowance, value * 60)
        else:
            self.model.percent = max(self.model.percent, value)

    # --------------------------------------------------------------------------------------------- answers
    def _sat(self) -> answers.Sat:
        if self.here is None:
            with self.room.site.reading() as conn:
                ref = conn.scalar(sa.select(t.attempts.c.ref).where(t.attempts.c.id == self.attempt_id))
                self.here = answers.sat(conn, str(ref))
        return self.here

    def _send(self, typed: list[answers.Typed]) -> answers.Saved | None:
        site = self.room.site
        try:
            return answers.save(site.product, self._sat(), 0, typed, site.now())
        except NotNow:
            return None

    @precondition(lambda self: self.model.began is not None)
    @rule(
        question=st.integers(0, 3), text=st.text(max_size=20).filter(lambda text: "\0" not in text), lost=st.booleans()
    )
    def save(self, question: int, text: str, lost: bool) -> None:
        text = text.encode(errors="replace").decode()
        code = sorted(self._sat().questions)[question]
        revision = self.model.kept.get(code, (0, ""))[0] + 1
        typed = [answers.Typed(code, revision, text)]
        saved = self._send(typed)
        assert (saved is not None) == self.model.takes_answers()
        if saved:
            assert [kept.status for kept in saved.kept] == ["saved"]
            self.model.kept[code] = (revision, text)
            if lost:  # the reply went missing: the page sends the same again and gets the same receipt
                again = self._send(typed)
                assert again is not None
                assert [(k.receipt, k.saved_at) for k in again.kept] == [(k.receipt, k.saved_at) for k in saved.kept]

    @precondition(lambda self: bool(self.model.kept) and self.model.takes_answers())
    @rule(data=st.data())
    def save_on_an_older_revision(self, data: st.DataObject) -> None:
        code = data.draw(st.sampled_from(sorted(self.model.kept)))
        revision, text = self.model.kept[code]
        stale = self._send([answers.Typed(code, data.draw(st.integers(1, revision)), f"not {text}")])
        assert stale is not None
        assert [(kept.status, kept.revision, kept.text) for kept in stale.kept] == [("newer", revision, text)]

    # ------------------------------------------------------------------------------------------------- ends
    @rule()
    def submit(self) -> None:
        standing = self.model.standing()
        now = self.room.site.now()
        again = self.model.closed == "submitted"
        self._expect(standing == "running" or again, lambda conn: timekeeping.submit(conn, self.attempt_id, now))
        if standing == "running":
            self.model.closed, self.model.finished = "submitted", min(self.model.now, self.model.deadline())

    @rule()
    def sweep(self) -> None:
        expired = self.model.standing() == "expired" and not self.model.closed
        closed = timekeeping.sweep(self.room.site.product.database, self.room.site.now())
        assert closed >= expired
        if not self.model.awaited:
            self.model.waiting = None
        if expired:
            self.model.closed, self.model.finished = "expired", self.model.deadline()

    @rule()
    def restart(self) -> None:
        """Nothing is remembered but what the database holds."""
        self.room.site.product.database.dispose()
        self.here = None

    # ------------------------------------------------------------------------------------------ always true
    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "attempt_id"):
            return
        with self.room.site.reading() as conn:
            held = attempts.by_ref(conn, _ref(conn, self.attempt_id))
            assert held is not None
            held_answers = scripts.current(conn, held)
            frozen = dict(
                conn.execute(
                    sa.select(t.responses.c.question_version_id, t.responses.c.text).where(
                        t.responses.c.attempt_id == self.attempt_id,
                        t.responses.c.revision > 0,
                        t.responses.c.script == held.script,
                    )
                ).all()
            )
            chain = attempts.chain(conn, held)
        model, now = self.model, self.room.site.now()
        played = replay(json.loads(event.payload) for event in chain)
        assert first_break(held.ref, chain, held.head) is None
        assert (played.closed_as, played.finished_at) == (held.closed_as, held.finished_at)
        assert (played.deadline, played.receipt) == (held.deadline, held.receipt)
        assert state(held.facts, now).value == model.standing()
        assert held.writable_until == held.should_be_writable_until
        if model.began is not None:
            assert held.deadline is not None
            assert (held.deadline - MORNING).total_seconds() == model.deadline()
            assert played.script == {code: (n, text_hash(text)) for code, (n, text) in model.kept.items()}
            kept = {self._sat().questions[code]: text for code, (_, text) in model.kept.items()}
            assert {question: answer.text for question, answer in held_answers.items()} == kept
            if model.closed:
                assert frozen == kept
                assert held.finished_at is not None
                assert (held.finished_at - MORNING).total_seconds() == model.finished

    def teardown(self) -> None:
        """Whatever has happened, its bundle verifies by itself."""
        site = self.room.site
        with site.writing() as conn:  # ``_attempt`` locks
            made = bundles.export(conn, site.product, self._attempt(conn), frozenset({Role.AUDITOR}), site.now())
        assert bundle.verify(made, sealing.public_keys(site.product).values()).is_trusted


def _ref(conn: sa.Connection, attempt_id: int) -> str:
    return str(conn.scalar(sa.select(t.attempts.c.ref).where(t.attempts.c.id == attempt_id)))


def _rows(room: Room) -> dict[str, list[dict[str, Any]]]:
    """One booked seat with its paper, to be copied: rows are cheap, draws are not."""
    room.seat()
    with room.site.reading() as conn:
        tables = (t.candidates, t.seats, t.attempts, t.papers, t.paper_questions)
        return {table.name: [dict(row._mapping) for row in conn.execute(table.select())] for table in tables}


def _copy(room: Room, rows: dict[str, list[dict[str, Any]]]) -> int:
    """Another candidate, seat, attempt and paper like the first; returns the attempt's id."""
    with room.site.writing() as conn:
        number, ref = int(conn.scalar(sa.select(sa.func.max(t.seats.c.id))) or 0) + 1, new_ref()
        changed: dict[str, dict[str, Any]] = {
            "candidates": {"id": number, "ref": new_ref(), "number": new_ref()},
            "seats": {
                "id": number,
                "ref": new_ref(),
                "candidate_id": number,
                "number": number,
                "keycode_hash": new_ref(),
            },
            "attempts": {"id": number, "ref": ref, "seat_id": number, "seq": 0, "head": genesis(ref)},
            "papers": {"id": number, "ref": new_ref(), "attempt_id": number},
            "paper_questions": {"paper_id": number},
        }
        for name, changes in changed.items():
            conn.execute(t.metadata.tables[name].insert(), [{**row, **changes} for row in rows[name]])
        drawn = {"paper": changed["papers"]["ref"], "hash": rows["papers"][0]["hash"]}
        attempts.record(conn, number, event("paper_drawn", MORNING, "rule", **drawn))
    return number


def _run(database_url: str, home: Path, examples: int, steps: int) -> None:
    site = Site(database_url, home)
    room = saved_room(site)
    machine = type("Machine", (AttemptMachine,), {"room": room, "rows": _rows(room)})
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=slow),
    )
    site.close()


def test_an_attempt_agrees_with_its_model(database_url: str, tmp_path: Path) -> None:
    _run(database_url, tmp_path, examples=8, steps=25)


@pytest.mark.long
def test_an_attempt_agrees_with_its_model_two_thousand_times(database_url: str, tmp_path: Path) -> None:
    _run(database_url, tmp_path, examples=2_000, steps=50)
