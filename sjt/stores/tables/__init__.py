"""All tables. Bigint keys inside; random references (``ref``) in addresses and bundles.

``sitting_id`` leads the keys of answers, events and acts, so that they can be split by sitting later.
"""

from __future__ import annotations

import sqlalchemy as sa

from sjt.stores.tables.arrangements import (
    helpers,
    interest_waivers,
    interests,
    notices_accepted,
    ratio_overrides,
    shifts,
    sitting_changes,
    slip_prints,
)
from sjt.stores.tables.bank import (
    guide_reports,
    question_texts,
    question_versions,
    questions,
    reviews,
    scenario_authors,
    scenario_texts,
    scenario_versions,
    scenarios,
    trials,
    yearly_reviews,
)
from sjt.stores.tables.base import LONGEST, LONGEST_SHORT_TEXT, LONGEST_TEXT, BigInt, metadata
from sjt.stores.tables.delivery import (
    answers,
    attempts,
    emergency_files,
    events,
    flags,
    gaps,
    grants,
    incidents,
    jottings,
    late_answers,
    messages,
    moves,
    paper_questions,
    papers,
    pauses,
    reopenings,
)
from sjt.stores.tables.lockdown import seb_allowances, seb_settings, seb_versions
from sjt.stores.tables.marking import mark_points, marks, releases, responses, results
from sjt.stores.tables.people import invitations, people, person_roles, records, staff_sessions
from sjt.stores.tables.record import holds, incident_seats
from sjt.stores.tables.registration import adjustments, candidates, seats, sitting_staff, sittings
from sjt.stores.tables.sealing import seals
from sjt.stores.tables.second_marks import second_marks
from sjt.stores.tables.watched import device_checks, flags_seen, practice_answers, signals, signals_dropped

# SQLite enforces no lengths of its own, so every bound is a constraint that both databases check.
for _table in metadata.tables.values():
    for _column in list(_table.columns):
        if LONGEST in _column.info:
            _bound = f"length({_column.name}) <= {_column.info[LONGEST]}"
            _table.append_constraint(sa.CheckConstraint(_bound, name=f"{_column.name}_length"))

__all__ = [
    "BigInt",
    "LONGEST_SHORT_TEXT",
    "LONGEST_TEXT",
    "adjustments",
    "answers",
    "attempts",
    "candidates",
    "device_checks",
    "emergency_files",
    "events",
    "flags",
    "flags_seen",
    "gaps",
    "grants",
    "guide_reports",
    "helpers",
    "holds",
    "incident_seats",
    "incidents",
    "interest_waivers",
    "interests",
    "invitations",
    "jottings",
    "late_answers",
    "mark_points",
    "marks",
    "messages",
    "metadata",
    "moves",
    "notices_accepted",
    "paper_questions",
    "papers",
    "pauses",
    "people",
    "person_roles",
    "practice_answers",
    "question_texts",
    "question_versions",
    "questions",
    "ratio_overrides",
    "records",
    "releases",
    "reopenings",
    "responses",
    "results",
    "reviews",
    "scenario_authors",
    "scenario_texts",
    "scenario_versions",
    "scenarios",
    "seals",
    "seats",
    "second_marks",
    "seb_allowances",
    "seb_settings",
    "seb_versions",
    "signals",
    "signals_dropped",
    "shifts",
    "sitting_changes",
    "sitting_staff",
    "sittings",
    "slip_prints",
    "staff_sessions",
    "trials",
    "yearly_reviews",
]
