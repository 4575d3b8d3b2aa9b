"""A seat's place in the register: from booked to admitted, refused or absent, and what may be noted when.

Facts are stored; the standing is derived from them. A note may be taken back until the next step has
happened: nobody un-checks the identity of a candidate who is already admitted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum

# Kinds of document with a photograph. The kind is kept, never the number or a copy.
DOCUMENTS = ("passport", "driving_licence", "identity_card", "residence_permit", "pass_card", "work_card", "other")


class Standing(StrEnum):
    """Where a seat stands in the register."""

    BOOKED = "booked"
    PRESENT = "present"  # the photo ID was checked
    ADMITTED = "admitted"
    REFUSED = "refused"
    ABSENT = "absent"


class Paper(StrEnum):
    """How far the seat's paper is."""

    MISSING = "missing"  # none is drawn
    READY = "ready"  # drawn, and the gate is closed
    OPEN = "open"  # the gate is open, and the candidate has not begun
    BEGUN = "begun"  # begun or closed: the register changes nothing any more


class Act(StrEnum):
    """What the register, and the gate, can note of a seat."""

    IDENTITY = "identity"
    ADMIT = "admit"
    REFUSE = "refuse"
    ABSENT = "absent"
    OPEN_GATE = "open_gate"
    UNDO_IDENTITY = "undo_identity"
    UNDO_ADMISSION = "undo_admission"
    UNDO_REFUSAL = "undo_refusal"
    UNDO_ABSENCE = "undo_absence"


S, P = Standing, Paper
BEFORE_BEGIN = frozenset({P.MISSING, P.READY, P.OPEN})
CLOSED_GATE = frozenset({P.MISSING, P.READY})

TABLE: Mapping[Act, tuple[frozenset[Standing], frozenset[Paper]]] = {
    # act                 the seat is                                     its paper is
    Act.IDENTITY:       (frozenset({S.BOOKED}),                          CLOSED_GATE),
    Act.ADMIT:          (frozenset({S.PRESENT}),                         frozenset({P.READY})),
    Act.REFUSE:         (frozenset({S.BOOKED, S.PRESENT, S.ADMITTED}),   BEFORE_BEGIN),
    Act.ABSENT:         (frozenset({S.BOOKED}),                          CLOSED_GATE),
    Act.OPEN_GATE:      (frozenset({S.ADMITTED}),                        frozenset({P.READY, P.OPEN})),
    Act.UNDO_IDENTITY:  (frozenset({S.PRESENT}),                         CLOSED_GATE),
    Act.UNDO_ADMISSION: (frozenset({S.ADMITTED}),                        CLOSED_GATE),
    Act.UNDO_REFUSAL:   (frozenset({S.REFUSED}),                         BEFORE_BEGIN),
    Act.UNDO_ABSENCE:   (frozenset({S.ABSENT}),                          BEFORE_BEGIN),
}  # fmt: skip
UNDOES: Mapping[Standing, Act] = {
    S.PRESENT: Act.UNDO_IDENTITY,
    S.ADMITTED: Act.UNDO_ADMISSION,
    S.REFUSED: Act.UNDO_REFUSAL,
    S.ABSENT: Act.UNDO_ABSENCE,
}


def standing(
    identity_at: dt.datetime | None,
    admitted_at: dt.datetime | None,
    refused_at: dt.datetime | None,
    absent_at: dt.datetime | None,
) -> Standing:
    """Where a seat stands. A refusal stands above an admission, so that taking it back restores what was."""
    if refused_at is not None:
        return Standing.REFUSED
    if absent_at is not None:
        return Standing.ABSENT
    if admitted_at is not None:
        return Standing.ADMITTED
    return Standing.BOOKED if identity_at is None else Standing.PRESENT


def progress(drawn: bool, opened: bool, begun_or_closed: bool) -> Paper:
    """How far a seat's paper is."""
    if begun_or_closed:
        return Paper.BEGUN
    if not drawn:
        return Paper.MISSING
    return Paper.OPEN if opened else Paper.READY


def why_not(act: Act, stands: Standing, paper: Paper) -> str | None:
    """Why an act cannot be noted now: a message code, or None when it can."""
    allowed, papers = TABLE[act]
    if stands not in allowed:
        return f"seat.is.{stands.value}"
    return None if paper in papers else f"seat.paper.{paper.value}"


def possible(stands: Standing, paper: Paper) -> frozenset[Act]:
    """All acts that can be noted now: what a page offers."""
    return frozenset(act for act in Act if why_not(act, stands, paper) is None)
