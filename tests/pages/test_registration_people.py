"""People and their roles: read by managers and auditors, changed by administrators."""

from __future__ import annotations

from sjt.rules.access import Role
from sjt.stores import people
from tests.saved_registration import send
from tests.site import Site


def roles_of(site: Site, email: str) -> set[Role]:
    with site.reading() as conn:
        found = people.by_email(conn, email)
    assert found is not None
    return set(found.person.roles)


def test_an_administrator_adds_somebody_and_gets_the_link_once(site: Site) -> None:
    client = site.signed_in(site.person(Role.ADMINISTRATOR))
    form = {"name": "Helen Marsh", "email": "Helen@Example.org", "roles": ["invigilator", "marker"]}
    page = send(client, "/manage/people/new", **form).get_data(as_text=True)
    assert "/invitation/" in page and "Invitation for Helen Marsh" in page
    assert roles_of(site, "helen@example.org") == {Role.INVIGILATOR, Role.MARKER}
    assert "Helen Marsh" in client.get("/manage/people").get_data(as_text=True)


def test_every_fault_of_a_person_is_shown(site: Site) -> None:
    administrator = site.person(Role.ADMINISTRATOR)
    client = site.signed_in(administrator)
    page = send(client, "/manage/people/new", name="", email="no address").get_data(as_text=True)
    assert "This is needed." in page and "not an e-mail address" in page and "at least one role" in page
    page = send(
        client, "/manage/people/new", name="A\0", email=administrator.email, roles=["auditor", "marker"]
    ).get_data(as_text=True)
    assert "cannot be shown" in page and "somebody’s sign-in already" in page and "no other role" in page
    assert send(client, "/manage/people/new", name="A", email="a@b.org", roles=["apprentice"]).status_code == 400


def test_roles_are_changed_and_the_last_administrator_stays_one(site: Site) -> None:
    first = site.person(Role.ADMINISTRATOR)
    marker = site.person(Role.MARKER)
    client = site.signed_in(first)
    own = {"name": first.name, "email": first.email, "roles": ["manager"]}
    response = send(client, f"/manage/people/{first.ref}", **own)
    assert response.status_code == 400 and "One administrator must remain." in response.get_data(as_text=True)
    form = {"name": "Renamed", "email": marker.email, "roles": ["administrator", "marker"]}
    assert send(client, f"/manage/people/{marker.ref}", **form).status_code == 303
    assert roles_of(site, marker.email) == {Role.ADMINISTRATOR, Role.MARKER}
    assert send(client, f"/manage/people/{first.ref}", **own).status_code == 303
    assert client.get(f"/manage/people/{marker.ref}").status_code == 403


def test_the_page_of_a_person_acts_on_that_person(site: Site) -> None:
    """The frame shows who is signed in; that must never leak into the form."""
    client = site.signed_in(site.person(Role.ADMINISTRATOR))
    other = site.person(Role.MARKER, name="Jude Okafor")
    page = client.get(f"/manage/people/{other.ref}").get_data(as_text=True)
    assert f"/manage/people/{other.ref}/invitation" in page and "lets Jude Okafor choose" in page
    response = send(client, f"/manage/people/{other.ref}/invitation", f"/manage/people/{other.ref}")
    assert "Invitation for Jude Okafor" in response.get_data(as_text=True)


def test_managers_and_auditors_read_and_do_not_change(site: Site) -> None:
    somebody = site.person(Role.MARKER)
    for role in (Role.MANAGER, Role.AUDITOR):
        client = site.signed_in(site.person(role))
        page = client.get("/manage/people").get_data(as_text=True)
        assert somebody.name in page and "Add a person" not in page
        assert client.get("/manage/people/new").status_code == 403
    assert site.signed_in(somebody).get("/manage/people").status_code == 403


def test_apprentices_are_not_among_the_staff(site: Site) -> None:
    client, apprentice = site.signed_in(site.person(Role.ADMINISTRATOR)), site.person(Role.APPRENTICE)
    assert apprentice.email not in client.get("/manage/people").get_data(as_text=True)
    assert client.get(f"/manage/people/{apprentice.ref}").status_code == 404
