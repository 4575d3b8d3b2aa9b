"""The apprentice's desk: from the keycode to the receipt. Every address is a reload-safe GET."""

from sjt.pages.delivery import before, jottings, notices, paper, pauses, plain, scripts, seb_room, versions
from sjt.pages.delivery.door import pages

__all__ = ["before", "jottings", "notices", "pages", "paper", "pauses", "plain", "scripts", "seb_room", "versions"]
