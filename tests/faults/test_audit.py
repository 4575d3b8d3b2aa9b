"""The look after a fault notices what it is for: nothing here would be worth anything if it only ever said yes."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.audit import audit, scripts, standing
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

    def behind_the_back(self, statement: str) -> None:
        """Without the triggers that keep what must not change."""
        with closing(sqlite3.connect(self.file, isolation_level=None)) as conn:
            for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                conn.execute(f"DROP TRIGGER {name}")
            conn.execute(statement)

    def kept(self, **changes: object) -> None:
        """As if the server had acknowledged something else."""
        key = (self.code, 1)
        self.writer.acknowledged[key] = replace(self.writer.acknowledged[key], **changes)  # type: ignore[arg-type]  # any field


@pytest.fixture
def sat(sqlite_url: str, tmp_path: Path) -> Iterator[Sat]:
    site = Site(sqlite_url, tmp_path)
    yield Sat(site, tmp_path / "sjt.db")
    site.close()


def test_what_is_whole_is_found_whole(sat: Sat) -> None:
    found = audit(sat.site, [sat.writer], sat.before)
    assert (found.acknowledged, found.missing, found.wrong) == (1, (), ())


@pytest.mark.parametrize(
    "statement", ["DELETE FROM answers", "UPDATE answers SET text = text || ' '", "UPDATE answers SET revision = 2"]
)
def test_an_answer_that_is_gone_or_another_is_missing(sat: Sat, statement: str) -> None:
    sat.behind_the_back(statement)
    assert audit(sat.site, [sat.writer], sat.before).missing == ((sat.writer.ref, sat.code, 1),)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM events WHERE seq = 2", "chain of evidence breaks at 2"),
        ("DELETE FROM events WHERE kind = 'saved'", "chain of evidence breaks at"),
        ("UPDATE events SET payload = replace(payload, 'begun', 'begin')", "chain of evidence breaks at"),
        ("UPDATE attempts SET writable_until = datetime(writable_until, '-1 second')", "the deadline moved"),
        ("UPDATE attempts SET confirmed_at = NULL", "changed by itself: {'confirmed_at'"),
        ("UPDATE attempts SET lease = lease + 1", "changed by itself: {'lease'"),
        ("UPDATE answers SET received_at = datetime(received_at, '-1 hour')", "not when it was sent"),
    ],
)
def test_whatever_else_is_wrong_is_said(sat: Sat, statement: str, words: str) -> None:
    sat.behind_the_back(statement)
    assert any(words in line for line in audit(sat.site, [sat.writer], sat.before).wrong)


@pytest.mark.parametrize(
    ("tell", "words"),
    [
        (lambda sat: sat.kept(receipt="0" * 32), "the receipt is of something else"),
        (lambda sat: setattr(sat.writer, "told", Told(10_800, sat.site.now().timestamp())), "too much"),
        (lambda sat: sat.writer.complaints.append("save: 409"), "save: 409"),
    ],
)
def test_what_a_candidate_was_told_wrongly_is_said(sat: Sat, tell: Callable[[Sat], None], words: str) -> None:
    tell(sat)
    assert any(words in line for line in audit(sat.site, [sat.writer], sat.before).wrong)


def test_a_script_that_is_not_what_was_acknowledged_is_said(sat: Sat) -> None:
    assert scripts(sat.site, [sat.writer]) != []  # nothing was handed in yet
    page = f"/sit/{sat.writer.ref}"
    sat.client.post(f"{page}/submit", data={"csrf_token": csrf(sat.client, f"{page}/review")})
    assert scripts(sat.site, [sat.writer]) == []
    sat.behind_the_back("UPDATE responses SET text = 'another' WHERE revision > 0")
    assert scripts(sat.site, [sat.writer]) != []


def test_an_attempt_that_closed_by_itself_is_said(sat: Sat) -> None:
    page = f"/sit/{sat.writer.ref}"
    sat.client.post(f"{page}/submit", data={"csrf_token": csrf(sat.client, f"{page}/review")})
    wrong = audit(sat.site, [sat.writer], sat.before).wrong
    assert any("'closed_as': (None, 'submitted')" in line for line in wrong)
