"""The invigilator's desk: register, gate and live board."""

from sjt.pages.invigilation import acts, board, pauses, register
from sjt.pages.invigilation.loading import pages

__all__ = ["acts", "board", "pages", "pauses", "register"]
