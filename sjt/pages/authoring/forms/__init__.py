"""The desk's forms."""

from sjt.pages.authoring.forms.base import LONGEST_COMMENT, Plain, whole
from sjt.pages.authoring.forms.draft import (
    HALVES,
    add_faults,
    body_fields,
    content_of,
    draft_form,
    format_choices,
    not_asked,
    posted_form,
)
from sjt.pages.authoring.forms.others import (
    AnswerForm,
    ConfirmForm,
    CopyForm,
    DiscardForm,
    NewForm,
    OpenForm,
    ReportAnswerForm,
    ReviewForm,
    WithdrawForm,
    judge_form,
    note_field,
    notes_in,
    review_form,
)

__all__ = [
    "HALVES", "LONGEST_COMMENT", "AnswerForm", "ConfirmForm", "CopyForm", "DiscardForm", "NewForm", "OpenForm",
    "Plain", "ReportAnswerForm", "ReviewForm", "WithdrawForm", "add_faults", "body_fields", "content_of",
    "draft_form", "format_choices", "judge_form", "not_asked", "note_field", "notes_in", "posted_form",
    "review_form", "whole",
]  # fmt: skip
