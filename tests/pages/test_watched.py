"""A watched sitting over HTTP: reports and what is refused of them, flags, who has seen them, and the device check."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from proctoring.events import first_break
from proctoring.flags import Level, Subject
from sjt.rules.access import Role
from sjt.services import timekeeping
from sjt.services.lockdown import signals as service
from sjt.stores import attempts, sittings
from sjt.stores import tables as t
from tests.pages.test_statements import statements
from tests.saved import Booked, Room, Typist, saved_room
from tests.saved_invigilation import Hands
from tests.site import Site, csrf

PAGE = "0123456789abcdef"


@pytest.fixture
def room(site: Site) -> Room:
    made = saved_room(site)
    with site.writing() as conn:
        conn.execute(t.sittings.update().values(lockdown="watched"))
    return made


def a_signal(number: int = 1, kind: str = "pasted_outside", amount: int | None = 80, **more: Any) -> dict[str, Any]:
    return {"number": number, "kind": kind, "offset": 1000 * number, "amount": amount, **more}


def report(typist: Typist, *signals: dict[str, Any], **changes: Any) -> TestResponse:
    body = {"attempt": typist.attempt_ref, "page": PAGE, "signals": list(signals), **changes}
    return typist.post("signals", body)


def kept(room: Room) -> int:
    with room.site.reading() as conn:
        return conn.execute(sa.select(sa.func.count()).select_from(t.signals)).scalar_one()


def flags(room: Room, booked: Booked) -> dict[Subject, tuple[Level, int, bool]]:
    with room.site.reading() as conn:
        sitting = sittings.by_ref(conn, booked.sitting_ref)
        assert sitting is not None
        found = service.flags_of(conn, sitting).get(room.attempt(booked).id, ())
    return {flag.subject: (flag.level, flag.sum.times, flag.is_open) for flag in found}


def begun(room: Room, number: int = 1) -> tuple[Booked, Typist]:
    booked = room.seat(number=number)
    return booked, Typist(room.begun(booked), booked.attempt_ref)


def test_a_report_is_kept_once_however_often_it_is_sent_and_changes_nothing_about_the_attempt(room: Room) -> None:
    booked, typist = begun(room)
    before = room.attempt(booked)
    for _ in range(3):
        told = report(typist, a_signal(), a_signal(2, "copied", 5, question="slug-of-it@1"))
        assert told.get_json() == {"kept": 2, "dropped": 0}
    assert kept(room) == 2
    assert flags(room, booked) == {Subject.PASTED: (Level.LOOK, 1, True)}
    assert room.attempt(booked) == before


BAD: list[tuple[dict[str, Any], list[dict[str, Any]], str]] = [
    ({"attempt": "0" * 32}, [a_signal()], "signals.other_attempt"),
    ({"page": "my page"}, [a_signal()], "signals.page"),
    ({}, [a_signal(kind="cheated", amount=None)], "signals.kind"),
    ({}, [a_signal(), a_signal(2, amount=-1)], "signals.amount"),
    ({}, [a_signal(0)], "signals.number"),
    ({}, [a_signal(question="these are my words")], "signals.question"),
    ({}, [a_signal(n) for n in range(1, 52)], "signals.too_many"),
    ({"more": 1}, [a_signal()], "signals.not_understood"),
    ({}, [a_signal(text="what I pasted")], "signals.not_understood"),
]


def test_what_no_page_of_ours_would_report_is_refused_in_words_and_nothing_of_it_is_kept(room: Room) -> None:
    _, typist = begun(room)
    for changes, signals, code in BAD:
        response = report(typist, *signals, **changes)
        assert (response.status_code, response.get_json()["error"]) == (400, code)
        assert response.get_json()["words"]
    assert kept(room) == 0


def test_another_attempts_address_and_another_browser_are_not_found(room: Room) -> None:
    _, typist = begun(room)
    other, neighbour = begun(room, 2)
    typist.base = f"/sit/{other.attempt_ref}"
    assert report(typist, a_signal(), attempt=other.attempt_ref).status_code == 404
    stranger = room.site.visitor()
    token = csrf(stranger, "/sit/")
    with stranger.session_transaction() as session:
        session["seat"] = other.attempt_ref
    body = {"attempt": other.attempt_ref, "page": PAGE, "signals": [a_signal()]}
    answer = stranger.post(f"{neighbour.base}/signals", json=body, headers={"X-CSRFToken": token})
    assert answer.status_code == 404 and kept(room) == 0


def test_a_flood_is_capped_counted_and_a_flag_of_its_own(room: Room) -> None:
    booked, typist = begun(room)
    for first in (1, 51, 101, 151):
        told = report(typist, *(a_signal(n, "menu", None) for n in range(first, first + 50))).get_json()
    assert told == {"kept": 0, "dropped": 50} and kept(room) == 120
    assert flags(room, booked)[Subject.FLOODED] == (Level.LOOK, 80, True)
    again = report(typist, *(a_signal(n, "menu", None) for n in range(1, 51))).get_json()
    assert again == {"kept": 50, "dropped": 0}  # kept before: nothing is counted twice
    room.site.clock.advance(seconds=61)
    assert report(typist, a_signal(301, "menu", None)).get_json() == {"kept": 1, "dropped": 0}


def test_an_open_sitting_takes_no_report_and_neither_does_an_attempt_that_is_not_sat(room: Room) -> None:
    booked, typist = begun(room)
    with room.site.writing() as conn:
        conn.execute(t.sittings.update().values(lockdown="open"))
    assert report(typist, a_signal()).get_json()["error"] == "signals.not_watched"
    assert "lockdown.js" not in typist.client.get(f"{typist.base}/scenario/1").get_data(as_text=True)
    with room.site.writing() as conn:
        conn.execute(t.sittings.update().values(lockdown="watched"))
        timekeeping.submit(conn, room.attempt(booked).id, room.site.now())
    refused = report(typist, a_signal())
    assert (refused.status_code, refused.get_json()["error"]) == (409, "signals.not_now")


def test_reports_are_evidence_that_nobody_changes(room: Room) -> None:
    _, typist = begun(room)
    report(typist, a_signal())
    for change in (t.signals.update().values(amount=0), t.signals.delete()):
        with pytest.raises(sa.exc.IntegrityError), room.site.writing() as conn:
            conn.execute(change)


def test_the_flags_of_a_whole_sitting_are_one_statement_and_of_an_open_one_none(room: Room) -> None:
    seats = [begun(room, number) for number in (1, 2, 3)]
    for _, typist in seats:
        report(typist, a_signal(), a_signal(2, "hidden", None))
    with room.site.reading() as conn:
        sitting = sittings.by_ref(conn, room.sitting[1])
        assert sitting is not None
        with statements(room.site) as told:
            assert len(service.flags_of(conn, sitting)) == 3
    assert len(told) == 1


def test_what_an_adjustment_explains_is_not_flagged_and_still_in_the_report(room: Room) -> None:
    booked, typist = begun(room)
    report(typist, a_signal())
    with room.site.writing() as conn:
        candidate = conn.execute(sa.select(t.seats.c.candidate_id).where(t.seats.c.id == booked.seat_id)).scalar_one()
        row = {"candidate_id": candidate, "kind": "speech_recognition", "value": 1, "approved_by": room.manager.id}
        conn.execute(t.adjustments.insert().values(**row, approved_at=room.site.now(), in_force_from=room.site.now()))
    assert flags(room, booked) == {}
    assert kept(room) == 1
    page = typist.client.get(f"{typist.base}/scenario/1").get_data(as_text=True)
    assert 'data-helps="speech_recognition"' in page and 'spellcheck="false"' in page


def test_spell_check_is_off_unless_an_adjustment_allows_it(room: Room) -> None:
    booked, typist = begun(room)
    off = 'autocomplete="off" spellcheck="false" autocorrect="off" autocapitalize="off" writingsuggestions="false"'
    assert off in typist.client.get(f"{typist.base}/scenario/1").get_data(as_text=True)
    with room.site.writing() as conn:
        candidate = conn.execute(sa.select(t.seats.c.candidate_id).where(t.seats.c.id == booked.seat_id)).scalar_one()
        row = {"candidate_id": candidate, "kind": "spelling_help", "value": 1, "approved_by": room.manager.id}
        conn.execute(t.adjustments.insert().values(**row, approved_at=room.site.now(), in_force_from=room.site.now()))
    page = typist.client.get(f"{typist.base}/scenario/1").get_data(as_text=True)
    assert 'spellcheck="true"' in page and 'spellcheck="false"' not in page


# ------------------------------------------------------------------------------------------- the device check
def at_the_check(room: Room, number: int = 1) -> tuple[Booked, FlaskClient, str, dict[str, str]]:
    booked = room.seat(number=number)
    client, base = room.enter(booked), f"/sit/{booked.attempt_ref}"
    client.post(f"{base}/confirm", data={"csrf_token": csrf(client, f"{base}/confirm")})
    page = client.get(f"{base}/check").get_data(as_text=True)
    headers = {"X-CSRFToken": page.partition('data-csrf="')[2].partition('"')[0], "Accept": "application/json"}
    return booked, client, base, headers


def save(client: FlaskClient, base: str, headers: dict[str, str], text: str, revision: int = 1, **changes: Any) -> Any:
    answer = {"question": changes.pop("question", "practice@1"), "revision": revision, "text": text}
    body = {"attempt": base.removeprefix("/sit/"), "lease": 0, "answers": [answer], **changes}
    return client.post(f"{base}/check/save", json=body, headers=headers)


def test_a_practice_answer_is_kept_by_the_rules_of_a_save_and_never_near_the_script(room: Room) -> None:
    booked, client, base, headers = at_the_check(room)
    assert client.post(f"{base}/check/lease", json={}, headers=headers).get_json()["lease"] == 0
    for _ in range(2):  # a lost reply doubles nothing
        (one,) = save(client, base, headers, "I look at the rota.").get_json()["kept"]
        assert (one["status"], one["revision"], one["saved_at"]) == ("saved", 1, "09:00:00")
        assert len(one["receipt"]) == 32
    (other,) = save(client, base, headers, "Another page").get_json()["kept"]
    assert (other["status"], other["text"]) == ("newer", "I look at the rota.")
    assert save(client, base, headers, "x", attempt="0" * 32).get_json()["error"] == "save.other_attempt"
    assert save(client, base, headers, "x", question="slug@1").get_json()["error"] == "save.foreign"
    assert save(client, base, headers, "x" * 2001, 2).get_json()["error"] == "check.revision"
    with room.site.reading() as conn:
        assert conn.execute(sa.select(sa.func.count()).select_from(t.answers)).scalar_one() == 0
    assert room.attempt(booked).started_at is None


def test_a_check_is_judged_by_what_the_server_holds_and_shown_with_what_to_do(room: Room) -> None:
    _, client, base, headers = at_the_check(room)
    clock = int(room.site.now().timestamp() * 1000)
    sound = {"save_ms": 90, "storage": True, "width": 1280, "height": 800, "clock": clock, "full_screen": True}
    client.post(f"{base}/check/result", json=sound, headers=headers)
    page = client.get(f"{base}/check").get_data(as_text=True)
    assert "2 things need a look" in page and "A save took too long or did not arrive" in page
    save(client, base, headers, "tried", question="check@1")
    save(client, base, headers, "I look at the rota.")
    client.post(f"{base}/check/result", json=sound, headers=headers)
    page = client.get(f"{base}/check").get_data(as_text=True)
    assert "this device is ready" in page and "Cannot be told" in page  # whether a second screen is connected
    assert "Checked at 09:00" in client.get(f"{base}/waiting").get_data(as_text=True)


def test_a_check_with_nonsense_is_refused_and_after_begin_there_is_none(room: Room) -> None:
    booked, client, base, headers = at_the_check(room)
    nonsense: list[Any] = [{"storage": "yes"}, {"mood": 1}, []]
    for body in nonsense:
        refused = client.post(f"{base}/check/result", json=body, headers=headers)
        assert (refused.status_code, refused.get_json()["error"]) == (400, "check.not_understood")
    huge = {"width": -1, "height": 10**30, "clock": 10**30}
    assert client.post(f"{base}/check/result", json={"width": -1, "clock": 10**17}, headers=headers).status_code == 200
    assert client.post(f"{base}/check/result", json=huge, headers=headers).status_code == 200
    room.admit(booked)
    room.open_gate(booked)
    client.post(f"{base}/begin", data={"csrf_token": csrf(client, f"{base}/waiting")})
    assert client.get(f"{base}/check").headers["Location"].endswith("/scenario/1")
    assert save(client, base, headers, "late", 9).get_json()["error"] == "check.over"


# -------------------------------------------------------------------------------------- somebody who looks
def test_a_person_closes_a_flag_with_a_note_and_more_of_it_opens_it_again(room: Room) -> None:
    booked, typist = begun(room)
    report(typist, a_signal(), a_signal(2, "focus_lost", None), a_signal(3, "pasted_own", 12))
    hands = Hands(room, room.invigilator)
    assert "1 to look at" in hands.see("board")
    page = hands.see(f"seats/{booked.seat_ref}/report")
    assert "Pasted from elsewhere" in page and "80 characters" in page and "never a verdict" in page
    ticked, number = "pasted 1 2", str(uuid.uuid4())
    form = {"flags": ticked, "reason": "Asked: their own notes.", "request": number}
    assert "Noted." in hands.after(f"seats/{booked.seat_ref}/report", **form)
    assert "a second time" in hands.after(f"seats/{booked.seat_ref}/report", **form)
    assert flags(room, booked)[Subject.PASTED] == (Level.LOOK, 1, False)
    assert "Asked: their own notes." in hands.see(f"seats/{booked.seat_ref}/report")
    assert "to look at" not in hands.see("board")
    report(typist, a_signal(4))
    assert flags(room, booked)[Subject.PASTED] == (Level.LOOK, 2, True)
    attempt = room.attempt(booked)
    with room.site.reading() as conn:
        chain = attempts.chain(conn, attempt)
    assert first_break(attempt.ref, chain, attempt.head) is None
    (noted,) = [one for one in chain if one.kind == "flags_seen"]
    assert '"flags":"pasted 1"' in noted.payload and '"signals":3' in noted.payload


def test_a_note_needs_a_reason_a_tick_and_what_was_really_reported(room: Room) -> None:
    booked, typist = begun(room)
    report(typist, a_signal())
    hands, address = Hands(room, room.invigilator), f"seats/{booked.seat_ref}/report"
    number = str(uuid.uuid4())
    refused = hands.press(address, request=number)
    words = refused.get_data(as_text=True)
    assert refused.status_code == 400 and "Tick what you have looked at" in words and "Give a reason" in words
    assert hands.press(address, request=number, reason="x", flags="mood").status_code == 400
    for beyond in ("pasted 2 2", "pasted 1 3", "printed 1 2"):
        assert "not what the browser reported" in hands.after(address, request=number, reason="x", flags=beyond)
    assert flags(room, booked)[Subject.PASTED] == (Level.LOOK, 1, True)


def test_the_page_of_the_sitting_shows_checks_and_flags_and_an_auditor_only_reads(room: Room) -> None:
    booked, typist = begun(room)
    report(typist, a_signal())
    auditor = Hands(room, room.site.person(Role.AUDITOR))
    page = auditor.see("reports")
    assert "Device not checked" in page and "Pasted from elsewhere: once, 80 characters" in page
    assert "Note that I have looked" not in auditor.see(f"seats/{booked.seat_ref}/report")
    assert auditor.press(f"seats/{booked.seat_ref}/report", reason="x", flags="pasted 1 2").status_code == 403
    with room.site.writing() as conn:
        conn.execute(t.sittings.update().values(lockdown="open"))
    assert "its browsers report nothing" in auditor.see(f"seats/{booked.seat_ref}/report")


def test_a_manager_approves_a_help_without_a_size_and_extra_time_still_needs_one(room: Room) -> None:
    booked = room.seat()
    client = room.site.signed_in(room.manager)
    with room.site.reading() as conn:
        query = sa.select(t.candidates.c.ref).join(t.seats, t.seats.c.candidate_id == t.candidates.c.id)
        address = f"/manage/candidates/{conn.scalar(query.where(t.seats.c.id == booked.seat_id))}"
    form = {"csrf_token": csrf(client, address), "first_day": "2026-11-23", "value": ""}
    added = client.post(f"{address}/adjustments", data={**form, "kind": "screen_reader"})
    assert added.status_code == 303
    assert "Screen reader" in client.get(address).get_data(as_text=True)
    refused = client.post(f"{address}/adjustments", data={**form, "kind": "extra_time_percent"})
    assert refused.status_code == 400 and "Say how much" in refused.get_data(as_text=True)
    with room.site.reading() as conn:
        assert conn.execute(sa.select(t.adjustments.c.kind, t.adjustments.c.value)).all() == [("screen_reader", 1)]
