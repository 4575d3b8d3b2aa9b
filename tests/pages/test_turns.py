"""Candidates' pages take turns in a process; saves, heartbeats and staff do not wait for one."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from sjt.pages.turns import AT_ONCE, turn
from tests.saved import Typist, saved_room
from tests.site import Site


def test_a_page_waits_for_its_turn_and_what_must_not_wait_does_not(site: Site) -> None:
    room = saved_room(site)
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    staff = site.signed_in(room.invigilator)
    with ThreadPoolExecutor(1) as pool, every_turn_taken():
        page = pool.submit(typist.client.get, f"{typist.base}/scenario/1")
        assert typist.post("beat", {}).status_code == 200
        assert typist.save({typist.questions[0]: "words"}).status_code == 200
        assert staff.get("/").status_code == 303
        with pytest.raises(TimeoutError):
            page.result(timeout=0.2)
    assert page.result(timeout=30).status_code == 200


@contextmanager
def every_turn_taken() -> Iterator[None]:
    for _ in range(AT_ONCE):
        assert turn.acquire(timeout=5)
    try:
        yield
    finally:
        for _ in range(AT_ONCE):
            turn.release()


def test_a_page_that_is_refused_gives_its_turn_back(site: Site) -> None:
    room = saved_room(site)
    booked = room.seat()
    client = room.begun(booked)
    for _ in range(2 * AT_ONCE):
        assert client.get(f"/sit/{booked.attempt_ref}/scenario/99").status_code == 404
    assert turn.acquire(timeout=1)
    turn.release()
