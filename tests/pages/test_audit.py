"""The auditor's view: everything is there, the chain is checked, and nothing can be changed from it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from proctoring import bundle, events
from sjt.pages.guard import MARK, Guarded
from sjt.rules.access import Role
from sjt.services import timekeeping
from sjt.stores import attempts, people
from sjt.stores import tables as t
from tests.saved import Room
from tests.saved_invigilation import Hands, answered, attempt_at, running, saved_seats, small_room
from tests.site import Site, csrf

TEXT = "Zażółć gęślą jaźń 🦉, and what I would do first."


@pytest.fixture
def room(site: Site) -> Room:
    return small_room(site)


@pytest.fixture
def auditor(room: Room) -> FlaskClient:
    return room.site.signed_in(room.site.person(Role.AUDITOR))


def address(room: Room, ref: str, more: str = "") -> str:
    return f"/evidence/{room.sitting[1]}/seats/{ref}{more}"


def read(client: FlaskClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return response.get_data(as_text=True)


def a_finished_attempt(room: Room) -> str:
    """Sat, given minutes, handed in."""
    (ref,) = saved_seats(room, ["Amina Yusuf"], percent=25)
    running(room, [ref])
    room.site.clock.advance(minutes=20)
    answered(room.site, ref, 3, text=TEXT)
    attempt = attempt_at(room.site, ref)
    with room.site.writing() as conn:
        timekeeping.grant(conn, attempt, 600, "Fire bell", room.invigilator, "r1", room.site.now())
        timekeeping.submit(conn, attempt.id, room.site.now())
    return ref


def test_the_evidence_of_an_attempt_is_told_in_words(room: Room, auditor: FlaskClient) -> None:
    ref = a_finished_attempt(room)
    page = read(auditor, address(room, ref))
    told = ["The chain of 5 events is whole", "Handed in", "Fire bell", "10 min 0 s", "Gate opened", "Extra time given"]
    told += ["2 h, and 25 % more, and 10 min given", TEXT, hashlib.sha256(TEXT.encode()).hexdigest()]
    for words in (*told, room.invigilator.name):
        assert words in page, words
    assert "Answers saved" not in read(auditor, address(room, ref, "?saves=no")).partition('id="events"')[2]


def test_a_chain_that_was_tampered_with_is_found_and_said_first(room: Room, auditor: FlaskClient) -> None:
    ref = a_finished_attempt(room)
    attempt = attempt_at(room.site, ref)
    with room.site.writing() as conn:  # past the triggers, as somebody with the owner's role could
        if room.site.product.database.is_sqlite:
            conn.exec_driver_sql("DROP TRIGGER keep_events_update")
        else:
            conn.exec_driver_sql("ALTER TABLE events DISABLE TRIGGER ALL")
        e = t.events.c
        forged = conn.scalar(sa.select(e.payload).where(e.attempt_id == attempt.id, e.kind == "granted"))
        changed = str(forged).replace("600", "6000")
        conn.execute(t.events.update().where(e.attempt_id == attempt.id, e.kind == "granted").values(payload=changed))
    page = read(auditor, address(room, ref))
    assert "The chain does not hold at event 4" in page and "is whole" not in page


def test_the_download_can_be_checked_by_anyone_with_sha256_alone(room: Room, auditor: FlaskClient) -> None:
    ref = a_finished_attempt(room)
    response = auditor.get(address(room, ref, "/evidence.json"))
    assert "attachment" in response.headers["Content-Disposition"]
    bundle: dict[str, Any] = json.loads(response.data)
    link = hashlib.sha256(f"sjt-chain-1/{bundle['attempt']}".encode()).digest()
    assert link.hex() == bundle["genesis"]
    for event in bundle["events"]:
        link = hashlib.sha256(link + hashlib.sha256(event["payload"].encode()).digest()).digest()
        assert link.hex() == event["link"]
    assert link.hex() == bundle["head"]
    for answer in bundle["answers"]:
        assert hashlib.sha256(answer["text"].encode()).hexdigest() == answer["sha256"]
    assert bundle["answers"][0]["text"] == TEXT


def test_a_sitting_lists_every_seat_with_its_state(room: Room, auditor: FlaskClient) -> None:
    running(room, saved_seats(room, ["Amina Yusuf"]))
    saved_seats(room, ["Ben Castellane"], papers=False, first=2)
    assert room.sitting[1] in read(auditor, "/evidence/")
    page = read(auditor, f"/evidence/{room.sitting[1]}")
    assert "Amina Yusuf" in page and "Working" in page
    assert "Ben Castellane" in page and "No paper" in page
    assert room.invigilator.name in page


def test_a_seat_without_an_attempt_has_a_page_and_no_download(room: Room, auditor: FlaskClient) -> None:
    (ref,) = saved_seats(room, ["Ben Castellane"], papers=False)
    assert "No paper was drawn for this seat" in read(auditor, address(room, ref))
    assert auditor.get(address(room, ref, "/evidence.json")).status_code == 404


def test_unknown_addresses_are_not_found(room: Room, auditor: FlaskClient) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    for path in ("/evidence/0123", f"/evidence/0123/seats/{ref}", address(room, "0123")):
        assert auditor.get(path).status_code == 404, path


def test_only_auditors_and_managers_read_evidence(room: Room) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    paths = ("/evidence/records", address(room, ref, "/evidence.json"))
    for role in Role:
        client = room.site.signed_in(room.site.person(role))
        expected = 200 if role in (Role.AUDITOR, Role.MANAGER) else 403
        assert [client.get(path).status_code for path in paths] == [expected] * len(paths), role


def test_final_marks_and_reasons_are_read_but_not_by_someone_who_may_still_mark(
    room: Room, auditor: FlaskClient
) -> None:
    ref = a_finished_attempt(room)
    marker, both = room.site.person(Role.MARKER), room.site.person(Role.MANAGER, Role.MARKER)
    with room.site.writing() as conn:
        response = conn.scalar(sa.select(t.responses.c.id).order_by(t.responses.c.position).limit(1))
        row = {"ref": "m" * 32, "response_id": response, "turn": 1, "marker_id": marker.id}
        moments = dict.fromkeys(("claimed_at", "touched_at", "final_at"), room.site.now())
        mark = conn.execute(t.marks.insert().values(**row, **moments).returning(t.marks.c.id)).scalar_one()
        conn.execute(t.mark_points.insert().values(mark_id=mark, point="P1", met=False, reason="Names no law"))
    page = read(auditor, address(room, ref))
    assert "Names no law" in page and marker.name in page
    hidden = read(room.site.signed_in(both), address(room, ref))
    assert "Names no law" not in hidden and "once its result is released" in hidden


# --- the staff's record
def test_the_staff_record_is_narrowed_by_person_act_and_day(room: Room, auditor: FlaskClient) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    hands = Hands(room, room.invigilator)
    hands.after(f"seats/{ref}/identity", document="passport")
    hands.after(f"seats/{ref}/refuse", reason="Not the person in the photo")
    everything = read(auditor, "/evidence/records")
    assert "2 lines" in everything and "Not the person in the photo" in everything
    assert "1 line<" in read(auditor, "/evidence/records?act=refused")
    assert "2 lines" in read(auditor, f"/evidence/records?person={room.invigilator.ref}")
    assert "2 lines" in read(auditor, f"/evidence/records?about={ref}&since=2026-11-23&until=2026-11-23")
    assert "Nothing in the staff record" in read(auditor, "/evidence/records?since=2026-11-24")


def test_the_staff_record_comes_in_pages(room: Room, auditor: FlaskClient) -> None:
    with room.site.writing() as conn:
        for n in range(60):
            people.record(conn, room.manager.id, "tried", "thing", f"thing {n}", room.site.now())
    first, second = read(auditor, "/evidence/records"), read(auditor, "/evidence/records?page=2")
    assert "thing 59" in first and "thing 9<" not in first
    assert "thing 9<" in second and "Newer" in second and "Older" not in second
    assert "thing 59" in read(auditor, "/evidence/records?page=-4")


def test_a_filter_with_faults_says_so_beside_each_field(room: Room, auditor: FlaskClient) -> None:
    response = auditor.get("/evidence/records?since=yesterday&until=2026-13-40")
    assert response.status_code == 400
    assert response.get_data(as_text=True).count("Give a day such as 2026-11-23.") == 4


# --- nothing can be changed
def test_every_post_route_refuses_an_auditor(room: Room, auditor: FlaskClient) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    token = csrf(auditor, "/evidence/")
    with room.site.reading() as conn:
        before = _everything(conn)
    tried = 0
    for rule in room.site.app.url_map.iter_rules():
        view = room.site.app.view_functions[rule.endpoint]
        guarded: Guarded | None = getattr(view, MARK, None)
        if "POST" not in (rule.methods or ()) or (guarded is not None and guarded.public_because):
            continue
        response = auditor.post(_address(rule, room, ref), data={"csrf_token": token})
        without_reason = rule.endpoint == "audit.export" and response.status_code == 400
        assert without_reason or response.status_code in (403, 404, 405), (rule.rule, response.status_code)
        tried += 1
    assert tried > 10
    with room.site.reading() as conn:
        assert _everything(conn) == before


def _address(rule: Any, room: Room, seat_ref: str) -> str:
    """An address of the rule, with a sitting and a seat that exist."""
    real = {"ref": room.sitting[1], "seat": seat_ref}
    values = {
        name: real.get(name, 1 if "int" in str(rule._converters[name]).lower() else "x") for name in rule.arguments
    }
    with room.site.app.test_request_context():
        _, path = rule.build(values, append_unknown=False) or ("", "/")
    return str(path)


def _everything(conn: sa.Connection) -> dict[str, int]:
    """How many rows each table has (sessions left out: signing in adds one)."""
    watched = [table for table in t.metadata.sorted_tables if table.name != "staff_sessions"]
    return {table.name: conn.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in watched}


def _told_as_drawn(room: Room, ref: str) -> None:
    """The event that a drawn paper has, for one of ``saved_seats``."""
    held = attempt_at(room.site, ref)
    with room.site.writing() as conn:
        paper = conn.execute(sa.select(t.papers.c.ref, t.papers.c.hash).where(t.papers.c.attempt_id == held.id)).one()
        told = events.event("paper_drawn", room.site.now(), "rule", paper=paper.ref, hash=paper.hash)
        attempts.record(conn, held.id, told)


def test_the_signed_bundle_wants_a_reason_and_verifies(room: Room, auditor: FlaskClient) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    _told_as_drawn(room, ref)
    running(room, [ref])
    token = csrf(auditor, address(room, ref))
    for wrong in (" ", "x" * 501, "a\0b"):
        refused = auditor.post(address(room, ref, "/bundle"), data={"csrf_token": token, "reason": wrong})
        assert refused.status_code == 400 and 'id="reason-faults"' in refused.get_data(as_text=True)
    made = auditor.post(address(room, ref, "/bundle"), data={"csrf_token": token, "reason": "An enquiry"})
    key = bytes.fromhex(auditor.get("/evidence/key").get_data(as_text=True).split()[0])
    assert bundle.verify(made.data, [key]).is_trusted
    assert "An enquiry" in read(auditor, "/evidence/records")
