"""From refusals to HTTP: one table gives each refusal its status and its page."""

from __future__ import annotations

import structlog
from flask import Flask, Response, jsonify, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from sjt.pages.replies import wants_json
from sjt.rules import refusals
from sjt.words import say

STATUS: dict[type[refusals.Refusal], int] = {
    refusals.NotSignedIn: 401,
    refusals.NotAllowed: 403,
    refusals.LockedOut: 403,
    refusals.NotFound: 404,
    refusals.NotNow: 409,
    refusals.Stale: 409,
    refusals.TooMany: 429,
    refusals.BadInput: 400,
    refusals.NotUnderstood: 400,
    refusals.Unavailable: 503,
}
TITLES = {
    400: "error.title.bad_request",
    401: "error.title.sign_in",
    403: "error.title.not_allowed",
    404: "error.title.not_found",
    405: "error.title.not_found",
    409: "error.title.not_now",
    413: "error.title.too_large",
    429: "error.title.too_many",
    500: "error.title.fault",
    503: "error.title.unavailable",
}
log = structlog.get_logger()


def register(app: Flask) -> None:
    """Hang the handlers on the application."""
    app.register_error_handler(refusals.Refusal, refused)
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, fault)


def refused(refusal: refusals.Refusal) -> Response:
    """A refusal in words; someone who is not signed in is sent to the right door."""
    status = STATUS[type(refusal)]
    if status == 401 and request.method == "GET" and not wants_json():
        return make_response(redirect(url_for("sign_in.form", then=request.full_path.rstrip("?"))))
    words = say(refusal.code, refusal.params)
    if isinstance(refusal, refusals.BadInput):
        words = " ".join([words, *(say(code, params) for _, code, params in refusal.faults)])
    return page(status, words, refusal.code)


def stale_form(error: CSRFError) -> Response:
    """A form without a valid token: nothing was done, and the words say so."""
    return page(400, say("error.csrf"), "error.csrf")


def http_error(error: HTTPException) -> Response:
    """What the framework itself refuses."""
    status = error.code or 500
    if 300 <= status < 400:
        return make_response(error.get_response())
    title = TITLES.get(status, "error.title.bad_request")
    return page(status, say(f"error.words.{status}" if status in (404, 405, 413) else "error.words"), title)


def fault(error: Exception) -> Response:
    """A fault of ours: logged with its trace, shown without."""
    log.error("fault", path=request.url_rule.rule if request.url_rule else "?", exc_info=error)
    return page(500, say("error.words.500"), "error.fault")


def page(status: int, words: str, code: str) -> Response:
    """The error as JSON for our scripts, else as a page with a way back.

    Inside a sitting the only way back is the attempt itself.
    """
    if wants_json():
        response = jsonify({"error": code, "words": words})
        response.status_code = status
        return response
    sitting = request.path.startswith("/sit")
    title = say(TITLES.get(status, "error.title.bad_request"))
    back = {"back_url": url_for("delivery.here") if sitting else url_for("sign_in.home")}
    back["back_label"] = say("error.back.sitting" if sitting else "error.back.home")
    template = "errors/exam_error.html" if sitting else "errors/error.html"
    return make_response(render_template(template, title=title, words=words, **back), status)
