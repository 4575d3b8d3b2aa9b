"""Reading a version: as the apprentice will see it, with its guide, and what changed. Each opening is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request

from sjt.pages.authoring.forms import OpenForm
from sjt.pages.authoring.loading import BADGES, Frame, may, may_review, pages, version_of
from sjt.pages.guard import Desk, requires
from sjt.pages.replies import Reply, go, show
from sjt.pages.shown import day_and_time
from sjt.rules.authoring import Content, State, fields, guide_field, question_field, word_diff
from sjt.rules.refusals import NotFound
from sjt.services import authoring
from sjt.stores import drafts
from sjt.stores.drafts import Version
from sjt.words import say

AFTERWARDS = {"version": "authoring.version", "editor": "authoring.editor", "review": "authoring.review"}


@dataclass(frozen=True)
class Change:
    """One text of a version beside the same text of another one."""

    label: str
    passages: list[tuple[str, str]]


@pages.get("/version/<ref>")
@requires("bank.read", on=version_of)
def version(desk: Desk, frame: Frame) -> Reply:
    """A version as the apprentice will see it, and its marking guide."""
    if not authoring.readable(desk.conn, desk.person, frame.version, desk.now):
        return gate(frame, "version")
    return show(
        "authoring/version.html",
        frame=frame,
        version=frame.version,
        content=drafts.content_of(desk.conn, frame.version.id),
        reviews=drafts.reviews_of(desk.conn, [frame.version.id]),
        earlier=[v for v in drafts.of_scenario(desk.conn, frame.version.slug) if v.number < frame.version.number],
        review_open=may_review(desk, frame.version),
        may=may(desk),
        badges=BADGES,
    )


@pages.post("/version/<ref>/open")
@requires("bank.read", on=version_of)
def open_text(desk: Desk, frame: Frame) -> Reply:
    """Open a version's text for a purpose, which is recorded; then go on to where it was wanted."""
    form = OpenForm()
    if not form.validate():
        return gate(frame, form.then.data, form.against.data or "", form, 400)
    opened, against = [frame.version], None
    if form.then.data == "changes":
        against = _against(desk, frame.version, form.against.data or "")
        opened.append(against)
    until = authoring.open_text(desk.conn, desk.person, opened, form.purpose.data, desk.now)
    words = say("authoring.opened", time=day_and_time(until))
    if against is not None:
        return go("authoring.changes", words, "info", ref=frame.version.ref, against=against.number)
    return go(AFTERWARDS.get(form.then.data or "", "authoring.version"), words, "info", ref=frame.version.ref)


@pages.get("/version/<ref>/changes")
@requires("bank.read", on=version_of)
def changes(desk: Desk, frame: Frame) -> Reply:
    """What changed between an earlier version and this one, word by word."""
    against = _against(desk, frame.version, request.args.get("against", ""))
    both = (against, frame.version)
    if not all(authoring.readable(desk.conn, desk.person, v, desk.now) for v in both):
        return gate(frame, "changes", str(against.number))
    old, new = (drafts.content_of(desk.conn, v.id) for v in both)
    changed = _changes(frame, old, new)
    return show(
        "authoring/changes.html",
        frame=frame,
        version=frame.version,
        against=against,
        changed=changed,
        unchanged=len(fields(old) | fields(new)) - len(changed),
        others=[v for v in drafts.of_scenario(desk.conn, frame.version.slug) if v.number != frame.version.number],
    )


def gate(frame: Frame, then: str | None, against: str = "", form: OpenForm | None = None, status: int = 200) -> Reply:
    """The page that asks what a text is needed for, before it is shown."""
    usual = {"review": "review", "editor": "writing"}.get(then or "")
    shown = form or OpenForm(data={"then": then, "against": against, "purpose": usual})
    return show("authoring/open.html", status, frame=frame, version=frame.version, form=shown, badges=BADGES)


def labels(frame: Frame) -> Mapping[str, str]:
    """What each text of a draft is called on a page."""
    found = {"title": "Title", "text": "Situation", "sources": "Sources"}
    for statement in frame.theme.statements:
        found[question_field(statement.code)] = f"Question on {statement.code}"
        for point in frame.specification.blueprint.points(statement.code):
            found[guide_field(statement.code, point.code, "meets")] = f"Guide to {statement.code}, {point.code}: meets"
            short = f"Guide to {statement.code}, {point.code}: falls short"
            found[guide_field(statement.code, point.code, "falls_short")] = short
    return found


def _changes(frame: Frame, old: Content, new: Content) -> list[Change]:
    before, after = fields(old), fields(new)
    return [
        Change(label, word_diff(before.get(name, ""), after.get(name, "")))
        for name, label in labels(frame).items()
        if before.get(name, "") != after.get(name, "")
    ]


def _against(desk: Desk, version: Version, number: str) -> Version:
    """The version to compare with: the one asked for, else the live one, else the one before."""
    others = [v for v in drafts.of_scenario(desk.conn, version.slug) if v.number != version.number]
    if number:
        found = [v for v in others if str(v.number) == number]
    else:
        found = [v for v in others if v.state == State.LIVE] + [v for v in others if v.number < version.number]
    if not found:
        raise NotFound("authoring.no_version")
    return found[0]
