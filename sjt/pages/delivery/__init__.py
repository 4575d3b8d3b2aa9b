"""The apprentice's desk: from the keycode to the receipt. Every address is a reload-safe GET."""

from sjt.pages.delivery import (
    before,
    checking,
    jottings,
    notice,
    notices,
    paper,
    pauses,
    plain,
    reporting,
    scripts,
    seb_room,
    versions,
)
from sjt.pages.delivery.door import pages

__all__ = [
    "before", "checking", "jottings", "notice", "notices", "pages", "paper", "pauses", "plain", "reporting",
    "scripts", "seb_room", "versions",
]  # fmt: skip
