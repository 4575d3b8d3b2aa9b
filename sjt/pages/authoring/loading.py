"""The desk's blueprint, and the objects that its addresses name."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from flask import Blueprint

from item_bank.blueprint import Statement, Theme
from sjt.pages.guard import Desk, Loaded
from sjt.pages.shown import day
from sjt.rules.access import Relation, may_ever, refusal
from sjt.rules.authoring import Due, State, review_due, stands_alone
from sjt.rules.plan import Specification
from sjt.rules.refusals import NotFound
from sjt.services import authoring
from sjt.stores import drafts
from sjt.stores.drafts import Version
from sjt.words import say

pages = Blueprint("authoring", __name__, url_prefix="/bank")

BUTTONS = ("write", "approve", "publish", "withdraw", "try")
KINDS = {State.DRAFT: "info", State.IN_REVIEW: "warn", State.APPROVED: "info", State.LIVE: "good"}
DUE = {Due.OVERDUE: "bad", Due.SOON: "warn", Due.LATER: "neutral"}
BADGES = {state: (KINDS.get(state, "neutral"), say(f"authoring.state.{state.value}")) for state in State}


@dataclass(frozen=True)
class Frame:
    """A version with its place in the specification."""

    version: Version
    specification: Specification

    @property
    def theme(self) -> Theme:
        """The theme of its scenario."""
        return self.specification.blueprint.themes[self.version.theme]

    @property
    def alone(self) -> bool:
        """Whether it is a question that stands alone."""
        return stands_alone(self.specification.blueprint)

    def statement(self, code: str) -> Statement:
        """One of the theme's statements."""
        return self.specification.blueprint.statement(code)


def versions_of(desk: Desk, slug: str) -> Loaded:
    """All versions of the scenario that an address names."""
    found = drafts.of_scenario(desk.conn, slug)
    if not found:
        raise NotFound("authoring.no_scenario")
    return Loaded(found)


def version_of(desk: Desk, ref: str) -> Loaded:
    """The version that an address names, and whether the person asking wrote it."""
    version = authoring.version(desk.conn, ref)
    frame = Frame(version, authoring.specification(version.spec_name, desk.now))
    return Loaded(frame, relations(desk, version))


def relations(desk: Desk, version: Version) -> frozenset[Relation]:
    """What the person asking is to a version."""
    return frozenset({Relation.AUTHOR}) if desk.person.id in version.authors else frozenset()


def may_review(desk: Desk, version: Version) -> bool:
    """Whether the person asking may decide on a version."""
    allowed = refusal("bank.approve", desk.person.roles, relations(desk, version)) is None
    return allowed and version.state == State.IN_REVIEW


def may(desk: Desk) -> dict[str, bool]:
    """Which of the bank's acts the person's roles allow at all, for buttons."""
    return {act: may_ever(f"bank.{act}", desk.person.roles) for act in BUTTONS}


@dataclass(frozen=True)
class NextReview:
    """When a live version must be read again, and how near that is, as a badge shows it."""

    at: dt.datetime
    due: Due
    kind: str
    words: str


def next_review(desk: Desk, specification: Specification, version: Version | None) -> NextReview | None:
    """The next review of a live version; None for any other, or where the bank is not reviewed by the calendar."""
    months = specification.blueprint.policy.review_months
    cutoffs = authoring.review_cutoffs(specification, desk.now)
    if version is None or version.state != State.LIVE or version.reviewed_at is None or not (months and cutoffs):
        return None
    at, due = review_due(version.reviewed_at, months), cutoffs.of(version.reviewed_at)
    return NextReview(at, due, DUE[due], say(f"authoring.due.{due.value}", day=day(at)))


def age(desk: Desk, at: dt.datetime | None) -> str:
    """How long something has waited, in whole days."""
    days = (desk.now - at).days if at else 0
    if days < 1:
        return say("authoring.age.today")
    return say("authoring.age.day") if days == 1 else say("authoring.age.days", days=days)
