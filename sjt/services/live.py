"""What one process knows of the rooms that are watched, how long it may be kept, and who waits for news of them.

Open streams hold a thread each, so that they are counted and capped. A stream waits here, with no connection and
no transaction; a commit in this process wakes it at once, and what another process did it finds when it looks again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sjt.clock import steady

KEPT_SECONDS = 1.0  # what others did is seen after so long at the latest
LEAST_SECONDS = 0.4  # what streams share is made no more often, however much happens
MOST_ROOMS = 200

T = TypeVar("T")


@dataclass
class _Slot:
    lock: threading.Lock = field(default_factory=threading.Lock)
    value: Any = None
    made_at: float = float("-inf")
    change: int = -1


class Rooms:
    """The shared looks of a process, and its open streams."""

    def __init__(self, most: int) -> None:
        self._most, self._open = most, 0
        self._news = threading.Condition()
        self._change = 0
        self._slots: dict[object, _Slot] = {}
        self._is_serving: Callable[[], bool] = lambda: True

    # ---- news
    def changed(self) -> None:
        """Something was committed in this process: nothing that is kept counts any more, and whoever waits looks."""
        with self._news:
            self._change += 1
            self._news.notify_all()

    def wait(self, change: int, seconds: float, least: float = 0.0) -> int:
        """Wait until something was committed after ``change``, at most so long; never shorter than ``least``.

        Returns the newest change.
        """
        began = steady()
        with self._news:
            self._news.wait_for(lambda: self._change != change, seconds)
            while (left := began + least - steady()) > 0:
                self._news.wait(left)
            return self._change

    # ---- what is shared
    def read(self, key: object, make: Callable[[Any], T], least: float = 0.0) -> T:
        """What is kept under a key, made anew by one thread when it is too old or something was committed since.

        ``make`` is given what it made before, or None. For ``least`` seconds nothing is made anew whatever happens.
        """
        slot = self._slot(key)
        with slot.lock:
            age = steady() - slot.made_at
            if age < least or (age < KEPT_SECONDS and slot.change == self._change):
                return slot.value  # type: ignore[no-any-return]  # one key, one type
            change, began = self._change, steady()
            made = make(slot.value)
            slot.value, slot.made_at, slot.change = made, began, change
            return made

    def _slot(self, key: object) -> _Slot:
        with self._news:
            if key not in self._slots and len(self._slots) >= MOST_ROOMS:
                self._slots.clear()
            return self._slots.setdefault(key, _Slot())

    # ---- streams
    def enter(self) -> bool:
        """Whether there is room for one more stream; it is counted until ``leave``."""
        with self._news:
            if self._open >= self._most or not self._is_serving():
                return False
            self._open += 1
            return True

    def leave(self) -> None:
        """A stream has ended."""
        with self._news:
            self._open -= 1

    @property
    def streams(self) -> int:
        """How many streams are open in this process."""
        return self._open

    def serve_while(self, is_serving: Callable[[], bool]) -> None:
        """Streams end once this says no: a server that is to stop waits for none of them."""
        self._is_serving = is_serving

    @property
    def is_serving(self) -> bool:
        """Whether streams may go on."""
        return self._is_serving()
