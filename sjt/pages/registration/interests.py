"""Interests: who of us has to do with which apprentice, employer or provider. Each declares their own."""

from __future__ import annotations

import datetime as dt

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Optional

from sjt.pages.guard import Desk, Loaded, requires
from sjt.pages.registration.desk import pages, show_faults
from sjt.pages.registration.forms import DATES, NEEDED, DayField, ReasonForm, plain
from sjt.pages.replies import Reply, go, show
from sjt.rules.access import Relation, Role
from sjt.rules.entries import tidy
from sjt.rules.interests import KINDS, Interest
from sjt.rules.local_time import london_day
from sjt.rules.refusals import BadInput, NotFound
from sjt.services.registration import interests as declaring
from sjt.stores import interests, people
from sjt.stores.interests import Declared
from sjt.words import say

SEES_ALL = frozenset({Role.MANAGER, Role.AUDITOR})


ASKED = frozenset({Role.INVIGILATOR, Role.MARKER, Role.LEAD_MARKER})


class InterestForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """An interest as it is declared."""

    person = SelectField("Who", [Optional()])
    kind = RadioField(
        "In whom",
        [InputRequired(say("interest.kind"))],
        choices=[SelectChoice(kind, say(f"interest.of.{kind}")) for kind in KINDS],
    )
    name = StringField("Which one", [NEEDED, plain])
    relationship = StringField("What it is", [NEEDED, plain], description="Such as “their trainer”, “sister”.")
    from_day = DayField("Since", [InputRequired(say("sitting.date"))], format=DATES)
    until_day = DayField("Until", [Optional()], format=DATES)


def an_interest(desk: Desk, ref: str) -> Loaded:
    """The interest that an address names, and whether it is the person's own."""
    found = next((one for one in interests.listed(desk.conn) if one.ref == ref), None)
    if found is None:
        raise NotFound("interest.none")
    own = found.person_id == desk.person.id
    return Loaded(found, frozenset({Relation.OWN} if own else ()))


@pages.get("/interests", endpoint="interests")
@requires("interests.read")
def listed(desk: Desk) -> Reply:
    """One's own interests, or everybody's for managers and auditors."""
    return _page(desk, _form(desk, from_day=london_day(desk.now)))


@pages.post("/interests")
@requires("interests.declare")
def declare(desk: Desk) -> Reply:
    """Declare an interest: one's own, or for a manager somebody else's."""
    form = _form(desk)
    if form.validate_on_submit():
        about = Interest(form.kind.data, form.name.data or "", form.from_day.data or dt.date.max, form.until_day.data)
        named = {person.ref: person for person in _people(desk)}
        whose = named.get(form.person.data or "", desk.person)
        try:
            declaring.declare(desk.conn, whose, about, form.relationship.data or "", desk.person, desk.now)
        except BadInput as bad:
            show_faults(form, bad.faults)
        else:
            return go("registration.interests", say("interest.declared"))
    return _page(desk, form, 400)


@pages.get("/interests/<ref>/withdraw")
@requires("interests.withdraw", on=an_interest)
def withdrawing(desk: Desk, declared: Declared) -> Reply:
    """Why it holds no longer."""
    return show("registration/withdraw_interest.html", declared=declared, form=ReasonForm())


@pages.post("/interests/<ref>/withdraw")
@requires("interests.withdraw", on=an_interest)
def withdraw(desk: Desk, declared: Declared) -> Reply:
    """Withdraw an interest that was declared by mistake or has ended."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return show("registration/withdraw_interest.html", 400, declared=declared, form=form)
    declaring.withdraw(desk.conn, declared, tidy(form.reason.data or ""), desk.person, desk.now)
    return go("registration.interests", say("interest.withdrawn"))


def _people(desk: Desk) -> list[people.Person]:
    """For whom this person may declare."""
    if Role.MANAGER not in desk.person.roles:
        return [desk.person]
    return [person for person in people.everybody(desk.conn) if ASKED & person.roles]


def _form(desk: Desk, **data: object) -> InterestForm:
    form = InterestForm(data={"person": desk.person.ref, **data})
    form.person.choices = [SelectChoice(person.ref, person.name) for person in _people(desk)]
    return form


def _page(desk: Desk, form: InterestForm, status: int = 200) -> Reply:
    everybody = bool(SEES_ALL & desk.person.roles)
    return show(
        "registration/interests.html",
        status,
        form=form,
        found=interests.listed(desk.conn, None if everybody else [desk.person.id]),
        everybody=everybody,
        may_declare=Role.AUDITOR not in desk.person.roles,
        me=desk.person,
    )
