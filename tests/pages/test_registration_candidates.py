"""The manager's candidates: the form, the gateway, adjustments and the invitation."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import asdict, replace

import sqlalchemy as sa

from sjt.rules.access import Role
from sjt.stores import candidates, people
from sjt.stores.candidates import Search
from sjt.stores.tables import adjustments, records
from tests.saved import saved_room
from tests.saved_registration import WHO, again, saved_candidate, saved_seat, saved_sitting, send
from tests.site import Site, csrf

FORM = {**{k: v for k, v in asdict(WHO).items() if k != "spec_name"}, "specification": WHO.spec_name}


def test_a_candidate_is_added_and_stands_in_the_list(site: Site) -> None:
    manager = site.signed_in(site.person(Role.MANAGER))
    response = send(manager, "/manage/candidates/new", **FORM)
    assert response.status_code == 303
    page = manager.get(response.headers["Location"]).get_data(as_text=True)
    assert "Amina Yusuf was added." in page and "Not complete" in page
    assert "Amina Yusuf" in manager.get("/manage/candidates").get_data(as_text=True)


def test_every_fault_shows_beside_its_field_and_nothing_typed_is_lost(site: Site) -> None:
    manager = site.signed_in(site.person(Role.MANAGER))
    wrong = {
        "number": "=1",
        "name": "Zoë <b>",
        "email": "zoe",
        "employer": "",
        "provider": "",
        "specification": "",
        "pathway": "",
    }
    response = send(manager, "/manage/candidates/new", **wrong)
    page = response.get_data(as_text=True)
    assert response.status_code == 400
    for field in ("number", "email", "employer", "provider", "specification", "pathway"):
        assert f'id="{field}-faults"' in page and f'href="#{field}"' in page, field
    assert 'value="Zoë &lt;b&gt;"' in page and 'value="zoe"' in page


def test_a_number_is_given_once(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        saved_candidate(conn, manager)
    response = send(site.signed_in(manager), "/manage/candidates/new", **{**FORM, "number": "a-1"})
    assert response.status_code == 400
    assert "This number belongs to Amina Yusuf already." in response.get_data(as_text=True)


def test_a_change_made_by_somebody_else_meanwhile_is_shown_and_nothing_is_lost(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        ref = saved_candidate(conn, manager).ref
    client, address = site.signed_in(manager), f"/manage/candidates/{ref}/edit"
    seen = _hidden(client.get(address).get_data(as_text=True), "seen")
    send(client, address, **{**FORM, "employer": "Theirs", "seen": seen})
    response = send(client, address, **{**FORM, "employer": "Mine", "seen": seen})
    page = response.get_data(as_text=True)
    assert response.status_code == 409
    assert "Theirs" in page and 'value="Mine"' in page
    again_ = send(client, address, **{**FORM, "employer": "Mine", "seen": _hidden(page, "seen")})
    assert again_.status_code == 303


def test_the_list_is_narrowed_by_words_pathway_and_gateway_and_shown_page_by_page(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        candidates.add(conn, [_facts(n) for n in range(60)], manager.id, site.now())
        saved_candidate(conn, manager, name="Ready 100%", number="R-1", pathway="residential")
    client = site.signed_in(manager)

    def shown(query: str) -> str:
        return client.get(f"/manage/candidates?{query}").get_data(as_text=True)

    assert "61 candidates, page 1 of 2" in shown("") and "Page 2 of 2" in shown("page=2")
    assert "1 candidate<" in shown("pathway=residential") and "1 candidate<" in shown("gateway=yes")
    assert "1 candidate<" in shown("words=100%25") and "Nobody fits" in shown("words=_x")
    assert "1 candidate<" in shown("words=P-7+college") and "60 candidates" in shown("gateway=no")
    for strange in ("page=0", "page=x", "page=²", "words=%00", "page=99", "gateway=maybe"):
        assert client.get(f"/manage/candidates?{strange}").status_code == 200


def test_the_gateway_has_a_name_and_a_time_and_the_first_press_counts(site: Site) -> None:
    first, second = site.person(Role.MANAGER, name="Morgan Hale"), site.person(Role.MANAGER)
    with site.writing() as conn:
        ref = saved_candidate(conn, first, ready=False).ref
    address = f"/manage/candidates/{ref}"
    for manager in (first, second):
        assert send(site.signed_in(manager), f"{address}/gateway", address).status_code == 303
        site.clock.advance(minutes=5)
    assert "Confirmed by Morgan Hale, 23 November 2026, 09:00." in site.signed_in(second).get(address).get_data(
        as_text=True
    )


def test_the_gateway_can_be_taken_back_until_a_seat_is_booked(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        candidate = saved_candidate(conn, manager)
    client, address = site.signed_in(manager), f"/manage/candidates/{candidate.ref}"
    assert send(client, f"{address}/gateway/undo", address).status_code == 303
    assert send(client, f"{address}/gateway", address).status_code == 303
    with site.writing() as conn:
        saved_seat(conn, site, saved_sitting(conn, manager), again(conn, candidate.ref), manager)
    response = send(client, f"{address}/gateway/undo", address)
    assert response.status_code == 409 and "cannot be taken back" in response.get_data(as_text=True)


def test_extra_time_is_approved_by_name_and_withdrawn_by_name(site: Site) -> None:
    manager = site.person(Role.MANAGER, name="Morgan Hale")
    with site.writing() as conn:
        candidate = saved_candidate(conn, manager)
    client, address = site.signed_in(manager), f"/manage/candidates/{candidate.ref}"
    assert (
        send(
            client, f"{address}/adjustments", address, kind="extra_time_percent", value="25", first_day="2026-11-23"
        ).status_code
        == 303
    )
    page = client.get(address).get_data(as_text=True)
    assert "25%" in page and "Morgan Hale, 23 November 2026, 09:00" in page
    assert send(client, f"{address}/adjustments/{_adjustment(site)}/withdraw", address).status_code == 303
    assert "Withdrawn" in client.get(address).get_data(as_text=True)


def test_an_adjustment_with_faults_is_not_entered(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        candidate = saved_candidate(conn, manager)
    client, address = site.signed_in(manager), f"/manage/candidates/{candidate.ref}"
    for percent in ("0", "201", "2.5", "²", "", "1" * 30):
        response = send(
            client,
            f"{address}/adjustments",
            address,
            kind="extra_time_percent",
            value=percent,
            first_day="31 June 2026",
        )
        page = response.get_data(as_text=True)
        assert response.status_code == 400
        assert "whole number from 1 to 200" in page and "Enter a date" in page, percent


def test_extra_time_that_a_booking_does_not_fit_is_said_with_the_sum(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        candidate = saved_candidate(conn, manager)
        saved_seat(conn, site, saved_sitting(conn, manager, ends=dt.time(12, 0)), candidate, manager)
    client, address = site.signed_in(manager), f"/manage/candidates/{candidate.ref}"
    send(client, f"{address}/adjustments", address, kind="extra_time_percent", value="25", first_day="2026-11-23")
    assert "20 min set-up + 150 min working time + 0 min breaks = 170 min, and the sitting has 150 min" in client.get(
        address
    ).get_data(as_text=True)


def test_extra_time_lengthens_a_running_clock_and_then_stands(site: Site) -> None:
    room = saved_room(site)
    booked = room.seat()
    room.begun(booked)
    before = room.attempt(booked).writable_until
    with site.reading() as conn:
        candidate = candidates.search(conn, Search())[0]
    client, address = site.signed_in(room.manager), f"/manage/candidates/{candidate.ref}"
    send(client, f"{address}/adjustments", address, kind="extra_time_percent", value="25", first_day="2026-11-23")
    after = room.attempt(booked).writable_until
    assert before is not None and after is not None and after - before == dt.timedelta(minutes=30)
    response = send(client, f"{address}/adjustments/{_adjustment(site)}/withdraw", address)
    assert response.status_code == 409 and "This adjustment stands" in response.get_data(as_text=True)
    assert room.attempt(booked).writable_until == after


def test_an_adjustment_of_another_candidate_is_not_found(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        saved_candidate(conn, manager, percent=25)
        other = saved_candidate(conn, manager, number="B-2")
    address = f"/manage/candidates/{other.ref}"
    response = send(site.signed_in(manager), f"{address}/adjustments/{_adjustment(site)}/withdraw", address)
    assert response.status_code == 404


def test_an_invitation_is_shown_once_and_opens_the_apprentices_own_sign_in(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        candidate = saved_candidate(conn, manager)
    client, address = site.signed_in(manager), f"/manage/candidates/{candidate.ref}"
    page = send(client, f"{address}/invitation", address).get_data(as_text=True)
    [link] = re.findall(r'value="http://localhost(/invitation/[^"]+)"', page)
    assert "sends no e-mail" in page and link not in client.get(address).get_data(as_text=True)
    assert "Welcome, Amina Yusuf" in site.visitor().get(link).get_data(as_text=True)
    with site.reading() as conn:
        person = people.by_email(conn, "amina@example.org")
        assert person is not None and person.person.roles == {Role.APPRENTICE}
        assert again(conn, candidate.ref).person_id == person.person.id


def test_a_second_invitation_makes_the_first_useless(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        address = f"/manage/candidates/{saved_candidate(conn, manager).ref}"
    client, links = site.signed_in(manager), []
    for _ in range(2):
        page = send(client, f"{address}/invitation", address).get_data(as_text=True)
        links += re.findall(r"/invitation/[\w-]{20,}", page)[:1]
    assert [site.visitor().get(link).status_code for link in links] == [404, 200]


def test_an_address_of_somebody_else_never_becomes_the_apprentices_sign_in(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        staff = saved_candidate(conn, manager, email=manager.email)
        people.add_person(conn, name="Another One", email=WHO.email or "", roles=[Role.APPRENTICE], now=site.now())
        other = saved_candidate(conn, manager, number="B-2")
        nobody = saved_candidate(conn, manager, number="C-3", email=None)
    client = site.signed_in(manager)
    for candidate, words in ((staff, "already the sign-in of"), (other, "Another One"), (nobody, "no e-mail address")):
        address = f"/manage/candidates/{candidate.ref}"
        response = send(client, f"{address}/invitation", address)
        assert response.status_code == 409 and words in response.get_data(as_text=True)


def test_one_person_entered_for_two_tests_has_one_sign_in(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        both = [saved_candidate(conn, manager), saved_candidate(conn, manager, number="B-2")]
    client = site.signed_in(manager)
    for candidate in both:
        address = f"/manage/candidates/{candidate.ref}"
        assert send(client, f"{address}/invitation", address).status_code == 200
    with site.reading() as conn:
        assert len({again(conn, candidate.ref).person_id for candidate in both}) == 1


def test_an_address_is_corrected_in_the_sign_in_too(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        ref = saved_candidate(conn, manager).ref
    client, address = site.signed_in(manager), f"/manage/candidates/{ref}"
    send(client, f"{address}/invitation", address)
    seen = _hidden(client.get(f"{address}/edit").get_data(as_text=True), "seen")
    taken = {**FORM, "email": manager.email, "seen": seen}
    assert "somebody else’s sign-in" in send(client, f"{address}/edit", **taken).get_data(as_text=True)
    assert send(client, f"{address}/edit", **{**taken, "email": "right@example.org"}).status_code == 303
    with site.reading() as conn:
        assert people.by_email(conn, "right@example.org") is not None


def test_a_booked_candidates_pathway_stays(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        candidate = saved_candidate(conn, manager)
        saved_seat(conn, site, saved_sitting(conn, manager), candidate, manager)
    client, address = site.signed_in(manager), f"/manage/candidates/{candidate.ref}/edit"
    seen = _hidden(client.get(address).get_data(as_text=True), "seen")
    response = send(client, address, **{**FORM, "pathway": "residential", "seen": seen})
    assert response.status_code == 400 and "Cancel the booking first" in response.get_data(as_text=True)


def test_an_auditor_reads_and_changes_nothing(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        ref = saved_candidate(conn, manager).ref
    auditor = site.signed_in(site.person(Role.AUDITOR))
    page = auditor.get(f"/manage/candidates/{ref}").get_data(as_text=True)
    assert "Amina Yusuf" in page and "Take this back" not in page and "Invite" not in page
    token = {"csrf_token": csrf(auditor, "/manage/candidates")}
    for address in ("new", f"{ref}/edit", f"{ref}/gateway", f"{ref}/adjustments", f"{ref}/invitation", "import"):
        assert auditor.post(f"/manage/candidates/{address}", data=token).status_code == 403, address


def test_acts_are_recorded_with_their_name(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    client = site.signed_in(manager)
    address = send(client, "/manage/candidates/new", **FORM).headers["Location"]
    send(client, f"{address}/gateway", address)
    with site.reading() as conn:
        rows = conn.execute(sa.select(records.c.act, records.c.person_id).order_by(records.c.id)).all()
    assert [(row.act, row.person_id) for row in rows] == [
        ("candidate.added", manager.id),
        ("gateway.completed", manager.id),
    ]


def _facts(number: int) -> candidates.CandidateFacts:
    return replace(WHO, number=f"P-{number}", name=f"Person {number}", email=f"p{number}@example.org")


def _hidden(page: str, name: str) -> str:
    return page.partition(f'name="{name}"')[2].partition('value="')[2].partition('"')[0]


def _adjustment(site: Site) -> int:
    with site.reading() as conn:
        return int(conn.execute(sa.select(sa.func.max(adjustments.c.id))).scalar_one())


def test_a_break_allowance_is_entered_beside_extra_time(site: Site) -> None:
    manager = site.person(Role.MANAGER)
    with site.writing() as conn:
        candidate = saved_candidate(conn, manager)
    client, address = site.signed_in(manager), f"/manage/candidates/{candidate.ref}"
    sent = {"kind": "rest_minutes", "value": "15", "first_day": "2026-11-23"}
    assert send(client, f"{address}/adjustments", address, **sent).status_code == 303
    assert "15 min of rest breaks" in client.get(address).get_data(as_text=True)
    response = send(client, f"{address}/adjustments", address, value="15", first_day="2026-11-23")
    assert (response.status_code, "Choose what kind" in response.get_data(as_text=True)) == (400, True)
