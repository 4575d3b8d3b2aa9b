"""Marks: the frozen responses with the judgements on them, the one claim of a turn, and what a marker reads."""

from sjt.stores.marks.material import Asked, Material, asked, asked_by_slug, material
from sjt.stores.marks.standings import (
    Judged,
    Mark,
    Response,
    Standing,
    answer_text,
    begun,
    by_ref,
    in_hand,
    invigilated,
    is_released,
    lock_attempts,
    of_sitting,
    recently_final,
    standings,
    turned_down,
    unmarked,
)
from sjt.stores.marks.writing import give_back, keep_draft, make_final, park_idle, recall, take

__all__ = [
    "Asked", "Judged", "Mark", "Material", "Response", "Standing", "answer_text", "asked", "asked_by_slug", "begun",
    "by_ref", "give_back", "in_hand", "invigilated", "is_released", "keep_draft", "lock_attempts", "make_final",
    "material",
    "of_sitting", "park_idle", "recall", "recently_final", "standings", "take", "turned_down", "unmarked",
]  # fmt: skip
