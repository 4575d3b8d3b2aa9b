"""The states of a version of a scenario and the acts that lead from one to the next."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a version is."""

    DRAFT = "draft"  # its authors change it
    IN_REVIEW = "in_review"  # it waits for a second person
    APPROVED = "approved"  # it never changes again and is on no paper yet
    LIVE = "live"  # papers are drawn from it; at most one version of a scenario
    WITHDRAWN = "withdrawn"  # on no new paper; kept for the papers that hold it


class Act(StrEnum):
    """What people do to a version."""

    EDIT = "edit"
    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    PUBLISH = "publish"
    CONFIRM = "confirm"
    WITHDRAW = "withdraw"


AFTER: Mapping[tuple[State, Act], State] = {
    (State.DRAFT, Act.EDIT): State.DRAFT,
    (State.DRAFT, Act.SUBMIT): State.IN_REVIEW,
    (State.IN_REVIEW, Act.APPROVE): State.APPROVED,
    (State.IN_REVIEW, Act.RETURN): State.DRAFT,
    (State.APPROVED, Act.PUBLISH): State.LIVE,
    (State.APPROVED, Act.WITHDRAW): State.WITHDRAWN,
    (State.LIVE, Act.CONFIRM): State.LIVE,
    (State.LIVE, Act.WITHDRAW): State.WITHDRAWN,
}

IN_PROGRESS = frozenset({State.DRAFT, State.IN_REVIEW, State.APPROVED})  # one of these bars another draft
CHECKLIST = ("believable", "private", "answerable", "guide", "fair")  # what a reviewer ticks to approve
PURPOSES = ("review", "quality", "preparation", "writing")  # why staff open the text of an item


def may(state: State, act: Act) -> bool:
    """Whether a version in this state takes the act."""
    return (state, act) in AFTER
