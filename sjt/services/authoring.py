"""Writing, review and publication: the order of steps, each act recorded with its person."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Iterable
from functools import cache

import sqlalchemy as sa

from sjt.rules.authoring import IN_PROGRESS, Act, Content, Fault, State, may, missing, slug_of
from sjt.rules.plan import Specification, resolve
from sjt.rules.refusals import NotAllowed, NotFound, NotNow, Stale
from sjt.services.files import shipped_specifications
from sjt.stores import drafts, people
from sjt.stores.drafts import Version
from sjt.stores.people import Person
from sjt.words import say

OPEN_LASTS = dt.timedelta(hours=12)  # a text opened for a purpose stays open to its reader for a working day


@cache
def specifications() -> tuple[Specification, ...]:
    """The specifications of this installation, read once: shipped files do not change while it runs."""
    return tuple(shipped_specifications())


def specification(name: str, now: dt.datetime) -> Specification:
    """A specification by name as in force now; NotFound when there is none."""
    found = resolve(specifications(), name, now.date())
    if found is None:
        raise NotFound("authoring.no_spec")
    return found


# ------------------------------------------------------------------------------------------------ reading text
def readable(conn: sa.Connection, person: Person, version: Version, now: dt.datetime) -> bool:
    """Whether a person may read the text now: authors of what is not live yet, and whoever opened it."""
    if version.state in IN_PROGRESS and person.id in version.authors:
        return True
    return drafts.opened_until(conn, person.id, version.ref, now, OPEN_LASTS) is not None


def open_text(
    conn: sa.Connection, person: Person, versions: Iterable[Version], purpose: str, now: dt.datetime
) -> dt.datetime:
    """Record that a person opens these texts for a purpose; returns until when they stay open to them."""
    for version in versions:
        _record(conn, person, drafts.OPENED, version, now, purpose=purpose, state=version.state.value)
    return now + OPEN_LASTS


# ----------------------------------------------------------------------------------------------------- writing
def new_scenario(conn: sa.Connection, person: Person, spec_name: str, theme: str, title: str, now: dt.datetime) -> str:
    """Begin a scenario with its first draft; returns the draft's reference. A taken slug gets a number."""
    scenario_id = _add_scenario(conn, slug_of(title), spec_name, theme, now)
    ref = drafts.add_version(conn, scenario_id, person.id, Content(title), sample=False, now=now)
    _record(conn, person, "bank.begun", version(conn, ref), now)
    return ref


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
    source = next((v for v in versions if v.state == State.LIVE), versions[0])
    open_text(conn, person, [source], "writing", now)
    content = drafts.content_of(conn, source.id)
    ref = drafts.add_version(conn, scenario_id, person.id, content, sample=source.sample, now=now)
    made = version(conn, ref)
    _record(conn, person, "bank.begun", made, now, copy_of=source.number)
    return made


def save(
    conn: sa.Connection, person: Person, was: Version, edit: int, content: Content, now: dt.datetime
) -> tuple[int, bool]:
    """Save a draft as a whole; returns the number of its newest edit and whether anything changed.

    Whoever changes a version is its author. Stale when it was saved since ``edit``; NotNow when it is
    no draft any more.
    """
    if not readable(conn, person, was, now):  # the page stood open longer than the text did
        open_text(conn, person, [was], "writing", now)
    if was.state == State.DRAFT and drafts.content_of(conn, was.id) == content:
        return was.edit, False
    if not drafts.take_turn(conn, was.id, edit, now):
        found = version(conn, was.ref)
        if not may(found.state, Act.EDIT):
            raise NotNow("authoring.not_draft", number=found.number)
        raise Stale("authoring.stale")
    drafts.add_author(conn, was.id, person.id)
    drafts.write_content(conn, was.scenario_id, was.id, content)
    if person.id not in was.authors:
        _record(conn, person, "bank.wrote", was, now)
    return edit + 1, True


# ---------------------------------------------------------------------------------------- review and publication
def submit(conn: sa.Connection, person: Person, draft: Version, now: dt.datetime) -> list[Fault]:
    """Send a draft for review unless it lacks something: then every fault is returned and nothing is done."""
    blueprint = specification(draft.spec_name, now).blueprint
    faults = missing(drafts.content_of(conn, draft.id), draft.theme, blueprint)
    if faults:
        return faults
    if not drafts.move(conn, draft.id, _from(Act.SUBMIT), State.IN_REVIEW, submitted_at=now):
        raise NotNow("authoring.not_draft", number=draft.number)
    _record(conn, person, "bank.submitted", draft, now)
    return []


def approve(
    conn: sa.Connection,
    person: Person,
    read: Version,
    edit: int,
    comment: str,
    ticked: Collection[str],
    now: dt.datetime,
) -> None:
    """Approve a version as it was read: from here on it never changes.

    NotAllowed for an author of it, by whatever way they come; NotNow when it was decided or changed.
    """
    _refuse_unread(conn, person, read, now)
    if person.id in read.authors:
        raise NotAllowed("access.separated")
    if not drafts.approve(conn, read.id, edit, person.id, now):
        raise NotNow("authoring.not_in_review", number=read.number)
    drafts.add_review(conn, read.id, person.id, "approved", comment, now)
    _record(conn, person, "bank.approved", read, now, checked=sorted(ticked))


def send_back(conn: sa.Connection, person: Person, read: Version, comment: str, now: dt.datetime) -> None:
    """Return a version to its authors with a comment. Same refusals as ``approve``."""
    _refuse_unread(conn, person, read, now)
    if person.id in read.authors:
        raise NotAllowed("access.separated")
    if not drafts.move(conn, read.id, _from(Act.RETURN), State.DRAFT):
        raise NotNow("authoring.not_in_review", number=read.number)
    drafts.add_review(conn, read.id, person.id, "returned", comment, now)
    _record(conn, person, "bank.returned", read, now)


def publish(conn: sa.Connection, person: Person, approved: Version, now: dt.datetime) -> None:
    """Make an approved version live; the old live one gives way in the same transaction. NotNow when it is too late."""
    drafts.lock_scenario(conn, approved.scenario_id)
    if not may(version(conn, approved.ref).state, Act.PUBLISH):
        raise NotNow("authoring.not_approved", number=approved.number)
    drafts.retire_live(conn, approved.scenario_id, person.id, say("authoring.replaced", number=approved.number), now)
    if not drafts.move(conn, approved.id, _from(Act.PUBLISH), State.LIVE, live_at=now):
        raise NotNow("authoring.not_approved", number=approved.number)
    _record(conn, person, "bank.published", approved, now)


def withdraw(conn: sa.Connection, person: Person, used: Version, reason: str, now: dt.datetime) -> None:
    """Take a version out of use, with the reason. NotNow when it is in no use."""
    drafts.lock_scenario(conn, used.scenario_id)
    values = {"withdrawn_at": now, "withdrawn_by": person.id, "withdrawn_reason": reason}
    if not drafts.move(conn, used.id, _from(Act.WITHDRAW), State.WITHDRAWN, **values):
        raise NotNow("authoring.not_withdrawable", number=used.number)
    _record(conn, person, "bank.withdrawn", used, now, reason=reason)


def version(conn: sa.Connection, ref: str) -> Version:
    """A version by its reference; NotFound when there is none."""
    found = drafts.by_ref(conn, ref)
    if found is None:
        raise NotFound("authoring.no_version")
    return found


def _from(act: Act) -> list[State]:
    return [state for state in State if may(state, act)]


def _refuse_unread(conn: sa.Connection, person: Person, read: Version, now: dt.datetime) -> None:
    """Nobody decides on a text that they have not opened. (Authors never come so far as to decide.)"""
    if not readable(conn, person, read, now):
        raise NotNow("authoring.read_first")


def _record(
    conn: sa.Connection, person: Person, act: str, version: Version, now: dt.datetime, **detail: object
) -> None:
    named = {"scenario": version.slug, "number": version.number}
    people.record(conn, person.id, act, drafts.OBJECT, version.ref, now, **named, **detail)
