"""What a page function returns: a page to render or an address to go to.

The guard renders a page after its transaction has ended, so that no template runs while a lock is held.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from flask import Response, flash, make_response, redirect, render_template, request, url_for

from sjt.db import ROOT
from sjt.services import documents


@dataclass(frozen=True)
class Page:
    """A template, its context and its status."""

    template: str
    context: dict[str, Any]
    status: int = 200


@dataclass(frozen=True)
class Document:
    """A template to render as a PDF, and the name of the file."""

    template: str
    context: dict[str, Any]
    name: str


@dataclass(frozen=True)
class Go:
    """Another page of the product, after something was done (303), with words to show there."""

    endpoint: str
    values: dict[str, Any]
    words: str | None = None
    category: str = "success"


@dataclass(frozen=True)
class Data:
    """JSON for one of our own scripts."""

    value: dict[str, Any]
    status: int = 200


Reply = Page | Document | Go | Data | Response


def show(template: str, status: int = 200, **context: Any) -> Page:
    """A page to render."""
    return Page(template, context, status)


def go(endpoint: str, words: str | None = None, category: str = "success", **values: Any) -> Go:
    """A page to go on to."""
    return Go(endpoint, values, words, category)


def send(reply: Reply) -> Response:
    """Turn a reply into a response."""
    if isinstance(reply, Page):
        return make_response(render_template(reply.template, **reply.context), reply.status)
    if isinstance(reply, Document):
        return _sent_document(reply)
    if isinstance(reply, Go):
        if reply.words:
            flash(reply.words, reply.category)
        return make_response(redirect(url_for(reply.endpoint, **reply.values), code=303))
    if isinstance(reply, Data):
        return Response(msgspec.json.encode(reply.value), reply.status, mimetype="application/json")
    return reply


def _sent_document(reply: Document) -> Response:
    style = (ROOT / "static" / "css" / "document.css").read_text()
    response = make_response(documents.pdf(render_template(reply.template, **reply.context), style))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{reply.name}.pdf"'
    return response


def wants_json() -> bool:
    """Whether one of our scripts is asking."""
    return request.accept_mimetypes.best == "application/json" or request.is_json
