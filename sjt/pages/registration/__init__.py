"""The manager's desk: today, candidates with their gateway, sittings and bookings, people."""

from sjt.pages.registration import (
    arranging,
    bookings,
    candidates,
    changing,
    helpers,
    imports,
    interests,
    pack,
    people,
    scheduling,
    sittings,
    today,
)
from sjt.pages.registration.desk import pages

__all__ = [
    "arranging", "bookings", "candidates", "changing", "helpers", "imports", "interests", "pack", "pages", "people",
    "scheduling", "sittings", "today",
]  # fmt: skip
