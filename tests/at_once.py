"""Acts let go at the same moment, for claims about races."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy.exc import IntegrityError

from sjt.rules.refusals import NotNow


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run acts in threads that are all let go at the same moment; a refusal is an outcome like any other."""
    gate = threading.Barrier(len(acts))

    def go(act: Callable[[], object]) -> object:
        gate.wait()
        try:
            return act()
        except (NotNow, IntegrityError) as refused:
            return refused

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(go, acts))
