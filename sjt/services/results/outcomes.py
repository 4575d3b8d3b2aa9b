"""Outcomes of a sitting, recomputed from the final marks whenever they are asked for. Nothing is stored here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from sjt.rules.grading import INVALID, Marked, Outcome, Reason, grade
from sjt.services.grading import outcome_words
from sjt.services.marking import verdict
from sjt.services.papers_drawn import specifications
from sjt.services.specifications import practice_ids
from sjt.stores import attempts, holds, marks, results, seats
from sjt.stores.attempts import Attempt
from sjt.stores.marks import Standing
from sjt.stores.results import Result
from sjt.stores.seats import Seat


@dataclass(frozen=True)
class Preview:
    """One candidate of a sitting: the outcome as the marks stand, or what is missing, or what was released.

    ``script`` holds the responses in the order of the paper.
    """

    seat: Seat
    attempt: Attempt | None
    outcome: Outcome | None
    missing: tuple[Reason, ...]
    released: Result | None
    script: tuple[Standing, ...]
    version: int = 1  # of the result that would be released

    @property
    def can_go(self) -> bool:
        """Whether this result can be released now."""
        return self.outcome is not None and not self.missing and self.released is None


def outcomes(conn: sa.Connection, sitting_id: int) -> list[Preview]:
    """Every candidate of a sitting by seat, each with the outcome or what is missing for one."""
    sat = {attempt.seat_id: attempt for attempt in attempts.of_sitting(conn, sitting_id)}
    told, held = results.of_sitting(conn, sitting_id), holds.lasting(conn, sitting_id)
    anew = marks.withdrawn_since_told(conn, sitting_id)  # a judgement was withdrawn: decided again
    released = {attempt_id: result for attempt_id, result in told.items() if attempt_id not in anew}
    scripts: dict[int, list[Standing]] = {}
    for standing in sorted(marks.of_sitting(conn, sitting_id), key=lambda s: s.response.position):
        scripts.setdefault(standing.response.attempt_id, []).append(standing)
    found = []
    for seat in sorted(seats.of_sitting(conn, sitting_id), key=lambda seat: seat.number):
        attempt = sat.get(seat.id)
        script = scripts.get(attempt.id, []) if attempt else []
        preview = _preview(seat, attempt, script, released.get(attempt.id) if attempt else None)
        if attempt is not None and attempt.id in held and preview.released is None:
            preview = replace(preview, missing=(Reason("results.held", {}), *preview.missing))
        before = told[attempt.id].version if attempt and attempt.id in anew else 0
        found.append(replace(preview, version=before + 1))
    return found


def _preview(seat: Seat, attempt: Attempt | None, script: Sequence[Standing], released: Result | None) -> Preview:
    if released is not None:
        return Preview(seat, attempt, None, (), released, tuple(script))
    missing = _not_marked(seat, attempt, script)
    if missing or attempt is None:
        return Preview(seat, attempt, None, tuple(missing), None, tuple(script))
    outcome = _graded(attempt, script)
    if outcome.outcome == INVALID:
        missing = [Reason("results.invalid", {"words": outcome_words(outcome)})]
    return Preview(seat, attempt, outcome, tuple(missing), None, tuple(script))


def _not_marked(seat: Seat, attempt: Attempt | None, script: Sequence[Standing]) -> list[Reason]:
    """What stands between a candidate and an outcome."""
    code = _not_closed(seat, attempt)
    if code is None and attempt is not None and attempt.spec_id not in specifications():
        return [Reason("results.no_specification", {"spec": attempt.spec_id})]
    if attempt is not None and attempt.spec_id in practice_ids():
        return [Reason("results.practice", {})]
    if code is None and not script:
        code = "results.no_script"
    if code is not None:
        return [Reason(code, {})]
    wanted = sum(len(verdict(standing).wanted) for standing in script)
    return [Reason("results.open_marks", {"count": wanted})] if wanted else []


def _not_closed(seat: Seat, attempt: Attempt | None) -> str | None:
    if attempt is not None and attempt.closed_as == "void":
        return "results.void"
    if attempt is not None and attempt.reopened_at is not None and attempt.returned_at is None:
        return "results.reopened"
    if attempt is not None and attempt.closed_at is not None:
        return None
    if attempt is not None and attempt.started_at is not None:
        return "results.not_closed"
    if seat.refused_at is not None:
        return "results.refused"
    return "results.absent" if seat.absent_at is not None else "results.not_begun"


def _graded(attempt: Attempt, script: Sequence[Standing]) -> Outcome:
    questions = [Marked(standing.response.statement, bool(verdict(standing).passed)) for standing in script]
    return grade(specifications()[attempt.spec_id], attempt.pathway, questions)
