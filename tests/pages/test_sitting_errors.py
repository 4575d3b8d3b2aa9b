"""Whatever goes wrong inside a sitting leads back to it, and nowhere else."""

from __future__ import annotations

import re

import pytest

from tests.saved import Room, saved_room
from tests.site import Site, csrf


@pytest.fixture
def room(site: Site) -> Room:
    return saved_room(site)


def ways_on(page: str) -> set[str]:
    """Where the links and forms of a page lead."""
    found = set(re.findall(r'<(?:a|form)\b[^>]*\s(?:href|action)="([^"]*)"', page))
    return found - {"#main"}


def boom(*_: object) -> None:
    raise RuntimeError("a fault of ours")


def test_every_error_of_a_sitting_leads_back_to_the_attempt_and_nowhere_else(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked = room.seat()
    client, base = room.begun(booked), f"/sit/{booked.attempt_ref}"
    data = {"csrf_token": csrf(client, f"{base}/review")}
    replies = {
        400: [client.post(f"{base}/submit"), client.post(f"{base}/call", data={**data, "for": "tea"})],
        404: [client.get(f"{base}/scenario/99"), client.get(f"{base}/nowhere"), client.get(f"/sit/{'0' * 32}/review")],
        405: [client.get(f"{base}/submit")],
        413: [client.post(f"{base}/plain", data={**data, "a1": "x" * 2_100_000})],
    }
    room.site.clock.advance(hours=3)
    replies[409] = [client.post(f"{base}/submit", data=data)]
    room.site.clock.advance(hours=-3)
    monkeypatch.setattr("sjt.services.delivery.paper.lines", boom)
    replies[500] = [client.get(f"{base}/scenario/1"), client.get(f"{base}/review")]
    for status, told in replies.items():
        for reply in told:
            page = reply.get_data(as_text=True)
            assert (reply.status_code, ways_on(page)) == (status, {"/sit/"}), (status, page)
    assert client.get("/sit/").headers["Location"].endswith(f"{base}/")
