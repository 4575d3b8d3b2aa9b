"""Candidates: the list, one candidate, their gateway, adjustments and invitation."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, request, url_for

from proctoring.seats import DOCUMENTS
from sjt.pages.guard import Desk, Loaded, requires
from sjt.pages.registration.desk import PAGE_SIZE, Paging, a_candidate, csv_response, page_number, pages, show_faults
from sjt.pages.registration.forms import AdjustmentForm, CandidateForm
from sjt.pages.replies import Reply, go, show
from sjt.rules.access import refusal
from sjt.rules.local_time import london_day
from sjt.rules.refusals import BadInput, NotFound, Stale
from sjt.services.registration import candidates as entering
from sjt.services.registration import gateway, imports, invitations, plans
from sjt.stores import candidates, people, seats, sittings, staff
from sjt.stores.candidates import Candidate, Search
from sjt.stores.seats import Seat
from sjt.stores.sittings import Sitting
from sjt.words import say

GATEWAY = {"yes": True, "no": False, "unbooked": True}


@dataclass(frozen=True)
class Booked:
    """A seat of a candidate with its sitting."""

    seat: Seat
    sitting: Sitting


def _search() -> Search:
    """What the address narrows the list to. NUL cannot be stored, so it is never looked for."""
    asked = {
        name: request.args.get(name, "").replace("\0", "")[:200] for name in ("words", "spec", "pathway", "gateway")
    }
    gateway_ = asked["gateway"]
    return Search(asked["words"], asked["spec"], asked["pathway"], GATEWAY.get(gateway_), gateway_ == "unbooked")


@pages.get("/candidates", endpoint="candidates")
@requires("candidates.read")
def listed(desk: Desk) -> Reply:
    """All candidates, narrowed and page by page."""
    wanted, page = _search(), page_number()
    found = candidates.search(desk.conn, wanted, PAGE_SIZE, (page - 1) * PAGE_SIZE)
    total = candidates.count(desk.conn, wanted)
    address = {name: value for name, value in request.args.items() if value and name != "page"}
    return show(
        "registration/candidates.html",
        found=found,
        booked=seats.booked(desk.conn, [candidate.id for candidate in found]),
        narrowed=wanted != Search(),
        paging=Paging(page, total, address),
        asked=request.args,
        titles=plans.titles(),
        pathways=plans.pathways(),
        may_change=_may_change(desk),
    )


@pages.get("/candidates.csv")
@requires("candidates.read")
def candidates_file(desk: Desk) -> Reply:
    """The candidates of the list as a file."""
    return csv_response(imports.export(desk.conn, _search()), "candidates")


@pages.get("/candidates/new")
@requires("candidates.change")
def new_candidate(desk: Desk) -> Reply:
    """An empty form."""
    return show("registration/candidate_form.html", form=CandidateForm(), candidate=None)


@pages.post("/candidates/new")
@requires("candidates.change")
def add_candidate(desk: Desk) -> Reply:
    """Add a candidate."""
    form = CandidateForm()
    if form.validate_on_submit():
        try:
            ref = entering.add(desk.conn, form.values(), desk.person, desk.now)
        except BadInput as bad:
            show_faults(form, bad.faults)
        else:
            return go("registration.candidate", say("candidate.added", name=form.name.data), ref=ref)
    return show("registration/candidate_form.html", 400, form=form, candidate=None)


@pages.get("/candidates/<ref>", endpoint="candidate")
@requires("candidates.read", on=a_candidate)
def one_candidate(desk: Desk, candidate: Candidate) -> Reply:
    """One candidate: what was entered, the gateway, the adjustments, the seats."""
    return _candidate_page(desk, candidate, AdjustmentForm(data={"first_day": london_day(desk.now)}))


@pages.get("/candidates/<ref>/edit")
@requires("candidates.change", on=a_candidate)
def edit_candidate(desk: Desk, candidate: Candidate) -> Reply:
    """The form, filled in."""
    form = CandidateForm(data={**entering.entered(candidate), "seen": entering.seen(candidate)})
    return show("registration/candidate_form.html", form=form, candidate=candidate)


@pages.post("/candidates/<ref>/edit")
@requires("candidates.change", on=a_candidate)
def change_candidate(desk: Desk, candidate: Candidate) -> Reply:
    """Save the form. Somebody else's change in the meantime is shown, and nothing typed is lost."""
    form, status, stands = CandidateForm(), 400, None
    if form.validate_on_submit():
        try:
            entering.change(desk.conn, candidate, form.values(), form.seen.data or "", desk.person, desk.now)
        except BadInput as bad:
            show_faults(form, bad.faults)
        except Stale as stale:
            status, stands = 409, entering.entered(candidate)
            form.form_errors.append(say(stale.code, stale.params))
            form.seen.data = entering.seen(candidate)
        else:
            return go("registration.candidate", say("candidate.changed", name=form.name.data), ref=candidate.ref)
    return show("registration/candidate_form.html", status, form=form, candidate=candidate, stands=stands)


@pages.post("/candidates/<ref>/gateway")
@requires("candidates.change", on=a_candidate)
def complete_gateway(desk: Desk, candidate: Candidate) -> Reply:
    """Confirm the gateway, in the name of whoever presses."""
    gateway.complete(desk.conn, candidate, desk.person, desk.now, request.form.get("photo_id"))
    return go("registration.candidate", say("gateway.done", name=candidate.name), ref=candidate.ref)


@pages.post("/candidates/<ref>/gateway/undo")
@requires("candidates.change", on=a_candidate)
def reopen_gateway(desk: Desk, candidate: Candidate) -> Reply:
    """Take the confirmation back."""
    gateway.reopen(desk.conn, candidate, desk.person, desk.now)
    return go("registration.candidate", say("gateway.undone", name=candidate.name), ref=candidate.ref)


@pages.post("/candidates/<ref>/adjustments")
@requires("candidates.change", on=a_candidate)
def adjust(desk: Desk, candidate: Candidate) -> Reply:
    """Enter an adjustment; sittings that are too short for it are named at once."""
    form = AdjustmentForm()
    if not form.validate_on_submit():
        return _candidate_page(desk, candidate, form, 400)
    kind, value, first_day = form.values()
    gateway.adjust(desk.conn, candidate, kind, value, first_day, desk.person, desk.now)
    words = say("adjustment.added", what=say(f"adjustment.what.{kind}", value=value), name=candidate.name)
    return go("registration.candidate", words, ref=candidate.ref)


def an_adjustment(desk: Desk, ref: str, adjustment: int) -> Loaded:
    """A candidate and the number of one of their adjustments."""
    loaded = a_candidate(desk, ref)
    own = candidates.adjustments_of(desk.conn, [loaded.object.id])[loaded.object.id]
    if adjustment not in [entered.id for entered in own]:
        raise NotFound("adjustment.none")
    return Loaded((loaded.object, adjustment))


@pages.post("/candidates/<ref>/adjustments/<int:adjustment>/withdraw")
@requires("candidates.change", on=an_adjustment)
def withdraw_adjustment(desk: Desk, named: tuple[Candidate, int]) -> Reply:
    """Withdraw an adjustment, until an attempt is begun with it."""
    candidate, adjustment = named
    gateway.withdraw(desk.conn, candidate, adjustment, desk.person, desk.now)
    return go("registration.candidate", say("adjustment.withdrawn"), ref=candidate.ref)


@pages.post("/candidates/<ref>/invitation")
@requires("candidates.change", on=a_candidate)
def invite_candidate(desk: Desk, candidate: Candidate) -> Reply:
    """Make an invitation and show its link, this once."""
    token = invitations.invite_candidate(desk.conn, candidate, desk.person, desk.now)
    return show(
        "registration/invitation_link.html",
        name=candidate.name,
        email=candidate.email,
        link=url_for("sign_in.invitation", token=token, _external=True),
        until=desk.now + invitations.LASTS,
        back=url_for("registration.candidate", ref=candidate.ref),
    )


@pages.get("/candidates/template.csv")
@requires("candidates.change")
def candidates_template(desk: Desk) -> Response:
    """A file to fill in."""
    return csv_response(imports.template(), "candidates-template")


def _candidate_page(desk: Desk, candidate: Candidate, form: AdjustmentForm, status: int = 200) -> Reply:
    held = seats.of_candidate(desk.conn, candidate.id)
    named = sittings.by_ids(desk.conn, [seat.sitting_id for seat in held])
    entered = candidates.adjustments_of(desk.conn, [candidate.id])[candidate.id]
    by = {candidate.gateway_by} | {a.approved_by for a in entered} | {a.withdrawn_by for a in entered}
    own = [candidate.person_id] if candidate.person_id else []
    return show(
        "registration/candidate.html",
        status,
        candidate=candidate,
        pathway=plans.pathways().get(candidate.spec_name, {}).get(candidate.pathway, candidate.pathway),
        booked=[Booked(seat, named[seat.sitting_id]) for seat in reversed(held)],
        stands=any(seat.cancelled_at is None for seat in held),
        adjustments=[(a, say(f"adjustment.what.{a.kind}", value=a.value)) for a in entered],
        too_short=[say("adjustment.too_short", {**params, "title": sitting.title})
                   for sitting, (_, params) in gateway.too_short(desk.conn, candidate, desk.now)],
        people=people.by_ids(desk.conn, [person for person in by if person]),
        signs_in=bool(staff.with_password(desk.conn, own)),
        form=form,
        documents=DOCUMENTS,
        say=say,
        may_change=_may_change(desk),
    )  # fmt: skip


def _may_change(desk: Desk) -> bool:
    return refusal("candidates.change", desk.person.roles) is None
