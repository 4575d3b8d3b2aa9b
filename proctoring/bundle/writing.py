"""From lines to a bundle."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import rfc8785

from proctoring import seals

FORMAT = "sjt-bundle-1"
KINDS = (
    "head", "paper", "scenario", "question", "answer", "late", "jotting", "file", "ledger", "person", "mark",
    "result", "event", "seal", "end",
)  # fmt: skip
Line = Mapping[str, Any]


def write(secret: bytes, lines: Iterable[Line]) -> bytes:
    """The bundle of these lines, the head first; its end is added and signed."""
    body = b"".join(canonical(line) for line in lines)
    digest = hashlib.sha256(body).hexdigest()
    told = {"kind": "end", "lines": body.count(b"\n") + 1, "sha256": digest}
    key, signature = seals.key_number(seals.public_of(secret)), seals.sign(secret, message_of(digest))
    return body + canonical({**told, "key": key, "signature": signature.hex()})


def canonical(line: Line) -> bytes:
    """One line of a bundle."""
    return bytes(rfc8785.dumps(dict(line))) + b"\n"


def message_of(digest: str) -> bytes:
    """What the end of a bundle signs."""
    return f"{FORMAT}/{digest}".encode()
