"""The emergency file: what a browser kept while no server answered, sealed for one installation and one attempt.

``sjt-emergency-1`` and a line feed, then 65 bytes of a P-256 point made for this file, 12 bytes of nonce, and the
text under AES-256-GCM with its tag. The key is HKDF-SHA-256 of the shared secret (salt: the point, info: the name of
the format); the attempt's reference is authenticated with it. The text is JSON in UTF-8. docs/protocol.md says more.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FORMAT = "sjt-emergency-1"
MAGIC = f"{FORMAT}\n".encode()
POINT, NONCE, TAG = 65, 12, 16  # bytes
LARGEST_FILE = 1_900_000  # bytes; sixteen longest answers are 1.3 million
CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the curve's group


class Unopened(Exception):
    """A file that gives nothing away. ``code``: too large, no such file, or not for this key and attempt."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Line:
    """One answer of a file. The time is the device's own and proves nothing; None when it makes no sense."""

    question: str
    revision: int
    text: str
    typed_at: dt.datetime | None


@dataclass(frozen=True)
class Opened:
    """What stands in a file; ``broken`` are the places, from 1, of the answers that are not understood."""

    attempt: str
    made_at: dt.datetime | None
    lines: tuple[Line, ...]
    broken: tuple[int, ...] = ()


@lru_cache(maxsize=8)
def private_key(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """The installation's key, derived from a secret of its own."""
    return ec.derive_private_key(int.from_bytes(secret, "big") % (ORDER - 1) + 1, CURVE)


def public_key(secret: bytes) -> str:
    """What a page needs to seal a file: the uncompressed point, in base64."""
    return base64.b64encode(_point(private_key(secret).public_key())).decode()


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def open_file(data: bytes, secrets: Sequence[bytes], attempt: str) -> Opened:
    """Open a file with the newest secret that fits. Unopened when none does, for this attempt."""
    if len(data) > LARGEST_FILE:
        raise Unopened("emergency.too_large")
    if not data.startswith(MAGIC) or len(data) < len(MAGIC) + POINT + NONCE + TAG:
        raise Unopened("emergency.no_such_file")
    for secret in secrets:
        plain = _unsealed(data[len(MAGIC) :], private_key(secret), attempt)
        if plain is not None:
            return _read(plain)
    raise Unopened("emergency.sealed")


def _unsealed(body: bytes, mine: ec.EllipticCurvePrivateKey, attempt: str) -> bytes | None:
    point, nonce, sealed = body[:POINT], body[POINT : POINT + NONCE], body[POINT + NONCE :]
    try:
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)
        return AESGCM(_derived(mine.exchange(ec.ECDH(), theirs), point)).decrypt(nonce, sealed, attempt.encode())
    except (ValueError, InvalidTag):
        return None


def _derived(shared: bytes, point: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=point, info=FORMAT.encode()).derive(shared)


def seal(plain: bytes, public: str, attempt: str) -> bytes:
    """Seal a text as the browser does; for tests and for whoever checks the format."""
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, base64.b64decode(public))
    once = ec.generate_private_key(CURVE)
    point, nonce = _point(once.public_key()), AESGCM.generate_key(128)[:NONCE]
    key = _derived(once.exchange(ec.ECDH(), theirs), point)
    return MAGIC + point + nonce + AESGCM(key).encrypt(nonce, plain, attempt.encode())


# ------------------------------------------------------------------------------------------------------- the text
class _Content(msgspec.Struct):
    format: str
    attempt: str
    made_at: str
    answers: list[msgspec.Raw]


class _Answer(msgspec.Struct):
    question: str
    revision: int
    text: str
    typed_at: str | None = None


def _read(plain: bytes) -> Opened:
    try:
        content = msgspec.json.decode(plain, type=_Content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unopened("emergency.no_such_file") from error
    if content.format != FORMAT:
        raise Unopened("emergency.no_such_file")
    lines, broken = [], []
    for place, raw in enumerate(content.answers, 1):
        try:
            one = msgspec.json.decode(raw, type=_Answer)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            broken.append(place)
        else:
            lines.append(Line(one.question, one.revision, one.text, _moment(one.typed_at)))
    return Opened(content.attempt, _moment(content.made_at), tuple(lines), tuple(broken))


def _moment(text: str | None) -> dt.datetime | None:
    """A device's time; a clock that is wrong is no reason to refuse what was written."""
    try:
        found = dt.datetime.fromisoformat(text or "")
        return found.astimezone(dt.UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None
