"""A second person's review, publication and withdrawal."""

from __future__ import annotations

from sjt.pages.authoring import texts
from sjt.pages.authoring.forms import ReviewForm, WithdrawForm, whole
from sjt.pages.authoring.loading import BADGES, Frame, pages, version_of
from sjt.pages.guard import Desk, requires
from sjt.pages.replies import Go, Reply, go, show
from sjt.rules.authoring import Act, State, may
from sjt.rules.refusals import NotNow
from sjt.services import authoring
from sjt.stores import drafts
from sjt.words import say


@pages.get("/version/<ref>/review")
@requires("bank.approve", on=version_of)
def review(desk: Desk, frame: Frame) -> Reply:
    """The text, its guide, what changed, and the decision."""
    _refuse_decided(frame)
    if not authoring.readable(desk.conn, desk.person, frame.version, desk.now):
        return texts.gate(frame, "review")
    return _review_page(desk, frame, ReviewForm(data={"edit": str(frame.version.edit)}))


@pages.post("/version/<ref>/review")
@requires("bank.approve", on=version_of)
def decide(desk: Desk, frame: Frame) -> Reply:
    """Approve the version as it was read, or send it back with a comment."""
    _refuse_decided(frame)
    form, version = ReviewForm(), frame.version
    if not authoring.readable(desk.conn, desk.person, version, desk.now):
        return texts.gate(frame, "review")
    if not form.validate():
        return _review_page(desk, frame, form, 400)
    if form.decision.data == "return":
        authoring.send_back(desk.conn, desk.person, version, form.comment.data or "", desk.now)
        return _to_scenario(frame, "authoring.returned")
    edit = whole(form.edit.data)
    authoring.approve(desk.conn, desk.person, version, edit, form.comment.data or "", form.checks.data or [], desk.now)
    return _to_scenario(frame, "authoring.approved")


@pages.post("/version/<ref>/publish")
@requires("bank.publish", on=version_of)
def publish(desk: Desk, frame: Frame) -> Reply:
    """Make an approved version the live one."""
    authoring.publish(desk.conn, desk.person, frame.version, desk.now)
    return _to_scenario(frame, "authoring.published")


@pages.get("/version/<ref>/withdraw")
@requires("bank.withdraw", on=version_of)
def withdrawal(desk: Desk, frame: Frame) -> Reply:
    """What a withdrawal means, and the form for its reason."""
    if not may(frame.version.state, Act.WITHDRAW):
        raise NotNow("authoring.not_withdrawable", number=frame.version.number)
    return show("authoring/withdraw.html", frame=frame, version=frame.version, form=WithdrawForm(), badges=BADGES)


@pages.post("/version/<ref>/withdraw")
@requires("bank.withdraw", on=version_of)
def withdraw(desk: Desk, frame: Frame) -> Reply:
    """Take a version out of use, with the reason."""
    form = WithdrawForm()
    if not form.validate():
        return show("authoring/withdraw.html", 400, frame=frame, version=frame.version, form=form, badges=BADGES)
    authoring.withdraw(desk.conn, desk.person, frame.version, form.reason.data or "", desk.now)
    return _to_scenario(frame, "authoring.withdrawn")


def _refuse_decided(frame: Frame) -> None:
    if frame.version.state != State.IN_REVIEW:
        raise NotNow("authoring.not_in_review", number=frame.version.number)


def _review_page(desk: Desk, frame: Frame, form: ReviewForm, status: int = 200) -> Reply:
    return show(
        "authoring/review.html",
        status,
        frame=frame,
        version=frame.version,
        form=form,
        content=drafts.content_of(desk.conn, frame.version.id),
        earlier=[v for v in drafts.of_scenario(desk.conn, frame.version.slug) if v.number < frame.version.number],
        reviews=drafts.reviews_of(desk.conn, [frame.version.id]),
        badges=BADGES,
    )


def _to_scenario(frame: Frame, code: str) -> Go:
    return go("authoring.scenario", say(code, number=frame.version.number), slug=frame.version.slug)
