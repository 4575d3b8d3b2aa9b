"""What a running product is made of; pages and commands hand its parts down as arguments."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from sjt.clock import Clock, SystemClock
from sjt.config import Settings
from sjt.db import Database
from sjt.services.live import Rooms
from sjt.stores.known import Seats, seats_at
from sjt.stores.limits import FailureLimits
from sjt.stores.presence import Presence, presence_at


@dataclass(frozen=True)
class Product:
    """Settings, database, clock, presence and what is known of seats, of one running product."""

    settings: Settings
    database: Database
    clock: Clock
    presence: Presence
    limits: FailureLimits
    seats: Seats
    rooms: Rooms

    def key(self, purpose: str) -> bytes:
        """A secret of its own for each purpose, derived from the one secret key."""
        return _derived(self.settings.secret_key, purpose)

    def keys(self, purpose: str) -> tuple[bytes, ...]:
        """The same from every secret key that still counts, the one in use first: for what was made before a change."""
        secrets = (self.settings.secret_key, *self.settings.old_secret_keys)
        return tuple(_derived(secret, purpose) for secret in secrets)


@cache
def _derived(secret: str, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), purpose.encode(), "sha256")


def make_product(settings: Settings, clock: Clock | None = None) -> Product:
    """The parts of a running product. Tests give a clock; otherwise it follows the database's time."""
    database = Database(settings.database_url)
    if clock is None:
        clock = SystemClock()
        clock.follow(database.time())
    seats = seats_at(settings.redis_url)
    rooms = Rooms(settings.streams)

    def tell(changed: Collection[str]) -> None:
        seats.forget(changed)
        rooms.changed()

    database.on_change(tell)
    limits = FailureLimits(settings.redis_url)
    return Product(settings, database, clock, presence_at(settings.redis_url), limits, seats, rooms)
