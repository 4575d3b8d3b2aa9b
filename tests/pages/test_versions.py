"""Earlier versions of an answer: one's own, and only while one writes."""

from __future__ import annotations

import pytest

from sjt.services import timekeeping
from tests.saved import Room, Typist, saved_room
from tests.site import Site, csrf

FIRST = "First I would listen to her.\nThen to the others."


@pytest.fixture
def room(site: Site) -> Room:
    return saved_room(site)


def looked_at(typist: Typist, code: str) -> object:
    return typist.client.get(f"{typist.base}/versions/{code}", headers={"Accept": "application/json"}).get_json()


def test_earlier_versions_are_told_newest_first_and_putting_one_back_deletes_nothing(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    code, other = typist.questions[:2]
    assert looked_at(typist, code) == {"versions": []}
    typist.save({code: FIRST, other: "another answer"})
    assert looked_at(typist, code) == {"versions": []}
    room.site.clock.advance(minutes=2)
    typist.save({code: "Something else."})
    told = {"saved_at": "09:00:00", "words": 10, "first_line": "First I would listen to her.", "text": FIRST}
    assert looked_at(typist, code) == {"versions": [{"revision": 1, **told}]}
    typist.save({code: FIRST})
    versions = looked_at(typist, code)["versions"]  # type: ignore[index]
    assert [(one["revision"], one["text"]) for one in versions] == [(2, "Something else."), (1, FIRST)]
    page = typist.client.get(f"{typist.base}/scenario/1").get_data(as_text=True)
    assert page.count("data-versions=") >= 1


def test_an_answer_that_was_emptied_can_be_had_back(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    code = typist.questions[0]
    for text in (FIRST, "", "x"):
        typist.save({code: text})
    assert [one["text"] for one in looked_at(typist, code)["versions"]] == [FIRST]  # type: ignore[index]


def test_only_the_own_paper_and_only_while_it_lies_open(room: Room) -> None:
    mine, theirs = room.seat("A", 1), room.seat("B", 2)
    room.begun(theirs)
    typist = Typist(room.begun(mine), mine.attempt_ref)
    code = typist.questions[0]
    typist.save({code: FIRST})
    headers = {"Accept": "application/json"}
    assert typist.client.get(f"/sit/{theirs.attempt_ref}/versions/{code}", headers=headers).status_code == 404
    assert typist.client.get(f"{typist.base}/versions/foreign@1", headers=headers).status_code == 404
    with room.site.writing() as conn:
        attempt, by = room.attempt(mine), room.invigilator
        timekeeping.pause(conn, attempt, "incident", "a fire alarm", by, "p-1", room.site.now())
    refused = typist.client.get(f"{typist.base}/versions/{code}", headers=headers)
    assert (refused.status_code, refused.get_json()["error"]) == (409, "attempt.not_now.paused")
    with room.site.writing() as conn:
        timekeeping.resume(conn, room.attempt(mine), room.invigilator, room.site.now())
    room.site.clock.advance(hours=2)
    assert typist.client.get(f"{typist.base}/versions/{code}", headers=headers).status_code == 409
    room.site.clock.advance(minutes=-60)
    typist.client.post(f"{typist.base}/submit", data={"csrf_token": csrf(typist.client, f"{typist.base}/review")})
    assert typist.client.get(f"{typist.base}/versions/{code}", headers=headers).status_code == 409
