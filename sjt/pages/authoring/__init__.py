"""The item writer's desk: my work, scenarios and questions, drafts, review, publication, trials and reports."""

from sjt.pages.authoring import bank, decisions, editor, reports, scenario, texts, trials, work
from sjt.pages.authoring.loading import pages

__all__ = ["bank", "decisions", "editor", "pages", "reports", "scenario", "texts", "trials", "work"]
