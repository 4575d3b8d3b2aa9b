"""The queue by question: what is left for a person, the next answer, and the overview for those who lead."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from sjt.rules.marking import SHIPPED, THIRD, is_held
from sjt.services.marking.standing import Bars, bars, free_turns, markable, title_of, turn_for, verdict
from sjt.stores import marks, sittings
from sjt.stores.marks import Asked, Mark, Response, Standing


@dataclass(frozen=True)
class Queued:
    """One question version with what is left of it for the person who asks."""

    asked: Asked
    title: str
    left: int
    in_hand: tuple[Mark, ...]


@dataclass(frozen=True)
class Queue:
    """Everything open to one person, and what they may still recall, the newest first."""

    questions: tuple[Queued, ...]
    recent: tuple[tuple[Mark, Asked], ...]

    @property
    def left(self) -> int:
        """Answers left over all questions."""
        return sum(question.left for question in self.questions)


def queue(conn: sa.Connection, person_id: int, now: dt.datetime) -> Queue:
    """What a person may mark now, by question; only questions with something left or in hand."""
    barred = bars(conn, person_id)
    standings = markable(conn)
    left = Counter(s.response.question_version_id for s in standings if turn_for(s, barred, now) is not None)
    titles = {s.response.question_version_id: _title(s.response) for s in standings}
    holding: dict[int, list[Mark]] = {}
    for mark, response in _holding(conn, barred):
        holding.setdefault(response.question_version_id, []).append(mark)
    recent = marks.recently_final(conn, person_id, now - SHIPPED.recall_within)
    named = marks.asked(conn, {*left, *holding, *(response.question_version_id for _, response in recent)})
    listed = [Queued(named[q], titles.get(q, ""), left[q], tuple(holding.get(q, ()))) for q in {*left, *holding}]
    ordered = sorted(listed, key=lambda queued: (queued.asked.statement, queued.asked.slug, queued.asked.number))
    return Queue(tuple(ordered), tuple((mark, named[response.question_version_id]) for mark, response in recent))


def _holding(conn: sa.Connection, barred: Bars, question_version_id: int | None = None) -> list[tuple[Mark, Response]]:
    """What a person holds, but for what they are barred from since."""
    found = marks.in_hand(conn, barred.person_id, question_version_id)
    return [(mark, response) for mark, response in found if not _barred(response, barred)]


def _barred(response: Response, barred: Bars) -> bool:
    return response.sitting_id in barred.sittings or response.attempt_id in barred.attempts


def _title(response: Response) -> str:
    return title_of(response.spec_id, response.statement)


def left_for(conn: sa.Connection, person_id: int, question_version_id: int, now: dt.datetime) -> tuple[int, int]:
    """How many answers a person may still claim: of one question, and over all."""
    barred = bars(conn, person_id)
    free = [s for s in markable(conn) if turn_for(s, barred, now) is not None]
    return sum(s.response.question_version_id == question_version_id for s in free), len(free)


def next_answer(conn: sa.Connection, question_version_id: int, person_id: int, now: dt.datetime) -> Mark | None:
    """The answer that a person goes on with: the one they hold, else a new claim. None when nothing is left.

    A claim waits for the attempt's lock and looks again: two markers never hold the same turn.
    """
    marks.park_idle(conn, now - SHIPPED.idle_after, now)
    barred = bars(conn, person_id)
    holding = _holding(conn, barred, question_version_id)
    if holding:
        return holding[0][0]
    for standing in markable(conn, question_version_id=question_version_id):
        if turn_for(standing, barred, now) is not None and (claimed := claim(conn, standing, barred, now)):
            return claimed
    return None


def claim(conn: sa.Connection, standing: Standing, barred: Bars, now: dt.datetime) -> Mark | None:
    """Take the free turn of one response under its attempt's lock; None when it is gone meanwhile."""
    marks.lock_attempts(conn, [standing.response.attempt_id])
    for fresh in marks.standings(conn, response_id=standing.response.id):
        turn = turn_for(fresh, barred, now)
        if turn is not None:
            return marks.take(conn, fresh.response.id, turn, barred.person_id, now)
    return None


@dataclass(frozen=True)
class Progress:
    """How far one question of one sitting has come; judgements are counted, answers where it says so."""

    sitting_ref: str
    sitting_title: str
    sat_on: dt.datetime
    asked: Asked
    title: str
    answers: int
    unanswered: int
    to_mark: int
    in_hand: int
    final: int
    disagreements: int


def overview(conn: sa.Connection, now: dt.datetime) -> list[Progress]:
    """All marking whose results are not released, by sitting and question. No answers and no names."""
    groups: dict[tuple[int, int], list[Standing]] = {}
    for standing in markable(conn):
        groups.setdefault((standing.response.sitting_id, standing.response.question_version_id), []).append(standing)
    held = sittings.by_ids(conn, {sitting for sitting, _ in groups})
    named = marks.asked(conn, {question for _, question in groups})
    found = [
        _progress(held[sitting], named[question], group, now) for (sitting, question), group in groups.items()
    ]  # fmt: skip
    return sorted(found, key=lambda p: (p.sat_on, p.sitting_ref, p.asked.statement, p.asked.slug, p.asked.number))


def _progress(sitting: sittings.Sitting, asked: Asked, group: Sequence[Standing], now: dt.datetime) -> Progress:
    standing_marks = [mark for standing in group for mark in standing.marks]
    return Progress(
        sitting_ref=sitting.ref,
        sitting_title=sitting.title,
        sat_on=sitting.starts_at,
        asked=asked,
        title=_title(group[0].response),
        answers=len(group),
        unanswered=sum(not standing.response.answered for standing in group),
        to_mark=sum(len(free_turns(standing, now)) for standing in group),
        in_hand=sum(m.final_at is None and is_held(False, m.touched_at, now) for m in standing_marks),
        final=sum(m.final_at is not None for m in standing_marks),
        disagreements=sum(verdict(standing).wanted == (THIRD,) for standing in group),
    )


def open_marks(conn: sa.Connection, sitting_id: int | None = None) -> int:
    """How many judgements are still wanted before results can go: of one sitting, or of all."""
    return sum(len(verdict(standing).wanted) for standing in markable(conn, sitting_id=sitting_id))
