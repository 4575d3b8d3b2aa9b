"""Every route passes here: who is asking, may they, on what object, in which transaction.

A test walks the routing table: a route that is neither guarded nor declared public fails it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, cast

import flask_login
import sqlalchemy as sa
from flask import Response, current_app, request

from sjt.pages.replies import Reply, send
from sjt.rules import access
from sjt.rules.refusals import NotAllowed, NotSignedIn
from sjt.services.product import Product
from sjt.stores import people
from sjt.stores.people import Person

View = Callable[..., Response]
MARK = "sjt_guard"
READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Desk:
    """What a page function works with: the request's one transaction, its one time, and who is asking."""

    conn: sa.Connection
    now: dt.datetime
    person: Person
    product: Product


@dataclass(frozen=True)
class Loaded:
    """An object that an address names, and what the person asking is to it."""

    object: Any
    relations: frozenset[access.Relation] = field(default_factory=frozenset)


Loader = Callable[..., Loaded]


@dataclass(frozen=True)
class Guarded:
    """How a route is guarded, for the test that walks the routing table."""

    act: str | None
    loader: Callable[..., Any] | None = None
    public_because: str | None = None


class SignedIn(flask_login.UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """A person signed in through a server-side session, as Flask-Login wants to see them."""

    def __init__(self, person: Person, token: str) -> None:
        self.person, self.token = person, token

    def get_id(self) -> str:
        """The session's token, which Flask's signed cookie carries."""
        return self.token


def product() -> Product:
    """The running product."""
    return cast(Product, current_app.extensions["sjt"])


def load_signed_in(token: str) -> SignedIn | None:
    """Flask-Login's loader: the session's person while the session lasts."""
    running = product()
    with running.database.reading() as conn:
        person = people.session_person(conn, token, running.clock.now())
    return SignedIn(person, token) if person else None


def current_person() -> Person | None:
    """The member of staff or apprentice who is signed in by password, if any."""
    user = flask_login.current_user
    return user.person if isinstance(user, SignedIn) else None


def transaction() -> AbstractContextManager[sa.Connection]:
    """The request's transaction: reading never writes."""
    database = product().database
    return database.reading() if request.method in READING else database.transaction()


def requires(act: str, on: Loader | None = None) -> Callable[[Callable[..., Reply]], View]:
    """Guard a route by an act of the access table, and by the object that its address names.

    The page function gets a Desk, then the loaded object (when there is one), then the values of the
    address that the loader did not take.
    """

    def decorate(view: Callable[..., Reply]) -> View:
        @wraps(view)
        def guarded(**values: Any) -> Response:
            now = product().clock.now()
            person = current_person()
            if person is None:
                raise NotSignedIn("access.sign_in")
            if not access.may_ever(act, person.roles):
                raise NotAllowed("access.role")
            with transaction() as conn:
                desk = Desk(conn, now, person, product())
                reply = _answer(view, desk, act, on, values)
            return send(reply)

        setattr(guarded, MARK, Guarded(act, on))
        return guarded

    return decorate


def _answer(view: Callable[..., Reply], desk: Desk, act: str, on: Loader | None, values: dict[str, Any]) -> Reply:
    if on is None:
        _refuse(access.refusal(act, desk.person.roles))
        return view(desk, **values)
    loaded = on(desk, **values)
    _refuse(access.refusal(act, desk.person.roles, loaded.relations))
    return view(desk, loaded.object)


def _refuse(code: str | None) -> None:
    if code is not None:
        raise NotAllowed(code)


def public(because: str) -> Callable[[Callable[..., Reply]], View]:
    """Declare a route open to everybody, with the reason. It opens its own transactions."""

    def decorate(view: Callable[..., Reply]) -> View:
        @wraps(view)
        def opened(**values: Any) -> Response:
            return send(view(**values))

        setattr(opened, MARK, Guarded(None, None, because))
        return opened

    return decorate
