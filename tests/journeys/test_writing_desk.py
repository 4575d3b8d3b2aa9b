"""The writer's desk in a real browser: the preview follows the words, a draft saves itself, nothing is overwritten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from playwright.sync_api import Page, expect

from sjt.rules.access import Role
from sjt.rules.authoring import Content
from sjt.services import authoring
from sjt.stores import drafts
from sjt.stores.drafts import Version
from sjt.stores.people import Person
from tests import saved_authoring as saved
from tests.journeys.conftest import House

Check = Callable[[Page, str], None]


def begin(house: House) -> tuple[Person, Version]:
    writer = house.site.person(Role.ITEM_WRITER)
    with house.site.writing() as conn:
        return writer, saved.saved_draft(conn, house.site, writer)


def content(house: House, draft: Version) -> Content:
    with house.site.reading() as conn:
        return drafts.content_of(conn, draft.id)


def test_the_preview_follows_and_the_draft_saves_itself(house: House, accessible: Check) -> None:
    writer, draft = begin(house)
    house.site.clock.advance(minutes=92, seconds=5)
    page = house.visit(writer).go(f"/bank/version/{draft.ref}/edit")
    accessible(page, "editor")
    page.get_by_label("Situation").fill("Visits are **missed** <b>again</b>.")
    expect(page.locator("#preview strong")).to_have_text("missed")
    expect(page.locator("#preview")).to_contain_text("<b>again</b>")
    expect(page.locator("[data-words-of=text]")).to_have_text("4")
    expect(page.locator("#draft-state")).to_have_text("Draft saved 10:32:05.", timeout=10_000)
    page.get_by_label("Title").fill("Missed visits")
    page.get_by_role("button", name="Send for review").click()  # the page's own save does not make it stale
    expect(page.get_by_role("alert")).to_contain_text("Your draft is saved. It cannot go to review yet:")
    assert content(house, draft).title == "Missed visits"
    assert content(house, draft).text == "Visits are **missed** <b>again</b>."


def test_two_writers_bring_their_texts_together(house: House, accessible: Check) -> None:
    writer, draft = begin(house)
    other = house.site.person(Role.ITEM_WRITER)
    page = house.visit(writer).go(f"/bank/version/{draft.ref}/edit")
    with house.site.writing() as conn:
        newer = replace(saved.whole_content(), text="The other's text.")
        authoring.save(conn, other, draft, draft.edit, newer, house.site.now())
    page.get_by_label("Situation").fill("My text.")
    expect(page.locator("#draft-state")).to_contain_text("side by side", timeout=10_000)
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This draft was saved while you were writing")
    expect(page.locator(".newer-text")).to_have_text("The other's text.")
    accessible(page, "both texts")
    page.get_by_label("Situation, as you typed it").fill("Both texts.")
    page.get_by_role("button", name="Save what the boxes hold").click()
    expect(page.get_by_role("status").first).to_contain_text("Draft saved")
    assert content(house, draft) == replace(newer, text="Both texts.")


def test_every_page_of_the_desk_is_accessible(house: House, accessible: Check) -> None:
    site = house.site
    saved.saved_bank(site)
    writer, reviewer = saved.two_people(site)
    with site.writing() as conn:
        waiting = saved.saved_in_review(conn, site, writer)
        approved = saved.saved_approved(conn, site, writer, reviewer)
        authoring.open_text(conn, reviewer, [waiting], "review", site.now())
        (live,) = drafts.of_scenario(conn, saved.SLUG)
        made = authoring.open_draft(conn, writer, saved.SLUG, site.now())
        authoring.save(conn, writer, made, made.edit, saved.whole_content(), site.now())
    pages = {
        writer: [
            "/bank/", "/bank/coverage", "/bank/new", f"/bank/scenario/{approved.slug}", f"/bank/version/{live.ref}",
            f"/bank/version/{made.ref}/changes", f"/bank/version/{live.ref}/withdraw", f"/bank/version/{approved.ref}",
        ],
        reviewer: [f"/bank/version/{approved.ref}", f"/bank/version/{waiting.ref}/review"],
    }  # fmt: skip
    for person, addresses in pages.items():
        visit = house.visit(person)
        for address in addresses:
            accessible(visit.go(address), address)
    assert house.complaints() == []
