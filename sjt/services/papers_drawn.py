"""Papers for seats: drawn from a stored seed before the start, proved, frozen, and pinned to a specification."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from functools import lru_cache

import rfc8785
import sqlalchemy as sa

from item_bank.exposure import History
from item_bank.paper import BankTooThin, Drawer, Paper, breaches, new_seed
from item_bank.scenarios import Bank
from proctoring.events import event
from sjt.rules.attempt import Act, require, state
from sjt.rules.authoring import cutoffs
from sjt.rules.plan import Specification
from sjt.services import paper_lines
from sjt.services.files import shipped_specifications
from sjt.services.papers import as_json, short_lines
from sjt.stores import attempts, history, papers
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
    """Drawers made once a transaction: bank and exposure are read once, however many seats are booked in it."""

    def __init__(self, now: dt.datetime) -> None:
        self._now = now
        self._banks: dict[str, tuple[Bank, str]] = {}
        self._made: dict[tuple[str, str], Drawer] = {}
        self._used: dict[str, tuple[dict[str, int], dict[str, int]]] = {}

    def of(self, conn: sa.Connection, specification: Specification, pathway: str) -> Drawer:
        """The drawer of a pathway on the live bank; NoPaper names what the bank is short of."""
        key = (specification.id, pathway)
        try:
            if key not in self._made:
                self._made[key] = Drawer(specification.blueprint, pathway, self._bank(conn, specification)[0])
        except BankTooThin as thin:
            raise NoPaper(short_lines(thin)) from thin
        return self._made[key]

    def bank_hash(self, conn: sa.Connection, specification: Specification) -> str:
        """SHA-256 over what was live when the bank was read: which version of which scenario."""
        return self._bank(conn, specification)[1]

    def history(
        self, conn: sa.Connection, specification: Specification, seat_id: int, sitting_id: int, candidate_id: int
    ) -> History:
        """What the draw for a seat must know of earlier papers."""
        name = specification.name
        if name not in self._used:
            self._used[name] = (history.exposed(conn, name, self._now), history.drawn(conn, name, self._now))
        beside = history.beside(conn, sitting_id, seat_id)
        return History(*self._used[name], beside=beside, met=history.met(conn, candidate_id))

    def _bank(self, conn: sa.Connection, specification: Specification) -> tuple[Bank, str]:
        if specification.name not in self._banks:
            bank = fit_bank(conn, specification, self._now)
            self._banks[specification.name] = (bank, bank_hash(bank))
        return self._banks[specification.name]


def fit_bank(conn: sa.Connection, specification: Specification, now: dt.datetime) -> Bank:
    """What papers may be drawn from now: all that is live and was reviewed within the policy's months.

    Invariant 19: an item not reviewed within 12 months is on no new form.
    """
    bank, policy = live_bank(conn, specification.name), specification.blueprint.policy
    cut = cutoffs(now, policy.review_months, policy.warn_days)
    if cut is None:
        return bank
    overdue = history.reviewed_last_by(conn, specification.name, cut.overdue)
    return Bank(tuple(s for s in bank.scenarios if s.slug not in overdue))


def draw_for_seat(conn: sa.Connection, seat_id: int, now: dt.datetime, drawers: Drawers | None = None) -> None:
    """Draw a seat's paper, making its attempt when there is none; drawn again it replaces one not begun.

    NoPaper when the bank cannot serve it; then nothing has changed.
    """
    drawers = drawers or Drawers(now)
    spec_id, pathway, sitting_id, candidate_id = _seat(conn, seat_id)
    specification = specifications()[spec_id]
    drawer, seed = drawers.of(conn, specification, pathway), new_seed()
    known = drawers.history(conn, specification, seat_id, sitting_id, candidate_id)
    paper = _draw(drawer, seed, known)
    attempt = attempts.by_seat(conn, seat_id)
    if attempt is None:
        minutes, grace = specification.minutes, specification.grace_seconds
        attempt_id = attempts.create(conn, sitting_id, seat_id, spec_id, pathway, minutes, grace)
    else:
        attempt_id = attempt.id
        require(Act.REDRAW, state(attempts.locked(conn, attempt_id).facts, now))
    drawn_from = {"bank": drawers.bank_hash(conn, specification), **_as_kept(known), "repeats": list(paper.repeats)}
    paper_hash = hash_of(paper)
    ref = papers.keep(conn, attempt_id, paper, papers.Drawn(seed, paper_hash, drawn_from), now)
    shown = _shown(conn, attempt_id)
    facts = {"specification": spec_id, "pathway": pathway, "repeats": len(paper.repeats)}
    attempts.record(
        conn, attempt_id, event("paper_drawn", now, "rule", paper=ref, hash=paper_hash, shown=shown, **facts)
    )


def _shown(conn: sa.Connection, attempt_id: int) -> str:
    """What the chain keeps of the words of a paper: a bundle that tells other words is found out."""
    shown = papers.shown(conn, attempt_id)
    return paper_lines.digest(shown) if shown else ""


def hash_of(paper: Paper) -> str:
    """SHA-256 over a paper's canonical JSON: scenarios, versions, statements, slots, options and order."""
    return hashlib.sha256(rfc8785.dumps(as_json("", paper))).hexdigest()  # type: ignore[arg-type]  # it wants its own JSON type


def bank_hash(bank: Bank) -> str:
    """SHA-256 over the versions of a bank, in the order of their slugs."""
    lines = sorted(f"{s.slug}@{s.version}" for s in bank.scenarios)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _as_kept(known: History) -> dict[str, object]:
    """The history as it is stored with a paper, so that the same seed can draw it again."""
    counts = {"exposed": known.exposed, "drawn": known.drawn, "beside": known.beside}
    kept: dict[str, object] = {name: dict(sorted(Counter(count).items())) for name, count in counts.items()}
    return {**kept, "met": sorted(known.met)}


def _seat(conn: sa.Connection, seat_id: int) -> tuple[str, str, int, int]:
    row = conn.execute(
        sa.select(t.sittings.c.spec_id, t.candidates.c.pathway, t.seats.c.sitting_id, t.seats.c.candidate_id)
        .select_from(t.seats)
        .join(t.sittings, t.sittings.c.id == t.seats.c.sitting_id)
        .join(t.candidates, t.candidates.c.id == t.seats.c.candidate_id)
        .where(t.seats.c.id == seat_id)
    ).one()
    return row.spec_id, row.pathway, row.sitting_id, row.candidate_id


def _draw(drawer: Drawer, seed: str, known: History) -> Paper:
    paper = drawer.draw(seed, known)
    broken = [say(code) for code in breaches(paper, drawer.blueprint, drawer.pathway)]
    if broken:
        raise NoPaper(broken)
    return paper
