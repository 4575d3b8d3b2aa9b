"""The apprentice's desk: from the keycode to the receipt. Every address is a reload-safe GET."""

from sjt.pages.delivery import before, jottings, notice, notices, paper, pauses, plain, scripts, versions
from sjt.pages.delivery.door import pages

__all__ = ["before", "jottings", "notice", "notices", "pages", "paper", "pauses", "plain", "scripts", "versions"]
