"""Notes and highlights of a scenario: the candidate's own."""

from __future__ import annotations

from typing import Any

import msgspec

from sjt.pages.delivery.door import pages
from sjt.pages.delivery.scripts import decoded
from sjt.pages.delivery.where import require_running
from sjt.pages.replies import Data, Reply
from sjt.pages.seated import SeatDesk, seated
from sjt.pages.shown import time_with_seconds
from sjt.rules.refusals import NotUnderstood
from sjt.services.delivery import jottings as service
from sjt.stores import papers
from sjt.stores.jottings import HIGHLIGHTS, NOTE, Jotting


class JotBody(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a jotting: a revision of a note, or of all highlights of a scenario."""

    scenario: str
    kind: str
    revision: int
    text: str


@pages.post("/<attempt>/jot")
@seated
def jot(desk: SeatDesk) -> Reply:
    """Keep a note, or the highlights of a scenario."""
    body = decoded(JotBody)
    require_running(desk)
    drawn = papers.shown(desk.conn, desk.place.attempt.id)
    wanted = next((one for one in drawn.scenarios if one.code == body.scenario), None) if drawn else None
    if wanted is None or body.kind not in (NOTE, HIGHLIGHTS) or body.revision < 1:
        raise NotUnderstood("jot.not_understood")
    fault = service.fault_of(body.kind, body.text)
    if fault:
        raise NotUnderstood(fault)
    jotting = Jotting(wanted.id, body.kind, body.revision, body.text, desk.now)
    kept = service.jot(desk.conn, desk.place.attempt, wanted.code, jotting)
    told: dict[str, Any] = {"scenario": wanted.code, "kind": body.kind, **vars(kept)}
    return Data({**told, "saved_at": time_with_seconds(desk.now) if kept.status == "saved" else None})
