"""Sittings: the list, laying one down, changing it."""

from __future__ import annotations

from proctoring.lockdown import LEVELS
from sjt.pages.guard import Desk, requires
from sjt.pages.registration.desk import PAGE_SIZE, a_sitting, page_number, pages, show_faults
from sjt.pages.registration.forms import SittingForm, sitting_data, sitting_entry
from sjt.pages.replies import Reply, go, show
from sjt.rules.access import Role, refusal
from sjt.rules.refusals import BadInput
from sjt.services.lockdown import seb
from sjt.services.registration import sittings as scheduling
from sjt.stores import people, sittings
from sjt.stores.sittings import Sitting
from sjt.words import say


@pages.get("/sittings", endpoint="sittings")
@requires("sittings.read")
def all_sittings(desk: Desk) -> Reply:
    """Sittings to come, and those that are over page by page."""
    page = page_number()
    past = sittings.past(desk.conn, desk.now, PAGE_SIZE + 1, (page - 1) * PAGE_SIZE)
    return show(
        "registration/sittings.html",
        coming=sittings.coming(desk.conn, desk.now),
        past=past[:PAGE_SIZE],
        page=page,
        more=len(past) > PAGE_SIZE,
        now=desk.now,
        may_change=refusal("sittings.change", desk.person.roles) is None,
    )


@pages.get("/sittings/new")
@requires("sittings.change")
def new_sitting(desk: Desk) -> Reply:
    """An empty form."""
    return _shown(_form(desk), None)


@pages.post("/sittings/new")
@requires("sittings.change")
def schedule_sitting(desk: Desk) -> Reply:
    """Lay a sitting down."""
    form = _form(desk)
    if form.validate_on_submit():
        try:
            made = scheduling.schedule(desk.conn, sitting_entry(form), desk.person, desk.now)
            seb.prepare(desk.conn, desk.product, made, desk.person, desk.now)
        except BadInput as bad:
            show_faults(form, bad.faults)
        else:
            return go("registration.sitting", say("sitting.scheduled", title=made.title), ref=made.ref)
    return _shown(form, None, 400)


@pages.get("/sittings/<ref>/edit")
@requires("sittings.change", on=a_sitting)
def edit_sitting(desk: Desk, sitting: Sitting) -> Reply:
    """The form, filled in."""
    named = tuple(person.ref for person in sittings.staff_of(desk.conn, sitting.id))
    form = _form(desk, data=sitting_data(scheduling.entry_of(sitting, named)))
    return _shown(form, sitting)


@pages.post("/sittings/<ref>/edit")
@requires("sittings.change", on=a_sitting)
def change_sitting(desk: Desk, sitting: Sitting) -> Reply:
    """Save the form; everybody who is booked must still fit."""
    form = _form(desk)
    if form.validate_on_submit():
        try:
            scheduling.change(desk.conn, sitting, sitting_entry(form), desk.person, desk.now)
            seb.prepare(desk.conn, desk.product, sittings.by_id(desk.conn, sitting.id), desk.person, desk.now)
        except BadInput as bad:
            show_faults(form, bad.faults)
        else:
            return go("registration.sitting", say("sitting.changed", title=form.title.data), ref=sitting.ref)
    return _shown(form, sitting, 400)


def _shown(form: SittingForm, sitting: Sitting | None, status: int = 200) -> Reply:
    hints = {level.value: say(f"lockdown.hint.{level.value}") for level in LEVELS}
    return show("registration/sitting_form.html", status, form=form, sitting=sitting, lockdown_hints=hints)


def _form(desk: Desk, **more: object) -> SittingForm:
    invigilators = people.everybody(desk.conn, Role.INVIGILATOR)
    return SittingForm([(person.ref, person.name) for person in invigilators], **more)
