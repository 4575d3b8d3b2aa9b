"""Turns: how many requests of candidates one process works on at a time.

A room presses Begin within a second. Worked on all at once, hundreds of requests push one another off the
processor and each takes a database connection of its own; a few at a time, all are done sooner. A request that
waits for its turn holds nothing. Staff have no part in this, so that a long report never keeps a candidate waiting.
"""

from __future__ import annotations

import threading

AT_ONCE = 3  # while two wait for the database, one computes: more threads compute no faster in one process
turn = threading.BoundedSemaphore(AT_ONCE)
