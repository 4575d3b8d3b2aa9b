"""Banks in and out as files: what an import would do, the import itself, and the export."""

from sjt.services.bank_files.carrying import AT_ONCE, Importer, Letting, clear_left_over, import_read, put_in
from sjt.services.bank_files.exporting import EXPORTED, LIVE, NEWEST, exported, keep_folder
from sjt.services.bank_files.planning import Change, ImportPlan, plan

__all__ = [
    "AT_ONCE", "EXPORTED", "LIVE", "NEWEST", "Change", "ImportPlan", "Importer", "Letting", "clear_left_over",
    "exported", "import_read", "keep_folder", "plan", "put_in",
]  # fmt: skip
