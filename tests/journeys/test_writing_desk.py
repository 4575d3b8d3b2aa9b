"""The writer's desk in a real browser: the preview follows the words, a draft saves itself, nothing is overwritten."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from playwright.sync_api import Page, expect

from sjt.rules.access import Role
from sjt.rules.authoring import Content, fields
from sjt.services import authoring
from sjt.stores import drafts, papers
from sjt.stores.drafts import Version
from sjt.stores.people import Person
from tests import saved_authoring as saved
from tests.journeys.conftest import House
from tests.saved import BANK, saved_room

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
        authoring.open_text(conn, reviewer, [live], "review", site.now())
        made = authoring.open_draft(conn, writer, saved.SLUG, site.now())
        authoring.save(conn, writer, made, made.edit, saved.whole_content(), site.now())
        alone = saved.saved_question(conn, site, writer)
        judged = {"P-C1a.1": {"met": False, "reason": "No source."}}
        authoring.keep_trial(conn, writer, approved, "C1.1", "An answer", judged, "Unclear.", site.now())
    pages = {
        writer: [
            "/bank/", "/bank/coverage", "/bank/new", f"/bank/scenario/{approved.slug}", f"/bank/version/{live.ref}",
            f"/bank/version/{made.ref}/changes", f"/bank/version/{live.ref}/withdraw", f"/bank/version/{approved.ref}",
            f"/bank/version/{alone.ref}/edit", f"/bank/version/{alone.ref}/try/{alone.statements[0]}", "/bank/work",
            f"/bank/version/{approved.ref}/try/C1.1", f"/bank/version/{live.ref}/reports",
            f"/bank/scenario/{approved.slug}/copy", f"/bank/new?spec={saved.PRACTICE}", f"/bank/version/{alone.ref}",
        ],
        reviewer: [
            f"/bank/version/{approved.ref}", f"/bank/version/{waiting.ref}/review", f"/bank/version/{live.ref}/yearly",
        ],
    }  # fmt: skip
    for person, addresses in pages.items():
        visit = house.visit(person)
        for address in addresses:
            accessible(visit.go(address), address)
    assert house.complaints() == []


def test_two_writers_are_told_of_each_other(house: House) -> None:
    writer, draft = begin(house)
    other = house.site.person(Role.ITEM_WRITER, name="Joanna Okafor")
    house.site.clock.advance(minutes=92, seconds=5)
    theirs = house.visit(other)
    page = theirs.go(f"/bank/version/{draft.ref}/edit")
    page.get_by_label("Writing or revising").check()
    page.get_by_role("button", name="Open the text").click()
    mine = house.visit(writer).go(f"/bank/version/{draft.ref}/edit")
    expect(mine.locator("#writers")).to_have_text("Joanna Okafor has this draft open too.")
    page.get_by_label("Situation").fill("Joanna's text.")
    expect(mine.locator("#writers")).to_have_text(
        "Joanna Okafor is writing here too, last change 10:32:05.", timeout=20_000
    )
    expect(mine.locator("#draft-state")).to_contain_text("A newer text of this draft was saved", timeout=20_000)
    expect(page.locator("#writers")).to_contain_text(f"{writer.name} has this draft open too.", timeout=10_000)


WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal {color: red}</style></head><body>
<!--StartFragment--><p class=MsoNormal><b><span style='font-size:14.0pt'>The
night shift</span></b><o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp; </span></span><![endif]>Four
visits missed<o:p></o:p></p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level2 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>o<span>&nbsp; </span></span><![endif]>one on a Sunday</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>1.<span>&nbsp;</span></span>First</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>2.<span>&nbsp;</span></span>Second</p>
<p class=MsoNormal>Nobody told you*. 5 &lt; 6 <img src="https://example.org/x.png" onerror="alert(1)"><script>alert(1)</script></p>
<!--EndFragment--></body></html>"""  # noqa: E501 - as Word writes it
WORD_MARKDOWN = """The night shift

- Four visits missed
  - one on a Sunday
1. First
2. Second

Nobody told you\\*. 5 < 6"""
DOCS = """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1"><h2 dir="ltr"><span>A quiet rota</span></h2>
<p dir="ltr"><span style="font-weight:700">Bold</span><span> and <a href="https://example.org">a link</a></span></p><br />
<ul><li dir="ltr" aria-level="1"><p dir="ltr" role="presentation"><span>One</span></p></li>
<ul><li dir="ltr" aria-level="2"><p dir="ltr"><span>Nested</span></p></li></ul>
<li dir="ltr"><p dir="ltr"><span>Two</span></p></li></ul>
<ol><li><p>Ask</p></li><li><p>Listen</p></li></ol><p><span>Done.</span></p></b>"""  # noqa: E501 - as Google Docs writes it
DOCS_MARKDOWN = """A quiet rota

Bold and a link

- One
  - Nested
- Two
1. Ask
2. Listen

Done."""
PASTE = """([html, plain]) => {
  const area = document.querySelector("textarea[name=text]");
  area.focus(); area.select();
  const data = new DataTransfer();
  if (html) data.setData("text/html", html);
  data.setData("text/plain", plain);
  return area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def test_text_from_a_word_processor_keeps_its_paragraphs_and_lists(house: House) -> None:
    writer, draft = begin(house)
    page = house.visit(writer).go(f"/bank/version/{draft.ref}/edit")
    for html, markdown in ((WORD, WORD_MARKDOWN), (DOCS, DOCS_MARKDOWN)):
        assert page.evaluate(PASTE, [html, "plain"]) is False  # taken over by the page
        expect(page.get_by_label("Situation")).to_have_value(markdown)
    for html in ("", "<b>a few</b> words"):
        assert page.evaluate(PASTE, [html, "a few words"]) is True  # left to the browser: plain stays plain
    expect(page.locator("#draft-state")).to_contain_text("Draft saved", timeout=10_000)
    assert content(house, draft).text == DOCS_MARKDOWN.strip()
    assert house.complaints() == []


def test_a_keyed_trial_is_answered_with_the_apprentices_own_control(house: House) -> None:
    writer = house.site.person(Role.ITEM_WRITER)
    with house.site.writing() as conn:
        draft = saved.saved_question(conn, house.site, writer)
    page = house.visit(writer).go(f"/bank/version/{draft.ref}/try/{draft.statements[0]}")
    page.get_by_label("Tell her at once").check()
    page.get_by_role("button", name="Score it by the key").click()
    expect(page.get_by_text("1 of 1 points").first).to_be_visible()
    assert house.complaints() == []


def test_from_the_first_word_to_a_drawn_paper(house: House) -> None:
    """Write, preview, review by another, approve, publish: then a paper that is drawn holds it."""
    site = house.site
    room = saved_room(site)
    whole = saved.whole_content("The hushed rota")
    writer, reviewer = site.person(Role.ITEM_WRITER), site.person(Role.REVIEWER, name="Colm Brady")
    page = house.visit(writer).go("/bank/")
    page.get_by_role("link", name="New scenario", exact=True).click()
    page.get_by_label("Title").fill(whole.title)
    page.get_by_label("Theme").select_option("C1")
    page.get_by_role("button", name="Open the draft").click()
    for asked in whole.questions:
        page.get_by_label("Add a question on").select_option(asked.statement)
        page.get_by_role("button", name="Add the question").click()
    for name, text in fields(whole).items():
        if text and name != "title":
            page.locator(f"[name='{name}']").fill(text)
    expect(page.locator("#preview")).to_contain_text("What should you do about C1.3?")
    page.get_by_label("Ask somebody by name").select_option(label="Colm Brady")
    page.get_by_role("button", name="Send for review").click()
    expect(page.get_by_role("status").first).to_contain_text("was sent for review")
    assert page.get_by_role("link", name="Review version 1").count() == 0  # not for its author

    second = house.visit(reviewer).go("/bank/")
    expect(second.get_by_role("heading", name="Reviews asked of me")).to_be_visible()
    second.get_by_role("link", name=re.compile("Review.*The hushed rota")).click()
    second.get_by_role("button", name="Open the text").click()
    expect(second.get_by_role("heading", name="What an approval would change")).to_be_visible()
    for box in second.get_by_role("group", name="Checklist").get_by_role("checkbox").all():
        box.check()
    second.get_by_label("Approve it").check()
    second.get_by_role("button", name="Record my decision").click()
    second.get_by_role("link", name="Publish version 1").click()
    second.get_by_role("dialog").get_by_role("button", name="Publish version 1").click()
    expect(second.get_by_role("status").first).to_contain_text("Version 1 is live")

    with site.writing() as conn:  # the other scenarios of its theme go, so that every paper must hold it
        for slug in [s.slug for s in BANK.scenarios if s.theme == "C1"]:
            (live,) = drafts.of_scenario(conn, slug)
            authoring.withdraw(conn, writer, live, "To leave one", site.now())
    booked = room.seat()
    with site.reading() as conn:
        paper = papers.shown(conn, room.attempt(booked).id)
    assert paper is not None and whole.title in [scenario.title for scenario in paper.scenarios]
    assert [c for visit in house.visits for c in visit.complaints] == []
