"""Notes, highlights and flags: the candidate's own, kept by revision, and evidence afterwards."""

from __future__ import annotations

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from proctoring.events import first_break, text_hash
from sjt.rules.access import Role
from sjt.services import timekeeping
from sjt.stores import attempts
from tests.saved import Booked, Room, Typist, saved_room
from tests.site import Site, csrf

NOTE = "Ask who was there.\nשלום 👩‍👩‍👧 <b>"


@pytest.fixture
def room(site: Site) -> Room:
    return saved_room(site)


def scenario_of(typist: Typist, number: int = 1) -> str:
    page = typist.client.get(f"{typist.base}/scenario/{number}").get_data(as_text=True)
    return page.partition('data-scenario="')[2].partition('"')[0]


def jot(typist: Typist, text: str, revision: int = 1, kind: str = "note", **changes: Any) -> TestResponse:
    body = {"scenario": scenario_of(typist), "kind": kind, "revision": revision, "text": text, **changes}
    return typist.post("jot", body)


def kinds(room: Room, booked: Booked) -> list[str]:
    attempt = room.attempt(booked)
    with room.site.reading() as conn:
        chain = attempts.chain(conn, attempt)
    assert first_break(attempt.ref, chain, attempt.head) is None
    return [event.kind for event in chain]


def test_a_note_and_highlights_survive_a_reload_and_never_leave_their_scenario(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    assert jot(typist, NOTE).get_json()["status"] == "saved"
    assert jot(typist, "[[0,4],[9,12]]", kind="highlights").get_json()["revision"] == 1
    page = typist.client.get(f"{typist.base}/scenario/1").get_data(as_text=True)
    assert "Ask who was there.\nשלום 👩‍👩‍👧 &lt;b&gt;" in page and "[[0,4],[9,12]]" in page
    assert "Ask who" not in typist.client.get(f"{typist.base}/scenario/2").get_data(as_text=True)


def test_the_same_revision_again_is_saved_again_and_an_older_one_is_given_the_newer_text(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    jot(typist, "one")
    assert jot(typist, "one").get_json()["status"] == "saved"
    assert jot(typist, "two", 2).get_json()["status"] == "saved"
    told = jot(typist, "stale", 1).get_json()
    assert (told["status"], told["revision"], told["text"]) == ("newer", 2, "two")
    assert kinds(room, booked).count("jotted") == 2


BAD: list[tuple[dict[str, Any], str]] = [
    ({"text": "x" * 20_001}, "20,000"), ({"text": "a\0b"}, "cannot be stored"), ({"revision": 0}, "not understood"),
    ({"revision": 5_001}, "too often"), ({"scenario": "foreign@1"}, "not understood"), ({"kind": "poem"}, "not under"),
    ({"more": 1}, "not understood"),
    *(({"kind": "highlights", "text": text}, "highlights were not") for text in (
        "", "x", "{}", "[1]", "[[1]]", "[[2,1]]", "[[-1,2]]", "[[0,2],[2,3]]", "[[5,6],[1,2]]", "[[0,1.5]]",
        "[[true,2]]", "[[0,999999]]")),
]  # fmt: skip


def test_what_no_page_of_ours_would_send_is_refused_in_words_and_not_kept(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    for changes, words in BAD:
        response = jot(typist, **{"text": "x", **changes})
        assert (response.status_code, words in response.get_json()["words"]) == (400, True), changes
    assert jot(typist, "[]", kind="highlights").status_code == 200
    assert kinds(room, booked).count("jotted") == 1


def test_flags_are_evidence_and_said_twice_they_are_once(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    for flagged in (True, True, False, False):
        assert typist.post("flag", {"question": typist.questions[0], "flagged": flagged}).status_code == 200
    assert [kind for kind in kinds(room, booked) if "flagged" in kind] == ["flagged", "unflagged"]


def test_only_while_running_and_only_ones_own(room: Room) -> None:
    mine, theirs = room.seat("A", 1), room.seat("B", 2)
    other = Typist(room.begun(theirs), theirs.attempt_ref)
    typist = Typist(room.begun(mine), mine.attempt_ref)
    body = {"scenario": scenario_of(typist), "kind": "note", "revision": 1, "text": "x"}
    headers = {"X-CSRFToken": typist.token, "Accept": "application/json"}
    assert typist.client.post(f"{other.base}/jot", json=body, headers=headers).status_code == 404
    with room.site.writing() as conn:
        attempt, by = room.attempt(mine), room.invigilator
        timekeeping.pause(conn, attempt, "incident", "a fire alarm", by, "p-1", room.site.now())
    refused = typist.post("jot", body)
    assert (refused.status_code, refused.get_json()["error"]) == (409, "attempt.not_now.paused")


def test_an_auditor_reads_them_a_manager_their_hashes_and_a_marker_nothing(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    jot(typist, "An old thought.")
    jot(typist, "Ask who was there.", 2)
    typist.client.post(f"{typist.base}/submit", data={"csrf_token": csrf(typist.client, f"{typist.base}/review")})
    address = f"/evidence/{booked.sitting_ref}/seats/{booked.seat_ref}"
    auditor, manager = room.site.signed_in(room.site.person(Role.AUDITOR)), room.site.signed_in(room.manager)
    for reader, reads in ((auditor, True), (manager, False)):
        page = reader.get(address).get_data(as_text=True)
        assert text_hash("Ask who was there.") in page and ("Ask who was there." in page) is reads
        told = json.loads(reader.get(f"{address}/evidence.json").get_data(as_text=True))["jottings"]
        assert [(one["kind"], one["revision"], "text" in one) for one in told] == [
            ("note", 1, reads),
            ("note", 2, reads),
        ]
