"""Markers' reports that a guide is unclear: what is unclear, an anonymous example, and the writer's answer."""

from __future__ import annotations

from sjt.pages.authoring import texts
from sjt.pages.authoring.forms import ReportAnswerForm
from sjt.pages.authoring.loading import BADGES, Frame, may, pages, relations, version_of
from sjt.pages.authoring.seen import seen
from sjt.pages.guard import Desk, Loaded, requires
from sjt.pages.replies import Reply, go, show
from sjt.rules.authoring import IN_PROGRESS
from sjt.rules.refusals import NotFound
from sjt.services import authoring
from sjt.stores import drafts
from sjt.stores.drafts import Report
from sjt.words import say


def report_of(desk: Desk, ref: str) -> Loaded:
    """The report that an address names."""
    report = drafts.report_by_ref(desk.conn, ref)
    if report is None:
        raise NotFound("authoring.no_report")
    return Loaded(report, relations(desk, authoring.version(desk.conn, report.version_ref)))


@pages.get("/version/<ref>/reports")
@requires("bank.write", on=version_of)
def reports(desk: Desk, frame: Frame) -> Reply:
    """All reports on a version, each with its question, its guide and its example."""
    if not authoring.readable(desk.conn, desk.person, frame.version, desk.now):
        return texts.gate(frame, "reports")
    return _page(desk, frame, ReportAnswerForm())


@pages.post("/report/<ref>/answer")
@requires("bank.write", on=report_of)
def answer(desk: Desk, report: Report) -> Reply:
    """Answer a report; the marker reads it on their desk."""
    version = authoring.version(desk.conn, report.version_ref)
    frame = Frame(version, authoring.specification(version.spec_name, desk.now))
    if not authoring.readable(desk.conn, desk.person, version, desk.now):
        return texts.gate(frame, "reports")
    form = ReportAnswerForm()
    if not form.validate():
        return _page(desk, frame, form, report.ref, 400)
    authoring.answer_report(desk.conn, desk.person, report, form.answer.data or "", desk.now)
    return go("authoring.reports", say("authoring.report_sent"), ref=version.ref)


def _page(desk: Desk, frame: Frame, form: ReportAnswerForm, answering: str = "", status: int = 200) -> Reply:
    """``answering`` is the report whose answer was at fault; the forms of the others stay empty."""
    content = drafts.content_of(desk.conn, frame.version.id)
    versions = drafts.of_scenario(desk.conn, frame.version.slug)
    return show(
        "authoring/reports.html",
        status,
        frame=frame,
        version=frame.version,
        content=content,
        seen=seen(content),
        reports=drafts.reports_on(desk.conn, frame.version.id),
        form=form,
        answering=answering,
        busy=next((v for v in versions if v.state in IN_PROGRESS), None),
        may=may(desk),
        badges=BADGES,
    )
