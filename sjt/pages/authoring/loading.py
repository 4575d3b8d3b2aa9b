"""The desk's blueprint, and the objects that its addresses name."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint

from item_bank.blueprint import Statement, Theme
from sjt.pages.guard import Desk, Loaded
from sjt.rules.access import Relation, may_ever, refusal
from sjt.rules.authoring import State
from sjt.rules.plan import Specification
from sjt.rules.refusals import NotFound
from sjt.services import authoring
from sjt.stores import drafts
from sjt.stores.drafts import Version
from sjt.words import say

pages = Blueprint("authoring", __name__, url_prefix="/bank")

KINDS = {State.DRAFT: "info", State.IN_REVIEW: "warn", State.APPROVED: "info", State.LIVE: "good"}
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
    return {act: may_ever(f"bank.{act}", desk.person.roles) for act in ("write", "approve", "publish", "withdraw")}
