"""Marks: the frozen responses with the judgements on them, the one claim of a turn, and what a marker reads."""

from sjt.stores.marks.material import Asked, Material, asked, asked_by_slug, material
from sjt.stores.marks.seconds import ask, scripts_of, seed_of
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
    of_attempt,
    of_sitting,
    on_attempts,
    recently_final,
    scripts_sat,
    standings,
    turned_down,
    unmarked,
    withdrawn_since_told,
)
from sjt.stores.marks.writing import give_back, keep_draft, make_final, park_idle, recall, take, withdraw

__all__ = [
    "Asked", "Judged", "Mark", "Material", "Response", "Standing", "answer_text", "ask", "asked", "asked_by_slug",
    "begun",
    "by_ref", "give_back", "in_hand", "invigilated", "is_released", "keep_draft", "lock_attempts", "make_final",
    "material", "of_attempt", "of_sitting", "on_attempts", "park_idle", "recall",
    "recently_final", "scripts_of", "scripts_sat", "seed_of",
    "standings", "take", "turned_down", "unmarked",
    "withdraw", "withdrawn_since_told",
]  # fmt: skip
