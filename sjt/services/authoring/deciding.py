"""Review, publication, yearly review and withdrawal: the order of steps, each act recorded with its person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from item_bank.framework import framework_points
from sjt.rules.access import refusal
from sjt.rules.authoring import Act, Around, Fault, State, enemy_faults, may, missing
from sjt.rules.refusals import NotAllowed, NotNow
from sjt.services.authoring.reading import note, readable, specification, version
from sjt.stores import drafts, people
from sjt.stores.drafts import Version
from sjt.stores.people import Person
from sjt.words import say


def may_be_asked(conn: sa.Connection, draft: Version) -> list[Person]:
    """Who may be asked by name to review a draft: whoever may approve, and wrote nothing of it."""
    everybody = people.everybody(conn)
    return [p for p in everybody if refusal("bank.approve", p.roles) is None and p.id not in draft.authors]


def submit(conn: sa.Connection, person: Person, draft: Version, now: dt.datetime, asked: str = "") -> list[Fault]:
    """Send a draft for review unless it lacks something: then every fault is returned and nothing is done.

    ``asked`` is the reference of the one person who is asked by name, if anybody is.
    """
    blueprint = specification(draft.spec_name, now).blueprint
    around = Around(draft.slug, drafts.enemies_named(conn, draft.spec_name, draft.slug), framework_points())
    faults = missing(drafts.content_of(conn, draft.id), draft.theme, blueprint, around)
    chosen = next((p for p in may_be_asked(conn, draft) if p.ref == asked), None)
    if asked and chosen is None:
        faults.append(Fault("asked", "authoring.cannot_be_asked"))
    if faults:
        return faults
    values = {"submitted_at": now, "asked_id": chosen.id if chosen else None}
    if not drafts.move(conn, draft.id, _from(Act.SUBMIT), State.IN_REVIEW, **values):
        raise NotNow("authoring.not_draft", number=draft.number)
    note(conn, person, "bank.submitted", draft, now, **({"asked": chosen.id} if chosen else {}))
    return []


@dataclass(frozen=True)
class Decision:
    """What a reviewer says: of which edit, with which comment, notes beside fields, and ticked points."""

    edit: int
    comment: str = ""
    notes: Mapping[str, str] | None = None
    ticked: Collection[str] = ()


def approve(conn: sa.Connection, person: Person, read: Version, said: Decision, now: dt.datetime) -> None:
    """Approve a version as it was read: from here on it never changes.

    NotAllowed for an author of it, by whatever way they come; NotNow when it was decided or changed, or when
    its enemies no longer fit the bank.
    """
    _refuse_author(conn, person, read, now)
    content = drafts.content_of(conn, read.id)
    if list(enemy_faults(read.slug, content.enemies, drafts.enemies_named(conn, read.spec_name, read.slug))):
        raise NotNow("authoring.enemies_changed")
    if not drafts.approve(conn, read.id, said.edit, person.id, now):
        raise NotNow("authoring.not_in_review", number=read.number)
    drafts.add_review(conn, read.id, person.id, drafts.APPROVED, said.comment, said.notes or {}, now)
    note(conn, person, "bank.approved", read, now, checked=sorted(said.ticked))


def send_back(conn: sa.Connection, person: Person, read: Version, said: Decision, now: dt.datetime) -> None:
    """Return a version to its authors with a comment. Same refusals as ``approve``."""
    _refuse_author(conn, person, read, now)
    if not drafts.move(conn, read.id, _from(Act.RETURN), State.DRAFT):
        raise NotNow("authoring.not_in_review", number=read.number)
    drafts.add_review(conn, read.id, person.id, drafts.RETURNED, said.comment, said.notes or {}, now)
    note(conn, person, "bank.returned", read, now)


def publish(conn: sa.Connection, person: Person, approved: Version, now: dt.datetime) -> None:
    """Make an approved version live; the old live one gives way in the same transaction. NotNow when it is too late."""
    drafts.lock_scenario(conn, approved.scenario_id)
    if not may(version(conn, approved.ref).state, Act.PUBLISH):
        raise NotNow("authoring.not_approved", number=approved.number)
    drafts.retire_live(conn, approved.scenario_id, person.id, say("authoring.replaced", number=approved.number), now)
    if not drafts.move(conn, approved.id, _from(Act.PUBLISH), State.LIVE, live_at=now):
        raise NotNow("authoring.not_approved", number=approved.number)
    note(conn, person, "bank.published", approved, now)


def confirm(conn: sa.Connection, person: Person, live: Version, comment: str, now: dt.datetime) -> None:
    """The yearly review: a person who wrote nothing of a live version says that it is still fit.

    NotAllowed for an author of it; NotNow when it is not live any more, or its text was not opened.
    """
    _refuse_author(conn, person, live, now)
    drafts.lock_scenario(conn, live.scenario_id)
    if not may(version(conn, live.ref).state, Act.CONFIRM):
        raise NotNow("authoring.not_live", number=live.number)
    drafts.confirm(conn, live.id, person.id, comment, now)
    note(conn, person, "bank.confirmed", live, now)


def _from(act: Act) -> list[State]:
    return [state for state in State if may(state, act)]


def _refuse_author(conn: sa.Connection, person: Person, read: Version, now: dt.datetime) -> None:
    """Nobody decides on what they wrote, or on a text that they have not opened.

    The authors are read anew: somebody may have become one since the page was shown.
    """
    if not readable(conn, person, read, now):
        raise NotNow("authoring.read_first")
    if person.id in read.authors or person.id in version(conn, read.ref).authors:
        raise NotAllowed("access.separated")
