"""From stored marks to the marking rule: the verdict on a response, and the turn a person may take on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa

from item_bank.blueprint import Point
from sjt.rules.interests import bars as barring
from sjt.rules.local_time import london_day
from sjt.rules.marking import Judgement, Verdict, decide, is_held
from sjt.services.papers_drawn import specifications
from sjt.services.specifications import practice_ids
from sjt.stores import interests, marks
from sjt.stores.marks import Mark, Standing


@lru_cache(maxsize=1024)
def points_of(spec_id: str, statement: str) -> tuple[Point, ...]:
    """The criterion points of a statement in the specification that an attempt pinned."""
    return specifications()[spec_id].blueprint.points(statement)


@lru_cache(maxsize=1024)
def title_of(spec_id: str, statement: str) -> str:
    """The title of a statement in the specification that an attempt pinned."""
    return specifications()[spec_id].blueprint.statement(statement).title


def markable(
    conn: sa.Connection, *, question_version_id: int | None = None, sitting_id: int | None = None
) -> list[Standing]:
    """Responses that may still be judged. Practice asks for no marks."""
    where = {"question_version_id": question_version_id, "sitting_id": sitting_id}
    return marks.standings(conn, **where, but=practice_ids())


def verdict(standing: Standing) -> Verdict:
    """What the final judgements on a response come to."""
    response = standing.response
    judgements = {mark.turn: _judgement(mark) for mark in standing.marks if mark.final_at}
    codes = [point.code for point in points_of(response.spec_id, response.statement)]
    return decide(
        codes, key=response.key, answered=response.answered, judgements=judgements, again=response.again
    )  # fmt: skip


def _judgement(mark: Mark) -> Judgement:
    return Judgement(mark.marker_id, {code: judged.met for code, judged in mark.points.items()})


def taken(standing: Standing, now: dt.datetime) -> set[int]:
    """Turns that somebody holds: final, or in hand and not idle."""
    return {mark.turn for mark in standing.marks if is_held(mark.final_at is not None, mark.touched_at, now)}


def free_turns(standing: Standing, now: dt.datetime) -> tuple[int, ...]:
    """Turns that are wanted and nobody holds."""
    held = taken(standing, now)
    return tuple(turn for turn in verdict(standing).wanted if turn not in held)


@dataclass(frozen=True)
class Bars:
    """What a person must not be offered: sittings they invigilated, responses given back, attempts of theirs.

    ``attempts`` are those of candidates in whom they have an interest, or in whose employer or provider.
    """

    person_id: int
    sittings: Collection[int]
    responses: Collection[int]
    attempts: Collection[int] = ()


def bars(conn: sa.Connection, person_id: int) -> Bars:
    """What a person must not be offered."""
    return Bars(
        person_id, marks.invigilated(conn, person_id), marks.turned_down(conn, person_id), conflicted(conn, person_id)
    )


def conflicted(conn: sa.Connection, person_id: int) -> set[int]:
    """Closed attempts that a person must not judge because of an interest that stands declared."""
    standing = [one.interest for one in interests.listed(conn, [person_id]) if one.withdrawn_at is None]
    if not standing:
        return set()
    return {
        attempt
        for attempt, whom, sat_at in marks.scripts_sat(conn)
        if any(barring(interest, whom, london_day(sat_at)) for interest in standing)
    }


def turn_for(standing: Standing, barred: Bars, now: dt.datetime) -> int | None:
    """The turn that a person may take on a response: never two on one, never where they are barred."""
    response = standing.response
    if response.sitting_id in barred.sittings or response.id in barred.responses:
        return None
    if response.attempt_id in barred.attempts:
        return None
    mine = [m for m in standing.marks if m.marker_id == barred.person_id]
    if any(is_held(m.final_at is not None, m.touched_at, now) for m in mine):
        return None
    return next(iter(free_turns(standing, now)), None)
