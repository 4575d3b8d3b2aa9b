"""The marker's desk over HTTP: the queue by question, one response at a time, and the overview."""

from sjt.pages.marking.views import pages

__all__ = ["pages"]
