"""One scenario: its versions, who did what to them and when; its next version, and copies of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import request

from sjt.pages.authoring.forms import CopyForm
from sjt.pages.authoring.loading import BADGES, may, may_review, next_review, pages, relations, versions_of
from sjt.pages.guard import Desk, requires
from sjt.pages.replies import Reply, go, show
from sjt.rules.access import refusal
from sjt.rules.authoring import IN_PROGRESS, State, stands_alone
from sjt.rules.refusals import NotFound
from sjt.services import authoring
from sjt.stores import drafts
from sjt.stores.drafts import Version
from sjt.words import say


@pages.get("/scenario/<slug>")
@requires("bank.read", on=versions_of)
def scenario(desk: Desk, versions: Sequence[Version]) -> Reply:
    """A scenario: its versions and their history. No text stands here."""
    newest, ids = versions[0], [v.id for v in versions]
    specification = authoring.specification(newest.spec_name, desk.now)
    busy = next((v for v in versions if v.state in IN_PROGRESS), None)
    live = next((v for v in versions if v.state == State.LIVE), None)
    reviews = [*drafts.reviews_of(desk.conn, ids), *drafts.confirmations(desk.conn, ids)]
    return show(
        "authoring/scenario.html",
        newest=newest,
        versions=versions,
        live=live,
        busy=busy,
        theme=specification.blueprint.themes[newest.theme],
        alone=stands_alone(specification.blueprint),
        reviews=_by_version(reviews),
        copied=drafts.copied_from(desk.conn, [v.ref for v in versions]),
        review=next_review(desk, specification, live),
        confirm_open=live is not None and _may_confirm(desk, live),
        review_open=busy is not None and may_review(desk, busy),
        may=may(desk),
        badges=BADGES,
    )


def _may_confirm(desk: Desk, live: Version) -> bool:
    return refusal("bank.approve", desk.person.roles, relations(desk, live)) is None


@pages.post("/scenario/<slug>/draft")
@requires("bank.write", on=versions_of)
def open_draft(desk: Desk, versions: Sequence[Version]) -> Reply:
    """Open the next version as a draft."""
    made = authoring.open_draft(desk.conn, desk.person, versions[0].slug, desk.now)
    return go("authoring.editor", say("authoring.opened_draft", number=made.number), ref=made.ref)


@pages.get("/scenario/<slug>/copy")
@requires("bank.write", on=versions_of)
def copying(desk: Desk, versions: Sequence[Version]) -> Reply:
    """The form for a copy."""
    source = authoring.source_of(list(versions))
    return _copy_page(source, CopyForm(data={"title": f"{source.title} (copy)"[:200]}))


@pages.post("/scenario/<slug>/copy")
@requires("bank.write", on=versions_of)
def copy(desk: Desk, versions: Sequence[Version]) -> Reply:
    """Copy a scenario with its questions into a new one, and open its draft."""
    source, form = authoring.source_of(list(versions)), CopyForm()
    if not form.validate():
        return _copy_page(source, form, 400)
    made = authoring.copy(desk.conn, desk.person, source, form.title.data or "", desk.now)
    return go("authoring.editor", say("authoring.copied", title=source.title, number=source.number), ref=made.ref)


def _copy_page(source: Version, form: CopyForm, status: int = 200) -> Reply:
    return show("authoring/copy.html", status, source=source, form=form)


@pages.get("/scenario/<slug>/compare")
@requires("bank.read", on=versions_of)
def compare(desk: Desk, versions: Sequence[Version]) -> Reply:
    """Any two versions: goes on to what changed from one to the other."""
    by_number = {str(v.number): v for v in versions}
    new, old = by_number.get(request.args.get("to", "")), by_number.get(request.args.get("from", ""))
    if new is None or old is None:
        raise NotFound("authoring.no_version")
    return go("authoring.changes", ref=new.ref, against=old.number)


def _by_version(reviews: Iterable[drafts.Review]) -> dict[int, list[drafts.Review]]:
    found: dict[int, list[drafts.Review]] = {}
    for review in sorted(reviews, key=lambda r: r.at, reverse=True):
        found.setdefault(review.version_id, []).append(review)
    return found
