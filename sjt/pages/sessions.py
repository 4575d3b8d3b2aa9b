"""Flask's signed cookie and the form token. A signature that this process has checked is not computed again.

Checking and signing anew with each request cost more than the save itself. What a signature covers never
changes, so that remembering it decides nothing: a cookie's age is looked at each time.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, cast

from flask import Flask, Request, current_app, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf import CSRFProtect
from flask_wtf.csrf import same_origin
from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

SENT_AGAIN_SECONDS = 600  # a cookie in use is signed anew no sooner
MOST = 20_000  # cookies and tokens that one process remembers
HEADER = "X-CSRFToken"


class SignedSession(SecureCookieSession):
    """A session that knows whether its cookie is so old that it is sent again."""

    is_fresh = False


class Sessions(SecureCookieSessionInterface):
    """Flask's own, with a memory for checked cookies."""

    session_class = SignedSession

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._checked: dict[str, tuple[dict[str, Any], int]] = {}

    @cached_property
    def _serializer(self) -> URLSafeTimedSerializer:
        return cast(URLSafeTimedSerializer, super().get_signing_serializer(self._app))  # there always is a key

    @cached_property
    def _signer(self) -> TimestampSigner:
        return TimestampSigner(self._app.config["SECRET_KEY"])  # asked for its time only

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer:
        """The one serializer: its keys are settings, read once."""
        return self._serializer

    def open_session(self, app: Flask, request: Request) -> SignedSession:
        """The cookie's session; an empty one for a cookie that is missing, too old or not ours."""
        cookie = request.cookies.get(app.config["SESSION_COOKIE_NAME"], "")
        content, age = self._content(cookie)
        if not 0 <= age <= app.permanent_session_lifetime.total_seconds():
            return SignedSession()
        opened = SignedSession(content)
        opened.is_fresh = age < SENT_AGAIN_SECONDS
        return opened

    def _content(self, cookie: str) -> tuple[dict[str, Any], int]:
        """What a cookie says, and how many seconds ago it was signed."""
        found = self._checked.get(cookie)
        if found is None:
            try:
                content, at = self._serializer.loads(cookie, return_timestamp=True)
            except BadSignature:
                return {}, 0
            found = content, int(at.timestamp())
            if all(isinstance(value, str | int) for value in content.values()):  # a list in it may be added to
                _remember(self._checked, cookie, found)
        content, signed = found
        return content, self._signer.get_timestamp() - signed

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """When it has changed, and every ten minutes while it is in use."""
        return session.modified or (session.permanent and not getattr(session, "is_fresh", False))


class FormTokens(CSRFProtect):  # type: ignore[misc]  # Flask-WTF ships no types
    """Flask-WTF's check of every change, with a memory for the tokens that our scripts send in a header."""

    def __init__(self, app: Flask) -> None:
        self._checked: dict[tuple[str | None, str | None], bool] = {}
        super().__init__(app)

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse a change without a valid token of this very session."""
        pair = request.headers.get(HEADER), session.get("csrf_token")
        lasts = current_app.config["WTF_CSRF_TIME_LIMIT"] is None  # else its age would have to be looked at
        if lasts and pair in self._checked and (not request.is_secure or _is_same_origin()):
            g.csrf_valid = True
            return
        super().protect(apply_exemptions)
        if g.get("csrf_valid") and all(pair) and self._get_csrf_token() == pair[0]:
            _remember(self._checked, pair, True)


def _is_same_origin() -> bool:
    return bool(request.referrer) and same_origin(request.referrer, f"https://{request.host}/")


def _remember(memory: dict[Any, Any], key: object, value: object) -> None:
    if len(memory) >= MOST:
        memory.clear()
    memory[key] = value
