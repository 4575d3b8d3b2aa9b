"""The apprentice's routes: the door, the waiting room, the paper, the save, the end."""

from __future__ import annotations

from typing import Any

import pytest

from proctoring.events import first_break
from sjt.stores import attempts, scripts
from sjt.stores import tables as t
from tests.saved import Room, Typist, saved_room
from tests.site import Site, csrf


@pytest.fixture
def room(site: Site) -> Room:
    return saved_room(site)


# --- the door
def test_a_keycode_is_taken_however_it_is_typed(room: Room) -> None:
    booked = room.seat()
    client = room.enter(booked)
    token = csrf(client, f"/sit/{booked.attempt_ref}/confirm")
    for typed in (booked.keycode.lower(), booked.keycode.replace("-", " "), f"  {booked.keycode} "):
        client.post(f"/sit/{booked.attempt_ref}/leave", data={"csrf_token": token})
        response = client.post("/sit/", data={"csrf_token": token, "keycode": typed})
        assert response.status_code == 303, typed


def test_wrong_keycodes_get_one_neutral_message_and_the_right_one_always_works(room: Room) -> None:
    booked = room.seat()
    client = room.site.visitor()
    for n in range(25):
        data = {"csrf_token": csrf(client, "/sit/"), "keycode": f"AAAA-{n:04}"}
        response = client.post("/sit/", data=data)
        assert response.status_code in (400, 429)
    assert response.status_code == 429
    data = {"csrf_token": csrf(client, "/sit/"), "keycode": booked.keycode}
    assert client.post("/sit/", data=data).status_code == 303


def test_thirty_seats_behind_one_address_all_get_in_after_twenty_wrong_tries_each(room: Room) -> None:
    seats = [room.seat(f"Candidate {n}", n) for n in range(1, 31)]
    stranger = room.site.visitor()
    for n in range(20):
        stranger.post("/sit/", data={"csrf_token": csrf(stranger, "/sit/"), "keycode": f"WRONG{n:03}"})
    for booked in seats:
        assert room.enter(booked).get(f"/sit/{booked.attempt_ref}/confirm").status_code == 200


def test_another_device_waits_and_the_board_hears_of_it(room: Room) -> None:
    booked = room.seat()
    room.enter(booked)
    other = room.site.visitor()
    response = other.post("/sit/", data={"csrf_token": csrf(other, "/sit/"), "keycode": booked.keycode})
    assert response.status_code == 409
    assert "Ask your invigilator" in response.get_data(as_text=True)
    assert room.attempt(booked).device_asking_at is not None
    assert other.get(f"/sit/{booked.attempt_ref}/").status_code == 404


def test_an_attempt_of_somebody_else_does_not_exist(room: Room) -> None:
    mine, theirs = room.seat("A", 1), room.seat("B", 2)
    room.enter(theirs)
    client = room.enter(mine)
    for path in ("", "confirm", "waiting", "scenario/1", "review", "receipt"):
        assert client.get(f"/sit/{theirs.attempt_ref}/{path}").status_code == 404, path


# --- before the start
def test_no_text_of_the_paper_leaves_before_begin(room: Room) -> None:
    booked = room.seat()
    client = room.enter(booked)
    with room.site.reading() as conn:
        titles = list(conn.scalars(t.scenario_texts.select().with_only_columns(t.scenario_texts.c.title)))
    base = f"/sit/{booked.attempt_ref}"
    for stage in (lambda: None, lambda: room.admit(booked), lambda: room.open_gate(booked)):
        stage()
        for path in ("", "confirm", "instructions", "waiting", "scenario/1", "review", "receipt"):
            page = client.get(f"{base}/{path}", follow_redirects=True).get_data(as_text=True)
            assert not [title for title in titles if title in page], path


def test_begin_is_refused_before_admission_and_before_the_gate(room: Room) -> None:
    booked = room.seat()
    client = room.enter(booked)
    base = f"/sit/{booked.attempt_ref}"
    data = {"csrf_token": csrf(client, f"{base}/confirm")}
    assert client.post(f"{base}/begin", data=data).status_code == 409
    room.admit(booked)
    response = client.post(f"{base}/begin", data=data)
    assert response.status_code == 409
    assert "not open yet" in response.get_data(as_text=True)
    assert room.attempt(booked).started_at is None


def test_begin_starts_the_clock_once(room: Room) -> None:
    booked = room.seat(percent=25)
    client = room.begun(booked)
    started = room.attempt(booked)
    room.site.clock.advance(minutes=5)
    token = csrf(client, f"/sit/{booked.attempt_ref}/review")
    client.post(f"/sit/{booked.attempt_ref}/begin", data={"csrf_token": token})
    again = room.attempt(booked)
    assert again.started_at == started.started_at
    assert again.writable_until == again.deadline
    assert (again.deadline - again.started_at).total_seconds() == 150 * 60  # type: ignore[operator]


# --- the paper
def test_a_hundred_reloads_show_the_same_paper(room: Room) -> None:
    booked = room.seat()
    client = room.begun(booked)
    page = f"/sit/{booked.attempt_ref}/scenario/3"
    shown = {
        client.get(page).get_data(as_text=True).partition("<main")[2].partition("data-csrf")[0] for _ in range(100)
    }
    texts = {client.get(page).get_data(as_text=True).partition('class="scenario"')[2] for _ in range(3)}
    assert len(shown) == 1 and len(texts) == 1


def test_the_paper_has_nine_scenarios_and_sixteen_questions(room: Room) -> None:
    booked = room.seat(pathway="residential")
    typist = Typist(room.begun(booked), booked.attempt_ref)
    assert len(typist.questions) == len(set(typist.questions)) == 16
    assert typist.client.get(f"{typist.base}/scenario/10").status_code == 404


def test_the_paper_shows_no_statement_and_no_key_flag(room: Room) -> None:
    booked = room.seat()
    client = room.begun(booked)
    for n in range(1, 10):
        page = client.get(f"/sit/{booked.attempt_ref}/scenario/{n}").get_data(as_text=True)
        assert "key question" not in page.lower() and "C4.2" not in page and "P-C4b" not in page


# --- the save
HARD_TEXTS = [
    "plain",
    "emoji 👩‍👩‍👧‍👦 and 𝕊𝕁𝕋",
    "שלום עולם, مرحبا",
    "line\r\nline\r\n",
    "\n leading and trailing \n\n",
    "<script>alert(1)</script> & ' \" \\",
    "x" * 20_000,
    "👍" * 20_000,
    "",
]


def test_every_text_comes_back_byte_for_byte(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    for text in HARD_TEXTS:
        assert typist.save({typist.questions[0]: text}).status_code == 200
        with room.site.reading() as conn:
            held = scripts.current(conn, room.attempt(booked))
        assert [answer.text for answer in held.values()] == [text], repr(text[:12])


def test_the_reply_says_what_the_server_holds_and_when(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    room.site.clock.advance(minutes=92, seconds=5)
    told = typist.save({typist.questions[0]: "an answer", typist.questions[1]: "another"}).get_json()
    assert [kept["status"] for kept in told["kept"]] == ["saved", "saved"]
    assert told["kept"][0]["saved_at"] == "10:32:05"
    assert told["seconds_left"] == 27 * 60 + 55
    assert told["finish"] == "11:00"


def test_the_same_save_twice_has_the_effect_of_once_and_the_same_receipt(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    code = typist.questions[0]
    first = typist.save({code: "text"}).get_json()["kept"][0]
    typist.revisions[code] = 0
    room.site.clock.advance(seconds=3)
    again = typist.save({code: "text"}).get_json()["kept"][0]
    assert again == first
    with room.site.reading() as conn:
        assert conn.scalar(t.answers.select().with_only_columns(t.answers.c.revision)) == 1


def test_an_older_page_never_replaces_newer_text_and_is_given_it(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    code, other = typist.questions[:2]
    typist.save({code: "one"})
    typist.save({code: "two"})
    typist.revisions[code] = 0
    kept = {k["question"]: k for k in typist.save({code: "stale", other: "fresh"}).get_json()["kept"]}
    assert (kept[code]["status"], kept[code]["text"], kept[code]["revision"]) == ("newer", "two", 2)
    assert kept[other]["status"] == "saved"


def test_another_page_takes_over_and_the_first_is_told(room: Room) -> None:
    booked = room.seat()
    client = room.begun(booked)
    first = Typist(client, booked.attempt_ref)
    second = Typist(client, booked.attempt_ref)
    refused = first.save({first.questions[0]: "from the first page"})
    assert refused.status_code == 409
    assert "another page" in refused.get_json()["words"]
    assert second.save({second.questions[0]: "from the second"}).status_code == 200


def test_a_save_after_the_deadline_is_refused_in_words_and_kept_as_evidence(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    code = typist.questions[0]
    room.site.clock.advance(minutes=120, seconds=5)
    assert typist.save({code: "in the last moment of grace"}).status_code == 200
    room.site.clock.advance(seconds=0.000001)
    for n in range(25):
        late = typist.save({code: f"too late {n}"})
        assert late.status_code == 409
        assert "time is over" in late.get_json()["words"]
    with room.site.reading() as conn:
        assert len(list(conn.execute(t.late_answers.select()))) == 20
        assert [a.text for a in scripts.current(conn, room.attempt(booked)).values()] == ["in the last moment of grace"]


BAD_ANSWERS: list[tuple[dict[str, object], str]] = [
    ({"revision": 0, "text": "x"}, "revision"),
    ({"revision": 2_000_000, "text": "x"}, "revision"),
    ({"revision": 1, "text": "x" * 20_001}, "20,000"),
    ({"revision": 1, "text": "a\0b"}, "cannot be stored"),
]
BAD_BODIES: list[tuple[dict[str, Any], str]] = [
    ({"attempt": "0" * 32}, "another attempt"),
    ({"answers": []}, ""),
    ({"answers": [{"question": "foreign@1", "revision": 1, "text": "x"}]}, "not on this paper"),
    ({"answers": "x"}, "not understood"),
    ({"lease": "x"}, "not understood"),
    ({"extra": 1}, "not understood"),
]


def test_a_save_that_no_page_of_ours_would_send_is_a_400_in_words(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    for changes, words in BAD_BODIES:
        response = typist.save({typist.questions[0]: "x"}, **changes)
        assert (response.status_code, words in response.get_json()["words"]) == (400, True), changes
    for answer, words in BAD_ANSWERS:
        response = typist.save({}, answers=[{"question": typist.questions[0], **answer}])
        assert (response.status_code, words in response.get_json()["words"]) == (400, True), words


def test_bytes_that_are_no_json_are_refused(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    headers = {"X-CSRFToken": typist.token, "Accept": "application/json", "Content-Type": "application/json"}
    for raw in (b"", b"{", b"\xff\xfe", b"[1]", b'"\\ud800"', b"null"):
        assert typist.client.post(f"{typist.base}/save", data=raw, headers=headers).status_code == 400, raw


def test_the_save_needs_a_form_token(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    typist.token = "forged"
    assert typist.save({typist.questions[0]: "x"}).status_code == 400


# --- the end
def test_handing_in_freezes_the_script_and_gives_a_receipt(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    typist.save({typist.questions[0]: "an answer"})
    page = f"{typist.base}/review"
    response = typist.client.post(f"{typist.base}/submit", data={"csrf_token": csrf(typist.client, page)})
    assert response.status_code == 303
    receipt = typist.client.get(f"{typist.base}/receipt").get_data(as_text=True)
    assert "1 of 16" in receipt
    assert room.attempt(booked).receipt in receipt  # type: ignore[operator]
    assert typist.save({typist.questions[0]: "later"}).status_code == 409
    assert typist.client.get(f"{typist.base}/scenario/1").status_code == 303
    with room.site.reading() as conn:
        rows = conn.execute(t.responses.select()).all()
    assert len(rows) == 16
    assert sorted(row.text for row in rows)[-1] == "an answer"


def test_four_idle_hours_after_extra_time_a_save_and_a_submission_still_work(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    from sjt.services import timekeeping

    with room.site.writing() as conn:
        timekeeping.grant(conn, room.attempt(booked), 4 * 3600, "power cut", room.invigilator, "r-1", room.site.now())
    token = csrf(typist.client, f"{typist.base}/review")
    room.site.clock.advance(hours=4)
    assert typist.save({typist.questions[0]: "still here"}).status_code == 200
    assert typist.client.post(f"{typist.base}/submit", data={"csrf_token": token}).status_code == 303


def test_an_expired_attempt_reads_as_closed_before_anything_wrote_it_down(room: Room) -> None:
    booked = room.seat()
    client = room.begun(booked)
    room.site.clock.advance(minutes=120)
    assert client.get(f"/sit/{booked.attempt_ref}/").headers["Location"].endswith("/closing")
    room.site.clock.advance(seconds=6)
    assert client.get(f"/sit/{booked.attempt_ref}/").headers["Location"].endswith("/receipt")
    assert room.attempt(booked).closed_at is None
    from sjt.services import timekeeping

    assert timekeeping.sweep(room.site.product.database, room.site.now()) == 1
    assert timekeeping.sweep(room.site.product.database, room.site.now()) == 0
    swept = room.attempt(booked)
    assert (swept.closed_as, swept.finished_at) == ("expired", swept.deadline)


def test_the_evidence_of_a_whole_sitting_holds(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    for n in range(5):
        typist.save({typist.questions[n]: f"answer {n}"})
    typist.client.post(f"{typist.base}/submit", data={"csrf_token": csrf(typist.client, f"{typist.base}/review")})
    attempt = room.attempt(booked)
    with room.site.reading() as conn:
        chain = attempts.chain(conn, attempt)
    assert first_break(attempt.ref, chain, attempt.head) is None
    kinds = [event.kind for event in chain]
    assert kinds[0] == "paper_drawn" and kinds[-1] == "submitted" and kinds.count("saved") == 5
    assert "answer 1" not in "".join(event.payload for event in chain)


def test_the_heartbeat_changes_no_state_and_tells_of_extra_time(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    before = room.attempt(booked)
    assert typist.post("beat", {}).get_json()["seconds_left"] == 7200
    assert room.attempt(booked) == before
    from sjt.services import timekeeping

    with room.site.writing() as conn:
        timekeeping.grant(conn, before, 600, "a fire drill", room.invigilator, "r-2", room.site.now())
    told = typist.post("beat", {"hidden": True, "unsent": 2}).get_json()
    assert (told["seconds_left"], told["finish"], told["state"]) == (7800, "11:10", "running")


def test_a_flag_is_kept_and_shown(room: Room) -> None:
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    assert typist.post("flag", {"question": typist.questions[0], "flagged": True}).status_code == 200
    page = typist.client.get(f"{typist.base}/scenario/1").get_data(as_text=True)
    assert "q-flagged" in page and "flagged</span>" in page
    typist.post("flag", {"question": typist.questions[0], "flagged": False})
    assert "q-flagged" not in typist.client.get(f"{typist.base}/scenario/1").get_data(as_text=True)
