"""The doors: what a stranger sees, what a wrong password costs, and who lands where."""

from __future__ import annotations

from sjt.rules.access import Role
from sjt.services.passwords import hash_password
from sjt.stores import people
from tests.site import Site, csrf

PASSWORD = "a long enough password"


def enter(site: Site, email: str, password: str, then: str = "") -> tuple[int, str, str]:
    client = site.visitor()
    token = csrf(client, "/sign-in")
    data = {"csrf_token": token, "email": email, "password": password, "then": then}
    response = client.post("/sign-in", data=data)
    return response.status_code, response.headers.get("Location", ""), response.get_data(as_text=True)


def a_manager_with_a_password(site: Site) -> str:
    person = site.person(Role.MANAGER)
    with site.writing() as conn:
        people.set_password(conn, person.id, hash_password(PASSWORD), site.now())
    return person.email


def test_the_front_door_is_open_and_says_where_to_go(site: Site) -> None:
    page = site.visitor().get("/")
    assert page.status_code == 200
    assert "Enter my keycode" in page.get_data(as_text=True)


def test_a_stranger_is_sent_to_sign_in_and_on_to_the_page_afterwards(site: Site) -> None:
    response = site.visitor().get("/manage/candidates?page=2")
    assert response.status_code == 302
    assert "then=/manage/candidates?page" in response.headers["Location"].replace("%2F", "/").replace("%3F", "?")


def test_a_right_password_opens_the_first_desk(site: Site) -> None:
    email = a_manager_with_a_password(site)
    assert enter(site, email.upper(), PASSWORD)[:2] == (303, "/manage/")


def test_after_signing_in_only_addresses_of_ours_are_followed(site: Site) -> None:
    email = a_manager_with_a_password(site)
    assert enter(site, email, PASSWORD, "/manage/sittings")[1] == "/manage/sittings"
    for foreign in ("https://example.org/", "//example.org/", "/\\example.org", "javascript:x"):
        assert enter(site, email, PASSWORD, foreign)[1] == "/manage/", foreign


def test_a_wrong_password_and_an_unknown_address_get_the_same_words(site: Site) -> None:
    email = a_manager_with_a_password(site)
    wrong, unknown = enter(site, email, "not it"), enter(site, "nobody@example.org", PASSWORD)
    assert wrong[0] == unknown[0] == 401
    assert "do not fit together" in wrong[2] and "do not fit together" in unknown[2]


def test_faults_of_the_form_are_shown_together_and_nothing_typed_is_lost(site: Site) -> None:
    status, _, page = enter(site, "", "")
    assert status == 400
    assert "Enter your e-mail address." in page and "Enter your password." in page


def test_ten_wrong_tries_close_one_device_and_no_other(site: Site) -> None:
    email = a_manager_with_a_password(site)
    client = site.visitor()
    for _ in range(10):
        data = {"csrf_token": csrf(client, "/sign-in"), "email": email, "password": "wrong"}
        assert client.post("/sign-in", data=data).status_code == 401
    data = {"csrf_token": csrf(client, "/sign-in"), "email": email, "password": PASSWORD}
    assert client.post("/sign-in", data=data).status_code == 429
    assert enter(site, email, PASSWORD)[0] == 303


def test_signing_out_ends_the_session_on_the_server(site: Site) -> None:
    client = site.signed_in(site.person(Role.MANAGER))
    with client.session_transaction() as session:
        stolen = dict(session)
    client.post("/sign-out", data={"csrf_token": csrf(client, "/manage/")})
    thief = site.visitor()
    with thief.session_transaction() as session:
        session.update(stolen)
    assert thief.get("/manage/").status_code == 302


def test_an_invitation_sets_a_password_once(site: Site) -> None:
    import datetime as dt

    manager, apprentice = site.person(Role.MANAGER), site.person(Role.APPRENTICE)
    with site.writing() as conn:
        token = people.invite(conn, apprentice.id, manager.id, site.now(), dt.timedelta(days=14))
    client = site.visitor()
    form = {"csrf_token": csrf(client, f"/invitation/{token}"), "password": PASSWORD, "again": "something else"}
    assert client.post(f"/invitation/{token}", data=form).status_code == 400
    assert client.post(f"/invitation/{token}", data={**form, "again": PASSWORD}).status_code == 303
    assert enter(site, apprentice.email, PASSWORD)[0] == 303
    assert site.visitor().get(f"/invitation/{token}").status_code == 404


def test_an_invitation_runs_out(site: Site) -> None:
    import datetime as dt

    person = site.person(Role.APPRENTICE)
    with site.writing() as conn:
        token = people.invite(conn, person.id, person.id, site.now(), dt.timedelta(days=14))
    site.clock.advance(days=14)
    assert site.visitor().get(f"/invitation/{token}").status_code == 404
