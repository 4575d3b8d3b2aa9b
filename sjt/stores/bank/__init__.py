"""The bank in the database: what stands in it, how old it is, and scenarios put in from files."""

from sjt.stores.bank.ages import Age, ages
from sjt.stores.bank.imports import import_bank
from sjt.stores.bank.reading import (
    LANGUAGE,
    Asked,
    Standing,
    asked,
    enemies_named,
    live_bank,
    newest_bank,
    standing,
    texts_of,
)
from sjt.stores.bank.rows import TABLES
from sjt.stores.bank.staging import Coming, Flip, clear_staged, flip, import_name, stage

__all__ = [
    "LANGUAGE", "TABLES", "Age", "Asked", "Coming", "Flip", "Standing", "ages", "asked", "clear_staged",
    "enemies_named", "flip", "import_bank", "import_name", "live_bank", "newest_bank", "stage", "standing", "texts_of",
]  # fmt: skip
