"""Results: preview, release, and the apprentice's own result."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, make_response, request

from sjt.pages.guard import Desk, Loaded, requires
from sjt.pages.replies import Reply, go, show
from sjt.rules.access import Relation, may_ever
from sjt.rules.refusals import BadInput, NotFound, NotNow
from sjt.services import results
from sjt.services.grading import outcome_words
from sjt.services.results import Released
from sjt.services.specifications import practice_ids
from sjt.stores import results as store
from sjt.stores import sittings as sitting_store
from sjt.stores.results import Result
from sjt.stores.sittings import Sitting
from sjt.words import say

pages = Blueprint("results", __name__, url_prefix="/results")
PAGE_LENGTH = 50


def _sitting(desk: Desk, ref: str) -> Loaded:
    found = sitting_store.by_ref(desk.conn, ref)
    if found is None:
        raise NotFound("error.words.404")
    return Loaded(found)


def _result(desk: Desk, ref: str) -> Loaded:
    found = store.by_ref(desk.conn, ref)
    if found is None:
        raise NotFound("result.unknown")
    return Loaded(found)


def _own_result(desk: Desk, ref: str) -> Loaded:
    """A result of the person's own; anybody else's does not exist for them."""
    found = store.by_ref(desk.conn, ref)
    if found is None or found.person_id != desk.person.id:
        raise NotFound("result.unknown")
    return Loaded(found, frozenset({Relation.OWN}))


def _own_results(desk: Desk) -> Loaded:
    return Loaded(store.of_person(desk.conn, desk.person.id), frozenset({Relation.OWN}))


@pages.get("/")
@requires("results.read")
def sittings(desk: Desk) -> Reply:
    """Sittings that have begun, with how many results are released."""
    page = max(request.args.get("page", 1, int), 1)
    found = store.sittings_begun(desk.conn, desk.now, PAGE_LENGTH + 1, (page - 1) * PAGE_LENGTH, practice_ids())
    more = len(found) > PAGE_LENGTH
    leads = may_ever("marking.overview", desk.person.roles)
    return show("results/sittings.html", sittings=found[:PAGE_LENGTH], page=page, more=more, leads=leads)


@pages.get("/sitting/<ref>")
@requires("results.read", on=_sitting)
def sitting(desk: Desk, found: Sitting) -> Reply:
    """A preview of every outcome of a sitting, and the form that releases them."""
    return _preview(desk, found, frozenset())


def _preview(
    desk: Desk, found: Sitting, chosen: frozenset[str], status: int = 200, faults: tuple[str, ...] = ()
) -> Reply:
    previews = results.outcomes(desk.conn, found.id)
    ready = [p for p in previews if p.can_go]
    return show(
        "results/sitting.html", status, sitting=found, ready=ready, chosen=chosen, faults=faults,
        held=[p for p in previews if p.missing], released=[p.released for p in previews if p.released],
        may_release=may_ever("results.release", desk.person.roles), request_id=str(uuid.uuid4()),
        outcome_words=outcome_words, say=say,
    )  # fmt: skip


@pages.post("/sitting/<ref>/release")
@requires("results.release", on=_sitting)
def release(desk: Desk, found: Sitting) -> Reply:
    """Release the chosen results in the name of whoever is signed in."""
    chosen = frozenset(request.form.getlist("chosen"))
    try:
        done = results.release(desk.conn, found, chosen, desk.person, _request_id(), desk.now)
    except BadInput as bad:
        faults = tuple(say(code, params) for _, code, params in bad.faults)
        return _preview(desk, found, chosen, 400, faults)
    except NotNow as refusal:
        return _preview(desk, found, chosen, 409, (say(refusal.code, refusal.params),))
    return go("results.sitting", _released_words(done), "warning" if done.stayed else "success", ref=found.ref)


def _request_id() -> str:
    """The form's own id, under which it is carried out once. BadInput when it is none."""
    try:
        return str(uuid.UUID(request.form.get("request_id", "")))
    except ValueError:
        raise BadInput([("request_id", "results.no_request", {})]) from None


def _released_words(done: Released) -> str:
    if done.stayed:
        who = ", ".join(preview.seat.candidate.name for preview in done.stayed)
        return say("results.stayed", went=done.went, who=who)
    return say("results.went", went=done.went)


@pages.get("/sitting/<ref>/results.csv")
@requires("results.read", on=_sitting)
def export(desk: Desk, found: Sitting) -> Response:
    """The released results of a sitting as a file for spreadsheets."""
    released = store.of_sitting(desk.conn, found.id).values()
    response = make_response(results.as_csv(sorted(released, key=lambda result: result.candidate_number)))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="results-{found.starts_at:%Y-%m-%d}.csv"'
    return response


@pages.get("/result/<ref>")
@requires("results.read", on=_result)
def result(desk: Desk, found: Result) -> Reply:
    """One released result as the staff read it, with the markers' reasons and without their names."""
    return show("results/result.html", told=results.told(found), own=False)


@pages.get("/mine")
@requires("results.read_own", on=_own_results)
def mine(desk: Desk, own: list[Result]) -> Reply:
    """The apprentice's own released results."""
    return show("results/mine.html", results=own)


@pages.get("/mine/<ref>")
@requires("results.read_own", on=_own_result)
def my_result(desk: Desk, found: Result) -> Reply:
    """One of the apprentice's own results."""
    return show("results/result.html", told=results.told(found), own=True)
