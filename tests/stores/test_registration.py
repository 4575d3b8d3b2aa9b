"""Bookings, gateways and administrators when two people act at the same moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from threading import Barrier

import pytest
import sqlalchemy as sa

from sjt.rules.access import Role
from sjt.rules.refusals import Refusal
from sjt.services.registration import bookings, gateway, imports, invitations
from sjt.services.registration import candidates as entering
from sjt.services.registration.bookings import Wish
from sjt.stores import candidates, seats
from sjt.stores.people import Person
from sjt.stores.seats import NewSeat
from sjt.stores.sittings import Sitting
from sjt.stores.tables import attempts, people, person_roles
from tests.saved import saved_bank
from tests.saved_registration import WHO, again, saved_candidate, saved_seat, saved_sitting
from tests.site import Site


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    made = Site(database_url, tmp_path)
    yield made
    made.close()


def together(*acts: Callable[[], object]) -> list[bool]:
    """Do things at the same moment; says for each whether it was done (True) or refused."""
    gate = Barrier(len(acts))

    def one(act: Callable[[], object]) -> bool:
        gate.wait()
        try:
            act()
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def in_transaction(site: Site, act: Callable[..., object], *values: object) -> Callable[[], object]:
    """An act with a connection and these values, in a transaction of its own."""

    def run() -> object:
        with site.writing() as conn:
            return act(conn, *values)

    return run


def booking(site: Site, manager: Person, sitting: Sitting, wish: Wish) -> Callable[[], object]:
    """Booking one seat, in a transaction of its own."""
    return in_transaction(site, bookings.book, site.product, sitting, [wish], manager, site.now())


def test_a_candidate_raced_into_two_overlapping_sittings_sits_in_one(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        both = [saved_sitting(conn, manager, title=f"Room {n}") for n in (1, 2)]
        wish = Wish(saved_candidate(conn, manager), None, "online")
    assert sorted(together(*(booking(site, manager, sitting, wish) for sitting in both))) == [False, True]


def test_many_bookings_raced_for_one_seat_number_give_one(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        sitting = saved_sitting(conn, manager)
        wishes = [Wish(saved_candidate(conn, manager, number=f"C-{n}"), 7, "paper") for n in range(6)]
    assert sorted(together(*(booking(site, manager, sitting, wish) for wish in wishes))) == [False] * 5 + [True]


def test_a_booking_raced_with_taking_the_gateway_back_leaves_no_booking_without_gateway(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    for number in range(5):
        with site.writing() as conn:
            sitting = saved_sitting(conn, manager, day=dt.date(2026, 11, 24) + dt.timedelta(days=number))
            candidate = saved_candidate(conn, manager, number=f"C-{number}")
        booked, reopened = together(
            booking(site, manager, sitting, Wish(candidate, None, "online")),
            in_transaction(site, gateway.reopen, candidate, manager, site.now()),
        )
        assert booked != reopened
        with site.reading() as conn:
            assert (again(conn, candidate.ref).gateway_complete_at is not None) == booked


def test_the_database_itself_keeps_seats_apart_and_lets_cancelled_ones_go(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        sitting = saved_sitting(conn, manager)
        first, second = saved_candidate(conn, manager), saved_candidate(conn, manager, number="B-2")
        seat_id = seats.add(conn, NewSeat("1" * 32, sitting.id, first.id, 1, "online", "a"), manager.id, site.now())
        for candidate_id, number in ((first.id, 2), (second.id, 1)):
            with pytest.raises(sa.exc.IntegrityError), conn.begin_nested():
                new = NewSeat("2" * 32, sitting.id, candidate_id, number, "online", "b")
                seats.add(conn, new, manager.id, site.now())
        assert seats.cancel(conn, seat_id, manager.id, "Moved", site.now())
        assert not seats.cancel(conn, seat_id, manager.id, "Again", site.now())
        seats.add(conn, NewSeat("3" * 32, sitting.id, first.id, 1, "online", "c"), manager.id, site.now())


def test_cancelling_raced_with_the_gate_leaves_no_open_attempt_of_a_cancelled_seat(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        saved_bank(conn)
        sitting = saved_sitting(conn, manager)
        booked = [
            saved_seat(conn, site, sitting, saved_candidate(conn, manager, number=f"C-{n}"), manager) for n in range(4)
        ]

    def open_gate(conn: sa.Connection, seat_id: int) -> None:
        standing = sa.and_(attempts.c.seat_id == seat_id, attempts.c.closed_at.is_(None))
        conn.execute(attempts.update().where(standing).values(opened_at=site.now()))

    for seat in booked:
        together(
            in_transaction(site, bookings.cancel, seat, "Moved", manager, site.now()),
            in_transaction(site, open_gate, seat.id),
        )
        with site.reading() as conn:
            row = conn.execute(sa.select(attempts).where(attempts.c.seat_id == seat.id)).one()
            now = seats.by_id(conn, seat.id)
        assert now is not None and (now.cancelled_at is None) != (row.opened_at is None)


def test_two_administrators_never_remove_each_other(site: Site) -> None:
    ada, bob = site.person(Role.ADMINISTRATOR, name="Ada"), site.person(Role.ADMINISTRATOR, name="Bob")

    def demote(conn: sa.Connection, who: Person, by: Person) -> None:
        invitations.change_staff(conn, who, who.name, who.email, {Role.MANAGER}, by, site.now())

    together(in_transaction(site, demote, ada, bob), in_transaction(site, demote, bob, ada))
    with site.reading() as conn:
        left = (
            sa.select(sa.func.count())
            .select_from(person_roles.join(people))
            .where(person_roles.c.role == "administrator")
        )
        assert conn.scalar(left) == 1


def test_a_number_raced_into_the_list_twice_stands_there_once(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    values = {**{k: str(v) for k, v in asdict(WHO).items()}, "specification": WHO.spec_name}
    acts = [in_transaction(site, entering.add, values, manager, site.now()) for _ in range(4)]
    assert sorted(together(*acts)) == [False] * 3 + [True]
    with site.reading() as conn:
        assert candidates.count(conn, candidates.Search()) == 1


def test_an_import_raced_with_a_booking_never_parts_a_candidate_from_the_pathway_of_their_paper(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    columns = "number,name,email,employer,provider,specification,pathway\n"
    with site.writing() as conn:
        saved_bank(conn)
    for number in range(3):
        with site.writing() as conn:
            sitting = saved_sitting(conn, manager, day=dt.date(2026, 11, 24) + dt.timedelta(days=number))
            candidate = saved_candidate(conn, manager, number=f"C-{number}")
            row = f"C-{number},Amina Yusuf,,A,B,{candidate.spec_name},residential\n"
            planned = imports.plan(conn, (columns + row).encode())
        together(
            booking(site, manager, sitting, Wish(candidate, None, "online")),
            in_transaction(site, imports.carry_out, planned, manager, site.now()),
        )
        with site.reading() as conn:
            [drawn_for] = conn.scalars(sa.select(attempts.c.pathway).where(attempts.c.sitting_id == sitting.id)).all()
            assert again(conn, candidate.ref).pathway == drawn_for
