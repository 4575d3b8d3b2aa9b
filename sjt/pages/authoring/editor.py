"""The editor of a draft: saved as a whole, by button and by itself, with the preview beside it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from flask import request
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from item_bank.exchange import SCENARIO_WORDS, word_count
from item_bank.formats import FORMATS
from sjt.pages.authoring import forms, texts
from sjt.pages.authoring.loading import BADGES, Frame, pages, version_of
from sjt.pages.authoring.seen import seen
from sjt.pages.guard import Desk, requires
from sjt.pages.replies import Data, Reply, go, show
from sjt.pages.shown import time_with_seconds
from sjt.rules.authoring import (
    Act,
    Asked,
    Content,
    body_field,
    fields,
    format_field,
    guide_field,
    may,
    merged,
    question_field,
)
from sjt.rules.refusals import NotNow, Refusal, Stale
from sjt.services import authoring
from sjt.stores import drafts
from sjt.stores.presence import Writing
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
    _say_i_write(desk, frame, None)
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
    faults = _faults_of_adding(frame, form, typed) if act == "add" else []
    for name, code in faults:
        form[name].errors = [say(code)]
    if faults:
        return _page(desk, frame, form, typed, 400)
    content = _with_questions(typed, act, value or form.add.data, form.add_format.data)
    edit_read = forms.whole(form.edit.data)
    try:
        edit, changed = authoring.save(desk.conn, desk.person, frame.version, edit_read, content, desk.now)
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


@pages.get("/version/<ref>/writing")
@requires("bank.write", on=version_of)
def writing(desk: Desk, frame: Frame) -> Reply:
    """An open editor is heard here every few seconds; it hears who else writes, and how new the draft is."""
    _say_i_write(desk, frame, desk.now if request.args.get("changed") else None)
    newer = say("authoring.newer")
    return Data({"edit": frame.version.edit, "words": _others(desk, frame), "newer": newer})


@pages.post("/version/<ref>/preview")
@requires("bank.write", on=version_of)
def preview(desk: Desk, frame: Frame) -> Reply:
    """What a page holds as the apprentice will see it: the inside of the preview, and nothing is saved."""
    form, typed = _typed(frame)
    sound = form.validate()
    status = 200 if sound else 400
    return show("authoring/preview.html", status, content=typed, sound=sound, frame=frame, seen=seen(typed))


@pages.post("/version/<ref>/discard")
@requires("bank.write", on=version_of)
def discard(desk: Desk, frame: Frame) -> Reply:
    """Throw away a draft that was opened by mistake."""
    version, form = frame.version, forms.DiscardForm()
    authoring.discard(desk.conn, desk.person, version, forms.whole(form.edit.data), desk.now)
    words = say("authoring.discarded", number=version.number)
    if drafts.of_scenario(desk.conn, version.slug):
        return go("authoring.scenario", words, slug=version.slug)
    return go("authoring.bank", words, spec=version.spec_name)


def _typed(frame: Frame) -> tuple[Any, Content]:
    form = forms.posted_form(frame, request.form)
    return form, forms.content_of(form, frame, request.form)


def _faults_of_adding(frame: Frame, form: Any, typed: Content) -> list[tuple[str, str]]:
    allowed = [str(choice.value) for choice in forms.format_choices(frame)]
    form.add_format.data = form.add_format.data or allowed[0]
    faults = [] if form.add.data in forms.not_asked(frame, typed) else [("add", "authoring.choose_statement")]
    return faults if form.add_format.data in allowed else [*faults, ("add_format", "authoring.choose_format")]


def _with_questions(content: Content, act: str, statement: str, format_: str) -> Content:
    if act == "add":
        added = {asked.statement: asked for asked in (*content.questions, Asked(statement, format=format_))}
        return replace(content, questions=tuple(added[code] for code in sorted(added)))
    if act == "remove":
        return replace(content, questions=tuple(q for q in content.questions if q.statement != statement))
    return content


def _send(desk: Desk, frame: Frame, form: Any, content: Content, edit: int) -> Reply:
    """Send the saved draft for review, or show everything that it still lacks beside its place."""
    frame = Frame(authoring.version(desk.conn, frame.version.ref), frame.specification)
    faults = authoring.submit(desk.conn, desk.person, frame.version, desk.now, form.asked.data or "")
    if not faults:
        return go("authoring.scenario", say("authoring.sent", number=frame.version.number), slug=frame.version.slug)
    forms.add_faults(form, faults)
    form.edit.data = str(edit)
    return _page(desk, frame, form, content, 400, summary=say("authoring.incomplete"))


def _page(desk: Desk, frame: Frame, form: Any, content: Content, status: int = 200, summary: str = "") -> Reply:
    reviews = drafts.reviews_of(desk.conn, [frame.version.id])
    people = authoring.may_be_asked(desk.conn, frame.version)
    form.asked.choices = [*form.asked.choices, *(SelectChoice(p.ref, p.name) for p in people)]
    if form.asked.data is None:
        form.asked.data = next((p.ref for p in people if p.id == frame.version.asked_id), "")
    return show(
        "authoring/editor.html",
        status,
        frame=frame,
        version=frame.version,
        form=form,
        content=content,
        bodies={asked.statement: forms.body_fields(asked) for asked in content.questions},
        formats=FORMATS,
        seen=seen(content),
        sound=not form.errors or bool(summary),
        reviews=reviews,
        notes=reviews[0].notes if reviews and reviews[0].decision == drafts.RETURNED else {},
        words=word_count(content.text),
        bounds=SCENARIO_WORDS,
        halves=forms.HALVES,
        names=(question_field, guide_field, body_field, format_field),
        others=_others(desk, frame),
        copied=drafts.copied_from(desk.conn, [frame.version.ref]).get(frame.version.ref),
        summary=summary,
        badges=BADGES,
    )


def _stale(desk: Desk, frame: Frame, typed: Content, refusal: Refusal) -> Reply:
    """What was typed beside the newer text: nothing is lost, and nothing is overwritten unseen."""
    newest = authoring.version(desk.conn, frame.version.ref)
    newer = drafts.content_of(desk.conn, newest.id)
    both = merged(typed, newer)
    form = forms.draft_form(frame, both, newest.edit)
    for asked in both.questions:
        form[format_field(asked.statement)].data = asked.format
    for name, text in {**fields(both), "edit": str(newest.edit)}.items():
        form[name].data = text
    there, typed_there = fields(newer), fields(both)
    names = [name for name in texts.labels(frame, both, newer) if name in form]
    differing = [name for name in names if typed_there.get(name, "") != there.get(name, "")]
    return show(
        "authoring/stale.html",
        409,
        frame=frame,
        version=newest,
        form=form,
        newer=there,
        differing=differing,
        same=[name for name in names if name not in differing],
        gone={asked.statement for asked in both.questions if newer.asked(asked.statement) is None},
        words=say(refusal.code, refusal.params) if isinstance(refusal, NotNow) else None,
    )


# ------------------------------------------------------------------------------------------ who else is writing
def _say_i_write(desk: Desk, frame: Frame, changed: dt.datetime | None) -> None:
    """Keep that this person has the draft open; their last change stands until a newer one comes."""
    presence, ref = desk.product.presence, frame.version.ref
    before = presence.writers(ref, desk.now).get(desk.person.ref)
    last = changed or (before.changed if before else None)
    presence.write(ref, desk.person.ref, Writing(desk.person.name, desk.now, last))


def _others(desk: Desk, frame: Frame) -> str:
    """Who else has the draft open, in words; empty when nobody has."""
    heard = desk.product.presence.writers(frame.version.ref, desk.now)
    others = sorted((w for ref, w in heard.items() if ref != desk.person.ref), key=lambda w: w.name)
    return " ".join(
        say("authoring.writes_too", name=w.name, time=time_with_seconds(w.changed))
        if w.changed
        else say("authoring.open_too", name=w.name)
        for w in others
    )
