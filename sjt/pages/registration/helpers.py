"""Helpers of one candidate: a reader, a scribe, a practical assistant, an interpreter."""

from __future__ import annotations

from flask import request
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Optional

from proctoring.seats import DOCUMENTS
from sjt.pages.guard import Desk, requires
from sjt.pages.registration.desk import SeatOf, a_seat, pages, show_faults
from sjt.pages.registration.forms import CHOOSE, NEEDED, plain
from sjt.pages.replies import Reply, go, show
from sjt.rules.refusals import BadInput
from sjt.services.registration import helpers as helping
from sjt.stores import helpers
from sjt.stores.helpers import KINDS, NewHelper
from sjt.words import say


class HelperForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A helper, what they showed, and what they have to do with the candidate."""

    name = StringField("Full name", [NEEDED, plain])
    kind = SelectField(
        "What they do",
        [InputRequired(say("helper.kind_needed"))],
        choices=[CHOOSE, *(SelectChoice(kind, say(f"helper.kind.{kind}")) for kind in KINDS)],
    )
    identity_document = SelectField(
        "Photo ID seen",
        [InputRequired(say("invigilation.document_needed"))],
        choices=[CHOOSE, *(SelectChoice(code, say(f"document.{code}")) for code in DOCUMENTS)],
    )
    works_for = StringField("Works for", [Optional(), plain])
    interest = StringField("What they have to do with the candidate", [Optional(), plain])
    interest_reason = StringField("Why they help all the same", [Optional(), plain])


@pages.get("/sittings/<ref>/seats/<seat>/helpers", endpoint="helpers")
@requires("sittings.change", on=a_seat)
def seat_helpers(desk: Desk, named: SeatOf) -> Reply:
    """Who helps at this seat."""
    return _page(desk, named, HelperForm())


@pages.post("/sittings/<ref>/seats/<seat>/helpers")
@requires("sittings.change", on=a_seat)
def add_helper(desk: Desk, named: SeatOf) -> Reply:
    """Add a helper; one with an interest needs a reason."""
    form = HelperForm()
    if form.validate_on_submit():
        texts = ("name", "kind", "identity_document", "interest", "interest_reason")
        new = NewHelper(*(form[name].data or "" for name in texts))
        try:
            helping.add(desk.conn, named.seat, new, form.works_for.data or "", desk.person, desk.now)
        except BadInput as bad:
            show_faults(form, bad.faults)
        else:
            words = say("helper.added", name=form.name.data)
            return go("registration.helpers", words, ref=named.sitting.ref, seat=named.seat.ref)
    return _page(desk, named, form, 400)


@pages.post("/sittings/<ref>/seats/<seat>/helpers/remove")
@requires("sittings.change", on=a_seat)
def remove_helper(desk: Desk, named: SeatOf) -> Reply:
    """Take a helper off; it stays on record that they were to help."""
    helping.remove(desk.conn, named.seat, request.form.get("helper", ""), desk.person, desk.now)
    return go("registration.helpers", say("helper.removed"), ref=named.sitting.ref, seat=named.seat.ref)


def _page(desk: Desk, named: SeatOf, form: HelperForm, status: int = 200) -> Reply:
    found = helpers.of_sitting(desk.conn, named.sitting.id).get(named.seat.id, [])
    sitting, seat = named.sitting, named.seat
    return show("registration/helpers.html", status, sitting=sitting, seat=seat, found=found, form=form, say=say)
