"""A version of a scenario from draft to withdrawal: its states, its acts, and what it must have for review.

An approved version never changes: an edit makes a new version (invariant 20), and the live one stays
live until the new one takes its place.
"""

from sjt.rules.authoring.changes import word_diff
from sjt.rules.authoring.content import (
    LONGEST_SOURCE,
    LONGEST_TITLE,
    Asked,
    Content,
    Fault,
    body_field,
    control_characters,
    fields,
    format_field,
    guide_field,
    merged,
    names_in,
    question_field,
    question_fields,
    slug_of,
    tidy,
)
from sjt.rules.authoring.due import Cutoffs, Due, cutoffs, review_due
from sjt.rules.authoring.enemies import enemy_faults, way_back
from sjt.rules.authoring.ready import Around, missing, stands_alone
from sjt.rules.authoring.states import AFTER, CHECKLIST, IN_PROGRESS, PURPOSES, Act, State, may

__all__ = [
    "AFTER", "Act", "Around", "Asked", "CHECKLIST", "Content", "Cutoffs", "Due", "Fault", "IN_PROGRESS",
    "LONGEST_SOURCE", "LONGEST_TITLE", "PURPOSES", "State", "body_field", "control_characters", "cutoffs",
    "enemy_faults", "fields", "format_field", "guide_field", "may", "merged", "missing", "names_in", "question_field",
    "question_fields", "review_due", "slug_of", "stands_alone", "tidy", "way_back", "word_diff",
]  # fmt: skip
