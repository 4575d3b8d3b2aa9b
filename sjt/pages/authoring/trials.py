"""Trial answers: written as an apprentice would, then judged with the question's own guide, and kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import request

from item_bank.blueprint import Point
from item_bank.formats import FORMATS, BadAnswer
from sjt.pages.authoring import texts
from sjt.pages.authoring.forms import AnswerForm, judge_form
from sjt.pages.authoring.loading import BADGES, Frame, pages, relations
from sjt.pages.authoring.seen import of_question
from sjt.pages.guard import Desk, Loaded, requires
from sjt.pages.replies import Reply, go, show
from sjt.rules.authoring import Asked
from sjt.rules.refusals import NotFound
from sjt.services import authoring
from sjt.stores import drafts
from sjt.words import say


@dataclass(frozen=True)
class Tried:
    """One question of a version, to be answered on trial."""

    frame: Frame
    statement: str


def question_of(desk: Desk, ref: str, statement: str) -> Loaded:
    """The question that an address names."""
    version = authoring.version(desk.conn, ref)
    if statement not in version.statements:
        raise NotFound("authoring.no_question_here")
    frame = Frame(version, authoring.specification(version.spec_name, desk.now))
    return Loaded(Tried(frame, statement), relations(desk, version))


@pages.get("/version/<ref>/try/<statement>")
@requires("bank.try", on=question_of)
def trial(desk: Desk, tried: Tried) -> Reply:
    """The question as the apprentice sees it, to be answered; the guide comes afterwards."""
    if not authoring.readable(desk.conn, desk.person, tried.frame.version, desk.now):
        return texts.gate(tried.frame, "version")
    return _page(desk, tried, AnswerForm())


@pages.post("/version/<ref>/try/<statement>")
@requires("bank.try", on=question_of)
def judge(desk: Desk, tried: Tried) -> Reply:
    """Score an answer by the key at once; or show it beside the guide, and keep it once it is judged."""
    version = tried.frame.version
    if not authoring.readable(desk.conn, desk.person, version, desk.now):
        return texts.gate(tried.frame, "version")
    asked, form = _asked(desk, tried), AnswerForm()
    if not form.validate() or not (form.answer.data or "").strip():
        form.answer.errors = [*form.answer.errors] or [say("authoring.no_trial")]
        return _page(desk, tried, form, 400)
    if FORMATS[asked.format].keyed:
        return _score(desk, tried, asked, form)
    return _judge(desk, tried, asked)


def _score(desk: Desk, tried: Tried, asked: Asked, form: AnswerForm) -> Reply:
    answer, format_ = form.answer.data or "", FORMATS[asked.format]
    if any(format_.faults(asked.body)):  # the key of a draft may still be unfinished
        form.answer.errors = [say("authoring.no_key")]
        return _page(desk, tried, form, 400)
    try:
        judged = authoring.scored(asked, answer)
    except BadAnswer as bad:
        form.answer.errors = [say(bad.code)]
        return _page(desk, tried, form, 400)
    return _keep(desk, tried, answer, judged, "")


def _judge(desk: Desk, tried: Tried, asked: Asked) -> Reply:
    """The second step: points with reasons, or whole marks."""
    points = _points(tried, asked)
    form = judge_form([point.code for point in points], int(FORMATS[asked.format].maximum(asked.body)))
    judging = "comment" in request.form
    sound = form.validate() if judging else False
    faults = _without_reason(form, len(points)) if judging else []
    for name in faults:
        form[name].errors = [*form[name].errors, say("authoring.trial_reason")]
    if not sound or faults:
        return _page(desk, tried, form, 400 if judging else 200, judging=form)
    judged: dict[str, Any] = {
        point.code: {"met": form[f"verdict_{n}"].data == "met", "reason": form[f"reason_{n}"].data.strip()}
        for n, point in enumerate(points, 1)
    }
    if not points:
        judged = {"points": form.marks.data, "maximum": str(FORMATS[asked.format].maximum(asked.body))}
    return _keep(desk, tried, form.answer.data, judged, form.comment.data.strip())


def _without_reason(form: Any, points: int) -> list[str]:
    """A point that is not met needs its reason, as on the marker's desk."""
    unmet = [n for n in range(1, points + 1) if form[f"verdict_{n}"].data == "unmet"]
    return [f"reason_{n}" for n in unmet if not (form[f"reason_{n}"].data or "").strip()]


def _keep(desk: Desk, tried: Tried, answer: str, judged: dict[str, Any], comment: str) -> Reply:
    version = tried.frame.version
    authoring.keep_trial(desk.conn, desk.person, version, tried.statement, answer, judged, comment, desk.now)
    return go("authoring.trial", say("authoring.trial_kept"), ref=version.ref, statement=tried.statement)


def _points(tried: Tried, asked: Asked) -> tuple[Point, ...]:
    by_points = FORMATS[asked.format].by_points
    return tried.frame.specification.blueprint.points(asked.statement) if by_points else ()


def _asked(desk: Desk, tried: Tried) -> Asked:
    found = drafts.content_of(desk.conn, tried.frame.version.id).asked(tried.statement)
    if found is None:
        raise NotFound("authoring.no_question_here")
    return found


def _page(desk: Desk, tried: Tried, form: Any, status: int = 200, judging: Any = None) -> Reply:
    version = tried.frame.version
    content, asked = drafts.content_of(desk.conn, version.id), _asked(desk, tried)
    trials = drafts.trials_of(desk.conn, version.id, tried.statement)
    return show(
        "authoring/trial.html",
        status,
        frame=tried.frame,
        version=version,
        content=content,
        asked=asked,
        shown=of_question(asked, answer=form.answer.data or ""),
        points=_points(tried, asked),
        form=form,
        judging=judging,
        trials=[(t, of_question(replace(asked, format=t.format), answer=t.text)) for t in trials],
        badges=BADGES,
    )
