"""Cookies and form tokens that a process has checked: remembered, and never more than they were."""

from __future__ import annotations

import itsdangerous
import pytest

from tests.saved import Typist, saved_room
from tests.site import Site

HTTPS = "https://localhost"


@pytest.fixture
def typist(site: Site) -> Typist:
    room = saved_room(site)
    booked = room.seat()
    return Typist(room.begun(booked), booked.attempt_ref)


def later(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    """Move the time by which cookies are signed."""
    stamp = itsdangerous.TimestampSigner.get_timestamp
    monkeypatch.setattr(itsdangerous.TimestampSigner, "get_timestamp", lambda signer: stamp(signer) + seconds)


def test_a_cookie_in_use_is_sent_again_every_ten_minutes(typist: Typist, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Set-Cookie" not in typist.post("beat", {}).headers
    later(monkeypatch, 601)
    assert "sjt=" in typist.post("beat", {}).headers["Set-Cookie"]
    assert "Set-Cookie" not in typist.post("beat", {}).headers


def test_a_remembered_cookie_dies_at_its_age(typist: Typist, monkeypatch: pytest.MonkeyPatch) -> None:
    assert typist.post("beat", {}).status_code == 200
    later(monkeypatch, 14 * 3600 + 1)
    assert typist.post("beat", {}).status_code == 400  # no session, so no token of it


def otherwise_signed(value: str) -> str:
    content, _, signature = value.rpartition(".")
    return f"{content}.{signature[::-1]}"


@pytest.mark.parametrize("changed", ["token", "cookie"])
def test_what_is_signed_otherwise_is_not_what_was_remembered(typist: Typist, changed: str) -> None:
    assert typist.post("beat", {}).status_code == 200
    if changed == "token":
        typist.token = otherwise_signed(typist.token)
    else:
        cookie = typist.client.get_cookie("sjt")
        assert cookie is not None
        typist.client.set_cookie("sjt", otherwise_signed(cookie.value))
    assert typist.post("beat", {}).status_code == 400


def test_a_remembered_token_still_needs_its_own_origin(typist: Typist) -> None:
    headers = {"X-CSRFToken": typist.token, "Accept": "application/json"}
    assert typist.post("beat", {}).status_code == 200

    def beat(**more: str) -> int:
        return typist.client.post(
            f"{typist.base}/beat", json={}, headers={**headers, **more}, base_url=HTTPS
        ).status_code

    assert (beat(), beat(Referer="https://elsewhere.example/")) == (400, 400)
    assert beat(Referer=f"{HTTPS}/sit/") == 200
