"""The editor of a draft: saved as a whole, by button and by itself, with the preview beside it."""

from __future__ import annotations

from typing import Any

from flask import request

from item_bank.exchange import SCENARIO_WORDS, word_count
from sjt.pages.authoring import forms, texts
from sjt.pages.authoring.loading import BADGES, Frame, pages, version_of
from sjt.pages.guard import Desk, requires
from sjt.pages.replies import Data, Reply, go, show
from sjt.pages.shown import time_with_seconds
from sjt.rules.authoring import Act, Asked, Content, fields, guide_field, may, merged, question_field
from sjt.rules.refusals import NotNow, Refusal, Stale
from sjt.services import authoring
from sjt.stores import drafts
from sjt.words import say


@pages.get("/version/<ref>/edit")
@requires("bank.write", on=version_of)
def editor(desk: Desk, frame: Frame) -> Reply:
    """The editor."""
    version = frame.version
    if not may(version.state, Act.EDIT):
        raise NotNow("authoring.not_draft", number=version.number)
    if not authoring.readable(desk.conn, desk.person, version, desk.now):
        return texts.gate(frame, "editor")
    content = drafts.content_of(desk.conn, version.id)
    return _page(desk, frame, forms.draft_form(frame, content, version.edit), content)


@pages.post("/version/<ref>/edit")
@requires("bank.write", on=version_of)
def write(desk: Desk, frame: Frame) -> Reply:
    """Save, preview, add or remove a question, or send for review: whichever button was pressed."""
    form, typed = _typed(frame)
    act, _, value = request.form.get("act", "save").partition(":")
    sound = form.validate()
    if not sound or act == "preview":
        return _page(desk, frame, form, typed, 200 if sound else 400)
    if act == "add" and form.add.data not in forms.not_asked(frame, typed):
        form.add.errors = [say("authoring.choose_statement")]
        return _page(desk, frame, form, typed, 400)
    content = _with_questions(typed, act, value or form.add.data)
    try:
        edit, changed = authoring.save(
            desk.conn, desk.person, frame.version, forms.whole(form.edit.data), content, desk.now
        )
    except (Stale, NotNow) as refusal:
        return _stale(desk, frame, typed, refusal)
    if act == "send":
        return _send(desk, frame, form, content, edit)
    words = say("authoring.saved", time=time_with_seconds(desk.now)) if changed else say("authoring.unchanged")
    return go("authoring.editor", words, ref=frame.version.ref)


@pages.post("/version/<ref>/autosave")
@requires("bank.write", on=version_of)
def autosave(desk: Desk, frame: Frame) -> Reply:
    """Save what a page holds; answers with the server's time, and with the number of the newest edit."""
    form, typed = _typed(frame)
    if not form.validate():
        first = next(iter(form.errors.values()))[0]
        return Data({"error": "authoring.faults", "words": first}, 400)
    edit, _ = authoring.save(desk.conn, desk.person, frame.version, forms.whole(form.edit.data), typed, desk.now)
    return Data({"edit": edit, "words": say("authoring.saved", time=time_with_seconds(desk.now))})


@pages.post("/version/<ref>/preview")
@requires("bank.write", on=version_of)
def preview(desk: Desk, frame: Frame) -> Reply:
    """What a page holds as the apprentice will see it: the inside of the preview, and nothing is saved."""
    form, typed = _typed(frame)
    sound = form.validate()
    return show("authoring/preview.html", 200 if sound else 400, content=typed, sound=sound)


def _typed(frame: Frame) -> tuple[Any, Content]:
    form = forms.posted_form(frame, request.form)
    statements = forms.posted_statements(frame, request.form)
    return form, forms.content_of(form, statements, frame.specification.blueprint)


def _with_questions(content: Content, act: str, statement: str) -> Content:
    if act == "add":
        added = {asked.statement: asked for asked in (*content.questions, Asked(statement))}
        questions = tuple(added[code] for code in sorted(added))
    elif act == "remove":
        questions = tuple(asked for asked in content.questions if asked.statement != statement)
    else:
        questions = content.questions
    return Content(content.title, content.text, content.sources, questions)


def _send(desk: Desk, frame: Frame, form: Any, content: Content, edit: int) -> Reply:
    """Send the saved draft for review, or show everything that it still lacks beside its place."""
    frame = Frame(authoring.version(desk.conn, frame.version.ref), frame.specification)
    faults = authoring.submit(desk.conn, desk.person, frame.version, desk.now)
    if not faults:
        return go("authoring.scenario", say("authoring.sent", number=frame.version.number), slug=frame.version.slug)
    forms.add_faults(form, faults)
    form.edit.data = str(edit)
    return _page(desk, frame, form, content, 400, summary=say("authoring.incomplete"))


def _page(desk: Desk, frame: Frame, form: Any, content: Content, status: int = 200, summary: str = "") -> Reply:
    return show(
        "authoring/editor.html",
        status,
        frame=frame,
        version=frame.version,
        form=form,
        content=content,
        sound=not form.errors or bool(summary),
        reviews=drafts.reviews_of(desk.conn, [frame.version.id]),
        words=word_count(content.text),
        bounds=SCENARIO_WORDS,
        halves=forms.HALVES,
        names=(question_field, guide_field),
        summary=summary,
        badges=BADGES,
    )


def _stale(desk: Desk, frame: Frame, typed: Content, refusal: Refusal) -> Reply:
    """What was typed beside the newer text: nothing is lost, and nothing is overwritten unseen."""
    newest = authoring.version(desk.conn, frame.version.ref)
    newer = drafts.content_of(desk.conn, newest.id)
    both = merged(typed, newer)
    form = forms.draft_form(frame, both, newest.edit)
    for name, text in {**fields(both), "edit": str(newest.edit)}.items():
        form[name].data = text
    there = fields(newer)
    labels = texts.labels(frame)
    differing = [name for name in labels if name in form and fields(both)[name] != there.get(name)]
    return show(
        "authoring/stale.html",
        409,
        frame=frame,
        version=newest,
        form=form,
        newer=there,
        differing=differing,
        same=[name for name in labels if name in form and name not in differing],
        words=say(refusal.code, refusal.params) if isinstance(refusal, NotNow) else None,
    )
