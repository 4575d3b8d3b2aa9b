"""Saved things of the item bank for tests: the shipped bank, complete content, and versions in every state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from item_bank.scenarios import Bank, Guidance
from sjt.rules.access import Role
from sjt.rules.authoring import CHECKLIST, Asked, Content, fields
from sjt.services import authoring
from sjt.services.files import shipped_bank
from sjt.stores import drafts
from sjt.stores import tables as t
from sjt.stores.bank import import_bank
from sjt.stores.drafts import Version
from sjt.stores.people import Person
from tests.site import MORNING, Site, csrf

SPEC = "st0087-1.0"
SLUG = "phones-at-nine"  # a shipped scenario of theme C1


@cache
def shipped() -> Bank:
    """The two shipped scenarios of theme C1: enough of a bank for a writer's desk."""
    bank = shipped_bank(authoring.specification(SPEC, MORNING))
    return Bank(tuple(s for s in bank.scenarios if s.theme == "C1"))


def saved_bank(site: Site) -> None:
    """The shipped bank as it stands after the first set-up."""
    with site.writing() as conn:
        import_bank(conn, SPEC, shipped(), site.now())


def whole_content(title: str = "The quiet rota", theme: str = "C1", words: int = 150) -> Content:
    """Content that lacks nothing for review: a question on every statement of the theme."""
    blueprint = authoring.specification(SPEC, MORNING).blueprint
    questions = tuple(
        Asked(
            statement.code,
            f"What should you do about {statement.code}?",
            {
                point.code: Guidance(f"Says why {point.code}.", "Only asserts.")
                for point in blueprint.points(statement.code)
            },
        )
        for statement in blueprint.themes[theme].statements
    )
    return Content(title, " ".join(f"word{n}" for n in range(words)), ("A source",), questions)


def saved_draft(conn: sa.Connection, site: Site, writer: Person, content: Content | None = None) -> Version:
    """A new scenario whose draft holds this content, complete unless a test says otherwise."""
    content = content or whole_content()
    ref = authoring.new_scenario(conn, writer, SPEC, "C1", content.title or "Untitled", site.now())
    draft = authoring.version(conn, ref)
    authoring.save(conn, writer, draft, draft.edit, content, site.now())
    return authoring.version(conn, ref)


def saved_in_review(conn: sa.Connection, site: Site, writer: Person) -> Version:
    """A complete draft, sent for review."""
    draft = saved_draft(conn, site, writer)
    assert authoring.submit(conn, writer, draft, site.now()) == []
    return authoring.version(conn, draft.ref)


def saved_approved(conn: sa.Connection, site: Site, writer: Person, reviewer: Person) -> Version:
    """A version that a second person approved; it is not live yet."""
    waiting = saved_in_review(conn, site, writer)
    authoring.open_text(conn, reviewer, [waiting], "review", site.now())
    authoring.approve(conn, reviewer, waiting, authoring.Decision(waiting.edit, ticked=CHECKLIST), site.now())
    return authoring.version(conn, waiting.ref)


def saved_live(conn: sa.Connection, site: Site, writer: Person, reviewer: Person) -> Version:
    """A version that papers may be drawn from."""
    approved = saved_approved(conn, site, writer, reviewer)
    authoring.publish(conn, writer, approved, site.now())
    return authoring.version(conn, approved.ref)


def two_people(site: Site) -> tuple[Person, Person]:
    """A writer and a reviewer."""
    return site.person(Role.ITEM_WRITER), site.person(Role.REVIEWER)


def draft_fields(version: Version, content: Content, **more: str) -> dict[str, str]:
    """What the editor sends of a draft."""
    return {"edit": str(version.edit), **fields(content), **more}


def send(
    client: FlaskClient, address: str, data: Mapping[str, Any] | None = None, page: str = "/bank/"
) -> tuple[int, str]:
    """Post a form with a token; returns the status and the page that answers (after a redirect, where it leads)."""
    filled = {"csrf_token": csrf(client, page), **(data or {})}
    answer = client.post(address, data=filled, follow_redirects=True)
    first = answer.history[0] if answer.history else answer
    return first.status_code, answer.get_data(as_text=True)


def read_version(site: Site, ref: str) -> Version:
    """A version as it stands now."""
    with site.reading() as conn:
        return authoring.version(conn, ref)


def read_versions(site: Site, slug: str) -> Sequence[Version]:
    """All versions of a scenario, newest first."""
    with site.reading() as conn:
        return drafts.of_scenario(conn, slug)


BEST = {
    "option_a": "Tell her at once",
    "option_b": "Wait for the meeting",
    "option_c": "Write to the office",
    "key": "a",
    "rationale": "It cannot wait.",
}
PRACTICE = "practice-1.0"


def saved_question(
    conn: sa.Connection, site: Site, writer: Person, format_: str = "single-best", body: Mapping[str, str] = BEST
) -> Version:
    """A draft of a question that stands alone."""
    statement = next(s for s in authoring.specification(PRACTICE, MORNING).blueprint.by_code().values())
    asked = Asked(statement.code, "What should you do first?", {}, format_, body)
    ref = authoring.new_scenario(conn, writer, PRACTICE, statement.theme, "Telling her", site.now(), asked)
    return authoring.version(conn, ref)


def acts_on(site: Site, ref: str) -> list[str]:
    """What was recorded about a version, in order."""
    r = t.records
    with site.reading() as conn:
        return list(conn.scalars(sa.select(r.c.act).where(r.c.object_ref == ref).order_by(r.c.id)))
