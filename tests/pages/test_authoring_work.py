"""My work with its ages, and the list: filters in the address, a count, fifty a page."""

from __future__ import annotations

from dataclasses import replace

from sjt.rules.access import Role
from sjt.services import authoring
from sjt.stores.people import Person
from tests import saved_authoring as saved
from tests.site import Site


def page(site: Site, person: Person, address: str = "/bank/") -> str:
    answer = site.signed_in(person).get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def test_each_kind_of_work_has_its_place_and_its_age(site: Site) -> None:
    writer, reviewer = saved.two_people(site)
    with site.writing() as conn:
        saved.saved_draft(conn, site, writer, saved.whole_content("My own draft"))
        saved.saved_in_review(conn, site, writer)
        asked = saved.saved_draft(conn, site, writer, saved.whole_content("Asked by name"))
        assert authoring.submit(conn, writer, asked, site.now(), reviewer.ref) == []
        saved.saved_approved(conn, site, writer, reviewer)
    site.clock.advance(days=3)
    mine, theirs = page(site, writer), page(site, reviewer)
    assert "My drafts" in mine and "for 3 days" in mine and "Approved, not yet published" in mine
    assert "Reviews asked of me" not in mine and "Reviews I could do" not in mine
    first, _, others = theirs.partition("Reviews I could do")
    assert "Reviews asked of me" in first and "Asked by name" in first and "The quiet rota" in others
    third = page(site, site.person(Role.REVIEWER))
    assert "Reviews asked of me" not in third and "Asked by name" in third  # anybody entitled may do it


def test_yearly_reviews_come_sixty_days_ahead_and_overdue_first(site: Site) -> None:
    writer, reviewer = saved.two_people(site)
    with site.writing() as conn:
        saved.saved_live(conn, site, writer, reviewer)
    site.clock.advance(days=304)
    assert "Yearly reviews due" not in page(site, reviewer)
    site.clock.advance(days=2)
    assert "Due 23 November 2027" in page(site, reviewer)
    assert "Yearly reviews due" not in page(site, writer)  # who wrote it cannot do it
    site.clock.advance(days=60)
    assert "Overdue since 23 November 2027" in page(site, reviewer)
    assert "Overdue since 23 November 2027" in page(site, writer, "/bank/?due=overdue")
    assert "No scenario fits" in page(site, writer, "/bank/?due=soon")
    assert "No new paper uses it" in page(site, writer, "/bank/scenario/the-quiet-rota")


def test_a_long_pile_is_cut_and_stands_on_its_own_page(site: Site) -> None:
    writer = site.person(Role.ITEM_WRITER)
    with site.writing() as conn:
        for number in range(7):
            saved.saved_draft(conn, site, writer, replace(saved.whole_content(f"Draft {number}"), questions=()))
    shown = page(site, writer).partition('id="scenarios"')[0]
    assert "Draft 4" in shown and "Draft 5" not in shown and "All 7 that wait for you" in shown
    assert "Draft 6" in page(site, writer, "/bank/work")


def test_filters_stay_in_the_address_and_in_the_form(site: Site) -> None:
    saved.saved_bank(site)
    writer = site.person(Role.ITEM_WRITER)
    with site.writing() as conn:
        saved.saved_draft(conn, site, writer)
    query = f"state=draft&theme=C1&statement=C1.2&pathway=residential&author={writer.ref}&q=rota"
    shown = page(site, writer, f"/bank/?{query}")
    assert "1 scenario" in shown and "The quiet rota" in shown and "Phones at nine" not in shown
    assert 'value="draft" selected' in shown and 'value="C1.2" selected' in shown and 'value="rota"' in shown
    for nothing in ("pathway=none", "statement=C2.1", "author=nobody", "format=rank", "theme=CM1&pathway=residential"):
        assert "No scenario fits these filters." in page(site, writer, f"/bank/?{nothing}"), nothing
    assert "Phones at nine" in page(site, writer, "/bank/?due=nonsense&page=x")


def test_the_list_comes_fifty_a_page(site: Site) -> None:
    writer = site.person(Role.ITEM_WRITER)
    with site.writing() as conn:
        for number in range(52):
            authoring.new_scenario(conn, writer, saved.SPEC, "C1", f"Scenario {number:02}", site.now())
    first, second = page(site, writer, "/bank/?state=draft"), page(site, writer, "/bank/?state=draft&page=2")
    assert "1 to 50 of 52 scenarios" in first and "Scenario 49" in first and "Scenario 50" not in first
    assert "state=draft&amp;page=2" in first or "page=2&amp;state=draft" in first
    assert "51 to 52 of 52 scenarios" in second and "Scenario 51" in second and "My drafts" not in second
    assert "1 to 50 of 52" in page(site, writer, "/bank/?state=draft&page=9")


def test_a_scenario_is_copied_under_a_title_of_its_own(site: Site) -> None:
    saved.saved_bank(site)
    client = site.signed_in(site.person(Role.ITEM_WRITER))
    address = f"/bank/scenario/{saved.SLUG}/copy"
    assert "Phones at nine (copy)" in client.get(address).get_data(as_text=True)
    status, shown = saved.send(client, address, {"title": " "})
    assert status == 400 and "Give the scenario a title." in shown
    status, shown = saved.send(client, address, {"title": "Phones at noon"})
    assert status == 303 and "A copy of “Phones at nine”, version 1" in shown and "Agnieszka" in shown
    assert "Copied from" in client.get("/bank/scenario/phones-at-noon").get_data(as_text=True)
    assert saved.send(site.signed_in(site.person(Role.REVIEWER)), address, {"title": "X"})[0] == 403


def test_a_draft_opened_by_mistake_is_discarded(site: Site) -> None:
    saved.saved_bank(site)
    writer = site.person(Role.ITEM_WRITER)
    with site.writing() as conn:
        made = authoring.open_draft(conn, writer, saved.SLUG, site.now())
        alone = saved.saved_draft(conn, site, writer)
    client = site.signed_in(writer)
    assert saved.send(client, f"/bank/version/{made.ref}/discard", {"edit": "7"})[0] == 409
    status, shown = saved.send(client, f"/bank/version/{made.ref}/discard", {"edit": str(made.edit)})
    assert status == 303 and "The draft of version 2 is gone" in shown and "Phones at nine" in shown
    status, shown = saved.send(client, f"/bank/version/{alone.ref}/discard", {"edit": str(alone.edit)})
    assert status == 303 and "Item bank" in shown
    assert client.get(f"/bank/scenario/{alone.slug}").status_code == 404


def test_any_two_versions_are_compared(site: Site) -> None:
    writer, reviewer = saved.two_people(site)
    with site.writing() as conn:
        live = saved.saved_live(conn, site, writer, reviewer)
        made = authoring.open_draft(conn, writer, live.slug, site.now())
        changed = replace(saved.whole_content(), title="The loud rota", enemies=("other",))
        authoring.save(conn, writer, made, made.edit, changed, site.now())
        authoring.open_text(conn, writer, [live], "writing", site.now())
    client = site.signed_in(writer)
    for old, new, kind in ((1, 2, "ins"), (2, 1, "del")):
        answer = client.get(f"/bank/scenario/{live.slug}/compare?from={old}&to={new}", follow_redirects=True)
        shown = answer.get_data(as_text=True)
        assert f"From version {old} to version {new}" in shown and "Never on one paper with" in shown
        mark = "added" if kind == "ins" else "removed"
        assert f'<{kind}><span class="visually-hidden">[{mark}] </span>loud' in shown
    assert client.get(f"/bank/scenario/{live.slug}/compare?from=1&to=9").status_code == 404
