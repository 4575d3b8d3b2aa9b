"""Requests of candidates, prepared before anything is timed: as raw bytes, and as lines for wrk's script."""

from __future__ import annotations

import json
from dataclasses import dataclass

REVISION = "@@@@@@"  # six digits go here, so that a prepared request keeps its length
FIRST_REVISION, LAST_REVISION = 100_000, 999_999
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
WORDS = "I would first ask the person quietly what happened, and listen before I decide anything. "
TEXT = (WORDS * 20)[:1500]  # as long as an extended answer


@dataclass(frozen=True)
class Candidate:
    """A candidate's browser: its seat and device in one cookie header, its form token, and the paper's questions."""

    ref: str
    keycode: str
    cookie: str
    token: str
    lease: int
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Request:
    """One request; its body may hold the mark of a revision."""

    method: str
    path: str
    cookie: str = ""
    token: str = ""
    kind: str = ""
    body: str = ""

    def line(self) -> str:
        """As a line of the file that wrk's script reads."""
        fields = (self.method, self.path, self.cookie, self.token, self.kind, self.body)
        assert not any("\t" in field or "\n" in field for field in fields)
        return "\t".join(fields)

    def raw(self, revision: int = 0) -> bytes:
        """As bytes on the wire."""
        body = self.body.replace(REVISION, f"{revision:06d}", 1).encode()
        head = [f"{self.method} {self.path} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {self.cookie}"]
        head += [f"Accept: {JSON}"] if self.kind == JSON else []
        head += [f"X-CSRFToken: {self.token}"] if self.token else []
        head += [f"Content-Type: {self.kind}", f"Content-Length: {len(body)}"] if self.method == "POST" else []
        return "\r\n".join([*head, "", ""]).encode() + body


def save(who: Candidate, path: str = "") -> Request:
    """One extended answer under the next revision; ``path`` sends the same body elsewhere (the floor)."""
    answer = {"question": who.questions[0], "revision": REVISION, "text": TEXT}
    body = json.dumps({"attempt": who.ref, "lease": who.lease, "answers": [answer]})
    body = body.replace(f'"{REVISION}"', REVISION)  # a number
    return Request("POST", path or f"/sit/{who.ref}/save", who.cookie, who.token, JSON, body)


def beat(who: Candidate) -> Request:
    """A heartbeat."""
    return Request("POST", f"/sit/{who.ref}/beat", who.cookie, who.token, JSON, '{"hidden": false, "unsent": 1}')


def form(who: Candidate, act: str) -> Request:
    """A form without fields of its own: ``begin`` or ``submit``."""
    return Request("POST", f"/sit/{who.ref}/{act}", who.cookie, "", FORM, f"csrf_token={who.token}")


def page(who: Candidate, name: str) -> Request:
    """A page of the sitting."""
    return Request("GET", f"/sit/{who.ref}/{name}", who.cookie)


def sign_in(who: Candidate) -> Request:
    """The keycode form, sent."""
    return Request("POST", "/sit/", who.cookie, "", FORM, f"csrf_token={who.token}&keycode={who.keycode}")
