"""What a running product does by itself: write down what is over, follow the database's time, look seats over, seal."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError

from sjt.clock import SystemClock
from sjt.services import sealing
from sjt.services.delivery.standing import look_over
from sjt.services.product import Product
from sjt.services.timekeeping import SWEEP_EVERY_SECONDS, sweep

LOOK_OVER_SECONDS = 5
log = structlog.get_logger()


def once(product: Product) -> int:
    """One round; returns how many attempts were written down as expired."""
    if isinstance(product.clock, SystemClock):
        product.clock.follow(product.database.time())
    return sweep(product.database, product.clock.now())


def start(product: Product) -> threading.Event:
    """Keep going in threads of this process until the returned event is set.

    Any number of processes may do so: a sweep only writes down what the rule already says.
    """
    stop = threading.Event()

    rounds = (
        ("upkeep", SWEEP_EVERY_SECONDS, once),
        ("seats", LOOK_OVER_SECONDS, look_over),
        ("seals", sealing.LOOK_EVERY_SECONDS, sealing.seal_heads),
    )
    for name, every, act in rounds:
        threading.Thread(target=_keep_going, args=(stop, product, every, act), name=name, daemon=True).start()
    return stop


def _keep_going(stop: threading.Event, product: Product, every: float, act: Callable[[Product], int]) -> None:
    while not stop.wait(every):
        try:
            act(product)
        except SQLAlchemyError as error:  # the database is away: the next round tries again
            log.warning("upkeep_failed", error=type(error).__name__)
