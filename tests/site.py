"""A whole product for a test: the application on a real database, under a clock that the test holds."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from sjt.app import create_app
from sjt.clock import HeldClock
from sjt.config import Settings
from sjt.rules.access import Role
from sjt.services.product import Product, make_product
from sjt.stores import people
from sjt.stores.people import Person

MORNING = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)  # a Monday in winter: London keeps UTC
SECRET = "a secret that is only used in tests, and long enough"


@lru_cache(maxsize=1)
def shared_app() -> Flask:
    """The application, made once a process: its routes and templates are compiled once, not once a test.

    What differs between sites (settings, database, clock, presence) hangs on ``app.extensions["sjt"]``.
    """
    return create_app(_settings("sqlite:////nowhere/sjt.db", Path("/nowhere"), None), HeldClock(MORNING))


def _settings(database_url: str, home: Path, redis_url: str | None) -> Settings:
    return Settings(
        database_url=database_url,
        secret_key=SECRET,
        kind="demo",
        home=home,
        redis_url=redis_url,
        secure_cookies=False,
    )


class Site:
    """The application and its parts. One at a time: a new site takes the shared application over."""

    def __init__(self, database_url: str, home: Path, redis_url: str | None = None) -> None:
        self.clock = HeldClock(MORNING)
        self.app = shared_app()
        self.app.config["WTF_CSRF_ENABLED"] = True  # a test may have turned it off
        self.app.extensions.pop("sjt_sat", None)  # what a worker remembers of begun attempts
        self.product: Product = make_product(_settings(database_url, home, redis_url), self.clock)
        self.app.extensions["sjt"] = self.product
        self._people = 0

    def now(self) -> dt.datetime:
        return self.clock.now()

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        with self.product.database.transaction() as conn:
            yield conn

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        with self.product.database.reading() as conn:
            yield conn

    def person(self, *roles: Role, name: str | None = None) -> Person:
        """Save a person with these roles."""
        self._people += 1
        shown = name or f"{'Nobody' if not roles else roles[0].value.title()} {self._people}"
        address = f"person{self._people}@example.org"
        with self.writing() as conn:
            return people.add_person(conn, name=shown, email=address, roles=roles, now=self.now())

    def visitor(self) -> FlaskClient:
        """A browser in which nobody is signed in."""
        return self.app.test_client()

    def signed_in(self, person: Person) -> FlaskClient:
        """A browser in which this person is signed in."""
        client = self.app.test_client()
        token = self.session_token(person)
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = token, True
        return client

    def session_token(self, person: Person) -> str:
        with self.writing() as conn:
            return people.start_session(conn, person.id, self.now(), dt.timedelta(hours=14))

    def session_cookie(self, person: Person) -> str:
        """The value of the session cookie of someone signed in, for a real browser."""
        with self.app.test_request_context():
            serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
            return str(serializer.dumps({"_user_id": self.session_token(person), "_fresh": True}))

    def close(self) -> None:
        self.product.database.dispose()


class Server:
    """A site on a port of this machine, which may be stopped and started again there."""

    def __init__(self, site: Site) -> None:
        self.site, self.port = site, 0
        self.start()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._server = make_server("127.0.0.1", self.port, self.site.app, threaded=True)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.running = True

    def stop(self) -> None:
        if self.running:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
        self.running = False


@contextmanager
def served(site: Site) -> Iterator[str]:
    """The site on a free port of this machine; yields its address."""
    server = Server(site)
    try:
        yield server.base
    finally:
        server.stop()


def csrf(client: FlaskClient, address: str) -> str:
    """The form token of a page."""
    page = client.get(address).get_data(as_text=True)
    _, found, rest = page.partition('name="csrf_token"')
    assert found, f"no form token on {address}"
    return rest.partition('value="')[2].partition('"')[0]
