"""The demonstration: one sign-in a desk, a bank, scripts to mark, and a sitting that is open now.

It goes through the same services as everybody else, so that nothing in it could not have happened.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from sjt.rules.access import Role
from sjt.rules.eligibility import EXTRA_TIME
from sjt.rules.plan import Specification
from sjt.services import invigilation, keycodes, passwords, timekeeping
from sjt.services.delivery import answers
from sjt.services.files import find_specification, shipped_bank
from sjt.services.product import Product
from sjt.services.registration import bookings, gateway, invitations
from sjt.stores import attempts, bank, candidates, papers, people, seats, sittings
from sjt.stores import tables as t
from sjt.stores.candidates import Candidate, CandidateFacts
from sjt.stores.people import Person
from sjt.stores.seats import Seat
from sjt.stores.sittings import Sitting, SittingFacts

SPECIFICATION = "st0087-1.0"
STAFF = (  # one sign-in a desk; the address says what it is for
    ("manager", "Maryam Okafor", (Role.MANAGER, Role.ADMINISTRATOR)),
    ("invigilator", "Ivo Lindqvist", (Role.INVIGILATOR,)),
    ("writer", "Wanda Achebe", (Role.ITEM_WRITER,)),
    ("reviewer", "Rhodri Banerjee", (Role.REVIEWER,)),
    ("marker", "Mina Castellanos", (Role.MARKER,)),
    ("marker2", "Moses Tran", (Role.MARKER,)),
    ("lead", "Leila Brandt", (Role.LEAD_MARKER,)),
    ("auditor", "Aled Nowak", (Role.AUDITOR,)),
)
NAMES = ("Amina Yusuf", "Ben Hartley", "Chidi Eze", "Dorota Zielinska", "Ewan MacLeod", "Fatima Noor")
OPEN_FOR = dt.timedelta(hours=8)
ANSWERS_IN_OLD_SCRIPTS = 15  # of 16: an unanswered question belongs to the picture


@dataclass(frozen=True)
class Guide:
    """What the demonstration prints: sign-ins, the apprentice's invitation, and keycodes of the open sitting."""

    password: str
    sign_ins: tuple[tuple[str, str], ...]
    invitation: str | None
    keycodes: tuple[tuple[str, str], ...]
    sitting: str


def environment(home: Path) -> dict[str, str]:
    """The settings of a demonstration whose data stand under ``home``; its secret is made on the first run."""
    home.mkdir(parents=True, exist_ok=True)
    return {
        "SJT_HOME": str(home),
        "SJT_DATABASE_URL": f"sqlite:///{home / 'demo.db'}",
        "SJT_SECRET_KEY": _kept(home / "demo-secret", lambda: secrets.token_urlsafe(48)),
        "SJT_KIND": "demo",
        "SJT_LOOPBACK_ONLY": "yes",
    }


def password(home: Path) -> str:
    """The one password of all sign-ins of this demonstration, made on the first run."""
    return _kept(home / "demo-password", lambda: f"demo-{secrets.token_hex(5)}")


def _kept(path: Path, make: Callable[[], str]) -> str:
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(make())
    return path.read_text()


def set_up(product: Product, plain_password: str) -> Guide:
    """Make what is missing of the demonstration; returns what to print.

    Run again it keeps everything, and adds a sitting when none is open.
    """
    now = product.clock.now()
    hashed = passwords.hash_password(plain_password)
    specification = find_specification(SPECIFICATION, now.date())
    shipped = shipped_bank(specification)
    with product.database.transaction() as conn:
        fresh = people.by_email(conn, _address("manager")) is None
        if fresh:
            _add_staff(conn, hashed, now)
        bank.import_bank(conn, specification.name, shipped, now)
    staff = _staff(product)
    if fresh:
        _past_sitting(product, specification, staff, now - dt.timedelta(days=1))
    sitting = _open_sitting(product, now) or _new_sitting(product, specification, staff, now, "Demonstration sitting")
    invitation = _invitation(product, sitting, staff["manager"], now) if fresh else None
    return _guide(product, sitting, plain_password, invitation)


def words(guide: Guide, address: str) -> list[str]:
    """The guide as lines to print."""
    sign_ins = [f"  {desk:<12} {email}" for desk, email in guide.sign_ins]
    codes = [f"Keycode: {code}   {name}" for name, code in guide.keycodes]
    invitation = [f"  apprentice's own sign-in (for results): {address}/invitation/{guide.invitation}"]
    return [
        f"Serving on {address}",
        "",
        f"Staff sign in at {address}/sign-in with the password {guide.password}",
        *sign_ins,
        *(invitation if guide.invitation else []),
        "",
        f"A sitting is open now: {guide.sitting}",
        *codes,
        "",
        "What to click first:",
        f"  1. In one browser, sign in as the invigilator and open the register of “{guide.sitting}”.",
        f"  2. In another (or a private window), open {address}/sit/ and type the first keycode.",
        "  3. Check the photo ID and admit, then open the gate: the apprentice can press Begin.",
        "  4. Sign in as a marker: yesterday's scripts are waiting to be marked.",
    ]


# -------------------------------------------------------------------------------------------------- people
def _address(desk: str) -> str:
    return f"{desk}@example.org"


def _add_staff(conn: sa.Connection, hashed: str, now: dt.datetime) -> None:
    for desk, name, roles in STAFF:
        people.add_person(conn, name=name, email=_address(desk), roles=roles, now=now, password_hash=hashed)


def _staff(product: Product) -> Mapping[str, Person]:
    with product.database.reading() as conn:
        accounts = {desk: people.by_email(conn, _address(desk)) for desk, _, _ in STAFF}
    return {desk: account.person for desk, account in accounts.items() if account}


def _add_candidates(conn: sa.Connection, names: Sequence[str], by: Person, now: dt.datetime) -> list[Candidate]:
    """Candidates with complete gateways, half of each pathway; the third has extra time."""
    first = (conn.scalar(sa.select(sa.func.count()).select_from(t.candidates)) or 0) + 1
    facts = [
        CandidateFacts(
            number=f"D-{first + n:04}",
            name=name,
            email=f"candidate{first + n}@example.org",
            employer="Harbour Lane Children's Services" if n % 2 else "Three Rivers Homes",
            provider="Northgate Training",
            spec_name=SPECIFICATION,
            pathway="residential" if n % 2 else "community",
        )
        for n, name in enumerate(names)
    ]
    candidates.add(conn, facts, by.id, now)
    added = candidates.by_numbers(conn, [fact.number for fact in facts])
    for fact in facts:
        gateway.complete(conn, added[fact.number], by, now)
    if len(facts) > 2:
        gateway.adjust(conn, added[facts[2].number], EXTRA_TIME, 25, now.date(), by, now)
    return [added[fact.number] for fact in facts]


# ------------------------------------------------------------------------------------------------ sittings
def _open_sitting(product: Product, now: dt.datetime) -> Sitting | None:
    """A sitting of this moment in which somebody can still begin."""
    with product.database.reading() as conn:
        for listed in sittings.coming(conn, now):
            waiting = [a for a in attempts.of_sitting(conn, listed.sitting.id) if a.started_at is None]
            if listed.sitting.starts_at <= now and not listed.sitting.cancelled_at and waiting:
                return listed.sitting
    return None


def _new_sitting(
    product: Product, specification: Specification, staff: Mapping[str, Person], now: dt.datetime, title: str
) -> Sitting:
    facts = SittingFacts(
        title=title,
        venue="Room 1",
        spec_id=specification.id,
        starts_at=now.replace(second=0, microsecond=0),
        ends_at=now.replace(second=0, microsecond=0) + OPEN_FOR,
        set_up_minutes=20,
        staff_needed=1,
    )
    manager = staff["manager"]
    with product.database.transaction() as conn:
        sitting = sittings.add(conn, facts, manager.id, now)
        sittings.name_staff(conn, sitting.id, [staff["invigilator"].id], manager.id, now)
        wishes = [bookings.Wish(c, None, "online") for c in _add_candidates(conn, NAMES, manager, now)]
        bookings.book(conn, product, sitting, wishes, manager, now)
    return sitting


def _past_sitting(
    product: Product, specification: Specification, staff: Mapping[str, Person], day: dt.datetime
) -> None:
    """A sitting of yesterday, handed in, so that the marker's desk is not empty."""
    sitting = _new_sitting(product, specification, staff, day, "Yesterday's sitting")
    with product.database.reading() as conn:
        booked = seats.of_sitting(conn, sitting.id)
    for seat in booked[:2]:
        _sat_through(product, seat, invigilation.Actor(staff["invigilator"], sitting), day + dt.timedelta(minutes=20))


def _sat_through(product: Product, seat: Seat, actor: invigilation.Actor, start: dt.datetime) -> None:
    with product.database.transaction() as conn:
        invigilation.check_identity(conn, seat, "passport", actor, start)
        invigilation.admit(conn, seat, actor, start)
        attempt = _attempt(conn, seat)
        timekeeping.open_gate(conn, attempt, actor.person, start)
        timekeeping.begin(conn, _attempt(conn, seat), start)
    _write_answers(product, seat, start + dt.timedelta(minutes=95))
    with product.database.transaction() as conn:
        timekeeping.submit(conn, attempt.id, start + dt.timedelta(minutes=100))


def _write_answers(product: Product, seat: Seat, at: dt.datetime) -> None:
    """Answers made of the guides' own indications, so that there is something to judge."""
    with product.database.reading() as conn:
        attempt = _attempt(conn, seat)
        here = answers.sat(conn, attempt.ref)
        texts = _sample_texts(conn, attempt.id)
    typed = [answers.Typed(code, 1, texts[code]) for code in list(here.questions)[:ANSWERS_IN_OLD_SCRIPTS]]
    answers.save(product, here, attempt.lease, typed, at)


def _sample_texts(conn: sa.Connection, attempt_id: int) -> dict[str, str]:
    paper = papers.shown(conn, attempt_id)
    texts = {}
    for question in paper.questions if paper else ():
        told_of = t.question_texts.c.question_version_id == question.id
        guide = conn.execute(sa.select(t.question_texts.c.guide).where(told_of)).scalar_one()
        shown = [
            told["meets" if (question.position + n) % 4 else "falls_short"] for n, told in enumerate(guide.values())
        ]
        lines = " ".join(shown).replace("- ", "").split("\n")
        texts[question.code] = "As the manager I would do the following, and say why to the team.\n\n" + " ".join(lines)
    return texts


def _attempt(conn: sa.Connection, seat: Seat) -> attempts.Attempt:
    found = attempts.by_seat(conn, seat.id)
    if found is None:
        raise LookupError(f"seat {seat.ref} has no paper")
    return found


def _invitation(product: Product, sitting: Sitting, by: Person, now: dt.datetime) -> str:
    with product.database.transaction() as conn:
        seat = seats.of_sitting(conn, sitting.id)[0]
        candidate = candidates.by_ids(conn, [seat.candidate.id])[seat.candidate.id]
        return invitations.invite_candidate(conn, candidate, by, now)


def _guide(product: Product, sitting: Sitting, plain_password: str, invitation: str | None) -> Guide:
    with product.database.reading() as conn:
        booked = seats.of_sitting(conn, sitting.id)
        waiting = {a.seat_id for a in attempts.of_sitting(conn, sitting.id) if a.closed_at is None}
    codes = tuple(
        (seat.candidate.name, keycodes.keycode(product, seat.ref, seat.keycode_issue))
        for seat in booked
        if seat.id in waiting
    )
    sign_ins = tuple((desk, _address(desk)) for desk, _, _ in STAFF)
    return Guide(plain_password, sign_ins, invitation, codes, sitting.title)
