"""What a marker has before them: one anonymous answer with its question, guide and criterion points."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from sjt.rules.marking import THIRD, Draft, Said
from sjt.services.marking.judging import draft_of
from sjt.services.marking.queue import left_for
from sjt.services.marking.standing import points_of, title_of
from sjt.stores import marks
from sjt.stores.marks import Mark, Material, Response
from sjt.stores.marks.standings import IDLE


@dataclass(frozen=True)
class Earlier:
    """One of two differing judgements as the third marker sees it: a letter, never a name."""

    letter: str
    met: bool
    reason: str


@dataclass(frozen=True)
class PointSheet:
    """One criterion point: its words, its guide (Markdown), and the earlier judgements where they differ."""

    number: int
    code: str
    words: str
    meets: str
    falls_short: str
    earlier: tuple[Earlier, ...]

    @property
    def disputed(self) -> bool:
        """Whether the earlier judgements differ here."""
        return len({earlier.met for earlier in self.earlier}) > 1


@dataclass(frozen=True)
class Sheet:
    """Everything on the marker's screen. Nothing here says whose answer it is, or which turn this is.

    The exception is the third person, who sees two earlier judgements, their reasons and no names.
    """

    mark: Mark
    label: str
    title: str
    material: Material
    answer: str
    points: tuple[PointSheet, ...]
    earlier_comments: tuple[tuple[str, str], ...]
    draft: Draft
    idle: bool
    left_here: int
    left: int

    @property
    def words(self) -> int:
        """How long the answer is."""
        return len(self.answer.split())


def label(ref: str) -> str:
    """A short name for an answer, from its random reference: 3F9A-217."""
    return f"{ref[:4]}-{ref[4:7]}".upper()


def sheet(conn: sa.Connection, mark: Mark, now: dt.datetime) -> Sheet:
    """The marker's screen for a mark in hand, idle or final."""
    response = marks.unmarked(conn, mark.response_id)
    before = _earlier(conn, mark)
    held = marks.material(conn, response.question_version_id)
    here, overall = left_for(conn, mark.marker_id, response.question_version_id, now)
    comments = ((letter, judged.comment or "") for letter, judged in before)
    return Sheet(
        mark=mark,
        label=label(response.ref),
        title=title_of(response.spec_id, response.statement),
        material=held,
        answer=marks.answer_text(conn, response.id),
        points=_points(response, held, before),
        earlier_comments=tuple((letter, comment) for letter, comment in comments if comment),
        draft=_whole(draft_of(mark), response),
        idle=mark.returned_reason == IDLE,
        left_here=here,
        left=overall,
    )


def _earlier(conn: sa.Connection, mark: Mark) -> list[tuple[str, Mark]]:
    """For the third person the two judgements that differ, in an order that says nothing."""
    if mark.turn != THIRD:
        return []
    standings = marks.standings(conn, response_id=mark.response_id)
    final = [m for s in standings for m in s.marks if m.final_at is not None and m.id != mark.id]
    return list(zip("AB", sorted(final, key=lambda m: m.ref), strict=False))


def _points(response: Response, held: Material, before: Sequence[tuple[str, Mark]]) -> tuple[PointSheet, ...]:
    rows = []
    for number, point in enumerate(points_of(response.spec_id, response.statement), 1):
        guide = held.guide.get(point.code)
        judged = [(letter, m.points[point.code]) for letter, m in before if point.code in m.points]
        earlier = tuple(Earlier(letter, j.met, j.reason) for letter, j in judged)
        meets, falls_short = (guide.meets, guide.falls_short) if guide else ("", "")
        rows.append(PointSheet(number, point.code, point.text, meets, falls_short, earlier))
    return tuple(rows)


def _whole(draft: Draft, response: Response) -> Draft:
    """The draft with a place for every point of the criteria set."""
    codes = [point.code for point in points_of(response.spec_id, response.statement)]
    return Draft({code: draft.points.get(code, Said()) for code in codes}, draft.comment)
