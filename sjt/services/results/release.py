"""Releasing results: outcomes are computed again at that moment, and kept as they were."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sjt.rules.refusals import BadInput, NotNow
from sjt.services.marking import points_of, verdict
from sjt.services.papers_drawn import specifications
from sjt.services.results.outcomes import Preview, outcomes
from sjt.stores import attempts, marks, people, results
from sjt.stores.marks import Mark, Standing
from sjt.stores.people import Person
from sjt.stores.results import NewResult
from sjt.stores.sittings import Sitting


@dataclass(frozen=True)
class Released:
    """What came of a release: how many results went, and whose stayed behind with the reason."""

    ref: str
    went: int
    stayed: tuple[Preview, ...]


def release(
    conn: sa.Connection, sitting: Sitting, chosen: Collection[str], by: Person, request_id: str, now: dt.datetime
) -> Released:
    """Release the chosen attempts (references) of a sitting; the same request again changes nothing.

    Everything is checked again under the attempts' locks: whoever cannot go stays behind and is reported.
    BadInput when nobody was chosen, NotNow when none of the chosen can go.
    """
    marks.lock_attempts(conn, [attempt.id for attempt in attempts.of_sitting(conn, sitting.id)])
    before = results.release_of(conn, request_id)
    if before is not None:
        return Released(before.ref, before.results, ())
    if not chosen:
        raise BadInput([("chosen", "results.none_chosen", {})])
    selected = [p for p in outcomes(conn, sitting.id) if p.attempt is not None and p.attempt.ref in chosen]
    going = [_new(preview) for preview in selected if preview.can_go]
    if not going:
        raise NotNow("results.none_can_go")
    try:
        with conn.begin_nested():
            made = results.add_release(conn, sitting.id, by.id, request_id, going, now)
    except sa.exc.IntegrityError as error:  # the request id was spent on another sitting
        raise NotNow("results.request_spent") from error
    people.record(conn, by.id, "results.release", "sitting", sitting.ref, now, release=made.ref, results=made.results)
    return Released(made.ref, made.results, tuple(p for p in selected if not p.can_go and p.released is None))


def _new(preview: Preview) -> NewResult:
    if preview.attempt is None or preview.outcome is None:
        raise ValueError("a result without an outcome cannot be released")
    outcome = preview.outcome
    reasons = [{"code": reason.code, "params": dict(reason.params)} for reason in outcome.reasons]
    questions = [_question(standing) for standing in preview.script]
    return NewResult(
        preview.attempt.id, outcome.outcome, outcome.passed, outcome.of, reasons, questions, preview.version
    )


def _question(standing: Standing) -> Mapping[str, Any]:
    """One question as it is kept with the result: no scenario, no question text, no marker's name."""
    response, decided = standing.response, verdict(standing)
    blueprint = specifications()[response.spec_id].blueprint
    statement = blueprint.statement(response.statement)
    final = [mark for mark in standing.marks if mark.final_at is not None]
    agreed = [mark for mark in final if _passed(mark) == decided.passed]
    return {
        "position": response.position,
        "statement": statement.code,
        "title": statement.title,
        "theme": statement.theme,
        "theme_title": blueprint.themes[statement.theme].title,
        "key": response.key,
        "answered": response.answered,
        "passed": bool(decided.passed),
        "points": [
            {"code": point.code, "text": point.text, "met": met, "reasons": _reasons(final, point.code, met)}
            for point in points_of(response.spec_id, response.statement)
            for met in [bool((decided.points or {})[point.code])]
        ],
        # A comment that argues for the other outcome would only confuse; it stays with its mark.
        "comments": [mark.comment for mark in agreed if mark.comment],
        "marks": [mark.ref for mark in final],
    }


def _passed(mark: Mark) -> bool:
    return all(judged.met for judged in mark.points.values())


def _reasons(final: Collection[Mark], point: str, met: bool) -> list[str]:
    """The reasons of those judgements that found what was finally decided."""
    judged = [mark.points[point] for mark in final if point in mark.points]
    return [j.reason for j in judged if j.met == met and j.reason]
