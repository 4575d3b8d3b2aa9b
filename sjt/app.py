"""The application factory: settings, extensions, blueprints, headers."""

from __future__ import annotations

import flask_login
from flask import Flask, Response, request
from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader

from item_bank import formats
from sjt import logs
from sjt.clock import Clock
from sjt.config import Settings
from sjt.db import ROOT
from sjt.pages import BLUEPRINTS, devices, errors, guard, lockdown, menu, sessions, shown, static
from sjt.pages.sign_in import SESSION_LASTS
from sjt.rules.refusals import NotFound
from sjt.services.product import make_product

LARGEST_REQUEST = 2_000_000  # bytes; a batch of sixteen longest answers in UTF-8 is 1.3 million
POLICY = "; ".join(
    [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
        "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
    ]
)  # fmt: skip
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def create_app(settings: Settings, clock: Clock | None = None) -> Flask:
    """Make the application. Tests give a clock that they hold; otherwise it follows the database's time."""
    logs.set_up()
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.old_secret_keys),
        SESSION_COOKIE_NAME="__Host-sjt" if settings.secure_cookies else "sjt",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=SESSION_LASTS,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        WTF_CSRF_TIME_LIMIT=None,  # a token outlives every paper; it dies with its session
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.jinja_loader = ChoiceLoader([FileSystemLoader(ROOT / "templates"), _beside_the_formats()])
    app.extensions["sjt"] = make_product(settings, clock)
    app.session_interface = sessions.Sessions(app)
    sessions.FormTokens(app)
    _sign_in(app)
    static.register(app)
    shown.register(app)
    menu.register(app)
    errors.register(app)
    lockdown.register(app)
    devices.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.before_request(_refuse_nul)
    app.after_request(_headers)
    return app


def _beside_the_formats() -> PrefixLoader:
    """Each format of questions keeps its templates in its own folder: ``formats/rank/control.html``."""
    return PrefixLoader({"formats": FileSystemLoader(list(formats.__path__))})


def _sign_in(app: Flask) -> None:
    manager = flask_login.LoginManager(app)
    manager.session_protection = None  # sessions are rows of ours; the address of a laptop may change
    manager.user_loader(guard.load_signed_in)


def _refuse_nul() -> None:
    """No address of ours holds a NUL, and PostgreSQL takes none in a text."""
    if "\0" in request.path:
        raise NotFound("error.words.404")


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    return response
