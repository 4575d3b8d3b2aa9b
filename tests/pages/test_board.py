"""The live board: what it says, in which order, from how many statements, and what never reaches it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from sjt.services import timekeeping, watching
from sjt.stores import sittings
from sjt.stores import tables as t
from sjt.stores.presence import Heard
from tests.saved import Room, saved_candidate
from tests.saved_invigilation import (
    Hands,
    admitted,
    answered,
    asking,
    attempt_at,
    gate_open,
    heard,
    running,
    saved_seats,
    small_room,
)
from tests.site import Site


@pytest.fixture
def room(site: Site) -> Room:
    return small_room(site)


@pytest.fixture
def hands(room: Room) -> Hands:
    return Hands(room, room.invigilator)


def state(hands: Hands) -> dict[str, Any]:
    response = hands.client.get(f"{hands.base}/board/state", headers={"Accept": "application/json"})
    assert response.status_code == 200
    return dict(response.get_json())


def seat(hands: Hands, ref: str) -> dict[str, Any]:
    return dict(state(hands)["seats"][ref])


def test_a_working_seat_is_green_within_twenty_seconds_of_its_beat_and_at_no_other_time(
    room: Room, hands: Hands
) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    room.site.clock.advance(minutes=10)
    heard(room.site, ref)
    seen: dict[int, dict[str, Any]] = {}
    for second in (0, 19, 20, 23, 44, 45, 300):
        room.site.clock.advance(seconds=second - max(seen, default=0))
        seen[second] = seat(hands, ref)
    assert [one["tone"] for one in seen.values()] == ["good", "good", "neutral", "neutral", "neutral", "warn", "warn"]
    assert seen[23]["state"] == "Last heard 23 s ago"
    assert seen[45]["state"] == "Silent"
    assert len({one["heard_at"] for one in seen.values()}) == 1  # from which the script counts
    assert "5 min ago" in hands.see("board")


def test_a_green_card_says_until_when_it_may_stay_green(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    heard(room.site, ref, 7)
    told = state(hands)
    until, silent = told["seats"][ref]["stands_for"]
    assert (until - told["at"], silent - told["at"]) == (13, 38)
    room.site.clock.advance(seconds=13)
    assert seat(hands, ref)["stands_for"] is None


def test_silence_changes_nothing_about_the_attempt(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    before = attempt_at(room.site, ref)
    room.site.clock.advance(minutes=30)
    seat(hands, ref)
    assert attempt_at(room.site, ref) == before


def test_after_a_restart_a_seat_is_unknown_since_then(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    room.site.clock.advance(minutes=32, seconds=5)
    assert seat(hands, ref)["state"] == "Unknown since 09:32:05"
    room.site.clock.advance(seconds=45)
    assert seat(hands, ref)["state"] == "Silent"


def test_with_the_store_of_presence_away_the_board_says_so_and_is_not_green(room: Room) -> None:
    refs = saved_seats(room, ["Amina Yusuf"])
    running(room, refs)
    with room.site.reading() as conn:
        sitting = sittings.by_id(conn, room.sitting[0])
        board = watching.look(conn, sitting, Heard({}, None), room.site.now())
    from sjt.pages.invigilation.cards import card
    from sjt.pages.invigilation.glance import tally

    assert card(board.seats[0], board.now, True).state == "Presence unknown"
    assert tally(board)[0] == ("neutral", "Presence unknown")
    assert not any(kind == "good" for kind, _ in tally(board))


def test_progress_times_and_extra_time_by_the_servers_clock(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"], percent=25)
    running(room, [ref])
    room.site.clock.advance(minutes=35)
    answered(room.site, ref, 7, at=room.site.now() - dt.timedelta(seconds=9))
    heard(room.site, ref, 3, unsent=2)
    one = seat(hands, ref)
    assert (one["progress"], one["left"], one["finish"], one["extra"]) == ("7/16", "1 h 55 min", "11:30", "+30 min")
    assert (one["heard_at"], one["saved"]) == ((room.site.now() - dt.timedelta(seconds=3)).timestamp(), "09:34:51")
    assert one["note"] == "2 not sent"


def test_an_answer_of_white_space_is_no_answer(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    answered(room.site, ref, 3, text="  ")
    assert seat(hands, ref)["progress"] == "0/16"


def test_what_needs_a_person_first_then_silence_then_everyone_else(room: Room, hands: Hands) -> None:
    refs = saved_seats(room, ["Working", "Silent", "Slow", "Asking", "Working too"])
    running(room, [refs[0], refs[1], refs[3], refs[4]])
    gate_open(room, [refs[2]])
    room.site.clock.advance(minutes=4)
    for ref in (refs[0], refs[3], refs[4]):
        heard(room.site, ref, 2)
    heard(room.site, refs[1], 60)
    asking(room.site, refs[3])
    told = state(hands)
    assert [told["seats"][ref]["name"] for ref in told["order"]] == [
        "Asking",
        "Slow",
        "Silent",
        "Working",
        "Working too",
    ]
    assert told["seats"][refs[2]]["state"] == "Not begun for 4 min"
    assert [badge["text"] for badge in told["tally"]] == [
        "1 asking", "1 slow to begin", "1 silent", "3 working", "1 not begun",
    ]  # fmt: skip


def test_what_is_offered_follows_the_state(room: Room, hands: Hands) -> None:
    refs = saved_seats(room, ["Booked", "Admitted", "Open", "Running", "Ended"])
    running(room, [refs[3], refs[4]])
    gate_open(room, [refs[2]])
    admitted(room, [refs[1]])
    with room.site.writing() as conn:
        attempt = attempt_at(room.site, refs[4])
        timekeeping.end(conn, attempt.id, room.invigilator, "Taken ill", room.site.now())
    offered = [seat(hands, ref)["acts"] for ref in refs]
    assert offered == [
        ["register"],
        ["gate", "message", "move", "plain"],
        ["grant", "message", "move", "plain", "end"],
        ["grant", "pause", "warn", "leave", "message", "move", "plain", "end", "emergency"],
        ["reopen", "emergency"],
    ]


def test_an_attempt_past_its_time_reads_as_over_before_the_sweep(room: Room, hands: Hands) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    running(room, [ref])
    room.site.clock.advance(minutes=120, seconds=6)
    one = seat(hands, ref)
    assert (one["state"], one["left"], one["acts"]) == ("Time over", "", ["reopen", "emergency"])


def test_the_page_and_the_script_say_the_same(room: Room, hands: Hands) -> None:
    refs = saved_seats(room, ["Amina Yusuf", "Ben Castellane"])
    running(room, refs[:1])
    heard(room.site, refs[0], 3)
    for path in ("board", "board?view=table"):
        page = hands.see(path)
        for one in state(hands)["seats"].values():
            for part in ("name", "state", "progress"):
                assert one[part] in page, (path, part)


def test_no_question_and_no_answer_ever_reaches_the_board_or_the_register(room: Room, hands: Hands) -> None:
    refs = saved_seats(room, ["Amina Yusuf", "Ben Castellane"])
    running(room, refs[:1])
    answered(room.site, refs[0], 16, text="The answer that nobody at the board may read.")
    with room.site.reading() as conn:
        texts = [*conn.scalars(sa.select(t.question_texts.c.text)), *conn.scalars(sa.select(t.scenario_texts.c.text))]
        named = [*conn.scalars(sa.select(t.scenario_texts.c.title)), *conn.scalars(sa.select(t.questions.c.slug))]
    shown = [hands.see(path) for path in ("board", "board?view=table", "register", f"seats/{refs[0]}/end")]
    shown.append(hands.client.get(f"{hands.base}/board/state").get_data(as_text=True))
    for page in shown:
        assert "nobody at the board may read" not in page
        assert not [text for text in (*named, *(text[:40] for text in texts)) if text in page]


@contextmanager
def statements(site: Site) -> Iterator[list[str]]:
    """Every statement that reaches the database meanwhile."""
    told: list[str] = []

    def note(*args: Any) -> None:
        told.append(args[2])

    engine = site.product.database.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield told
    sa.event.remove(engine, "before_cursor_execute", note)


def test_a_board_of_200_seats_takes_as_many_statements_as_one_of_20(room: Room, hands: Hands) -> None:
    counted = []
    for first, count in ((1, 20), (21, 180)):
        refs = saved_seats(room, [f"Candidate {n}" for n in range(first, first + count)], first=first)
        with room.site.writing() as conn:
            conn.execute(t.attempts.update().values(opened_at=room.site.now(), started_at=room.site.now()))
        answered(room.site, refs[0], 5)
        with statements(room.site) as told:
            assert len(state(hands)["seats"]) == first + count - 1
        counted.append(len([one for one in told if one.lstrip().upper().startswith("SELECT")]))
    assert counted[0] == counted[1] <= 10


def test_a_sitting_without_seats_says_so(room: Room, hands: Hands) -> None:
    assert "Nobody is booked" in hands.see("board")
    assert "Nobody is booked" in hands.see("register")
    assert state(hands)["order"] == []


def test_another_sittings_seats_never_show(room: Room, hands: Hands) -> None:
    saved_seats(room, ["Amina Yusuf"])
    with room.site.writing() as conn:
        saved_candidate(conn, room.manager, "Somebody else")
    assert "Somebody else" not in hands.see("board")
