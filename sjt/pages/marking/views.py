"""The routes of the marker's desk."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, request

from sjt.pages.guard import Desk, Loaded, requires
from sjt.pages.marking.forms import JudgementForm, check_draft, draft_from, edit_of, form_for, show_faults
from sjt.pages.replies import Data, Reply, go, show, wants_json
from sjt.pages.shown import time_with_seconds
from sjt.rules.access import Relation, may_ever
from sjt.rules.marking import SHIPPED, Draft
from sjt.rules.refusals import BadInput, NotFound, NotNow, Refusal, Stale
from sjt.services import authoring, marking
from sjt.stores import drafts, marks
from sjt.stores.marks import Asked, Mark
from sjt.stores.marks.standings import IDLE
from sjt.words import say

LONGEST_REPORT = 2_000  # code points, as short texts are stored

pages = Blueprint("marking", __name__, url_prefix="/marking")


def _question(desk: Desk, slug: str, number: int) -> Loaded:
    asked = marks.asked_by_slug(desk.conn, slug, number)
    if asked is None:
        raise NotFound("error.words.404")
    return Loaded(asked)


def _mark(desk: Desk, ref: str) -> Loaded:
    """A mark of the person's own; anybody else's does not exist for them."""
    mark = marks.by_ref(desk.conn, ref)
    if mark is None or mark.marker_id != desk.person.id:
        raise NotFound("marking.unknown")
    relations = {Relation.OWN}
    if marks.unmarked(desk.conn, mark.response_id).sitting_id in marks.invigilated(desk.conn, desk.person.id):
        relations.add(Relation.INVIGILATED)
    return Loaded(mark, frozenset(relations))


@pages.get("/")
@requires("marking.queue")
def queue(desk: Desk) -> Reply:
    """What there is to mark, by question."""
    found = marking.queue(desk.conn, desk.person.id, desk.now)
    leads = may_ever("marking.overview", desk.person.roles)
    until = {mark.ref: mark.final_at + SHIPPED.recall_within for mark, _ in found.recent if mark.final_at}
    return show("marking/queue.html", queue=found, leads=leads, recall_until=until)


@pages.get("/overview")
@requires("marking.overview")
def overview(desk: Desk) -> Reply:
    """How far marking has come, by sitting and question."""
    rows = marking.overview(desk.conn, desk.now)
    return show("marking/overview.html", rows=rows, marks_too=may_ever("marking.queue", desk.person.roles))


@pages.post("/question/<slug>/<int:number>")
@requires("marking.queue", on=_question)
def claim(desk: Desk, asked: Asked) -> Reply:
    """Open the next answer to a question."""
    return _onward(desk, asked.id)


def _onward(desk: Desk, question_version_id: int, words: str | None = None) -> Reply:
    mark = marking.next_answer(desk.conn, question_version_id, desk.person.id, desk.now)
    if mark is None:
        return go("marking.queue", " ".join(filter(None, [words, say("marking.nothing_left")])), "info")
    return go("marking.answer", words, ref=mark.ref)


@pages.get("/answer/<ref>")
@requires("marking.mark", on=_mark)
def answer(desk: Desk, mark: Mark) -> Reply:
    """One anonymous answer with its guide and criteria; a committed one is shown for reading."""
    _require_own(mark)
    form = form_for(_codes(desk, mark), marking.draft_of(mark), mark.edit)
    return _sheet(desk, mark, form)


def _require_own(mark: Mark) -> None:
    """What was given back or recalled is shown to nobody any more."""
    if mark.returned_at is not None and mark.returned_reason != IDLE:
        raise NotNow("marking.returned")


def _codes(desk: Desk, mark: Mark) -> list[str]:
    response = marks.unmarked(desk.conn, mark.response_id)
    return [point.code for point in marking.points_of(response.spec_id, response.statement)]


def _sheet(
    desk: Desk, mark: Mark, form: JudgementForm, status: int = 200, refused: str | None = None, **more: object
) -> Reply:
    sheet = marking.sheet(desk.conn, mark, desk.now)
    recent = marks.recently_final(desk.conn, desk.person.id, desk.now - SHIPPED.recall_within)
    template = "marking/done.html" if mark.final_at else "marking/answer.html"
    recallable = mark.id in {own.id for own, _ in recent}
    reports = drafts.reported_by(desk.conn, desk.person.id, sheet.material.asked.id)
    shown = {"sheet": sheet, "form": form, "refused": refused, "recent": recent[:1], "reports": reports}
    return show(template, status, recallable=recallable, **shown, **more)


@pages.post("/answer/<ref>/draft")
@requires("marking.mark", on=_mark)
def save(desk: Desk, mark: Mark) -> Reply:
    """Keep a draft: from the form, or in the background from the page's script."""

    def keep(edit: int, draft: Draft) -> Reply:
        check_draft(draft)
        new = marking.save(desk.conn, mark, edit, draft, desk.now)
        if wants_json():
            return Data({"edit": new, "saved_at": time_with_seconds(desk.now)})
        return go("marking.answer", say("marking.saved"), ref=mark.ref)

    return _with_form(desk, mark, keep)


@pages.post("/answer/<ref>/final")
@requires("marking.mark", on=_mark)
def commit(desk: Desk, mark: Mark) -> Reply:
    """Make the judgement final and open the next answer to the same question."""
    question = marks.unmarked(desk.conn, mark.response_id).question_version_id

    def make_final(edit: int, draft: Draft) -> Reply:
        if mark.final_at is not None and marking.says_the_same(mark, draft):  # the same form sent twice
            return _onward(desk, question)
        marking.commit(desk.conn, mark, edit, draft, desk.now)
        return _onward(desk, question, say("marking.committed"))

    return _with_form(desk, mark, make_final)


def _with_form(desk: Desk, mark: Mark, act: Callable[[int, Draft], Reply]) -> Reply:
    """Do something with what was typed. Whatever stands against it, the page comes back with every word."""
    _require_own(mark)
    codes = _codes(desk, mark)
    form = form_for(codes)
    draft = draft_from(form, codes)
    try:
        return act(edit_of(form), draft)
    except BadInput as bad:
        show_faults(form, codes, bad)
        return Data(_faults_as_json(form), 400) if wants_json() else _sheet(desk, mark, form, 400)
    except (Stale, NotNow) as refusal:
        if wants_json():
            raise
        return _refused(desk, mark, form, codes, refusal)


def _faults_as_json(form: JudgementForm) -> dict[str, object]:
    return {"error": "input.faults", "words": " ".join(fault for own in form.errors.values() for fault in own)}


def _refused(desk: Desk, mark: Mark, form: JudgementForm, codes: list[str], refusal: Refusal) -> Reply:
    """Nothing was overwritten and nothing typed is lost: the newer draft stands beside what was typed."""
    fresh = marks.by_ref(desk.conn, mark.ref) or mark
    words = say(refusal.code, refusal.params)
    if not isinstance(refusal, Stale):
        return _sheet(desk, fresh, form, 409, words, over=True)
    form.edit.data = str(fresh.edit)
    newer = form_for(codes, marking.draft_of(fresh), fresh.edit)
    return _sheet(desk, fresh, form, 409, words, newer=newer)


@pages.post("/answer/<ref>/back")
@requires("marking.mark", on=_mark)
def give_back(desk: Desk, mark: Mark) -> Reply:
    """Give an answer back, with no reason asked, and open the next one."""
    question = marks.unmarked(desk.conn, mark.response_id).question_version_id
    marking.give_back(desk.conn, mark, desk.now)
    return _onward(desk, question, say("marking.given_back"))


@pages.post("/answer/<ref>/unclear")
@requires("marking.mark", on=_mark)
def unclear(desk: Desk, mark: Mark) -> Reply:
    """Tell the guide's writers what is unclear; of this answer they get the text, and nothing else."""
    _require_own(mark)
    comment = (request.form.get("comment") or "").replace("\r\n", "\n").replace("\0", "").strip()
    too_long = len(comment) > LONGEST_REPORT
    if not comment or too_long:
        form = form_for(_codes(desk, mark), marking.draft_of(mark), mark.edit)
        words = say("authoring.report_long", limit=f"{LONGEST_REPORT:,}") if too_long else say("authoring.report_empty")
        return _sheet(desk, mark, form, 400, words, unclear=comment)
    question = marks.unmarked(desk.conn, mark.response_id).question_version_id
    authoring.report_guide(desk.conn, desk.person, question, mark.response_id, comment, desk.now)
    return go("marking.answer", say("authoring.report_kept"), ref=mark.ref)


@pages.post("/answer/<ref>/recall")
@requires("marking.mark", on=_mark)
def recall(desk: Desk, mark: Mark) -> Reply:
    """Take a judgement back into hand within ten minutes."""
    again = marking.recall(desk.conn, mark, desk.now)
    return go("marking.answer", say("marking.recalled"), "info", ref=again.ref)
