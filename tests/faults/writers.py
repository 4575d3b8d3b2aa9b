"""A candidate's browser that saves without end, and remembers what was acknowledged and what it was shown."""

from __future__ import annotations

import hashlib
import json
import random
import re
import threading
import time
import urllib.parse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from http.client import HTTPConnection, HTTPException
from typing import Any

from tests.faults.replies import Reply, ask, leads_nowhere
from tests.saved import Booked

ALPHABET = "abc xyz äß£€ \r\n\t\"'<&>\\ 漢字 שלום 🎓👩🏽‍⚕️ e\u0301 \u2028"
LONGEST = 400  # code points of a text
MOST_ITEMS = 3  # answers in one save
AGAIN_SECONDS = 0.05


@dataclass(frozen=True)
class Acknowledged:
    """An answer that the server called saved: the text, the receipt, and between which true times it came in."""

    text: str
    receipt: str
    sent_at: float
    heard_at: float


@dataclass(frozen=True)
class Told:
    """What the last reply said of the time, and when it was heard."""

    seconds_left: int
    heard_at: float


@dataclass
class Writer:
    """As docs/protocol.md asks of a client: one request at a time, the same again until it is acknowledged.

    A reply that was read to its end is an acknowledgement; nothing else is. With several ``ports`` each request
    goes to the next one. ``skew`` is how far the device's clock is off, in seconds.
    """

    booked: Booked
    ports: Sequence[int]
    rng: random.Random
    skew: float = 0
    acknowledged: dict[tuple[str, int], Acknowledged] = field(default_factory=dict)
    refused: int = 0  # replies that were not an acknowledgement, or none at all
    complaints: list[str] = field(default_factory=list)
    told: Told | None = None

    def __post_init__(self) -> None:
        self.ref = self.booked.attempt_ref
        self.here = f"/sit/{self.ref}"
        self.token, self.lease, self.questions = "", 0, list[str]()
        self.revisions: dict[str, int] = {}
        self._cookies: dict[str, str] = {}
        self._connections: dict[int, HTTPConnection] = {}
        self._asked = 0
        self._enough = threading.Event()  # ends between two saves
        self._gone = threading.Event()  # ends at once
        self._thread = threading.Thread(target=self._write, daemon=True)

    # ------------------------------------------------------------------------------------------ requests
    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Reply | None:
        """One request to the next port; None when there was no whole reply."""
        self._asked += 1
        port = self.ports[self._asked % len(self.ports)]
        connection = self._connections.setdefault(port, HTTPConnection("127.0.0.1", port, timeout=20))
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        headers |= {"Content-Type": kind, "X-CSRFToken": self.token} if kind else {}
        headers |= {"Accept": "application/json"} if "json" in kind else {}
        if self.skew:  # all that a device can say of its time
            dated = formatdate(time.time() + self.skew, usegmt=True)
            headers |= {"Date": dated, "If-Modified-Since": dated, "If-Unmodified-Since": dated}
        try:
            reply = ask(connection, method, path, body, headers)
        except (OSError, HTTPException):
            self.refused += 1
            connection.close()
            return None
        for cookie in reply.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        if wrong := leads_nowhere(reply):
            self.complaints.append(f"{method} {path}: {wrong}")
        self.refused += reply.status >= 400
        return reply

    def get(self, path: str) -> Reply | None:
        return self.ask("GET", path)

    def form(self, path: str, **values: str) -> Reply | None:
        body = urllib.parse.urlencode({"csrf_token": self.token, **values}).encode()
        return self.ask("POST", path, body, "application/x-www-form-urlencoded")

    def post(self, path: str, body: dict[str, Any]) -> Reply | None:
        return self.ask("POST", f"{self.here}/{path}", json.dumps(body).encode(), "application/json")

    # ----------------------------------------------------------------------------------------- the sitting
    def begin(self) -> None:
        """In at the door, begun, and the one page that writes."""
        self.token = _found(r'name="csrf_token"[^>]*value="([^"]+)"', self._until(lambda: self.get("/sit/")))
        self._until(lambda: self.form("/sit/", keycode=self.booked.keycode))
        self._until(lambda: self.form(f"{self.here}/confirm"))
        self._until(lambda: self.form(f"{self.here}/begin"))
        page = self._until(lambda: self.get(f"{self.here}/scenario/1"))
        self.token = _found(r'data-csrf="([^"]+)"', page)
        self.questions = re.findall(r'data-question="([^"]+)"', page.text)
        self.lease = self._until(lambda: self.post("lease", {})).json["lease"]

    def _until(self, act: Callable[[], Reply | None]) -> Reply:
        """Somebody presses again while the server is away."""
        while (reply := act()) is None or reply.status >= 500:
            if self._gone.wait(AGAIN_SECONDS):
                raise HTTPException("the writer was stopped")
        return reply

    def start(self) -> None:
        """Write from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Stop at once; what was not acknowledged stays so."""
        self._gone.set()
        self._enough.set()
        self._join()
        self._close()

    def hand_in(self) -> None:
        """Once the queue is empty: submit, and see the receipt."""
        self._enough.set()
        self._join()
        sent = self._until(lambda: self.form(f"{self.here}/submit"))
        if sent.status != 303:
            self.complaints.append(f"submit: {sent.status} {sent.text[:200]!r}")
        if self._until(lambda: self.get(f"{self.here}/receipt")).status != 200:
            self.complaints.append("no receipt after handing in")
        self._close()

    def _join(self) -> None:
        if self._thread.ident:
            self._thread.join(60)
            assert not self._thread.is_alive(), "a writer does not end"

    def _close(self) -> None:
        for connection in self._connections.values():
            connection.close()

    # --------------------------------------------------------------------------------------------- writing
    def _write(self) -> None:
        while not self._enough.is_set():
            chance = self.rng.random()
            if chance < 0.03:
                self.get(f"{self.here}/scenario/1")  # somebody reloads
            elif chance < 0.1:
                self._beat()
            self.save()

    def save(self) -> None:
        """Type something, and save it until it is acknowledged."""
        self._save(self._typed())

    def _beat(self) -> None:
        heard = self.post("beat", {"hidden": False, "unsent": 0, "at": time.time() + self.skew})
        if heard is not None and heard.status == 200:
            self.told = Told(heard.json["seconds_left"], time.time())

    def _typed(self) -> list[dict[str, Any]]:
        some = self.rng.sample(self.questions, self.rng.randint(1, min(MOST_ITEMS, len(self.questions))))
        return [
            {"question": code, "revision": self.revisions.get(code, 0) + 1, "text": self._words(code)} for code in some
        ]

    def _words(self, code: str) -> str:
        return code + "".join(self.rng.choices(ALPHABET, k=self.rng.randrange(LONGEST)))

    def _save(self, typed: list[dict[str, Any]]) -> None:
        """The same again until it is acknowledged."""
        sent_at = time.time()
        while not self._gone.is_set():
            reply = self.post("save", {"attempt": self.ref, "lease": self.lease, "answers": typed})
            if reply is not None and reply.status == 200:
                self._keep(typed, reply, sent_at)
                return
            if reply is not None and reply.status < 500:
                self.complaints.append(f"save: {reply.status} {reply.text[:200]!r}")
            self._gone.wait(AGAIN_SECONDS)

    def _keep(self, typed: list[dict[str, Any]], reply: Reply, sent_at: float) -> None:
        heard_at, told = time.time(), reply.json
        kept = {one["question"]: one for one in told["kept"]}
        for answer in typed:
            code, revision, text = answer["question"], answer["revision"], answer["text"]
            self.revisions[code] = revision
            one = kept.get(code, {})
            if (one.get("status"), one.get("revision"), one.get("sha256")) == ("saved", revision, _hash(text)):
                self.acknowledged[code, revision] = Acknowledged(text, one["receipt"], sent_at, heard_at)
            else:
                self.complaints.append(f"save of {code} {revision} answered with {one}")
        self.told = Told(told["seconds_left"], heard_at)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _found(pattern: str, page: Reply) -> str:
    match = re.search(pattern, page.text)
    assert match, pattern
    return match.group(1)
