"""Writing, review and publication: the order of steps, each act recorded with its person."""

from sjt.services.authoring.deciding import Decision, approve, confirm, may_be_asked, publish, send_back, submit
from sjt.services.authoring.reading import (
    OPEN_LASTS,
    open_text,
    readable,
    review_cutoffs,
    specification,
    specifications,
    version,
)
from sjt.services.authoring.trying import answer_report, keep_trial, marked, report_guide, scored
from sjt.services.authoring.withdrawing import Impact, impact, in_use, withdraw
from sjt.services.authoring.writing import copy, discard, new_scenario, open_draft, save, source_of

__all__ = [
    "OPEN_LASTS", "Decision", "Impact", "answer_report", "approve", "confirm", "copy", "discard", "impact", "in_use",
    "keep_trial", "marked", "may_be_asked", "new_scenario", "open_draft", "open_text", "publish", "readable",
    "report_guide", "review_cutoffs", "save", "scored", "send_back", "source_of", "specification", "specifications",
    "submit", "version", "withdraw",
]  # fmt: skip
