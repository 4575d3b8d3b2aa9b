"""The device cookie: long-lived, random, and nothing but a way to know the same browser again."""

from __future__ import annotations

import secrets

from flask import Flask, Response, current_app, g, request

TWO_YEARS = 2 * 365 * 24 * 3600
SHORTEST = 32


def device() -> str:
    """This browser's token; a browser without one is given a new one with the response."""
    token = request.cookies.get(_cookie(), "")
    if len(token) >= SHORTEST:
        return token
    if "new_device" not in g:
        g.new_device = secrets.token_urlsafe(32)
    return str(g.new_device)


def register(app: Flask) -> None:
    """Send the cookie along whenever a token was made."""
    app.after_request(_send)


def _send(response: Response) -> Response:
    if "new_device" in g:
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        response.set_cookie(
            _cookie(), g.new_device, max_age=TWO_YEARS, secure=secure, httponly=True, samesite="Lax", path="/"
        )
    return response


def _cookie() -> str:
    return "__Host-sjt-device" if current_app.config["SESSION_COOKIE_SECURE"] else "sjt-device"
