"""Counts of failed sign-ins. Only failures count, and a correct keycode is never refused by them."""

from __future__ import annotations

from limits import parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter


class FailureLimits:
    """Failed tries per key (a device, a keycode, an account), in Redis or in memory."""

    def __init__(self, redis_url: str | None, rule: str = "10 per 15 minutes") -> None:
        self._limiter = FixedWindowRateLimiter(storage_from_string(redis_url or "memory://"))
        self._rule = parse(rule)

    def exhausted(self, *key: str) -> bool:
        """Whether the key has used up its failures."""
        return not self._limiter.test(self._rule, *key)

    def failed(self, *key: str) -> None:
        """Count one failure."""
        self._limiter.hit(self._rule, *key)

    def succeeded(self, *key: str) -> None:
        """Forget the key's failures."""
        self._limiter.clear(self._rule, *key)
