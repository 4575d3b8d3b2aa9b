"""Papers for seats: drawn from a stored seed before the start, proved, frozen, and pinned to a specification."""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import lru_cache

import rfc8785
import sqlalchemy as sa

from item_bank.paper import BankTooThin, Drawer, Paper, breaches, new_seed
from proctoring.events import event
from sjt.rules.attempt import Act, require, state
from sjt.rules.plan import Specification
from sjt.services.files import shipped_specifications
from sjt.services.papers import as_json
from sjt.stores import attempts, papers
from sjt.stores import tables as t
from sjt.stores.bank import live_bank
from sjt.words import say


class NoPaper(Exception):
    """No paper can be drawn; ``lines`` names everything that is missing."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@lru_cache(maxsize=1)
def specifications() -> dict[str, Specification]:
    """The shipped specifications by full dated id, read once a process: their files come with the code."""
    return {specification.id: specification for specification in shipped_specifications()}


class Drawers:
    """Drawers made once a transaction: the bank is read once, however many seats are booked in it."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], Drawer] = {}

    def of(self, conn: sa.Connection, specification: Specification, pathway: str) -> Drawer:
        """The drawer of a pathway on the live bank; NoPaper names what the bank is short of."""
        key = (specification.id, pathway)
        try:
            if key not in self._made:
                self._made[key] = Drawer(specification.blueprint, pathway, live_bank(conn, specification.name))
        except BankTooThin as thin:
            raise NoPaper([say("bank.short", vars(s)) for s in thin.shortages]) from thin
        return self._made[key]


def draw_for_seat(conn: sa.Connection, seat_id: int, now: dt.datetime, drawers: Drawers | None = None) -> None:
    """Draw a seat's paper, making its attempt when there is none; drawn again it replaces one not begun.

    NoPaper when the bank cannot serve it; then nothing has changed.
    """
    spec_id, pathway, sitting_id = _seat(conn, seat_id)
    specification = specifications()[spec_id]
    seed = new_seed()
    paper = _draw((drawers or Drawers()).of(conn, specification, pathway), seed)
    attempt = attempts.by_seat(conn, seat_id)
    if attempt is None:
        minutes, grace = specification.duration_minutes, specification.grace_seconds
        attempt_id = attempts.create(conn, sitting_id, seat_id, spec_id, pathway, minutes, grace)
    else:
        attempt_id = attempt.id
        require(Act.REDRAW, state(attempts.locked(conn, attempt_id).facts, now))
    paper_hash = hash_of(paper)
    ref = papers.keep(conn, attempt_id, paper, seed, paper_hash, now)
    drawn = event("paper_drawn", now, "rule", paper=ref, hash=paper_hash, specification=spec_id, pathway=pathway)
    attempts.record(conn, attempt_id, drawn)


def hash_of(paper: Paper) -> str:
    """SHA-256 over a paper's canonical JSON: scenarios, versions, statements and order."""
    return hashlib.sha256(rfc8785.dumps(as_json("", paper))).hexdigest()  # type: ignore[arg-type]


def _seat(conn: sa.Connection, seat_id: int) -> tuple[str, str, int]:
    row = conn.execute(
        sa.select(t.sittings.c.spec_id, t.candidates.c.pathway, t.seats.c.sitting_id)
        .select_from(t.seats)
        .join(t.sittings, t.sittings.c.id == t.seats.c.sitting_id)
        .join(t.candidates, t.candidates.c.id == t.seats.c.candidate_id)
        .where(t.seats.c.id == seat_id)
    ).one()
    return row.spec_id, row.pathway, row.sitting_id


def _draw(drawer: Drawer, seed: str) -> Paper:
    paper = drawer.draw(seed)
    broken = [say(code) for code in breaches(paper, drawer.blueprint, drawer.pathway)]
    if broken:
        raise NoPaper(broken)
    return paper
