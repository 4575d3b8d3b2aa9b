"""The invigilator's desk: register, gate and live board."""

from sjt.pages.invigilation import (
    acts,
    board,
    emergency,
    messages,
    outage,
    pauses,
    places,
    presence,
    register,
    reports,
    seb,
)
from sjt.pages.invigilation.loading import pages

__all__ = [
    "acts", "board", "emergency", "messages", "outage", "pages", "pauses", "places", "presence", "register",
    "reports", "seb",
]  # fmt: skip
