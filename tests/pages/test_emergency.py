"""Emergency files at the board, on both databases: brought, compared, entered once, and never by whom it should not."""

from __future__ import annotations

import hashlib
import io
import json
import re
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from proctoring.emergency import FORMAT, public_key, seal
from proctoring.events import first_break
from sjt.rules.access import Role
from sjt.rules.attempt import State, state
from sjt.services import timekeeping
from sjt.services.emergency import PURPOSE
from sjt.stores import attempts, emergency, evidence, scripts
from sjt.stores import tables as t
from sjt.stores.emergency import StoredFile
from tests.at_once import at_once
from tests.saved import Booked, Room, Typist, saved_room
from tests.saved_invigilation import Hands
from tests.site import Site

ACKNOWLEDGED = "What the server was told. A second sentence."
ADDED = "What the server was told. A second sentence, and\r\nwhat came after 🦉 שלום."
SECRET_WORDS = "written in another place"


@pytest.fixture
def room(site: Site) -> Room:
    return saved_room(site)


@pytest.fixture
def booked(room: Room) -> Booked:
    return room.seat()


@pytest.fixture
def hands(room: Room) -> Hands:
    return Hands(room, room.invigilator)


@pytest.fixture
def typist(room: Room, booked: Booked) -> Typist:
    """A candidate with one answer acknowledged."""
    typing = Typist(room.begun(booked), booked.attempt_ref)
    assert typing.save({typing.questions[0]: ACKNOWLEDGED}).status_code == 200
    return typing


def a_file(room: Room, booked: Booked, texts: dict[str, str], revision: int = 2, **changes: Any) -> bytes:
    """A file as the candidate's browser makes it."""
    answers = [
        {"question": code, "revision": revision, "text": text, "typed_at": "2026-11-23T09:10:00.000Z"}
        for code, text in texts.items()
    ]
    told = {"format": FORMAT, "attempt": booked.attempt_ref, "made_at": "2026-11-23T09:11:00.000Z", "answers": answers}
    secret = room.site.product.key(PURPOSE)
    return seal(json.dumps({**told, **changes}).encode(), public_key(secret), booked.attempt_ref)


def bring(hands: Hands, booked: Booked, data: bytes) -> TestResponse:
    form = {"csrf_token": hands.token, "file": (io.BytesIO(data), "emergency-1.sjt")}
    response = hands.client.post(f"{hands.base}/seats/{booked.seat_ref}/emergency", data=form)
    response.request.environ["wsgi.input"].close()  # the test's own copy; a large one stands in a temporary file
    return response


def stored(room: Room, booked: Booked) -> list[StoredFile]:
    with room.site.reading() as conn:
        return emergency.of_attempt(conn, room.attempt(booked).id)


def enter(hands: Hands, booked: Booked, file: StoredFile, *questions: str, request: str = "") -> TestResponse:
    told = {"reason": "The line was down.", "request": request or str(uuid.uuid4()), "question": list(questions)}
    address = f"{hands.base}/seats/{booked.seat_ref}/emergency/{file.ref}/enter"
    form = {"csrf_token": hands.token, **told}
    return hands.client.post(address, data=form, follow_redirects=True)


def texts(room: Room, booked: Booked) -> dict[str, int]:
    """The current texts, each with its revision."""
    with room.site.reading() as conn:
        return {one.text: one.revision for one in scripts.current(conn, room.attempt(booked)).values()}


def frozen(room: Room, booked: Booked) -> set[str]:
    """The texts of the script that counts."""
    attempt, r = room.attempt(booked), t.responses.c
    with room.site.reading() as conn:
        counts = (r.attempt_id == attempt.id) & (r.script == attempt.script)
        return set(conn.scalars(sa.select(r.text).where(counts))) - {""}


def hand_in(room: Room, booked: Booked) -> None:
    with room.site.writing() as conn:
        timekeeping.submit(conn, room.attempt(booked).id, room.site.now())


def whole(room: Room, booked: Booked) -> list[str]:
    """The kinds of the attempt's events; its chain holds."""
    attempt = room.attempt(booked)
    with room.site.reading() as conn:
        chain = attempts.chain(conn, attempt)
    assert first_break(attempt.ref, chain, attempt.head) is None
    return [one.kind for one in chain]


def acts(room: Room) -> list[str]:
    with room.site.reading() as conn:
        return list(conn.scalars(sa.select(t.records.c.act).order_by(t.records.c.id)))


# --------------------------------------------------------------------------------------------------- bringing
def test_a_file_is_kept_once_as_evidence_and_shown_beside_what_is_held(
    room: Room, booked: Booked, hands: Hands, typist: Typist
) -> None:
    same, changed = typist.questions[1], typist.questions[0]
    typist.save({same: "Both have this."})
    data = a_file(room, booked, {changed: ADDED, same: "Both have this."})
    for _ in range(2):
        response = bring(hands, booked, data)
        page = response.get_data(as_text=True)
        assert response.status_code == 200
        assert "Different from what the server holds: 1 of 2" in page
        assert "Same" in page and "Differs" in page
        assert re.search(r"<ins><span[^>]*>\[added\] </span>.*?🦉 שלום", page, re.S)
        assert "The server holds revision 1, received 23 November 2026, 09:00:00" in page
        assert "The file holds revision 2, typed 23 November 2026, 09:10:00 by that computer’s clock" in page
        assert "its times are the device's own and prove nothing" in page.replace("&#39;", "'")
        assert "Enter the ticked answers" not in page  # the attempt is going
    (file,) = stored(room, booked)
    assert file.sha256 == hashlib.sha256(data).hexdigest()
    assert [entry["text"] for entry in file.entries] == [ADDED, "Both have this."]
    assert whole(room, booked).count("emergency_file") == 1
    assert [act for act in acts(room) if act.startswith("emergency")] == [
        "emergency_file", "emergency_file_opened", "emergency_file_opened",
    ]  # fmt: skip
    assert texts(room, booked) == {ACKNOWLEDGED: 1, "Both have this.": 1}
    payloads = "".join(_payloads(room, booked))
    assert "what came after" not in payloads and file.sha256 in payloads


def _payloads(room: Room, booked: Booked) -> list[str]:
    with room.site.reading() as conn:
        return [event.payload for event in attempts.chain(conn, room.attempt(booked))]


def test_the_list_holds_no_word_of_an_answer_and_looking_is_recorded(
    room: Room, booked: Booked, hands: Hands, typist: Typist
) -> None:
    bring(hands, booked, a_file(room, booked, {typist.questions[0]: ADDED}))
    (file,) = stored(room, booked)
    path = f"seats/{booked.seat_ref}/emergency"
    page = hands.see(path)
    assert "what came after" not in page and ACKNOWLEDGED not in page
    assert room.invigilator.name in page
    assert hands.client.get(f"{hands.base}/{path}/{file.ref}/open").status_code == 405
    opened = hands.press(f"{path}/{file.ref}/open")
    assert "what came after" in opened.get_data(as_text=True)
    assert acts(room).count("emergency_file_opened") == 2


FAULTS: dict[str, tuple[Callable[[Room, Booked, str], bytes], str]] = {
    "nothing chosen": (lambda *_: b"", "Choose the file first"),
    "another kind": (lambda *_: b"PK\x03\x04 and so on", "This is not an emergency file"),
    "too large": (lambda *_: b"x" * 1_900_001, "larger than 1900 kilobytes"),
    "changed": (lambda room, at, one: a_file(room, at, {one: "x"})[:-1] + b"!", "cannot be opened for this attempt"),
    "foreign": (lambda room, at, one: a_file(room, at, {"q@9": "x"}), "q@9 is not a question of this paper"),
    "a NUL": (lambda room, at, one: a_file(room, at, {one: "x\0"}), "cannot be stored"),
    "too long": (lambda room, at, one: a_file(room, at, {one: "x" * 20_001}), "longer than 20000 characters"),
    "a revision": (lambda room, at, one: a_file(room, at, {one: "x"}, revision=0), "an impossible revision"),
    "other inside": (lambda room, at, one: a_file(room, at, {one: "x"}, attempt="f" * 32), "names another attempt"),
}


@pytest.mark.parametrize("fault", list(FAULTS))
def test_with_a_fault_nothing_is_kept_and_the_page_says_why(
    room: Room, booked: Booked, hands: Hands, typist: Typist, fault: str
) -> None:
    make, words = FAULTS[fault]
    before = whole(room, booked)
    response = bring(hands, booked, make(room, booked, typist.questions[0]))
    page = response.get_data(as_text=True)
    assert response.status_code == 400
    assert "Nothing was kept" in page and words in page
    assert stored(room, booked) == [] and whole(room, booked) == before
    assert not [act for act in acts(room) if act.startswith("emergency")]


def test_every_fault_is_told_at_once(room: Room, booked: Booked, hands: Hands, typist: Typist) -> None:
    data = a_file(room, booked, {typist.questions[0]: "x\0", "q@9": "x", "r@1": "y" * 20_001})
    page = bring(hands, booked, data).get_data(as_text=True)
    for words in ("cannot be stored", "q@9 is not a question", "r@1 is not a question", "longer than 20000"):
        assert words in page


def test_the_file_of_another_seat_is_named_as_that(room: Room, booked: Booked, hands: Hands, typist: Typist) -> None:
    other = room.seat("Ben Okafor", 2)
    room.begun(other)
    response = bring(hands, other, a_file(room, booked, {typist.questions[0]: SECRET_WORDS}))
    page = response.get_data(as_text=True)
    assert response.status_code == 400 and "made at another seat of this sitting" in page
    assert SECRET_WORDS not in page and stored(room, other) == []


def test_before_begin_there_is_nothing_to_bring(room: Room, booked: Booked, hands: Hands) -> None:
    response = bring(hands, booked, a_file(room, booked, {"q@1": "x"}))
    assert response.status_code == 409
    assert "has not begun" in response.get_data(as_text=True)
    assert stored(room, booked) == []


def test_a_file_from_before_a_change_of_the_secret_key_is_opened(
    room: Room, booked: Booked, hands: Hands, typist: Typist
) -> None:
    from dataclasses import replace

    data = a_file(room, booked, {typist.questions[0]: ADDED})
    product = room.site.product
    settings = replace(product.settings, old_secret_keys=(product.settings.secret_key,), secret_key="x" * 40)
    room.site.app.extensions["sjt"] = replace(product, settings=settings)
    assert bring(hands, booked, data).status_code == 200


# --------------------------------------------------------------------------------------------------- entering
def test_the_ticked_answers_enter_the_script_inside_a_reopening(
    room: Room, booked: Booked, hands: Hands, typist: Typist
) -> None:
    hand_in(room, booked)
    before = room.attempt(booked)
    page = bring(hands, booked, a_file(room, booked, {typist.questions[0]: ADDED, typist.questions[2]: "New."}))
    assert page.get_data(as_text=True).count(" checked>") == 2
    (file,) = stored(room, booked)
    room.site.clock.advance(minutes=5)
    shown = enter(hands, booked, file, typist.questions[0]).get_data(as_text=True)
    assert "The answers of the file are entered" in shown
    after = room.attempt(booked)
    assert frozen(room, booked) == {ADDED}
    assert after.receipt != before.receipt
    assert (state(after.facts, room.site.now()), after.finished_at) == (State.SUBMITTED, before.finished_at)
    assert whole(room, booked)[-2:] == ["emergency_entered", "amended"]
    assert acts(room)[-1] == "emergency_file_entered"
    with room.site.reading() as conn:
        rows = evidence.revisions(conn, after.sitting_id, after.id)
    assert [(row.revision, row.file_id) for row in rows] == [(1, None), (2, file.id)]
    again = enter(hands, booked, stored(room, booked)[0], typist.questions[2]).get_data(as_text=True)
    assert "This file was entered before" in again
    assert frozen(room, booked) == {ADDED}


def test_the_evidence_says_who_entered_it_and_when(room: Room, booked: Booked, hands: Hands, typist: Typist) -> None:
    hand_in(room, booked)
    bring(hands, booked, a_file(room, booked, {typist.questions[0]: ADDED}))
    room.site.clock.advance(minutes=5)
    enter(hands, booked, stored(room, booked)[0], typist.questions[0])
    auditor = room.site.signed_in(room.site.person(Role.AUDITOR))
    address = f"/evidence/{booked.sitting_ref}/seats/{booked.seat_ref}"
    page = auditor.get(address).get_data(as_text=True)
    assert f"Entered from an emergency file by {room.invigilator.name} at 23 November 2026, 09:05:00" in page
    assert "Emergency file entered" in page and "The line was down." in page and "The chain of" in page
    told = auditor.get(f"{address}/evidence.json").get_json()
    (file,) = told["emergency_files"]
    assert file["entered"]["by"] == room.invigilator.name and file["answers"][0]["text"] == ADDED
    last = [line for line in told["revisions"] if line["emergency_file"]]
    assert [(line["revision"], line["emergency_file"]) for line in last] == [(2, file["sha256"])]
    assert hashlib.sha256(ADDED.encode()).hexdigest() == last[0]["sha256"]


def test_inside_a_reopening_that_runs_it_is_written_and_the_candidate_goes_on(
    room: Room, booked: Booked, hands: Hands, typist: Typist
) -> None:
    hand_in(room, booked)
    with room.site.writing() as conn:
        timekeeping.reopen(conn, room.attempt(booked), 600, "Lost line", room.invigilator, "r-1", room.site.now())
        timekeeping.come_back(conn, attempts.locked(conn, room.attempt(booked).id), room.site.now())
    bring(hands, booked, a_file(room, booked, {typist.questions[0]: ADDED}))
    shown = enter(hands, booked, stored(room, booked)[0], typist.questions[0]).get_data(as_text=True)
    assert "entered, with your name and reason" in shown
    assert state(room.attempt(booked).facts, room.site.now()) is State.RUNNING
    assert texts(room, booked) == {ADDED: 2}
    hand_in(room, booked)
    assert frozen(room, booked) == {ADDED}


def test_a_running_attempt_takes_no_file_and_the_page_says_so(
    room: Room, booked: Booked, hands: Hands, typist: Typist
) -> None:
    bring(hands, booked, a_file(room, booked, {typist.questions[0]: ADDED}))
    shown = enter(hands, booked, stored(room, booked)[0], typist.questions[0]).get_data(as_text=True)
    assert "is still going" in shown
    assert texts(room, booked) == {ACKNOWLEDGED: 1}
    assert stored(room, booked)[0].entered_at is None


def test_a_text_that_the_server_has_since_outgrown_is_not_ticked(
    room: Room, booked: Booked, hands: Hands, typist: Typist
) -> None:
    typist.save({typist.questions[0]: "Later words."})
    typist.save({typist.questions[0]: "The last words."})
    hand_in(room, booked)
    page = bring(hands, booked, a_file(room, booked, {typist.questions[0]: ADDED})).get_data(as_text=True)
    assert "The server’s is newer" in page and " checked>" not in page


def test_without_a_tick_or_a_reason_nothing_is_entered(
    room: Room, booked: Booked, hands: Hands, typist: Typist
) -> None:
    hand_in(room, booked)
    bring(hands, booked, a_file(room, booked, {typist.questions[0]: ADDED}))
    (file,) = stored(room, booked)
    assert "Tick at least one answer" in enter(hands, booked, file).get_data(as_text=True)
    assert "Tick at least one answer" in enter(hands, booked, file, "foreign@1").get_data(as_text=True)
    path = f"seats/{booked.seat_ref}/emergency/{file.ref}/enter"
    bare = hands.press(path, reason="", question=typist.questions[0], request=str(uuid.uuid4()))
    assert bare.status_code == 400 and "Give a reason" in bare.get_data(as_text=True)
    assert frozen(room, booked) == {ACKNOWLEDGED}


def test_of_many_presses_at_once_one_enters_it(room: Room, booked: Booked, hands: Hands, typist: Typist) -> None:
    hand_in(room, booked)
    bring(hands, booked, a_file(room, booked, {typist.questions[0]: ADDED}))
    (file,) = stored(room, booked)
    number = str(uuid.uuid4())
    several = [Hands(room, room.invigilator) for _ in range(4)]
    at_once(*[partial(enter, one, booked, file, typist.questions[0], request=number) for one in several])
    assert whole(room, booked).count("emergency_entered") == 1
    assert acts(room).count("emergency_file_entered") == 1
    assert texts(room, booked) == {ADDED: 2}


def test_after_sign_off_a_manager_alone(room: Room, booked: Booked, hands: Hands, typist: Typist) -> None:
    hand_in(room, booked)
    data = a_file(room, booked, {typist.questions[0]: ADDED})
    with room.site.writing() as conn:
        over = {"signed_off_at": room.site.now(), "signed_off_by": room.manager.id}
        conn.execute(t.sittings.update().where(t.sittings.c.id == room.sitting[0]).values(**over))
    assert "signed off" in bring(hands, booked, data).get_data(as_text=True)
    manager = Hands(room, room.manager)
    assert "You are not named for this sitting" in bring(manager, booked, data).get_data(as_text=True)
    assert stored(room, booked) == []


# ------------------------------------------------------------------------------------------------------ roles
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.MANAGER])
def test_nobody_else_sees_a_file(room: Room, booked: Booked, hands: Hands, typist: Typist, role: Role) -> None:
    """Not even an invigilator of another sitting, and never a marker."""
    bring(hands, booked, a_file(room, booked, {typist.questions[0]: ADDED}))
    (file,) = stored(room, booked)
    client = room.site.signed_in(room.site.person(role))
    base = f"{hands.base}/seats/{booked.seat_ref}/emergency"
    for response in (client.get(base), client.post(f"{base}/{file.ref}/open"), client.post(f"{base}/{file.ref}/enter")):
        assert response.status_code in (400, 403)
        assert "what came after" not in response.get_data(as_text=True)


def test_a_file_is_found_at_its_own_seat_only(room: Room, booked: Booked, hands: Hands, typist: Typist) -> None:
    bring(hands, booked, a_file(room, booked, {typist.questions[0]: ADDED}))
    (file,) = stored(room, booked)
    other = room.seat("Ben Okafor", 2)
    assert hands.press(f"seats/{other.seat_ref}/emergency/{file.ref}/open").status_code == 404


def test_the_paper_carries_the_public_key_and_nothing_secret(room: Room, booked: Booked, typist: Typist) -> None:
    secret = room.site.product.key(PURPOSE)
    for page in ("scenario/1", "review"):
        shown = typist.client.get(f"{typist.base}/{page}").get_data(as_text=True)
        assert f'data-emergency="{public_key(secret)}"' in shown.replace("&#43;", "+").replace("&#x2B;", "+")
