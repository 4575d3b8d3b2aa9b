"""One judgement from draft to final, given back or recalled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from sjt.rules.marking import Draft, MarkingPolicy, Said, final_faults, may_recall
from sjt.rules.refusals import BadInput, NotFound, NotNow, Stale
from sjt.services.marking import seconds
from sjt.services.marking.queue import claim
from sjt.services.marking.standing import bars, conflicted, points_of
from sjt.stores import marks, people
from sjt.stores.marks import Judged, Mark
from sjt.stores.marks.standings import IDLE

COMMENT = "comment"  # the field that a fault without a point belongs to


def as_json(draft: Draft) -> dict[str, Any]:
    """A draft as it is stored."""
    points = {code: {"met": said.met, "reason": said.reason} for code, said in draft.points.items()}
    return {"points": points, "comment": draft.comment}


def draft_of(mark: Mark) -> Draft:
    """What a mark holds: its stored draft, or the words of its final judgement."""
    if mark.final_at is not None or mark.draft is None:
        return _draft({code: vars(judged) for code, judged in mark.points.items()}, mark.comment or "")
    return _draft(mark.draft["points"], mark.draft["comment"])


def _draft(points: Mapping[str, Mapping[str, Any]], comment: str) -> Draft:
    return Draft({code: Said(said["met"], said["reason"]) for code, said in points.items()}, comment)


def says_the_same(mark: Mark, draft: Draft) -> bool:
    """Whether a draft says what a mark holds; blanks around the words do not count."""
    return _plain(draft_of(mark)) == _plain(draft)


def _plain(draft: Draft) -> Draft:
    points = {code: Said(said.met, said.reason.strip()) for code, said in draft.points.items()}
    return Draft(points, draft.comment.strip())


def save(conn: sa.Connection, mark: Mark, edit: int, draft: Draft, now: dt.datetime) -> int:
    """Keep a draft that was written on top of revision ``edit``; returns the new revision.

    Stale when another window has saved something else since: nothing is overwritten. The same draft sent
    twice has the effect of once. NotNow when the mark is final or returned; one that lay idle is taken up
    again if its turn is still free.
    """
    fresh = _in_hand(conn, mark, now)
    if marks.keep_draft(conn, fresh, edit, as_json(draft), now):
        return edit + 1
    if not says_the_same(fresh, draft):
        raise Stale("marking.stale")
    return fresh.edit


def commit(
    conn: sa.Connection, mark: Mark, edit: int, draft: Draft, now: dt.datetime, policy: MarkingPolicy | None = None
) -> None:
    """Make a judgement final, and draw what is judged again by the policy (the one in force when none is given).

    BadInput names every fault by its point; Stale and NotNow as for a draft.
    """
    fresh = _in_hand(conn, mark, now)
    if fresh.edit != edit and not says_the_same(fresh, draft):
        raise Stale("marking.stale")
    response = marks.unmarked(conn, mark.response_id)
    if response.attempt_id in conflicted(conn, mark.marker_id):
        raise NotNow("marking.conflict")
    codes = [point.code for point in points_of(response.spec_id, response.statement)]
    faults = list(final_faults(codes, draft))
    if faults:
        raise BadInput([(point or COMMENT, code, params) for point, code, params in faults])
    points = {code: Judged(bool(draft.points[code].met), draft.points[code].reason.strip()) for code in codes}
    if not marks.make_final(conn, fresh, fresh.edit, points, draft.comment.strip(), now):
        raise Stale("marking.stale")
    seconds.ask(conn, response, mark.marker_id, policy or seconds.policy_on(now.date()), now)


def _in_hand(conn: sa.Connection, mark: Mark, now: dt.datetime) -> Mark:
    """The mark as it stands under its attempt's lock, taken up again when it lay idle."""
    marks.lock_attempts(conn, [marks.unmarked(conn, mark.response_id).attempt_id])
    fresh = _again(conn, mark)
    if fresh.final_at is not None:
        raise NotNow("marking.final")
    if fresh.returned_at is None:
        return fresh
    if fresh.returned_reason != IDLE:
        raise NotNow("marking.returned")
    barred = bars(conn, mark.marker_id)
    taken = [claim(conn, standing, barred, now) for standing in marks.standings(conn, response_id=mark.response_id)]
    if not any(taken):
        raise NotNow("marking.gone")
    return _again(conn, mark)


def _again(conn: sa.Connection, mark: Mark) -> Mark:
    found = marks.by_ref(conn, mark.ref)
    if found is None:
        raise NotFound("marking.unknown")
    return found


def give_back(conn: sa.Connection, mark: Mark, now: dt.datetime) -> None:
    """Return an answer for somebody else to judge; its marker is not offered it again. NotNow when final."""
    if not marks.give_back(conn, mark, now):
        raise NotNow("marking.final")
    people.record(conn, mark.marker_id, "marking.give_back", "mark", mark.ref, now)


def withdraw_conflicted(conn: sa.Connection, person_id: int, now: dt.datetime) -> int:
    """Withdraw every judgement that a person made, or holds, in spite of an interest; returns how many.

    Their turns are free again for others. A released result stays as it is until a newer one is released.
    """
    attempt_ids = conflicted(conn, person_id)
    marks.lock_attempts(conn, attempt_ids)
    gone = [mark for mark in marks.on_attempts(conn, person_id, attempt_ids) if marks.withdraw(conn, mark, now)]
    for mark in gone:
        was = mark.final_at.isoformat() if mark.final_at else None
        people.record(conn, person_id, "marking.withdrawn", "mark", mark.ref, now, final_at=was)
    return len(gone)


def recall(conn: sa.Connection, mark: Mark, now: dt.datetime) -> Mark:
    """Take a final judgement back into hand as a new mark; the old one stands superseded, as it was.

    NotNow after ten minutes, or once another judgement on the response is final or the result released.
    The words of the refusal do not say which: that would tell whether there is another judgement.
    """
    response = marks.unmarked(conn, mark.response_id)
    marks.lock_attempts(conn, [response.attempt_id])
    fresh = _again(conn, mark)
    standings = marks.standings(conn, response_id=response.id)
    others = [m for s in standings for m in s.marks if m.id != mark.id and m.final_at is not None]
    released = marks.is_released(conn, response.attempt_id)
    if fresh.final_at is None or not may_recall(
        fresh.final_at, now, another_is_final=bool(others), released=released
    ):  # fmt: skip
        raise NotNow("marking.no_recall")
    again = marks.recall(conn, fresh, as_json(draft_of(fresh)), now)
    if again is None:
        raise NotNow("marking.no_recall")
    was = fresh.final_at.isoformat()
    people.record(conn, mark.marker_id, "marking.recall", "mark", mark.ref, now, final_at=was, again=again.ref)
    return again
