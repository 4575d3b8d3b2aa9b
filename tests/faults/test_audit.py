"""The look after a fault notices what it is for: nothing here would be worth anything if it only ever said yes."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.audit import Found, audit, scripts, standing
from tests.faults.writers import Acknowledged, Told, Writer
from tests.saved import Typist, saved_room
from tests.site import Site, csrf

TEXT = "what I would do"


class Sat:
    """A candidate with one acknowledged answer, and a way behind the product's back."""

    def __init__(self, site: Site, file: Path) -> None:
        self.site, self.file = site, file
        room = saved_room(site)
        booked = room.seat()
        self.client = room.begun(booked)
        typist = Typist(self.client, booked.attempt_ref)
        self.code = typist.questions[0]
        reply = typist.save({self.code: TEXT}).get_json()
        at = site.now().timestamp()
        self.writer = Writer(booked, [], random.Random(0), told=Told(reply["seconds_left"], at))
        self.writer.acknowledged[self.code, 1] = Acknowledged(TEXT, reply["kept"][0]["receipt"], at, at)
        self.writer.revisions[self.code] = 1
        self.before = standing(site, [self.writer])

    @contextmanager
    def behind_the_back(self, statement: str) -> Iterator[Found]:
        """What the audit finds after a change that no trigger held up; at the end all is as it was."""
        self.site.product.database.dispose()  # the last one to leave writes everything into the one file
        whole = self.file.read_bytes()
        with closing(sqlite3.connect(self.file, isolation_level=None)) as conn:
            for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                conn.execute(f"DROP TRIGGER {name}")
            conn.execute(statement)
        yield self.found()
        self.site.product.database.dispose()
        self.file.write_bytes(whole)

    def found(self) -> Found:
        return audit(self.site, [self.writer], self.before)

    def hand_in(self) -> None:
        page = f"/sit/{self.writer.ref}"
        self.client.post(f"{page}/submit", data={"csrf_token": csrf(self.client, f"{page}/review")})


@pytest.fixture
def sat(sqlite_url: str, tmp_path: Path) -> Iterator[Sat]:
    site = Site(sqlite_url, tmp_path)
    yield Sat(site, tmp_path / "sjt.db")
    site.close()


GONE = ("DELETE FROM answers", "UPDATE answers SET text = text || ' '", "UPDATE answers SET revision = 2")
CHANGED = {
    "DELETE FROM events WHERE seq = 2": "chain of evidence breaks at 2",
    "DELETE FROM events WHERE kind = 'saved'": "chain of evidence breaks at",
    "UPDATE events SET payload = replace(payload, 'begun', 'begin')": "chain of evidence breaks at",
    "UPDATE attempts SET writable_until = datetime(writable_until, '-1 second')": "the deadline moved",
    "UPDATE attempts SET confirmed_at = NULL": "changed by itself: {'confirmed_at'",
    "UPDATE attempts SET lease = lease + 1": "changed by itself: {'lease'",
    "UPDATE answers SET received_at = datetime(received_at, '-1 hour')": "not when it was sent",
}


def test_an_answer_that_is_gone_or_another_is_missing(sat: Sat) -> None:
    for statement in GONE:
        with sat.behind_the_back(statement) as found:
            assert found.missing == ((sat.writer.ref, sat.code, 1),), statement
    assert sat.found() == Found(1, (), ())


def test_whatever_else_is_wrong_is_said(sat: Sat) -> None:
    for statement, words in CHANGED.items():
        with sat.behind_the_back(statement) as found:
            assert any(words in line for line in found.wrong), statement
    assert sat.found() == Found(1, (), ())


def test_what_a_candidate_was_told_wrongly_is_said(sat: Sat) -> None:
    key = (sat.code, 1)
    sat.writer.acknowledged[key] = replace(sat.writer.acknowledged[key], receipt="0" * 32)
    sat.writer.told = Told(10_800, sat.site.now().timestamp())
    sat.writer.complaints.append("save: 409")
    receipt, complaint, shown = sat.found().wrong
    assert "the receipt is of something else" in receipt and complaint == "save: 409" and "too much" in shown


def test_a_script_that_is_not_what_was_acknowledged_is_said(sat: Sat) -> None:
    assert scripts(sat.site, [sat.writer]) != []  # nothing was handed in yet
    sat.hand_in()
    assert scripts(sat.site, [sat.writer]) == []
    assert any("'closed_as': (None, 'submitted')" in line for line in sat.found().wrong)  # no fault may do that
    with sat.behind_the_back("UPDATE responses SET text = 'another' WHERE revision > 0"):
        assert scripts(sat.site, [sat.writer]) != []
