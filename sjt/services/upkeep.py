"""What a running product does by itself every 30 seconds: write down what is over, follow the database's time."""

from __future__ import annotations

import threading

import structlog
from sqlalchemy.exc import SQLAlchemyError

from sjt.clock import SystemClock
from sjt.services.product import Product
from sjt.services.timekeeping import SWEEP_EVERY_SECONDS, sweep

log = structlog.get_logger()


def once(product: Product) -> int:
    """One round; returns how many attempts were written down as expired."""
    if isinstance(product.clock, SystemClock):
        product.clock.follow(product.database.time())
    return sweep(product.database, product.clock.now())


def start(product: Product) -> threading.Event:
    """Keep going in a thread of this process until the returned event is set.

    Any number of processes may do so: a sweep only writes down what the rule already says.
    """
    stop = threading.Event()

    def keep_going() -> None:
        while not stop.wait(SWEEP_EVERY_SECONDS):
            try:
                once(product)
            except SQLAlchemyError as error:  # the database is away: the next round tries again
                log.warning("upkeep_failed", error=type(error).__name__)

    threading.Thread(target=keep_going, name="upkeep", daemon=True).start()
    return stop
