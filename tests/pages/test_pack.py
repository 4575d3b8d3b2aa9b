"""The invigilation pack: what stands on it, who may print it, and that nobody sees keycodes unnoticed."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from sjt.rules.access import Role
from sjt.services import documents
from sjt.stores import tables as t
from sjt.stores.sittings import Sitting
from tests.saved_registration import saved_candidate, saved_seat, saved_sitting, send
from tests.site import Site

KEYCODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")


@pytest.fixture
def sitting(site: Site) -> Sitting:
    """Two candidates, one of them with extra time, and an invigilator."""
    manager, invigilator = site.person(Role.MANAGER), site.person(Role.INVIGILATOR, name="Helen Marsh")
    with site.writing() as conn:
        made = saved_sitting(conn, manager, staff=(invigilator.ref,))
        for name, number, percent in (("Amina Yusuf", "A-1", 25), ("Ben Okoro", "B-2", 0)):
            candidate = saved_candidate(conn, manager, name=name, number=number, percent=percent)
            saved_seat(conn, site, made, candidate, manager)
    return made


WORDS = {
    "register": ("Amina Yusuf", "2 h 30 min", "Finished", "Helen Marsh"),
    "seating": ("Ben Okoro", "25% extra", "Moves during the sitting"),
    "instructions": ("Closed: no books", "A pen, and blank paper", "An assessor", "60 minutes after the start"),
}


def test_each_part_of_the_pack_says_what_it_is_for(site: Site, sitting: Sitting) -> None:
    client = site.signed_in(site.person(Role.MANAGER))
    for part, words in WORDS.items():
        page = client.get(f"/manage/sittings/{sitting.ref}/pack/{part}").text
        assert [word for word in words if word not in page] == [], part
    assert client.get(f"/manage/sittings/{sitting.ref}/pack/answers").status_code == 404


def test_the_pack_is_a_pdf_where_this_machine_makes_them(site: Site, sitting: Sitting) -> None:
    client = site.signed_in(site.person(Role.MANAGER))
    response = client.get(f"/manage/sittings/{sitting.ref}/pack/register.pdf")
    if documents.available():
        assert response.status_code == 200 and response.data.startswith(b"%PDF-")
    else:
        assert response.status_code == 503


def test_nobody_sees_keycodes_without_a_record_of_who_and_when(site: Site, sitting: Sitting) -> None:
    manager = site.person(Role.MANAGER, name="Max Reed")
    client, address = site.signed_in(manager), f"/manage/sittings/{sitting.ref}/keycodes"
    before = client.get(address).text
    assert KEYCODE.search(before) is None and "Nobody was shown these keycodes yet" in before
    slips = send(client, address).text
    assert len(set(KEYCODE.findall(slips))) == 2 and slips.count('class="qr"') == 2 and "data:" not in slips
    assert "Max Reed" in client.get(address).text
    with site.reading() as conn:
        assert conn.scalars(sa.select(t.slip_prints.c.printed_by)).all() == [manager.id]
        assert conn.scalar(sa.select(t.records.c.act).where(t.records.c.act == "slips.printed"))


def test_a_slip_of_a_later_booking_is_named_as_never_printed(site: Site, sitting: Sitting) -> None:
    manager = site.person(Role.MANAGER)
    client, address = site.signed_in(manager), f"/manage/sittings/{sitting.ref}/keycodes"
    send(client, address)
    with site.writing() as conn:
        saved_seat(conn, site, sitting, saved_candidate(conn, manager, name="Late Booker", number="L-3"), manager)
    page = client.get(address).text
    assert "1 slip was never printed" in page and "Late Booker" in page


def test_an_auditor_reads_the_pack_and_no_keycode(site: Site, sitting: Sitting) -> None:
    client = site.signed_in(site.person(Role.AUDITOR))
    assert client.get(f"/manage/sittings/{sitting.ref}/pack/register").status_code == 200
    assert client.get(f"/manage/sittings/{sitting.ref}/keycodes").status_code == 403


def test_an_invigilator_of_another_sitting_sees_nothing_of_the_pack(site: Site, sitting: Sitting) -> None:
    client = site.signed_in(site.person(Role.INVIGILATOR))
    for path in ("pack", "pack/register", "pack/seating.pdf", "keycodes"):
        assert client.get(f"/manage/sittings/{sitting.ref}/{path}").status_code == 403, path
