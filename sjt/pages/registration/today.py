"""Today: what needs a manager, each line with the way to where it is mended."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from flask import url_for

from sjt.pages.guard import Desk, requires
from sjt.pages.registration.desk import link, pages
from sjt.pages.replies import Reply, show
from sjt.rules.local_time import london_day, midnight
from sjt.services.specifications import practice_ids
from sjt.stores import sittings, today
from sjt.stores.sittings import Listed

AHEAD = dt.timedelta(days=7)


@dataclass(frozen=True)
class Line:
    """Something that waits: how urgent, what, and where it is mended."""

    kind: str
    words: str
    url: str | None
    act: str


@pages.get("/", endpoint="today")
@requires("today.read")
def what_waits(desk: Desk) -> Reply:
    """What needs a manager today."""
    tomorrow = midnight(london_day(desk.now) + dt.timedelta(days=1))
    coming = sittings.coming(desk.conn, desk.now)
    now = [listed for listed in coming if listed.sitting.starts_at < tomorrow]
    soon = [listed for listed in coming if listed.sitting.starts_at < desk.now + AHEAD]
    lines = [line for listed in coming for line in _of_sitting(listed, soon)]
    lines += _of_results(desk) + _of_candidates(desk)
    return show("registration/today.html", lines=lines, now=now, soon=[s for s in soon if s not in now], day=desk.now)


def _of_sitting(listed: Listed, soon: list[Listed]) -> list[Line]:
    sitting, lines = listed.sitting, []
    if listed.staff_short and listed in soon:
        words = f"{sitting.title}: {_many(listed.staff_short, 'invigilator')} short"
        lines.append(Line("bad", words, url_for("registration.edit_sitting", ref=sitting.ref), "Name invigilators"))
    if listed.without_paper:
        words = f"{sitting.title}: {_many(listed.without_paper, 'seat')} without paper"
        lines.append(Line("bad", words, url_for("registration.sitting", ref=sitting.ref), "Draw papers"))
    return lines


def _of_results(desk: Desk) -> list[Line]:
    lines = []
    marks = today.open_marks(desk.conn, practice_ids())
    if marks:
        lines.append(Line("warn", f"{_many(marks, 'mark')} to be made", link("marking.overview"), "See the marking"))
    for held in today.held_results(desk.conn, practice_ids()):
        where = link("results.sitting", ref=held.ref) or link("results.sittings")
        lines.append(Line("warn", f"{held.title}: {_many(held.count, 'result')} held", where, "See the results"))
    return lines


def _of_candidates(desk: Desk) -> list[Line]:
    lines = []
    waiting = today.waiting_for_gateway(desk.conn)
    if waiting:
        words = f"{_many(waiting, 'candidate')} whose gateway is not complete"
        lines.append(Line("info", words, url_for("registration.candidates", gateway="no"), "See the candidates"))
    unbooked = today.waiting_for_seat(desk.conn)
    if unbooked:
        words = f"{_many(unbooked, 'candidate')} with a complete gateway and no seat"
        lines.append(Line("info", words, url_for("registration.candidates", gateway="unbooked"), "See the candidates"))
    return lines


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
