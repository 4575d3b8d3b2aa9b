"""Keycodes: derived from the secret key, so that slips can be printed again; looked up by a keyed hash."""

from __future__ import annotations

import hashlib
import hmac

from sjt.services.product import Product

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # 32 signs; I, L, O and U are left out
LENGTH = 8  # 40 bits
LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


def keycode(product: Product, seat_ref: str, issue: int) -> str:
    """A seat's keycode, such as ``7QK3-9VXA``; a new issue gives another one."""
    digest = hmac.new(product.key("keycode"), f"{seat_ref}/{issue}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest)
    signs = "".join(ALPHABET[(number >> 5 * place) & 31] for place in range(LENGTH))
    return f"{signs[:4]}-{signs[4:]}"


def keycode_hash(product: Product, code: str) -> str:
    """What the database keeps of a keycode, however it was typed: case, spaces and look-alikes are forgiven."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum()).translate(LOOK_ALIKES)
    return hmac.new(product.key("keycode hash"), plain.encode(), hashlib.sha256).hexdigest()
