"""The invigilator's desk: register, gate and live board."""

from sjt.pages.invigilation import acts, board, messages, pauses, register
from sjt.pages.invigilation.loading import pages

__all__ = ["acts", "board", "messages", "pages", "pauses", "register"]
