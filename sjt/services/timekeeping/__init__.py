"""Timekeeping: what starts, lengthens, stops, closes and reopens an attempt.

The only place that writes ``writable_until``, always in the transaction of the fact it follows from.
"""

from sjt.services.timekeeping.clock import begin, begin_held, follow, grant, open_gate
from sjt.services.timekeeping.closing import SWEEP_EVERY_SECONDS, end, expire, submit, submit_held, sweep
from sjt.services.timekeeping.lapsing import lapse, lapse_unused
from sjt.services.timekeeping.pausing import pause, resume
from sjt.services.timekeeping.receipts import receipt_of
from sjt.services.timekeeping.reopening import amend, come_back, reopen

__all__ = [
    "SWEEP_EVERY_SECONDS", "amend", "begin", "begin_held", "come_back", "end", "expire", "follow", "grant",
    "lapse", "lapse_unused", "open_gate", "pause", "receipt_of", "reopen", "resume", "submit",
    "submit_held", "sweep",
]  # fmt: skip
