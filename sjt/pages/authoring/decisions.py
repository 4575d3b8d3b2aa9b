"""A second person's review, publication, the yearly review and withdrawal."""

from __future__ import annotations

from typing import Any

from sjt.pages.authoring import texts
from sjt.pages.authoring.forms import ConfirmForm, WithdrawForm, note_field, notes_in, review_form, whole
from sjt.pages.authoring.loading import BADGES, Frame, next_review, pages, version_of
from sjt.pages.authoring.seen import seen
from sjt.pages.guard import Desk, requires
from sjt.pages.replies import Go, Reply, go, show
from sjt.rules.authoring import Act, Content, State, fields, may
from sjt.rules.refusals import NotNow
from sjt.services import authoring
from sjt.stores import drafts
from sjt.words import say


@pages.get("/version/<ref>/review")
@requires("bank.approve", on=version_of)
def review(desk: Desk, frame: Frame) -> Reply:
    """The text, its guide, what changed, what the approval would change, and the decision."""
    _refuse_decided(frame)
    if not authoring.readable(desk.conn, desk.person, frame.version, desk.now):
        return texts.gate(frame, "review")
    content = drafts.content_of(desk.conn, frame.version.id)
    return _review_page(desk, frame, content, review_form(_labels(frame, content), frame.version.edit))


@pages.post("/version/<ref>/review")
@requires("bank.approve", on=version_of)
def decide(desk: Desk, frame: Frame) -> Reply:
    """Approve the version as it was read, or send it back with a comment."""
    _refuse_decided(frame)
    version = frame.version
    if not authoring.readable(desk.conn, desk.person, version, desk.now):
        return texts.gate(frame, "review")
    content = drafts.content_of(desk.conn, version.id)
    form = review_form(_labels(frame, content), version.edit)
    if not form.validate():
        return _review_page(desk, frame, content, form, 400)
    said = authoring.Decision(whole(form.edit.data), form.comment.data or "", notes_in(form), form.checks.data or [])
    if form.decision.data == "return":
        authoring.send_back(desk.conn, desk.person, version, said, desk.now)
        return _to_scenario(frame, "authoring.returned")
    authoring.approve(desk.conn, desk.person, version, said, desk.now)
    return _to_scenario(frame, "authoring.approved")


@pages.post("/version/<ref>/publish")
@requires("bank.publish", on=version_of)
def publish(desk: Desk, frame: Frame) -> Reply:
    """Make an approved version the live one."""
    authoring.publish(desk.conn, desk.person, frame.version, desk.now)
    return _to_scenario(frame, "authoring.published")


@pages.get("/version/<ref>/yearly")
@requires("bank.approve", on=version_of)
def yearly(desk: Desk, frame: Frame) -> Reply:
    """A live version to be read again: still fit, or in need of a new version."""
    _refuse_not_live(frame)
    if not authoring.readable(desk.conn, desk.person, frame.version, desk.now):
        return texts.gate(frame, "yearly")
    return _yearly_page(desk, frame, ConfirmForm())


@pages.post("/version/<ref>/yearly")
@requires("bank.approve", on=version_of)
def confirm(desk: Desk, frame: Frame) -> Reply:
    """Say that a live version is still fit."""
    _refuse_not_live(frame)
    form = ConfirmForm()
    if not authoring.readable(desk.conn, desk.person, frame.version, desk.now):
        return texts.gate(frame, "yearly")
    if not form.validate():
        return _yearly_page(desk, frame, form, 400)
    authoring.confirm(desk.conn, desk.person, frame.version, form.comment.data or "", desk.now)
    return _to_scenario(frame, "authoring.confirmed")


@pages.get("/version/<ref>/withdraw")
@requires("bank.withdraw", on=version_of)
def withdrawal(desk: Desk, frame: Frame) -> Reply:
    """What a withdrawal means and touches, and the form for its reason."""
    if not may(frame.version.state, Act.WITHDRAW):
        raise NotNow("authoring.not_withdrawable", number=frame.version.number)
    return _withdraw_page(desk, frame, WithdrawForm())


@pages.post("/version/<ref>/withdraw")
@requires("bank.withdraw", on=version_of)
def withdraw(desk: Desk, frame: Frame) -> Reply:
    """Take a version out of use, with the reason; then say what happened to the papers that hold it."""
    form = WithdrawForm()
    if not form.validate():
        return _withdraw_page(desk, frame, form, 400)
    after = authoring.withdraw(desk.conn, desk.person, frame.version, form.reason.data or "", desk.now)
    words = [say("authoring.withdrawn", number=frame.version.number)]
    if after is not None:
        words.append(say("authoring.after", redrawn=after.redrawn, incidents=after.incidents))
    if after is not None and after.without_paper:
        short = " ".join(after.short)
        words.append(say("authoring.after_without", seats=len(after.without_paper), short=short))
        return go("authoring.scenario", " ".join(words), "warning", slug=frame.version.slug)
    return go("authoring.scenario", " ".join(words), slug=frame.version.slug)


def _refuse_decided(frame: Frame) -> None:
    if frame.version.state != State.IN_REVIEW:
        raise NotNow("authoring.not_in_review", number=frame.version.number)


def _refuse_not_live(frame: Frame) -> None:
    if not may(frame.version.state, Act.CONFIRM):
        raise NotNow("authoring.not_live", number=frame.version.number)


def _labels(frame: Frame, content: Content) -> dict[str, str]:
    """The texts that a reviewer may comment on: all that the version has."""
    there = fields(content)
    return {name: label for name, label in texts.labels(frame, content).items() if there.get(name)}


def _review_page(desk: Desk, frame: Frame, content: Content, form: Any, status: int = 200) -> Reply:
    version = frame.version
    return show(
        "authoring/review.html",
        status,
        frame=frame,
        version=version,
        form=form,
        note_field=note_field,
        content=content,
        seen=seen(content),
        impact=authoring.impact(desk.conn, version, content, desk.now),
        trials=drafts.trials_of(desk.conn, version.id),
        earlier=[v for v in drafts.of_scenario(desk.conn, version.slug) if v.number < version.number],
        reviews=drafts.reviews_of(desk.conn, [version.id]),
        badges=BADGES,
    )


def _yearly_page(desk: Desk, frame: Frame, form: ConfirmForm, status: int = 200) -> Reply:
    version = frame.version
    content = drafts.content_of(desk.conn, version.id)
    return show(
        "authoring/yearly.html",
        status,
        frame=frame,
        version=version,
        form=form,
        content=content,
        seen=seen(content),
        review=next_review(desk, frame.specification, version),
        confirmations=drafts.confirmations(desk.conn, [version.id]),
        reports=drafts.reports_on(desk.conn, version.id),
        badges=BADGES,
    )


def _withdraw_page(desk: Desk, frame: Frame, form: WithdrawForm, status: int = 200) -> Reply:
    version = frame.version
    use = authoring.in_use(desk.conn, version.scenario_id) if version.state == State.LIVE else None
    return show("authoring/withdraw.html", status, frame=frame, version=version, form=form, use=use, badges=BADGES)


def _to_scenario(frame: Frame, code: str) -> Go:
    return go("authoring.scenario", say(code, number=frame.version.number), slug=frame.version.slug)
