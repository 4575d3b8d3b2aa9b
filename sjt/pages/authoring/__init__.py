"""The item writer's desk: scenarios and questions, drafts, review and publication."""

from sjt.pages.authoring import bank, decisions, editor, texts
from sjt.pages.authoring.loading import pages

__all__ = ["bank", "decisions", "editor", "pages", "texts"]
