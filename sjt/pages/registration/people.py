"""People of the organisation and their roles: read by managers, changed by administrators."""

from __future__ import annotations

from flask import url_for

from sjt.pages.guard import Desk, requires
from sjt.pages.registration.desk import a_person, pages, show_faults
from sjt.pages.registration.forms import PersonForm
from sjt.pages.replies import Page, Reply, go, show
from sjt.rules.access import refusal
from sjt.rules.refusals import BadInput
from sjt.services.registration import invitations
from sjt.stores import staff
from sjt.stores.people import Person
from sjt.words import say


@pages.get("/people", endpoint="people")
@requires("people.read")
def everybody(desk: Desk) -> Reply:
    """Everybody who works here."""
    found = staff.listed(desk.conn)
    return show(
        "registration/people.html",
        found=found,
        settled=staff.with_password(desk.conn, [person.id for person in found]),
        may_change=refusal("people.change", desk.person.roles) is None,
    )


@pages.get("/people/new")
@requires("people.change")
def new_person(desk: Desk) -> Reply:
    """An empty form."""
    return show("registration/person_form.html", form=PersonForm(), person=None)


@pages.post("/people/new")
@requires("people.change")
def add_person(desk: Desk) -> Reply:
    """Add somebody and show the link of their invitation, this once."""
    form = PersonForm()
    if form.validate_on_submit():
        try:
            name, email = form.name.data or "", form.email.data or ""
            person, token = invitations.add_staff(desk.conn, name, email, form.chosen(), desk.person, desk.now)
        except BadInput as bad:
            show_faults(form, bad.faults)
        else:
            return _link(desk, person, token)
    return show("registration/person_form.html", 400, form=form, person=None)


@pages.get("/people/<ref>")
@requires("people.change", on=a_person)
def edit_person(desk: Desk, person: Person) -> Reply:
    """The form, filled in."""
    form = PersonForm(data={"name": person.name, "email": person.email, "roles": [role.value for role in person.roles]})
    return show("registration/person_form.html", form=form, person=person)


@pages.post("/people/<ref>")
@requires("people.change", on=a_person)
def change_person(desk: Desk, person: Person) -> Reply:
    """Save the form."""
    form = PersonForm()
    if form.validate_on_submit():
        try:
            name, email = form.name.data or "", form.email.data or ""
            invitations.change_staff(desk.conn, person, name, email, form.chosen(), desk.person, desk.now)
        except BadInput as bad:
            show_faults(form, bad.faults)
        else:
            return go("registration.people", say("people.changed", name=form.name.data))
    return show("registration/person_form.html", 400, form=form, person=person)


@pages.post("/people/<ref>/invitation")
@requires("people.change", on=a_person)
def invite_person(desk: Desk, person: Person) -> Reply:
    """Make a new invitation and show its link, this once."""
    return _link(desk, person, invitations.invite_staff(desk.conn, person, desk.person, desk.now))


def _link(desk: Desk, person: Person, token: str) -> Page:
    return show(
        "registration/invitation_link.html",
        name=person.name,
        email=person.email,
        link=url_for("sign_in.invitation", token=token, _external=True),
        until=desk.now + invitations.LASTS,
        back=url_for("registration.people"),
    )
