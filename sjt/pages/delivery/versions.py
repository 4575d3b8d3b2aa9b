"""Earlier versions of an answer, for the page that can put one back."""

from __future__ import annotations

from sjt.pages.delivery.door import pages
from sjt.pages.delivery.where import require_writing
from sjt.pages.replies import Data, Reply
from sjt.pages.seated import SeatDesk, seated
from sjt.pages.shown import time_with_seconds
from sjt.rules.refusals import NotFound
from sjt.services.delivery import answers, versions

FIRST_LINE = 120  # characters of it that are shown


@pages.get("/<attempt>/versions/<code>")
@seated
def earlier(desk: SeatDesk, code: str) -> Reply:
    """What stood in a box before. Putting a version back is typing it anew: the next revision."""
    require_writing(desk)
    asked = answers.sat(desk.conn, desk.place.attempt.ref).questions.get(code)
    if asked is None:
        raise NotFound("error.words.404")
    found = versions.earlier(desk.conn, desk.place.attempt, asked)
    return Data({"versions": [_told(version) for version in found]})


def _told(version: versions.Version) -> dict[str, object]:
    return {
        "revision": version.revision,
        "saved_at": time_with_seconds(version.saved_at),
        "words": version.words,
        "first_line": version.first_line[:FIRST_LINE],
        "text": version.text,
    }
