"""The paper without scripts: allowed by a person, saved by every button, and nothing that was typed is lost."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from proctoring.events import event
from sjt.services import timekeeping
from sjt.stores import attempts, messages, scripts
from tests.pages.test_notices import written_to
from tests.saved import Booked, Room, Typist, saved_room
from tests.saved_formats import saved_formats_room, saved_formats_seat
from tests.site import Site, csrf


@pytest.fixture
def room(site: Site) -> Room:
    return saved_room(site)


def allowed(room: Room, booked: Booked) -> None:
    """As the board's press does it."""
    attempt, by, now = room.attempt(booked), room.invigilator, room.site.now()
    changes = {"plain_at": now, "plain_by": by.id, "plain_reason": "the browser runs no scripts"}
    with room.site.writing() as conn:
        attempts.record(conn, attempt.id, event("plain_allowed", now, by.ref), changes)


def fields(client: FlaskClient, base: str, number: int = 1) -> dict[str, str]:
    """What the plain page's form would send if nothing were changed."""
    return fields_of(client.get(f"{base}/scenario/{number}").get_data(as_text=True))


def fields_of(page: str) -> dict[str, str]:
    form = page.partition('id="plain"')[2].partition("</form>")[0]
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    boxes = re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>(.*?)</textarea>', form, re.S)
    return hidden | {name: unescape(text).removeprefix("\n") for name, text in boxes}


def posted(client: FlaskClient, base: str, given: dict[str, str], go: str = "scenario 1") -> TestResponse:
    """As a browser posts a form: every line ends in CRLF."""
    sent = {name: text.replace("\n", "\r\n") for name, text in given.items()}
    return client.post(f"{base}/plain", data={**sent, "go": go})


def held(room: Room, booked: Booked) -> list[str]:
    with room.site.reading() as conn:
        return sorted(answer.text for answer in scripts.current(conn, room.attempt(booked)).values())


def first(given: dict[str, str]) -> str:
    return next(name for name in given if re.fullmatch(r"a\d+", name))


def test_begin_without_scripts_is_refused_in_words_until_somebody_allows_it(room: Room) -> None:
    booked = room.seat()
    client, base = room.enter(booked), f"/sit/{booked.attempt_ref}"
    room.admit(booked)
    room.open_gate(booked)
    page = client.get(f"{base}/waiting").get_data(as_text=True)
    assert "This browser runs no scripts" in page and "Tell your invigilator before you begin" in page
    data = {"csrf_token": csrf(client, f"{base}/waiting"), "scripts": "no"}
    refused = client.post(f"{base}/begin", data=data)
    assert refused.status_code == 409 and "Nothing has begun" in refused.get_data(as_text=True)
    assert room.attempt(booked).started_at is None
    allowed(room, booked)
    assert "has allowed you to write without them" in client.get(f"{base}/waiting").get_data(as_text=True)
    assert client.post(f"{base}/begin", data=data).status_code == 303
    assert "<script" not in client.get(f"{base}/scenario/1").get_data(as_text=True)


def test_every_button_saves_first_and_texts_are_what_a_script_would_have_sent(room: Room) -> None:
    booked = room.seat()
    client, base = room.begun(booked), f"/sit/{booked.attempt_ref}"
    assert posted(client, base, {"csrf_token": csrf(client, f"{base}/review"), "number": "1"}).status_code == 409
    allowed(room, booked)
    given = fields(client, base)
    name, text = first(given), "\nOne line.\n<Another> 👩‍👩‍👧."
    answer = posted(client, base, {**given, name: text, "f" + name[1:]: "on"}, "scenario 2")
    assert answer.headers["Location"].endswith("/scenario/2")
    assert held(room, booked) == [text]
    assert fields(client, base)[name] == text
    assert posted(client, base, fields(client, base), "review").headers["Location"].endswith("/review")
    assert posted(client, base, fields(client, base), "call").headers["Location"].endswith("/call")
    assert posted(client, base, fields(client, base), "scenario x").headers["Location"].endswith("/scenario/1")
    attempt = room.attempt(booked)
    with room.site.reading() as conn:
        kinds = [one.kind for one in attempts.chain(conn, attempt)]
    assert (kinds.count("saved"), kinds.count("flagged"), kinds.count("unflagged")) == (1, 1, 1)


def test_newer_and_too_long_texts_stand_beside_their_boxes_and_the_rest_is_saved(room: Room) -> None:
    booked = room.seat()
    client, base = room.begun(booked), f"/sit/{booked.attempt_ref}"
    typist = Typist(client, booked.attempt_ref)
    allowed(room, booked)
    number = next(n for n in range(1, 10) if len([f for f in fields(client, base, n) if f[0] == "a"]) > 1)
    given = fields(client, base, number)
    one, two = [name for name in given if re.fullmatch(r"a\d+", name)][:2]
    typist.save({typist.questions[int(one[1:]) - 1]: "From another page."})
    long = "x" * 20_001
    answer = posted(client, base, {**given, one: "Mine.", two: long})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "From another page." in page and ">Mine.</textarea>" in page and long in page
    assert "longer than 20,000" in page and held(room, booked) == ["From another page."]
    again = fields_of(page)
    assert posted(client, base, {**again, two: "short"}).status_code == 303
    assert held(room, booked) == ["Mine.", "short"]


def test_a_page_that_lost_the_lease_says_so_and_the_next_press_saves(room: Room) -> None:
    booked = room.seat()
    client, base = room.begun(booked), f"/sit/{booked.attempt_ref}"
    allowed(room, booked)
    given = fields(client, base)
    token = csrf(client, f"{base}/review")
    client.post(f"{base}/lease", json={}, headers={"X-CSRFToken": token, "Accept": "application/json"})
    answer = posted(client, base, {**given, first(given): "Mine."})
    assert answer.status_code == 409 and "Another page had this paper open" in answer.get_data(as_text=True)
    assert posted(client, base, fields_of(answer.get_data(as_text=True))).status_code == 303
    assert held(room, booked) == ["Mine."]


def test_after_the_end_what_was_typed_is_shown_and_the_paper_is_not(room: Room) -> None:
    booked = room.seat()
    client, base = room.begun(booked), f"/sit/{booked.attempt_ref}"
    allowed(room, booked)
    given = fields(client, base)
    title = client.get(f"{base}/scenario/1").get_data(as_text=True).partition("<h2>")[2].partition("</h2>")[0]
    room.site.clock.advance(hours=2, seconds=6)
    answer = posted(client, base, {**given, first(given): "My <last> words."})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "My &lt;last&gt; words." in page and "time is over" in page
    assert title not in page and held(room, booked) == []
    assert posted(client, base, given).headers["Location"].endswith("/scenario/1")


def test_in_a_pause_what_was_typed_is_shown_too(room: Room) -> None:
    booked = room.seat()
    client, base = room.begun(booked), f"/sit/{booked.attempt_ref}"
    allowed(room, booked)
    given = fields(client, base)
    with room.site.writing() as conn:
        attempt, by = room.attempt(booked), room.invigilator
        timekeeping.pause(conn, attempt, "incident", "a fire alarm", by, "p-1", room.site.now())
    assert posted(client, base, {**given, first(given): "Typed before."}).status_code == 303  # in the window
    room.site.clock.advance(minutes=1)
    answer = posted(client, base, {**given, "r" + first(given)[1:]: "1", first(given): "Typed later."})
    assert answer.status_code == 409 and "Typed later." in answer.get_data(as_text=True)


def test_a_message_is_read_without_losing_a_word(room: Room) -> None:
    booked = room.seat()
    client, base = room.begun(booked), f"/sit/{booked.attempt_ref}"
    allowed(room, booked)
    ref = written_to(room, booked)
    given = fields(client, base)
    assert "The fire alarm is tested" in client.get(f"{base}/scenario/1").get_data(as_text=True)
    assert posted(client, base, {**given, first(given): "Kept."}, f"read {ref}").status_code == 303
    with room.site.reading() as conn:
        assert messages.unseen(conn, room.attempt(booked).id) == ()
    assert held(room, booked) == ["Kept."]


def test_choices_are_made_with_the_browsers_own_buttons_or_the_page_says_that_it_cannot(site: Site) -> None:
    room = saved_formats_room(site)
    booked = saved_formats_seat(room)
    client, base = room.begun(booked), f"/sit/{booked.attempt_ref}"
    allowed(room, booked)
    for number, values, stored in ((3, ["b"], '{"best":"b"}'), (5, ["d", "a"], '{"picked":["a","d"]}')):
        given = fields(client, base, number)
        data = {**given, f"a{number}": values, "go": "review"}
        assert client.post(f"{base}/plain", data=data).status_code == 303, number
        assert stored in held(room, booked)
        page = client.get(f"{base}/scenario/{number}").get_data(as_text=True)
        assert page.count(" checked>") == len(values)
    for number in (4, 6, 7):
        assert "This question needs scripts" in client.get(f"{base}/scenario/{number}").get_data(as_text=True)
