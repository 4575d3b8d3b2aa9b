"""The code over a whole script, which anyone can recompute from the evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import rfc8785

from sjt.stores.scripts import FrozenAnswer


def receipt_of(attempt_ref: str, lines: Sequence[FrozenAnswer]) -> str:
    """The code on the receipt: SHA-256 over the script's canonical JSON, shortened to 80 bits."""
    script = [{"question": line.code, "revision": line.revision, "sha256": line.text_hash} for line in lines]
    told = {"attempt": attempt_ref, "script": script}
    digest = hashlib.sha256(rfc8785.dumps(told)).hexdigest().upper()  # type: ignore[arg-type]  # it wants its own JSON type
    return "-".join(digest[start : start + 5] for start in range(0, 20, 5))
