"""The manager's desk: today, candidates with their gateway, sittings and bookings, people."""

from sjt.pages.registration import bookings, candidates, changing, imports, pack, people, scheduling, sittings, today
from sjt.pages.registration.desk import pages

__all__ = [
    "bookings", "candidates", "changing", "imports", "pack", "pages", "people", "scheduling", "sittings", "today",
]  # fmt: skip
