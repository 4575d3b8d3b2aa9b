"""Seals: signatures (Ed25519, RFC 8032) over the head of a chain, and over a whole bundle.

A chain shows that nothing inside it was changed; it does not show that all of it was not written anew. A seal says
what the head was at a moment, and only the organisation's key makes one. Keys are named by their number: the first
sixteen digits of the SHA-256 of the public key.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SEAL_EVERY = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class Seal:
    """The head of an attempt's chain after event ``seq``, signed."""

    seq: int
    head: bytes
    at: dt.datetime
    key: str
    signature: bytes


def public_of(secret: bytes) -> bytes:
    """The public key (32 bytes) of a secret one (32 bytes)."""
    return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def key_number(public: bytes) -> str:
    """How a public key is named."""
    return hashlib.sha256(public).hexdigest()[:16]


def seal(secret: bytes, attempt_ref: str, seq: int, head: bytes, at: dt.datetime) -> Seal:
    """Sign what the head of a chain is now."""
    signed = Ed25519PrivateKey.from_private_bytes(secret).sign(_message(attempt_ref, seq, head, at))
    return Seal(seq, head, at, key_number(public_of(secret)), signed)


def holds(public: bytes, attempt_ref: str, found: Seal) -> bool:
    """Whether a seal was made with this key over this very head."""
    return signed_by(public, _message(attempt_ref, found.seq, found.head, found.at), found.signature)


def sign(secret: bytes, message: bytes) -> bytes:
    """A signature over any message."""
    return Ed25519PrivateKey.from_private_bytes(secret).sign(message)


def signed_by(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature over a message was made with the secret half of this key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _message(attempt_ref: str, seq: int, head: bytes, at: dt.datetime) -> bytes:
    moment = at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    told: dict[str, str | int] = {"attempt": attempt_ref, "seq": seq, "head": head.hex(), "at": moment}
    return b"sjt-seal-1/" + rfc8785.dumps(dict(told))
