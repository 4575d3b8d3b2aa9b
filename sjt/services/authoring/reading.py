"""Which specifications there are, and who may read which text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache

import sqlalchemy as sa

from sjt.rules.authoring import IN_PROGRESS, Cutoffs, cutoffs
from sjt.rules.plan import Specification, resolve
from sjt.rules.refusals import NotFound
from sjt.services.files import shipped_specifications
from sjt.stores import drafts, people
from sjt.stores.drafts import Version
from sjt.stores.people import Person

OPEN_LASTS = dt.timedelta(hours=12)  # a text opened for a purpose stays open to its reader for a working day


@cache
def specifications() -> tuple[Specification, ...]:
    """The specifications of this installation, read once: shipped files do not change while it runs.

    First those by which papers are drawn, then those with missing values, practice last.
    """
    return tuple(sorted(shipped_specifications(), key=lambda s: (s.practice, bool(s.missing), s.name)))


def specification(name: str, now: dt.datetime) -> Specification:
    """A specification by name as in force now; NotFound when there is none."""
    found = resolve(specifications(), name, now.date())
    if found is None:
        raise NotFound("authoring.no_spec")
    return found


def review_cutoffs(of: Specification, now: dt.datetime) -> Cutoffs | None:
    """What was last reviewed when is due now, by the policy of a specification."""
    return cutoffs(now, of.blueprint.policy.review_months, of.blueprint.policy.warn_days)


def version(conn: sa.Connection, ref: str) -> Version:
    """A version by its reference; NotFound when there is none."""
    found = drafts.by_ref(conn, ref)
    if found is None:
        raise NotFound("authoring.no_version")
    return found


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
        note(conn, person, drafts.OPENED, version, now, purpose=purpose, state=version.state.value)
    return now + OPEN_LASTS


def note(conn: sa.Connection, person: Person, act: str, version: Version, now: dt.datetime, **detail: object) -> None:
    """Record what somebody did to a version."""
    named = {"scenario": version.slug, "number": version.number}
    people.record(conn, person.id, act, drafts.OBJECT, version.ref, now, **named, **detail)
