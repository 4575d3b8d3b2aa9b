"""What a candidate's browser got to see, and whether it leads anywhere."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection, HTTPException
from typing import Any


class Cut(HTTPException):
    """A reply without its end: no reply at all."""


@dataclass(frozen=True)
class Reply:
    """A whole reply."""

    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON; None when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


def ask(connection: HTTPConnection, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Reply:
    """One request and its whole reply; OSError or HTTPException when there is none."""
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    if "Content-Length" not in response.headers:  # headers that end early look like headers that end
        raise Cut("a reply without a length")
    return Reply(response.status, response.headers, response.read())


def leads_nowhere(reply: Reply) -> str | None:
    """What is wrong with a reply for somebody in the middle of a test; None when it leads somewhere.

    Refusals and faults have words of ours, and the only links of an error page lead back to the sitting.
    """
    wrong = f"{reply.status} {reply.headers.get('Content-Type')}: {reply.text[:200]!r}"
    if reply.status in (301, 302, 303):
        return None if reply.headers.get("Location", "").startswith("/sit/") else wrong
    if "json" in reply.headers.get("Content-Type", ""):
        known = reply.json
        return None if isinstance(known, dict) and (reply.status < 400 or known.get("words")) else wrong
    if reply.status < 400:
        return None if "<h1" in reply.text else wrong
    links = [link for link in re.findall(r"<a\b[^>]*\bhref=\"([^\"]*)\"", reply.text) if link != "#main"]
    return None if links and all(link.startswith("/sit/") for link in links) else wrong
