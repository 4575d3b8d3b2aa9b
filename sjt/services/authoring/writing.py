"""Beginning, copying, saving and discarding drafts, each act recorded with its person."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import sqlalchemy as sa

from sjt.rules.authoring import IN_PROGRESS, Act, Asked, Content, State, may, slug_of, stands_alone
from sjt.rules.refusals import NotFound, NotNow, Stale
from sjt.services.authoring.reading import note, open_text, readable, specification, version
from sjt.stores import drafts
from sjt.stores.drafts import Version
from sjt.stores.people import Person


def new_scenario(
    conn: sa.Connection,
    person: Person,
    spec_name: str,
    theme: str,
    title: str,
    now: dt.datetime,
    question: Asked | None = None,
) -> str:
    """Begin a scenario, or a question that stands alone, with its first draft; returns the draft's reference.

    A taken slug gets a number.
    """
    content = Content(title, questions=(question,) if question else ())
    made = _begin(conn, person, spec_name, theme, content, now)
    note(conn, person, "bank.begun", made, now)
    return made.ref


def _begin(
    conn: sa.Connection, person: Person, spec_name: str, theme: str, content: Content, now: dt.datetime
) -> Version:
    alone = stands_alone(specification(spec_name, now).blueprint)
    scenario_id = _add_scenario(conn, slug_of(content.title), spec_name, theme, now)
    ref = drafts.add_version(conn, scenario_id, person.id, content, sample=False, now=now, alone=alone)
    return version(conn, ref)


def _add_scenario(conn: sa.Connection, slug: str, spec_name: str, theme: str, now: dt.datetime) -> int:
    for number in itertools.count(1):
        tried = slug if number == 1 else f"{slug}-{number}"
        if drafts.scenario_id(conn, tried) is not None:
            continue
        try:
            with conn.begin_nested():
                return drafts.add_scenario(conn, tried, spec_name, theme, now)
        except sa.exc.IntegrityError:
            continue  # somebody took it a moment ago
    raise AssertionError


def open_draft(conn: sa.Connection, person: Person, slug: str, now: dt.datetime) -> Version:
    """Open the next version of a scenario as a draft: a copy of the live version, or of the newest one.

    NotNow while another version is in progress. The copy shows the text, so that is recorded too.
    """
    scenario_id = drafts.scenario_id(conn, slug)
    if scenario_id is None:
        raise NotFound("authoring.no_scenario")
    drafts.lock_scenario(conn, scenario_id)
    versions = drafts.of_scenario(conn, slug)
    for other in (v for v in versions if v.state in IN_PROGRESS):
        raise NotNow("authoring.in_progress", number=other.number)
    source = source_of(versions)
    open_text(conn, person, [source], "writing", now)
    content = drafts.content_of(conn, source.id)
    alone = stands_alone(specification(source.spec_name, now).blueprint)
    ref = drafts.add_version(conn, scenario_id, person.id, content, sample=source.sample, now=now, alone=alone)
    made = version(conn, ref)
    note(conn, person, "bank.begun", made, now, copy_of=source.number)
    return made


def source_of(versions: list[Version]) -> Version:
    """The version that a new one begins with: the live one, else the newest."""
    return next((v for v in versions if v.state == State.LIVE), versions[0])


def copy(conn: sa.Connection, person: Person, source: Version, title: str, now: dt.datetime) -> Version:
    """Copy a version with its questions into a scenario of its own: version 1, a draft of the person who copies.

    A copied question that stands alone says nearly the same as its model, so it begins as the model's enemy.
    """
    open_text(conn, person, [source], "writing", now)
    content = replace(drafts.content_of(conn, source.id), title=title)
    if stands_alone(specification(source.spec_name, now).blueprint):
        content = replace(content, enemies=tuple(dict.fromkeys((*content.enemies, source.slug))))
    made = _begin(conn, person, source.spec_name, source.theme, content, now)
    note(conn, person, "bank.copied", made, now, from_scenario=source.slug, from_number=source.number)
    return made


def save(
    conn: sa.Connection, person: Person, was: Version, edit: int, content: Content, now: dt.datetime
) -> tuple[int, bool]:
    """Save a draft as a whole; returns the number of its newest edit and whether anything changed.

    Whoever changes a version is its author. Stale when it was saved since ``edit``; NotNow when it is
    no draft any more.
    """
    content = content.without_blanks()
    if not readable(conn, person, was, now):  # the page stood open longer than the text did
        open_text(conn, person, [was], "writing", now)
    if was.state == State.DRAFT and drafts.content_of(conn, was.id) == content:
        return was.edit, False
    if not drafts.take_turn(conn, was.id, edit, now):
        _refuse_no_draft(conn, was)
        raise Stale("authoring.stale")
    drafts.add_author(conn, was.id, person.id)
    alone = stands_alone(specification(was.spec_name, now).blueprint)
    drafts.write_content(conn, was.scenario_id, was.id, content, alone=alone)
    if person.id not in was.authors:
        note(conn, person, "bank.wrote", was, now)
    return edit + 1, True


def discard(conn: sa.Connection, person: Person, draft: Version, edit: int, now: dt.datetime) -> None:
    """Throw a draft away that was never approved; its scenario goes with it when it has no other version.

    Stale when somebody saved it since; NotNow when it is no draft. The record of it stays.
    """
    drafts.lock_scenario(conn, draft.scenario_id)
    if not drafts.discard(conn, draft.id, draft.scenario_id, edit, now):
        _refuse_no_draft(conn, draft)
        raise Stale("authoring.discard_stale")
    note(conn, person, "bank.discarded", draft, now, title=draft.title, authors=sorted(draft.authors))


def _refuse_no_draft(conn: sa.Connection, was: Version) -> None:
    found = version(conn, was.ref)
    if not may(found.state, Act.EDIT):
        raise NotNow("authoring.not_draft", number=found.number)
