"""Reading a version: as the apprentice will see it, with its guide, and what changed. Each opening is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request

from item_bank.formats import FORMATS
from sjt.pages.authoring import forms
from sjt.pages.authoring.forms import OpenForm
from sjt.pages.authoring.loading import BADGES, Frame, may, may_review, pages, version_of
from sjt.pages.authoring.seen import seen
from sjt.pages.guard import Desk, requires
from sjt.pages.replies import Reply, go, show
from sjt.pages.shown import day_and_time
from sjt.rules.authoring import (
    Asked,
    Content,
    State,
    body_field,
    fields,
    guide_field,
    question_field,
    word_diff,
)
from sjt.rules.refusals import NotFound
from sjt.services import authoring
from sjt.stores import drafts
from sjt.stores.drafts import Version
from sjt.words import say

AFTERWARDS = ("version", "editor", "review", "yearly", "reports")


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
    content = drafts.content_of(desk.conn, frame.version.id)
    return show(
        "authoring/version.html",
        frame=frame,
        version=frame.version,
        content=content,
        seen=seen(content),
        reviews=drafts.reviews_of(desk.conn, [frame.version.id]),
        trials=drafts.trials_of(desk.conn, frame.version.id),
        reports=drafts.reports_on(desk.conn, frame.version.id),
        copied=drafts.copied_from(desk.conn, [frame.version.ref]).get(frame.version.ref),
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
    then = form.then.data if form.then.data in AFTERWARDS else "version"
    return go(f"authoring.{then}", words, "info", ref=frame.version.ref)


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
        total=len({name for one in (old, new) for name, text in fields(one).items() if text}),
        versions=drafts.of_scenario(desk.conn, frame.version.slug),
    )


def gate(frame: Frame, then: str | None, against: str = "", form: OpenForm | None = None, status: int = 200) -> Reply:
    """The page that asks what a text is needed for, before it is shown."""
    usual = {"review": "review", "yearly": "review", "editor": "writing", "reports": "writing"}.get(then or "")
    shown = form or OpenForm(data={"then": then, "against": against, "purpose": usual})
    return show("authoring/open.html", status, frame=frame, version=frame.version, form=shown, badges=BADGES)


def labels(frame: Frame, *contents: Content) -> dict[str, str]:
    """What each text of these contents is called on a page, in the order of the editor."""
    found = {"title": "Title", "text": "Situation", "sources": "Sources"}
    found |= {"enemies": "Never on one paper with", "tags": "Framework points"}
    if frame.alone:
        del found["text"]
    asked = {(q.statement, q.format): q for content in contents for q in content.questions}
    for _, question in sorted(asked.items()):
        found |= _question_labels(frame, question, contents)
    return found


def _question_labels(frame: Frame, asked: Asked, contents: Sequence[Content]) -> dict[str, str]:
    code = asked.statement
    found = {question_field(code): f"Question on {code}"}
    for point in frame.specification.blueprint.points(code) if FORMATS[asked.format].by_points else ():
        found[guide_field(code, point.code, "meets")] = f"Guide to {code}, {point.code}: meets"
        found[guide_field(code, point.code, "falls_short")] = f"Guide to {code}, {point.code}: falls short"
    for own in (
        q for content in contents for q in content.questions if (q.statement, q.format) == (code, asked.format)
    ):
        found |= {body_field(code, field.name): f"{code}: {field.label}" for field in forms.body_fields(own)}
    return found


def _changes(frame: Frame, old: Content, new: Content) -> list[Change]:
    """The texts that differ; a format that changed comes first among its question's."""
    before, after = fields(old), fields(new)
    formats = [(q.statement, old.asked(q.statement), q) for q in new.questions]
    changed = [
        Change(f"{code}: format", word_diff(FORMATS[was.format].title, FORMATS[now.format].title))
        for code, was, now in formats
        if was is not None and was.format != now.format
    ]
    return changed + [
        Change(label, word_diff(before.get(name, ""), after.get(name, "")))
        for name, label in labels(frame, old, new).items()
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
