"""The list, the gate before every text, and a scenario's history."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from sjt.rules.access import Role
from sjt.services import authoring
from sjt.stores import drafts
from sjt.stores import tables as t
from sjt.stores.people import Person
from tests import saved_authoring as saved
from tests.site import Site

PAGES = ("/bank/", "/bank/coverage", "/bank/new", f"/bank/scenario/{saved.SLUG}")


def get(site: Site, person: Person, address: str) -> tuple[int, str]:
    answer = site.signed_in(person).get(address)
    return answer.status_code, answer.get_data(as_text=True)


def openings(site: Site) -> list[tuple[int, str]]:
    r = t.records
    with site.reading() as conn:
        rows = conn.execute(sa.select(r.c.person_id, r.c.detail).where(r.c.act == "bank.opened").order_by(r.c.id))
        return [(row.person_id, row.detail["purpose"]) for row in rows]


WHO = {
    Role.ITEM_WRITER: (200, 200, 200, 200),
    Role.REVIEWER: (200, 200, 403, 200),
    Role.MANAGER: (200, 200, 403, 200),
    Role.AUDITOR: (200, 200, 403, 200),
    **dict.fromkeys((Role.INVIGILATOR, Role.MARKER, Role.ADMINISTRATOR, Role.APPRENTICE), (403, 403, 403, 403)),
}


def test_who_opens_which_page(site: Site) -> None:
    saved.saved_bank(site)
    for role, statuses in WHO.items():
        client = site.signed_in(site.person(role))
        assert tuple(client.get(page).status_code for page in PAGES) == statuses, role


def test_an_empty_bank_says_what_to_do(site: Site) -> None:
    writer, reviewer = saved.two_people(site)
    assert "Write the first one" in get(site, writer, "/bank/")[1]
    page = get(site, reviewer, "/bank/")[1]
    assert "There is no scenario for this test yet." in page and "Write the first one" not in page
    assert "Nothing waits for you" in page


def test_the_list_shows_state_coverage_and_drafts_but_no_text(site: Site) -> None:
    saved.saved_bank(site)
    writer, reviewer = saved.two_people(site)
    with site.writing() as conn:
        authoring.open_draft(conn, writer, saved.SLUG, site.now())
    page = get(site, reviewer, "/bank/")[1]
    assert "Phones at nine" in page and "C1.1, C1.2, C1.3" in page
    assert f"Version 2, {writer.name}" in page
    assert "Agnieszka" not in page and "Agnieszka" not in get(site, reviewer, f"/bank/scenario/{saved.SLUG}")[1]


FILTERS = {
    "q=agnieszka+nights": True,
    "q=agnieszka+elephant": False,
    "q=%25": False,
    "q=%00": True,
    "theme=C1": True,
    "theme=C2": False,
    "state=live": True,
    "state=draft": False,
    "state=nonsense": False,
}


def test_the_list_can_be_narrowed(site: Site) -> None:
    saved.saved_bank(site)
    client = site.signed_in(site.person(Role.MANAGER))
    for query, shown in FILTERS.items():
        page = client.get(f"/bank/?{query}").get_data(as_text=True)
        assert ("Phones at nine" in page) == shown, query
        assert ("No scenario fits these filters." in page) != shown, query


def test_my_work_comes_first_and_holds_what_is_mine(site: Site) -> None:
    writer, reviewer = saved.two_people(site)
    with site.writing() as conn:
        saved.saved_draft(conn, site, writer, saved.whole_content("My own draft"))
        waiting = saved.saved_in_review(conn, site, writer)
        back = saved.saved_in_review(conn, site, writer)
        authoring.open_text(conn, reviewer, [back], "review", site.now())
        authoring.send_back(conn, reviewer, back, authoring.Decision(back.edit, "Shorter, please"), site.now())
    mine, theirs = get(site, writer, "/bank/")[1], get(site, reviewer, "/bank/")[1]
    assert "Returned to me" in mine and "My drafts" in mine and "Reviews I could do" not in mine
    assert "Reviews I could do" in theirs and f"/bank/version/{waiting.ref}/review" in theirs
    assert "My drafts" not in theirs and "Returned to me" not in theirs


def test_an_unknown_scenario_version_or_test_is_not_found(site: Site) -> None:
    writer = site.person(Role.ITEM_WRITER)
    for address in ("/bank/scenario/none", "/bank/version/none", "/bank/version/none/edit", "/bank/?spec=none"):
        assert get(site, writer, address)[0] == 404, address


def test_a_text_opens_for_a_purpose_and_that_is_recorded(site: Site) -> None:
    saved.saved_bank(site)
    (live,) = saved.read_versions(site, saved.SLUG)
    auditor, address = site.person(Role.AUDITOR), f"/bank/version/{live.ref}"
    client = site.signed_in(auditor)
    assert "Agnieszka" not in client.get(address).get_data(as_text=True)
    status, page = saved.send(client, f"{address}/open", {"then": "version"})
    assert status == 400 and "Choose a purpose." in page and "Agnieszka" not in page
    status, page = saved.send(client, f"{address}/open", {"then": "version", "purpose": "curiosity"})
    assert status == 400 and openings(site) == []
    status, page = saved.send(client, f"{address}/open", {"then": "version", "purpose": "quality"})
    assert status == 303 and "Agnieszka" in page and "Marking guide" in page
    assert openings(site) == [(auditor.id, "quality")]
    assert "Agnieszka" in client.get(address).get_data(as_text=True)
    assert "Agnieszka" not in get(site, site.person(Role.AUDITOR), address)[1]
    site.clock.advance(hours=12)
    assert "Agnieszka" not in client.get(address).get_data(as_text=True)


def test_an_author_reads_a_draft_freely_and_the_live_text_like_everybody(site: Site) -> None:
    writer, reviewer = saved.two_people(site)
    with site.writing() as conn:
        draft = saved.saved_draft(conn, site, writer, saved.whole_content("In progress"))
        live = saved.saved_live(conn, site, writer, reviewer)
    assert "word149" in get(site, writer, f"/bank/version/{draft.ref}")[1]
    assert "word149" not in get(site, reviewer, f"/bank/version/{draft.ref}")[1]
    assert "word149" not in get(site, writer, f"/bank/version/{live.ref}")[1]


def test_what_changed_is_shown_word_by_word(site: Site) -> None:
    saved.saved_bank(site)
    writer, reviewer = saved.two_people(site)
    with site.writing() as conn:
        made = authoring.open_draft(conn, writer, saved.SLUG, site.now())
        content = drafts.content_of(conn, made.id)
        changed = replace(content, title="Phones at ten", questions=content.questions[1:])
        authoring.save(conn, writer, made, made.edit, changed, site.now())
    page = get(site, writer, f"/bank/version/{made.ref}/changes")[1]
    assert '<ins><span class="visually-hidden">[added] </span>ten' in page
    assert '<del><span class="visually-hidden">[removed] </span>nine' in page
    # The title; the question on C1.1 with its guide to two points (two texts each) and three texts on model answers.
    assert "9 of 28 texts changed" in page
    client = site.signed_in(reviewer)
    address = f"/bank/version/{made.ref}"
    assert "[added]" not in client.get(f"{address}/changes").get_data(as_text=True)
    status, page = saved.send(client, f"{address}/open", {"then": "changes", "against": "1", "purpose": "review"})
    assert status == 303 and "[added]" in page
    assert openings(site)[1:] == [(reviewer.id, "review")] * 2  # both texts
    assert client.get(f"{address}/changes?against=9").status_code == 404


def test_coverage_counts_live_questions(site: Site) -> None:
    saved.saved_bank(site)
    page = get(site, site.person(Role.MANAGER), "/bank/coverage")[1]
    rows = [row for row in page.split("<tr") if "C1.1 " in row or "C4.2 " in row]
    assert "Yes" in rows[0] and "None" in rows[1] and "Key question" in rows[1]


def test_a_new_scenario_opens_as_a_draft_of_its_author(site: Site) -> None:
    writer = site.person(Role.ITEM_WRITER)
    client = site.signed_in(writer)
    status, page = saved.send(client, "/bank/new", {"title": "  ", "theme": "X"}, "/bank/new")
    assert status == 400 and "Give the scenario a title." in page and "Choose a theme of this test" in page
    status, page = saved.send(client, "/bank/new", {"title": "The  hushed rota", "theme": "C1"}, "/bank/new")
    assert status == 303 and 'id="draft"' in page
    (version,) = saved.read_versions(site, "the-hushed-rota")
    assert version.title == "The hushed rota" and version.written_by == writer.name and not version.sample


def test_edit_opens_a_copy_of_the_live_version_once(site: Site) -> None:
    saved.saved_bank(site)
    client = site.signed_in(site.person(Role.ITEM_WRITER))
    status, page = saved.send(client, f"/bank/scenario/{saved.SLUG}/draft")
    assert status == 303 and "Agnieszka" in page and "Version 2 is open as a draft" in page
    status, page = saved.send(client, f"/bank/scenario/{saved.SLUG}/draft")
    assert status == 409 and "Version 2 is already in progress" in page
