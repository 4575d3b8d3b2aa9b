"""The doors: staff and apprentices by password, an invitation's first visit, and the way out."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

import flask_login
from flask import Blueprint, make_response, redirect, request, session
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import EqualTo, InputRequired, Length

from sjt.pages.devices import device
from sjt.pages.guard import Desk, SignedIn, current_person, product, public, requires
from sjt.pages.menu import DESKS
from sjt.pages.replies import Go, Reply, go, show
from sjt.rules.access import may_ever
from sjt.rules.refusals import NotFound
from sjt.services import passwords
from sjt.stores import people
from sjt.stores.people import Person
from sjt.words import say

pages = Blueprint("sign_in", __name__)
SESSION_LASTS = dt.timedelta(hours=14)  # a day with the longest sitting in it


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """E-mail address and password."""

    email = EmailField("E-mail address", [InputRequired("Enter your e-mail address."), Length(max=200)])
    password = PasswordField("Password", [InputRequired("Enter your password."), Length(max=passwords.LONGEST)])
    then = HiddenField()


class PasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A first password, twice."""

    password = PasswordField(
        "New password",
        [
            InputRequired("Choose a password."),
            Length(passwords.SHORTEST, passwords.LONGEST, f"Use at least {passwords.SHORTEST} characters."),
        ],
    )
    again = PasswordField("The same again", [EqualTo("password", "The two passwords differ.")])


@pages.get("/")
@public("the front door says who goes where and shows nothing else")
def home() -> Reply:
    """The front door; whoever is signed in goes on to their first desk."""
    person = current_person()
    return _first_desk(person) if person else show("sign_in/home.html")


@pages.get("/sign-in")
@public("signing in comes before every permission")
def form() -> Reply:
    """The sign-in form."""
    return show("sign_in/form.html", form=SignInForm(then=request.args.get("then", "")))


@pages.post("/sign-in")
@public("signing in comes before every permission")
def sign_in() -> Reply:
    """Sign in. One neutral message for every failure; failures are counted by device and account."""
    filled = SignInForm()
    if not filled.validate_on_submit():
        return show("sign_in/form.html", 400, form=filled)
    running, now = product(), product().clock.now()
    key = ("account", device(), (filled.email.data or "").strip().lower())
    if running.limits.exhausted(*key):
        filled.form_errors.append(say("sign_in.too_many"))
        return show("sign_in/form.html", 429, form=filled)
    with running.database.reading() as conn:
        account = people.by_email(conn, key[2])
    if (
        not passwords.is_password(account.password_hash if account else None, filled.password.data or "")
        or account is None
    ):
        running.limits.failed(*key)
        filled.form_errors.append(say("sign_in.failed"))
        return show("sign_in/form.html", 401, form=filled)
    _begin_session(account.person, now)
    return _onward(account.person, filled.then.data or "")


@pages.post("/sign-out")
@public("leaving is always allowed")
def sign_out() -> Reply:
    """End the session, here and on the server."""
    token, running = session.get("_user_id"), product()
    if token:
        with running.database.transaction() as conn:
            people.end_session(conn, token, running.clock.now())
    flask_login.logout_user()
    session.clear()
    return go("sign_in.home", say("sign_in.left"), "info")


@pages.get("/invitation/<token>")
@public("the token in the address is the permission")
def invitation(token: str) -> Reply:
    """The invitation's first page: choose a password."""
    return show("sign_in/invitation.html", form=PasswordForm(), person=_invited(token))


@pages.post("/invitation/<token>")
@public("the token in the address is the permission")
def accept(token: str) -> Reply:
    """Take up an invitation: once."""
    filled, person = PasswordForm(), _invited(token)
    if not filled.validate_on_submit():
        return show("sign_in/invitation.html", 400, form=filled, person=person)
    running, now = product(), product().clock.now()
    hashed = passwords.hash_password(filled.password.data or "")
    with running.database.transaction() as conn:
        if not people.use_invitation(conn, token, now):
            raise NotFound("sign_in.invitation_gone")
        people.set_password(conn, person.id, hashed, now)
    _begin_session(person, now)
    return _first_desk(person)


@pages.get("/home")
@requires("home.open")
def first(desk: Desk) -> Reply:
    """The first desk of whoever is signed in."""
    return _first_desk(desk.person)


def _invited(token: str) -> Person:
    running = product()
    with running.database.reading() as conn:
        person = people.invited(conn, token, running.clock.now())
    if person is None:
        raise NotFound("sign_in.invitation_gone")
    return person


@pages.get("/no-desk")
@requires("home.open")
def nothing(desk: Desk) -> Reply:
    """For someone whose roles open no desk yet."""
    return show("sign_in/no_desk.html", person=desk.person)


def _begin_session(person: Person, now: dt.datetime) -> None:
    running = product()
    with running.database.transaction() as conn:
        token = people.start_session(conn, person.id, now, SESSION_LASTS)
    session.permanent = True
    flask_login.login_user(SignedIn(person, token))


def _first_desk(person: Person) -> Go:
    return go(next((endpoint for _, endpoint, act in DESKS if may_ever(act, person.roles)), "sign_in.nothing"))


def _onward(person: Person, then: str) -> Reply:
    """The page that was asked for before signing in, when it is one of ours."""
    parts = urlsplit(then)
    if then.startswith("/") and not then.startswith(("//", "/\\")) and not parts.netloc:
        return make_response(redirect(then, code=303))
    return _first_desk(person)
