"""Messages from the invigilator: read, and said to be read."""

from __future__ import annotations

from sjt.pages.delivery.door import pages
from sjt.pages.delivery.where import notices_of, told_notice, where
from sjt.pages.replies import Data, Reply, wants_json
from sjt.pages.seated import SeatDesk, seated
from sjt.services import invigilation


@pages.post("/<attempt>/notices/<ref>")
@seated
def read(desk: SeatDesk, ref: str) -> Reply:
    """The candidate has read a message. Said again, or of a message to somebody else, it changes nothing."""
    invigilation.seen(desk.conn, desk.place.attempt, ref, desk.now)
    if wants_json():
        return Data({"notices": [told_notice(notice) for notice in notices_of(desk)]})
    return where(desk)
