"""Safe Exam Browser, asked for: a simulated client (no SEB runs here), on every route, before and behind a proxy."""

from __future__ import annotations

import json
import plistlib
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from proctoring.events import first_break
from proctoring.seb import Variant, config_key, request_hash
from sjt.pages.guard import MARK
from sjt.pages.lockdown import BROWSER_HEADER, CONFIG_HEADER, PROOF_SECONDS
from sjt.rules.access import Role
from sjt.services.lockdown import seb
from sjt.stores import attempts, sittings
from sjt.stores import seb as store
from sjt.stores import tables as t
from tests.pages.test_statements import statements
from tests.saved import Booked, Room, saved_room
from tests.saved_invigilation import Hands
from tests.site import Site, csrf

ORIGIN = "https://exam.example"


class SebClient(FlaskClient):
    """A browser that sends what Safe Exam Browser sends: for each address a hash of it and a key.

    ``seen_at`` is the origin that the browser believes it is at; ``key`` None sends nothing.
    """

    key: str | None = None
    browser: str | None = None
    seen_at = ORIGIN
    for_path: str | None = None  # another address than the one asked for: a copied header

    def open(self, *args: Any, **options: Any) -> TestResponse:
        path = self.for_path or args[0]
        headers = dict(options.pop("headers", None) or {})
        for name, key in ((CONFIG_HEADER, self.key), (BROWSER_HEADER, self.browser)):
            if key is not None:
                headers[name] = request_hash(self.seen_at + path, key)
        return super().open(*args, headers=headers, **options)


@pytest.fixture
def site(site: Site) -> Site:
    at_home(site, ORIGIN)
    return site


def at_home(site: Site, origin: str | None) -> None:
    """This installation is reached under an origin."""
    site.product = replace(site.product, settings=replace(site.product.settings, public_origin=origin))
    site.app.extensions["sjt"] = site.product


@pytest.fixture
def room(site: Site) -> Room:
    made = saved_room(site)
    locked(made)
    return made


def locked(room: Room) -> None:
    """The sitting asks for Safe Exam Browser, and has its first settings."""
    with room.site.writing() as conn:
        conn.execute(t.sittings.update().where(t.sittings.c.id == room.sitting[0]).values(lockdown="seb"))
        seb.prepare(conn, room.site.product, sittings.by_id(conn, room.sitting[0]), room.manager, room.site.now())


def key_of(room: Room, variant: Variant = Variant.STANDARD) -> str:
    """The key as Safe Exam Browser makes it: from the file that anybody can fetch."""
    file = room.site.visitor().get(f"/sit/room/{room.sitting[1]}/{variant.value}.seb")
    assert file.status_code == 200 and file.mimetype == "application/seb"
    return config_key(file.get_data())


def browser(room: Room, key: str | None) -> SebClient:
    """A candidate's browser that has a key."""
    client = SebClient(room.site.app, room.site.app.response_class)
    client.key = key
    return client


def enter(room: Room, client: SebClient, booked: Booked) -> TestResponse:
    token = csrf(client, f"/sit/room/{room.sitting[1]}")
    return client.post("/sit/", data={"csrf_token": token, "keycode": booked.keycode})


def begun(room: Room, booked: Booked) -> SebClient:
    """A browser with the right key, with the clock running."""
    client = browser(room, key_of(room))
    assert enter(room, client, booked).status_code == 303
    room.admit(booked)
    room.open_gate(booked)
    page = f"/sit/{booked.attempt_ref}"
    client.post(f"{page}/confirm", data={"csrf_token": csrf(client, f"{page}/confirm")})
    client.post(f"{page}/begin", data={"csrf_token": csrf(client, f"{page}/waiting")})
    assert client.get(f"{page}/scenario/1").status_code == 200
    return client


def token_of(client: SebClient, booked: Booked) -> str:
    page = client.get(f"/sit/{booked.attempt_ref}/scenario/1").get_data(as_text=True)
    return page.partition('data-csrf="')[2].partition('"')[0]


def post(
    client: SebClient, booked: Booked, path: str, token: str, body: dict[str, Any], **options: Any
) -> TestResponse:
    headers = {"X-CSRFToken": token, "Accept": "application/json"}
    return client.post(f"/sit/{booked.attempt_ref}/{path}", json=body, headers=headers, **options)


def refused(room: Room, booked: Booked) -> str:
    """What the board knows of the last refusal."""
    told = room.site.product.presence.heard(str(room.sitting[0]), room.site.now()).refused
    return told[booked.attempt_ref].finding if booked.attempt_ref in told else ""


# --- who is let in
def test_only_the_right_browser_at_the_right_address_is_let_in(room: Room) -> None:
    booked, right = room.seat(), key_of(room)
    client = begun(room, booked)
    page = f"/sit/{booked.attempt_ref}/scenario/1"
    before, spelling = right, key_of(room, Variant.SPELLING)
    elsewhere = config_key(plistlib.dumps({"startURL": "https://exam.example/sit/room/other"}))
    rows: list[tuple[dict[str, Any], int, str]] = [
        ({"key": right}, 200, ""),
        ({"key": None}, 403, "nothing"),
        ({"key": "0" * 64}, 403, "wrong"),
        ({"key": elsewhere}, 403, "wrong"),
        ({"key": spelling}, 403, "variant"),
        ({"key": right, "for_path": f"/sit/{booked.attempt_ref}/review"}, 403, "address"),
        ({"key": right, "for_path": page + "?a=1"}, 403, "wrong"),
        ({"key": right, "seen_at": "https://forged.example"}, 403, "wrong"),
        ({"key": before}, 200, ""),
    ]
    for changes, status, finding in rows:
        for name, value in {"for_path": None, "seen_at": ORIGIN, **changes}.items():
            setattr(client, name, value)
        answer = client.get(page)
        assert (answer.status_code, refused(room, booked) if status == 403 else "") == (status, finding), changes


def test_the_address_behind_a_proxy_is_the_public_one_whatever_the_host_says(room: Room) -> None:
    booked = room.seat()
    client = begun(room, booked)
    page = f"/sit/{booked.attempt_ref}/scenario/1"
    inside = {"base_url": "http://web-1.internal:8000", "headers": {"X-Forwarded-Host": "forged.example"}}
    with client.session_transaction() as session:
        kept = dict(session)
    device = client.get_cookie("sjt-device")
    assert device is not None
    for base, seen_at, status in [
        ("http://web-1.internal:8000", ORIGIN, 200),  # a proxy that speaks to the inside under another name
        ("http://forged.example", ORIGIN, 200),  # a forged Host changes nothing for whoever is right
        ("http://forged.example", "http://forged.example", 403),  # and helps nobody who is not
        ("https://forged.example", "https://forged.example", 403),
        ("http://web-1.internal:8000", "http://web-1.internal:8000", 403),
    ]:
        client.seen_at = seen_at
        with client.session_transaction(base_url=base) as session:
            session.update(kept)
        client.set_cookie("sjt-device", device.value, domain=base.split("//")[1].split(":")[0])
        answer = client.get(page, **{**inside, "base_url": base})
        assert answer.status_code == status, (base, seen_at)
    assert refused(room, booked) == "address"  # the invigilator is told that a proxy may show another address


def test_the_settings_of_another_sitting_open_nothing_here(room: Room) -> None:
    booked = room.seat()
    client = begun(room, booked)
    with room.site.writing() as conn:
        row = conn.execute(t.sittings.select().where(t.sittings.c.id == room.sitting[0])).one()._asdict()
        other = {**row, "ref": "f" * 32, "title": "Another"}
        del other["id"]
        other_id = conn.execute(t.sittings.insert().values(**other).returning(t.sittings.c.id)).scalar_one()
        seb.prepare(conn, room.site.product, sittings.by_id(conn, other_id), room.manager, room.site.now())
    client.key = key_of(replace(room, sitting=(other_id, "f" * 32)))
    assert client.get(f"/sit/{booked.attempt_ref}/scenario/1").status_code == 403
    assert refused(room, booked) == "other"


def test_nothing_configured_lets_nobody_in(site: Site) -> None:
    room = saved_room(site)
    with site.writing() as conn:
        conn.execute(t.sittings.update().values(lockdown="seb"))
    booked = room.seat()
    for key in (None, "", "0" * 64):
        answer = enter(room, browser(room, key), booked)
        assert answer.status_code == 403 and "S1" in answer.get_data(as_text=True), key
    assert site.visitor().get(f"/sit/room/{room.sitting[1]}/standard.seb").status_code == 404


def test_without_a_public_address_nobody_is_let_in(room: Room) -> None:
    booked = room.seat()
    client = begun(room, booked)
    at_home(room.site, None)
    assert client.get(f"/sit/{booked.attempt_ref}/scenario/1").status_code == 403
    assert refused(room, booked) == "unset"


# --- every route
PUBLIC = {
    "delivery.here",
    "delivery.enter",
    "delivery.leave",
    "delivery.room",
    "delivery.seb_file",
    "delivery.seb_over",
}


def desk_routes(site: Site) -> Iterator[tuple[Rule, str]]:
    for rule in site.app.url_map.iter_rules():
        if rule.endpoint.startswith("delivery."):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method


def test_every_route_of_a_sitting_asks_for_it(room: Room) -> None:
    booked = room.seat()
    client = begun(room, booked)
    token = token_of(client, booked)
    seen = set()
    for rule, method in desk_routes(room.site):
        if getattr(room.site.app.view_functions[rule.endpoint], MARK).public_because:
            assert rule.endpoint in PUBLIC, f"{rule.rule} is open: does it show or change anything of an attempt?"
            continue
        path = rule.rule.replace("<attempt>", booked.attempt_ref).replace("<int:number>", "1")
        path = path.replace("<code>", "x").replace("<ref>", "x")
        assert "<" not in path, rule.rule
        for key in (None, "0" * 64):
            client.key = key
            answer = client.open(path, method=method, json={} if method == "POST" else None,
                                 headers={"X-CSRFToken": token, "Accept": "application/json"})  # fmt: skip
            assert answer.status_code == 403, f"{method} {rule.rule}: {answer.status_code}"
            assert answer.get_json()["error"] == "lockdown.refused", rule.rule
        seen.add(rule.endpoint)
    assert {"delivery.save", "delivery.beat", "delivery.lease", "delivery.submit", "delivery.save_plain"} <= seen
    assert room.attempt(booked).closed_at is None


def test_the_keycode_binds_no_browser_that_is_not_let_in(room: Room) -> None:
    booked = room.seat()
    answer = enter(room, browser(room, None), booked)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 403
    assert f'href="sebs://exam.example/sit/room/{room.sitting[1]}/standard.seb"' in page and "S2" in page
    assert room.attempt(booked).device_hash is None
    assert enter(room, browser(room, key_of(room)), booked).status_code == 303


def test_the_door_leads_any_browser_to_the_right_one(room: Room) -> None:
    page = room.site.visitor().get(f"/sit/room/{room.sitting[1]}").get_data(as_text=True)
    assert "sebs://exam.example/sit/room/" in page and "If nothing opens" in page and "seb.js" in page
    assert room.site.visitor().get("/sit/room/unknown").status_code == 404
    assert room.site.visitor().get(f"/sit/room/{room.sitting[1]}/over").status_code == 200


def test_a_sitting_that_asks_for_nothing_has_no_such_door_and_no_script(site: Site) -> None:
    room = saved_room(site)
    booked = room.seat()
    client = room.enter(booked)
    assert site.visitor().get(f"/sit/room/{room.sitting[1]}").status_code == 404
    assert "seb.js" not in client.get(f"/sit/{booked.attempt_ref}/confirm").get_data(as_text=True)


# --- saves, heartbeats, and what is kept beside the database
def test_a_save_is_refused_and_nothing_of_it_is_kept_or_lost(room: Room) -> None:
    booked = room.seat()
    client = begun(room, booked)
    token = token_of(client, booked)
    lease = post(client, booked, "lease", token, {}).get_json()["lease"]
    code = client.get(f"/sit/{booked.attempt_ref}/scenario/1").get_data(as_text=True).split('data-question="')[1]
    body = {"attempt": booked.attempt_ref, "lease": lease,
            "answers": [{"question": code.partition('"')[0], "revision": 1, "text": "words"}]}  # fmt: skip
    client.key = "0" * 64
    answer = post(client, booked, "save", token, body)
    assert (answer.status_code, answer.get_json()["error"]) == (403, "lockdown.refused")
    with room.site.reading() as conn:
        assert conn.scalar(sa.select(sa.func.count()).select_from(t.answers)) == 0
        assert conn.scalar(sa.select(sa.func.count()).select_from(t.late_answers)) == 0
    client.key = key_of(room)
    assert post(client, booked, "save", token, body).get_json()["kept"][0]["status"] == "saved"


def test_it_costs_a_save_and_a_heartbeat_no_statement(room: Room) -> None:
    booked = room.seat()
    client = begun(room, booked)
    token = token_of(client, booked)
    body = {"attempt": booked.attempt_ref, "lease": post(client, booked, "lease", token, {}).get_json()["lease"]}
    code = client.get(f"/sit/{booked.attempt_ref}/scenario/1").get_data(as_text=True).split('data-question="')[1]
    question = code.partition('"')[0]
    costs = []
    for revision in (1, 2):
        body["answers"] = [{"question": question, "revision": revision, "text": "words"}]
        with statements(room.site) as told:
            assert post(client, booked, "save", token, body).status_code == 200
        costs.append(len(told))
        with statements(room.site) as told:
            assert post(client, booked, "beat", token, {}).status_code == 200
    assert costs[1] == (3 if room.site.product.database.is_sqlite else 1) and told == []


def test_a_flood_of_refusals_writes_nothing_to_the_database(room: Room) -> None:
    booked = room.seat()
    client = begun(room, booked)
    token = token_of(client, booked)
    client.key = "0" * 64
    with statements(room.site) as told:
        for _ in range(30):
            post(client, booked, "beat", token, {})
            client.get(f"/sit/{booked.attempt_ref}/scenario/1")
    assert not [words for words in told if not words.lstrip().startswith("SELECT")]
    refusals = room.site.product.presence.heard(str(room.sitting[0]), room.site.now()).refused
    assert {ref: one.count for ref, one in refusals.items()} == {booked.attempt_ref: 60}


def test_a_heartbeat_by_script_stands_for_the_requests_around_it(room: Room) -> None:
    booked, key = room.seat(), key_of(room)
    client = browser(room, None)
    door = f"/sit/room/{room.sitting[1]}"
    form = {"csrf_token": csrf(client, door), "keycode": booked.keycode}
    told = {"seb_page": ORIGIN + door, "seb_config": request_hash(ORIGIN + door, key)}
    assert client.post("/sit/", data={**form, **told, "seb_config": "0" * 64}).status_code == 403
    assert client.post("/sit/", data={**form, **told, "seb_page": "https://forged.example/sit/"}).status_code == 403
    assert client.post("/sit/", data={**form, **told}).status_code == 303
    page = f"/sit/{booked.attempt_ref}/confirm"
    shown = client.get(page)
    assert shown.status_code == 200 and "seb.js" in shown.get_data(as_text=True)
    token = csrf(client, page)
    room.site.clock.advance(seconds=PROOF_SECONDS + 1)
    assert client.get(page).status_code == 403
    for said, status in [
        ({"page": ORIGIN + page, "config": request_hash(ORIGIN + page, "0" * 64)}, 403),
        ({"page": ORIGIN + "/sit/other/", "config": request_hash(ORIGIN + "/sit/other/", key)}, 403),
        ({"page": "https://forged.example" + page, "config": request_hash("https://forged.example" + page, key)}, 403),
        ({"page": ORIGIN + page, "config": request_hash(ORIGIN + page, key)}, 200),
    ]:
        assert post(client, booked, "beat", token, {"seb": said}).status_code == status, said
    assert client.get(page).status_code == 200
    client.key = "0" * 64  # a wrong header counts before any script
    assert client.get(page).status_code == 403


def test_a_list_of_browser_keys_asks_for_one_of_them_besides(room: Room) -> None:
    booked = room.seat()
    client = begun(room, booked)
    listed = "ab" * 32
    hands = Hands(room, room.manager)
    hands.press("stand-in", reason="Helping")
    hands.after("seb/browsers", browsers=listed.upper(), request=str(uuid.uuid4()))
    page = f"/sit/{booked.attempt_ref}/scenario/1"
    assert key_of(room) == client.key  # a list is made for settings, which therefore stay
    assert client.get(page).status_code == 403 and refused(room, booked) == "browser"
    client.browser = listed
    assert client.get(page).status_code == 200
    hands.after("seb", request=str(uuid.uuid4()))  # new settings, for which that list does not hold
    assert client.get(page).status_code == 403 and refused(room, booked) == "retired"
    client.key, client.browser = key_of(room), None
    assert client.get(page).status_code == 200


def test_with_which_settings_a_seat_was_opened_stands_in_its_evidence_once(room: Room) -> None:
    booked = room.seat()
    client = browser(room, key_of(room))
    for _ in range(2):
        assert enter(room, client, booked).status_code == 303
        client.post(
            f"/sit/{booked.attempt_ref}/leave", data={"csrf_token": csrf(client, f"/sit/{booked.attempt_ref}/confirm")}
        )
    attempt = room.attempt(booked)
    with room.site.reading() as conn:
        chain = attempts.chain(conn, attempt)
    assert first_break(attempt.ref, chain, attempt.head) is None
    [told] = [json.loads(event.payload) for event in chain if event.kind == "lockdown_shown"]
    assert (told["allowed"], told["config_key"]) == ("standard", client.key)


# --- exemption
def test_an_exemption_lets_in_and_stands_in_the_record(room: Room) -> None:
    booked = room.seat()
    hands = Hands(room, room.invigilator)
    client = browser(room, None)
    assert enter(room, client, booked).status_code == 403
    assert "Not let in" in hands.see("board") and "(S2)" in hands.see("board") and "S2" in hands.see("seb")
    form = {"allowed": "none", "reason": "It does not start on this laptop.", "request": str(uuid.uuid4())}
    address = f"seats/{booked.seat_ref}/seb"
    assert hands.press(address, **{**form, "reason": ""}).status_code == 400
    assert "Without Safe Exam Browser" in hands.after(address, **form)
    hands.after(address, **form)  # pressed twice
    assert enter(room, client, booked).status_code == 303
    page = client.get(f"/sit/{booked.attempt_ref}/confirm")
    assert page.status_code == 200 and "seb.js" not in page.get_data(as_text=True)
    attempt = room.attempt(booked)
    with room.site.reading() as conn:
        chain = attempts.chain(conn, attempt)
        noted = conn.execute(t.records.select().where(t.records.c.act == "lockdown_allowed")).all()
    assert first_break(attempt.ref, chain, attempt.head) is None
    [told] = [json.loads(e.payload) for e in chain if e.kind == "lockdown_allowed"]
    assert (told["by"], told["allowed"], told["reason"]) == (room.invigilator.ref, "none", form["reason"])
    assert [row.person_id for row in noted] == [room.invigilator.id]
    assert "It does not start on this laptop." in hands.see("seb")
    with room.site.reading() as conn:
        events = [row.kind for row in conn.execute(t.events.select()).all()]
    assert events.count("lockdown_allowed") == 1


def test_an_exemption_and_its_end_reach_a_running_attempt_at_once(room: Room) -> None:
    booked = room.seat()
    client = begun(room, booked)
    token = token_of(client, booked)
    hands, address = Hands(room, room.invigilator), f"seats/{booked.seat_ref}/seb"
    client.key = None
    assert post(client, booked, "beat", token, {}).status_code == 403
    hands.after(address, allowed="none", reason="A fault", request=str(uuid.uuid4()))
    assert post(client, booked, "beat", token, {}).status_code == 200
    hands.after(address, allowed="spelling", reason="Approved adjustment", request=str(uuid.uuid4()))
    assert post(client, booked, "beat", token, {}).status_code == 403
    client.key = key_of(room, Variant.SPELLING)
    assert post(client, booked, "beat", token, {}).status_code == 200


def test_what_was_handed_out_or_allowed_never_changes(room: Room) -> None:
    booked = room.seat()
    with room.site.writing() as conn:
        store.allow(conn, room.sitting[0], room.attempt(booked).id, "none", "x", room.manager.id, "r", room.site.now())
    for table in (t.seb_versions, t.seb_settings, t.seb_allowances):
        column = list(table.c)[-1]
        for change in (table.update().values({column: sa.literal_column(column.name)}), table.delete()):
            with pytest.raises(sa.exc.IntegrityError), room.site.writing() as conn:
                conn.execute(change)


# --- who may
def test_only_a_manager_makes_settings_and_only_who_acts_there_sees_the_password(room: Room) -> None:
    manager, invigilator = Hands(room, room.manager), Hands(room, room.invigilator)
    auditor = Hands(room, room.site.person(Role.AUDITOR))
    assert invigilator.press("seb", request=str(uuid.uuid4())).status_code == 403
    assert "closes it early" in invigilator.see("seb")
    for unnamed in (manager, auditor):
        assert "closes it early" not in unnamed.see("seb")
    assert invigilator.press("seb/browsers", browsers="", request=str(uuid.uuid4())).status_code == 403
    answer = manager.press("seb/browsers", browsers="not a key\n" + "ab" * 32, request=str(uuid.uuid4()))
    assert answer.status_code == 400 and "64 hexadecimal digits" in answer.get_data(as_text=True)
    number = str(uuid.uuid4())
    for _ in range(2):
        manager.after("seb", request=number)
    with room.site.reading() as conn:
        version = store.newest(conn, room.sitting[0])
    assert version is not None and version.version == 2


def test_the_password_that_is_shown_is_the_one_in_the_settings(room: Room) -> None:
    page = Hands(room, room.invigilator).see("seb")
    password = page.partition("closes it early</dt>")[2].partition("<dd>")[2].partition("</dd>")[0].strip()
    file = room.site.visitor().get(f"/sit/room/{room.sitting[1]}/standard.seb").get_data()
    from proctoring.seb import quit_hash

    assert len(password) == 14 and plistlib.loads(file)["hashedQuitPassword"] == quit_hash(password)


def test_a_sitting_gets_its_first_settings_when_it_is_scheduled(site: Site) -> None:
    from tests.pages.test_registration_sittings import FORM
    from tests.saved_registration import send

    manager = site.signed_in(site.person(Role.MANAGER))
    made = send(manager, "/manage/sittings/new", **{**FORM, "lockdown": "seb"})
    page = manager.get(made.headers["Location"]).get_data(as_text=True)
    assert "Safe Exam Browser required" in page and "has no settings" not in page
    at_home(site, None)
    made = send(manager, "/manage/sittings/new", **{**FORM, "lockdown": "seb"})
    assert "has no settings" in manager.get(made.headers["Location"]).get_data(as_text=True)
