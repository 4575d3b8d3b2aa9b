"""The invigilator's desk: register, gate and live board."""

from sjt.pages.invigilation import acts, board, register
from sjt.pages.invigilation.loading import pages

__all__ = ["acts", "board", "pages", "register"]
