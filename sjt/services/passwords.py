"""Passwords: argon2id, hashed outside every transaction."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 200  # characters
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_nobody = _hasher.hash("a hash to check against when there is no account")


def hash_password(password: str) -> str:
    """The hash to keep."""
    return _hasher.hash(password)


def is_password(kept: str | None, password: str) -> bool:
    """Whether a password fits a kept hash; it takes as long when there is no account."""
    try:
        _hasher.verify(kept or _nobody, password)
        return kept is not None
    except (VerificationError, InvalidHashError):
        return False
