"""The discreet marks of a seat: what was agreed for the candidate, and how the device fares. Each has its words.

What a browser tells of its device is shown and decides nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from sjt.pages.invigilation.offers import GOING
from sjt.pages.shown import duration
from sjt.rules.attempt import State
from sjt.services.watching import Watched
from sjt.stores.presence import Beat
from sjt.words import say

LOW_BATTERY = 15  # per cent
SLOW = ("slow-2g", "2g")
LOCKDOWNS = ("open", "watched", "seb")


class Mark(NamedTuple):
    """An icon, the few letters beside it, what it says in words, and where it stands.

    ``look``: it is something to look at; ``aside``: it is not, and stands where there is room.
    """

    icon: str
    text: str
    words: str
    look: bool = False
    aside: bool = False


def marks(seat: Watched) -> tuple[Mark, ...]:
    """What was agreed first, then the device."""
    return (*_agreed(seat), *_device(seat))


def extra_words(seat: Watched) -> str:
    """The time above the test's own, as short as it goes."""
    return say("board.extra", length=duration(-(-seat.extra_seconds // 60))) if seat.extra_seconds else ""


def _agreed(seat: Watched) -> list[Mark]:
    attempt = seat.line.attempt
    if attempt is None:
        return []
    made = []
    if seat.extra_seconds:
        extra = extra_words(seat)
        made.append(Mark("time", extra, say("board.mark.time", length=extra.lstrip("+"))))
    if attempt.allowance.rest_minutes:
        length = duration(attempt.allowance.rest_minutes)
        made.append(Mark("rest", length, say("board.mark.rest", length=length)))
    if attempt.plain_at is not None:
        made.append(Mark("plain", "", say("board.mark.plain")))
    return made


def _device(seat: Watched) -> list[Mark]:
    """As the last beat told it; nothing of a browser that is not expected to be there."""
    if seat.beat is None or seat.line.seat.mode == "paper" or seat.state not in (State.READY, *GOING):
        return []
    told = (_lockdown(seat.beat), _network(seat.beat), _battery(seat.beat))
    return [mark._replace(aside=not mark.look) for mark in told if mark]


def _lockdown(beat: Beat) -> Mark | None:
    if beat.lockdown not in LOCKDOWNS:
        return None
    icon = "unlocked" if beat.lockdown == "open" else "locked"
    return Mark(icon, "", say(f"board.lockdown.{beat.lockdown}"))


def _network(beat: Beat) -> Mark | None:
    if beat.online is False:
        return Mark("network", say("board.network.off.short"), say("board.network.off"), True)
    if beat.connection is None:
        return None
    slow = beat.connection in SLOW
    text = say("board.network.slow.short") if slow else ""
    return Mark(
        "network", text, say("board.network.slow" if slow else "board.network.fine", kind=beat.connection), slow
    )


def _battery(beat: Beat) -> Mark | None:
    if beat.battery is None:
        return None
    return Mark("battery", f"{beat.battery}%", say("board.battery", percent=beat.battery), beat.battery <= LOW_BATTERY)
