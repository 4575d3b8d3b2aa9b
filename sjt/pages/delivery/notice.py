"""The notice of a remote sitting, before the waiting room."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField
from wtforms.validators import InputRequired

from sjt.pages.delivery.door import pages
from sjt.pages.delivery.where import test_of
from sjt.pages.replies import Reply, go, show
from sjt.pages.seated import SeatDesk, seated
from sjt.services.delivery import remote_notice
from sjt.stores import sittings
from sjt.words import say


class NoticeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A tick that says: read, and agreed."""

    agreed = BooleanField(
        "I have read this, and I agree to be watched in the video call", [InputRequired(say("remote.tick"))]
    )


@pages.get("/<attempt>/notice")
@seated
def notice(desk: SeatDesk) -> Reply:
    """What it means to sit the test remotely; it can be read again at any time."""
    return _page(desk, NoticeForm())


@pages.post("/<attempt>/notice")
@seated
def accept_notice(desk: SeatDesk) -> Reply:
    """The candidate has read it and agrees."""
    form = NoticeForm()
    if not form.validate_on_submit():
        return _page(desk, form, 400)
    remote_notice.accept(desk.conn, desk.place.attempt, desk.now)
    return go("delivery.waiting", attempt=desk.place.attempt.ref)


def _page(desk: SeatDesk, form: NoticeForm, status: int = 200) -> Reply:
    attempt = desk.place.attempt
    return show(
        "delivery/notice.html",
        status,
        form=form,
        sentences=remote_notice.words(),
        version=remote_notice.VERSION,
        sitting=sittings.by_id(desk.conn, attempt.sitting_id),
        accepted_at=remote_notice.accepted_at(desk.conn, attempt),
        **test_of(desk),
    )
