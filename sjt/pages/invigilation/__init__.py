"""The invigilator's desk: register, gate and live board."""

from sjt.pages.invigilation import acts, board, emergency, pauses, register
from sjt.pages.invigilation.loading import pages

__all__ = ["acts", "board", "emergency", "pages", "pauses", "register"]
