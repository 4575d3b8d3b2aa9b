"""Outages: the gap that a heartbeat ends, what of it is proposed, and what a person gives for it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

import pytest

from sjt.rules.access import Role
from sjt.rules.attempt import State, state
from sjt.services import outages, timekeeping
from sjt.stores import attempts, gaps
from sjt.stores import tables as t
from tests.saved import Booked, Room, Typist, saved_room
from tests.saved_invigilation import Hands, attempt_at, running, saved_seats, small_room
from tests.site import MORNING, Site


@pytest.fixture
def room(site: Site) -> Room:
    return saved_room(site)


@pytest.fixture
def booked(room: Room) -> Booked:
    return room.seat()


@pytest.fixture
def typist(room: Room, booked: Booked) -> Typist:
    """A candidate at work whose page has been heard once."""
    at_work = Typist(room.begun(booked), booked.attempt_ref)
    at_work.post("beat", {})
    return at_work


def kept(room: Room) -> list[tuple[int, int, str]]:
    """The gaps: from and to in seconds after nine, and who told of them."""
    with room.site.reading() as conn:
        rows = conn.execute(t.gaps.select().order_by(t.gaps.c.id)).all()
    second = dt.timedelta(seconds=1)
    return [((row.began_at - MORNING) // second, (row.ended_at - MORNING) // second, row.told_by) for row in rows]


def later(room: Room, typist: Typist, seconds: int, **told: object) -> None:
    room.site.clock.advance(seconds=seconds)
    assert typist.post("beat", dict(told)).status_code == 200


@contextmanager
def nothing_changes(room: Room, booked: Booked) -> Iterator[None]:
    before = room.attempt(booked)
    yield
    assert room.attempt(booked) == before


def test_only_a_silence_of_more_than_45_seconds_is_a_gap(room: Room, booked: Booked, typist: Typist) -> None:
    with nothing_changes(room, booked):
        for seconds in (15, 45, 15):
            later(room, typist, seconds)
        assert kept(room) == []
        later(room, typist, 46)
    assert kept(room) == [(75, 121, "beats")]


def test_a_page_out_of_sight_is_heard_once_a_minute_and_that_is_no_gap(room: Room, typist: Typist) -> None:
    later(room, typist, 15, hidden=True)
    for _ in range(3):
        later(room, typist, 62, hidden=True)
    assert kept(room) == []
    later(room, typist, 91)
    assert kept(room) == [(201, 292, "beats")]


def test_what_the_page_says_counts_where_the_server_has_not_seen_it_itself(room: Room, typist: Typist) -> None:
    later(room, typist, 100, silent=98)
    assert kept(room) == [(0, 100, "beats")]  # the same outage, told twice
    for _ in range(4):
        later(room, typist, 15)
    later(room, typist, 15, silent=60)  # every beat came in, and no answer went out
    assert kept(room)[1:] == [(115, 175, "page")]
    later(room, typist, 15, silent=75)  # the answer to that one was lost as well
    assert len(kept(room)) == 2


@pytest.mark.parametrize("silent", [0, 44, -100, None])
def test_a_page_that_was_not_silent_for_long_tells_of_no_gap(room: Room, typist: Typist, silent: int | None) -> None:
    later(room, typist, 15, silent=silent)
    assert kept(room) == []


def test_what_a_page_says_is_bounded_by_begin(room: Room, typist: Typist) -> None:
    later(room, typist, 40)
    later(room, typist, 20, silent=10**30)
    assert kept(room) == [(0, 60, "page")]
    assert typist.post("beat", {"silent": "long"}).status_code == 400


def test_before_begin_no_gap_is_kept(room: Room, booked: Booked) -> None:
    client = room.enter(booked)
    room.admit(booked)
    room.open_gate(booked)
    page = client.get(f"/sit/{booked.attempt_ref}/confirm").get_data(as_text=True)
    token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    for _ in range(2):
        room.site.clock.advance(minutes=5)
        headers = {"X-CSRFToken": token, "Accept": "application/json"}
        assert client.post(f"/sit/{booked.attempt_ref}/beat", json={"silent": 200}, headers=headers).status_code == 200
    assert kept(room) == []


def test_a_gap_that_lies_within_a_pause_is_none_and_one_that_began_before_it_is(
    room: Room, booked: Booked, typist: Typist
) -> None:
    later(room, typist, 60)
    room.site.clock.advance(seconds=60)
    with room.site.writing() as conn:
        told = ("incident", "The power failed.", room.invigilator, "r-1", room.site.now())
        timekeeping.pause(conn, room.attempt(booked), *told)
    later(room, typist, 600)
    assert kept(room) == [(0, 60, "beats"), (60, 720, "beats")]
    later(room, typist, 600)
    assert len(kept(room)) == 2


def test_a_gap_ends_where_the_attempt_did(room: Room, booked: Booked, typist: Typist) -> None:
    room.site.clock.advance(minutes=118)
    later(room, typist, 0)
    later(room, typist, 600)
    assert kept(room)[1:] == [(7080, 7200, "beats")]
    later(room, typist, 600)
    assert len(kept(room)) == 2


def test_a_gap_that_many_heartbeats_end_at_once_is_kept_once(room: Room, booked: Booked, typist: Typist) -> None:
    room.site.clock.advance(seconds=300)
    with room.site.reading() as conn:
        held = room.attempt(booked)
        assert not gaps.covered(conn, held.id, MORNING, room.site.now(), dt.timedelta(seconds=45))
    for _ in range(3):
        later(room, typist, 0, silent=290)
    assert kept(room) == [(0, 300, "beats")]


# --- what a person gives for it
@pytest.fixture
def small(site: Site) -> Room:
    return small_room(site)


@pytest.fixture
def hands(small: Room) -> Hands:
    return Hands(small, small.invigilator)


def gap(room: Room, ref: str, began: int, seconds: int) -> int:
    """A gap of a seat that began so many seconds after nine; returns its id."""
    attempt, at = attempt_at(room.site, ref), MORNING + dt.timedelta(seconds=began)
    with room.site.writing() as conn:
        gaps.add(conn, attempt.sitting_id, attempt.id, at, at + dt.timedelta(seconds=seconds), gaps.BEATS)
        return max(one.id for one in gaps.uncredited(conn, attempt.sitting_id))


def listed(room: Room) -> list[int]:
    with room.site.reading() as conn:
        return [one.id for one in gaps.uncredited(conn, room.sitting[0])]


def ended(room: Room, ref: str) -> None:
    with room.site.writing() as conn:
        timekeeping.end(conn, attempt_at(room.site, ref).id, room.invigilator, "Taken ill", room.site.now())


def form(ids: list[int], seconds: dict[int, object] | None = None, **changes: object) -> dict[str, object]:
    told = {f"seconds-{one}": str((seconds or {}).get(one, 120)) for one in ids}
    return {"gap": [str(one) for one in ids], "reason": "The network failed.", "request": str(uuid.uuid4())} | (
        told | {"do": "give"} | changes
    )


def after(hands: Hands, **data: object) -> str:
    return unescape(hands.after("outage", **data))


def test_one_act_gives_time_to_whoever_sits_and_reopens_whoever_is_closed(small: Room, hands: Hands) -> None:
    at_work, finished = saved_seats(small, ["At work", "Finished"])
    running(small, [at_work, finished])
    small.site.clock.advance(minutes=10)
    gap(small, at_work, 60, 120)
    gap(small, finished, 60, 90)
    ended(small, finished)
    state_url = f"{hands.base}/board/state"
    assert hands.client.get(state_url).get_json()["outages"] == "2 not heard for a while: look"
    page = hands.see("outage")
    assert page.count("checked") == 2 and 'value="120"' in page and 'value="90"' in page
    assert "09:01:00" in page and "Closed: reopens for this long" in page
    ids = listed(small)
    told = after(hands, **form(ids, {ids[0]: 120, ids[1]: 100}))
    assert "Time is given back for 2" in told
    assert "2 min" in told and "1 min 40 s, reopened" in told and "The network failed." in told
    assert attempt_at(small.site, at_work).allowance.granted_seconds == 120
    reopened = attempt_at(small.site, finished)
    assert (state(reopened.facts, small.site.now()), reopened.reopened_seconds) == (State.PAUSED, 100)
    assert hands.client.get(state_url).get_json()["outages"] == ""
    for ref, kind in ((at_work, "granted"), (finished, "reopened")):
        with small.site.reading() as conn:
            assert attempts.chain(conn, attempt_at(small.site, ref))[-1].kind == kind


def test_a_double_press_gives_once(small: Room, hands: Hands) -> None:
    (ref,) = saved_seats(small, ["Amina Yusuf"])
    running(small, [ref])
    twice = form([gap(small, ref, 60, 120)])
    after(hands, **twice)
    assert "1 had been dealt with already" in after(hands, **twice)
    assert "dealt with already" in after(hands, **{**twice, "request": str(uuid.uuid4())})
    assert attempt_at(small.site, ref).allowance.granted_seconds == 120


def test_two_gaps_of_one_closed_attempt_are_both_given(small: Room, hands: Hands) -> None:
    (ref,) = saved_seats(small, ["Amina Yusuf"])
    running(small, [ref])
    gap(small, ref, 60, 120)
    gap(small, ref, 300, 60)
    small.site.clock.advance(minutes=10)
    ended(small, ref)
    ids = listed(small)
    after(hands, **form(ids, {ids[0]: 120, ids[1]: 60}))
    with small.site.writing() as conn:
        until = timekeeping.resume(conn, attempt_at(small.site, ref), None, small.site.now())
    assert until == small.site.now() + dt.timedelta(seconds=180)


def test_only_what_is_ticked_is_given(small: Room, hands: Hands) -> None:
    refs = saved_seats(small, ["Ann One", "Bea Two"])
    running(small, refs)
    first, second = (gap(small, ref, 60 + n, 120) for n, ref in enumerate(refs))
    after(hands, **{**form([first, second]), "gap": [str(second)]})
    assert [attempt_at(small.site, ref).allowance.granted_seconds for ref in refs] == [0, 120]
    assert listed(small) == [first]


def test_the_part_of_a_gap_in_which_the_clock_stood_is_not_proposed(small: Room, hands: Hands) -> None:
    half, whole = saved_seats(small, ["Half", "Whole"])
    running(small, [half, whole])
    small.site.clock.advance(seconds=100)
    with small.site.writing() as conn:
        for ref in (half, whole):
            told = ("incident", "x", small.invigilator, str(uuid.uuid4()), small.site.now())
            timekeeping.pause(conn, attempt_at(small.site, ref), *told)
    gap(small, half, 40, 600)
    gap(small, whole, 100, 300)
    page = hands.see("outage")
    assert 'value="60"' in page and "Whole" not in page
    assert hands.client.get(f"{hands.base}/board/state").get_json()["outages"] == "1 not heard for a while: look"


def test_nothing_owed_is_noted_with_a_reason_and_asked_no_more(small: Room, hands: Hands) -> None:
    (ref,) = saved_seats(small, ["Amina Yusuf"])
    running(small, [ref])
    one = gap(small, ref, 60, 120)
    assert "Noted for 1: no time is owed" in after(hands, **form([one], {one: "x"}, do="aside"))
    assert listed(small) == []
    assert attempt_at(small.site, ref).allowance.granted_seconds == 0
    with small.site.reading() as conn:
        assert attempts.chain(conn, attempt_at(small.site, ref))[-1].kind == "outage_set_aside"
    assert "dealt with already" in after(hands, **form([one]))


def test_a_reopening_that_nobody_used_leaves_its_gap_open_again(small: Room, hands: Hands) -> None:
    (ref,) = saved_seats(small, ["Amina Yusuf"])
    running(small, [ref])
    one = gap(small, ref, 60, 120)
    ended(small, ref)
    after(hands, **form([one]))
    assert listed(small) == []
    hands.after(f"seats/{ref}/end", reason="A mistake.", sure="y")
    assert listed(small) == [one]


def test_who_cannot_be_given_anything_is_named_and_the_others_are_given(small: Room, hands: Hands) -> None:
    refs = saved_seats(small, ["Ann One", "Bea Two"])
    running(small, refs)
    ids = [gap(small, ref, 60 + n, 120) for n, ref in enumerate(refs)]
    ended(small, refs[1])
    with small.site.writing() as conn:
        attempt = attempt_at(small.site, refs[1])
        conn.execute(t.releases.insert().values(
            ref="r" * 32, sitting_id=attempt.sitting_id, released_by=small.manager.id, released_at=small.site.now(),
            request_id="r-1",
        ))  # fmt: skip
        conn.execute(t.results.insert().values(_result(attempt.id)))
    told = after(hands, **form(ids))
    assert "Time is given back for 1." in told and "cannot be reopened" in told
    assert listed(small) == [ids[1]]
    assert "No time was given back" in after(hands, **form([ids[1]]))


def _result(attempt_id: int) -> dict[str, object]:
    required = {
        "ref": "e" * 32,
        "attempt_id": attempt_id,
        "release_id": 1,
        "version": 1,
        "outcome": "fail",
        "passed": 0,
        "of": 16,
    }
    return {**required, "reasons": [], "questions": []}


@pytest.mark.parametrize("seconds", ["", "0", "-5", "1.5", "x", "14401", "9" * 30, "\u0661"])
def test_seconds_that_cannot_be_given_come_back_beside_their_field(small: Room, hands: Hands, seconds: str) -> None:
    (ref,) = saved_seats(small, ["Amina Yusuf"])
    running(small, [ref])
    one = gap(small, ref, 60, 120)
    answer = hands.press("outage", **form([one], {one: seconds}))
    assert answer.status_code == 400
    assert "Give whole seconds, from 1 to 14400" in answer.get_data(as_text=True)
    assert listed(small) == [one]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"gap": []}, "Tick at least one seat"),
        ({"gap": ["x"]}, "Tick at least one seat"),
        ({"reason": ""}, "Give a reason"),
        ({"request": "x"}, "lost its number"),
    ],
)
def test_a_form_without_what_it_needs_gives_nothing(
    small: Room, hands: Hands, changes: dict[str, object], words: str
) -> None:
    (ref,) = saved_seats(small, ["Amina Yusuf"])
    running(small, [ref])
    answer = hands.press("outage", **{**form([gap(small, ref, 60, 120)]), **changes})
    assert answer.status_code == 400
    assert words in answer.get_data(as_text=True)
    assert attempt_at(small.site, ref).allowance.granted_seconds == 0


def test_nobody_outside_the_sitting_gives_time_back(small: Room) -> None:
    (ref,) = saved_seats(small, ["Amina Yusuf"])
    running(small, [ref])
    told = form([gap(small, ref, 60, 120)])
    for role in (Role.INVIGILATOR, Role.MARKER, Role.AUDITOR):
        stranger = small.site.signed_in(small.site.person(role))
        assert stranger.post(f"/invigilation/{small.sitting[1]}/outage", data=told).status_code in (400, 403)
        assert stranger.get(f"/invigilation/{small.sitting[1]}/outage").status_code == 403
    assert attempt_at(small.site, ref).allowance.granted_seconds == 0


def test_a_sitting_without_gaps_says_so(small: Room, hands: Hands) -> None:
    assert "Nobody was unheard" in hands.see("outage")


def test_the_sweep_lists_who_was_not_heard_in_the_last_hour(small: Room) -> None:
    early, late = saved_seats(small, ["Early", "Late"])
    running(small, [early, late])
    gap(small, early, 60, 120)
    gap(small, late, 7000, 60)
    gap(small, late, 7100, 50)
    with small.site.reading() as conn:
        lately = outages.lately(conn, MORNING + dt.timedelta(hours=2))
    assert lately == [(attempt_at(small.site, late).ref, 110)]
