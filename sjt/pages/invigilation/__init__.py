"""The invigilator's desk: register, gate and live board."""

from sjt.pages.invigilation import (
    acts,
    board,
    chosen,
    emergency,
    incidents,
    messages,
    outage,
    pauses,
    places,
    presence,
    register,
    report,
    reports,
    seb,
    signing,
    stream,
)
from sjt.pages.invigilation.loading import pages

__all__ = [
    "acts", "board", "chosen", "emergency", "incidents", "messages", "outage", "pages", "pauses", "places", "presence",
    "register", "report", "reports", "seb", "signing", "stream",
]  # fmt: skip
