"""What every page of the staff's desks carries: the desks open to this person, and who they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, request, url_for

from sjt.pages.guard import current_person, product
from sjt.rules.access import may_ever

DESKS = (  # label, endpoint, act that opens it
    ("Today", "registration.today", "today.read"),
    ("Candidates", "registration.candidates", "candidates.read"),
    ("Sittings", "registration.sittings", "sittings.read"),
    ("Invigilation", "invigilation.sittings", "invigilation.list"),
    ("Item bank", "authoring.bank", "bank.read"),
    ("Tests", "specifications.listed", "bank.read"),
    ("Marking", "marking.queue", "marking.queue"),
    ("Results", "results.sittings", "results.read"),
    ("People", "registration.people", "people.read"),
    ("My result", "results.mine", "results.read_own"),
    ("Evidence", "audit.sittings", "audit.read"),
)


@dataclass(frozen=True)
class Link:
    """An entry of the navigation."""

    label: str
    url: str
    current: bool


def register(app: Flask) -> None:
    """Give every template its frame."""
    app.context_processor(_frame)


def _frame() -> dict[str, Any]:
    person = current_person()
    settings = product().settings
    links = []
    if person is not None:
        links = [
            Link(
                label,
                url_for(endpoint),
                _is_current(endpoint, url_for(endpoint)),
            )
            for label, endpoint, act in DESKS
            if may_ever(act, person.roles)
        ]
    return {
        "current_person": person,
        "desks": links,
        "product_name": settings.product_name,
        "installation_kind": settings.kind,
    }


def _is_current(endpoint: str, url: str) -> bool:
    """Whether the page is the desk's own or below it. All of the manager's lists lie below Today's address."""
    below = endpoint != "registration.today" and request.path.startswith(url)
    return request.endpoint == endpoint or below
