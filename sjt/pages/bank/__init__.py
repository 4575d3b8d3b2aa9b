"""Banks as files and the health of a bank: export, import with a preview, figures and plots."""

from sjt.pages.bank import files, health
from sjt.pages.bank.prepared import pages

__all__ = ["files", "health", "pages"]
