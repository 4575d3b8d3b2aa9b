"""The strip of time over HTTP: every boundary of a candidate's time at −1 s, 0 and +1 s."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from sjt.services import timekeeping
from sjt.stores import tables as t
from tests.saved import Booked, Room, Typist, saved_room
from tests.saved_invigilation import Hands
from tests.site import Site, csrf

BASE, GRACE, WINDOW = 120 * 60, 5, 20  # seconds
TAKEN, REFUSED = 200, 409
STRIP = (-1, 0, 1)


@pytest.fixture
def room(site: Site) -> Room:
    return saved_room(site)


@pytest.fixture
def hands(room: Room) -> Hands:
    return Hands(room, room.invigilator)


class Watch:
    """Moves the site's clock to seconds since Begin."""

    def __init__(self, room: Room) -> None:
        self.clock, self.start = room.site.clock, room.site.now()

    def to(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds - (self.clock.now() - self.start).total_seconds())


class Page(Typist):
    """A typist who has opened the first page only: a strip needs many candidates and one answer of each."""

    def __init__(self, client: FlaskClient, attempt_ref: str) -> None:
        self.client, self.base, self.attempt_ref = client, f"/sit/{attempt_ref}", attempt_ref
        page = client.get(f"{self.base}/scenario/1").get_data(as_text=True)
        self.token = page.partition('data-csrf="')[2].partition('"')[0]
        self.questions = [page.partition('data-question="')[2].partition('"')[0]]
        self.revisions = dict.fromkeys(self.questions, 0)
        self.lease = self.post("lease", {}).get_json()["lease"]


def sitting(room: Room, number: int = 1) -> tuple[Booked, Typist]:
    """A candidate whose clock runs, and their page."""
    booked = room.seat(f"Candidate {number}", number)
    return booked, Page(room.begun(booked), booked.attempt_ref)


def save(typist: Typist) -> int:
    return typist.save({typist.questions[0]: f"text {typist.revisions[typist.questions[0]]}"}).status_code


def beat(typist: Typist) -> tuple[str, int]:
    told = typist.post("beat", {}).get_json()
    return told["state"], told["seconds_left"]


def saves_at(watch: Watch, typist: Typist, boundary: float) -> list[int]:
    """The statuses of saves around a boundary, in seconds since Begin."""
    statuses = []
    for off in STRIP:
        watch.to(boundary + off)
        statuses.append(save(typist))
    return statuses


def pause(hands: Hands, booked: Booked, kind: str = "incident") -> None:
    told = {"kind": kind, "reason": "It froze.", "request": str(uuid.uuid4())}
    assert hands.press(f"seats/{booked.seat_ref}/pause", **told).status_code == 303


def resume(hands: Hands, booked: Booked) -> None:
    assert hands.press(f"seats/{booked.seat_ref}/resume").status_code == 303


def grant(hands: Hands, booked: Booked, minutes: int) -> bool:
    """Whether the attempt was given more minutes."""
    told = {"minutes": str(minutes), "reason": "Fire bell", "request": str(uuid.uuid4())}
    before = hands.client.get(f"{hands.base}/board/state").get_json()["seats"][booked.seat_ref]["finish"]
    hands.press(f"seats/{booked.seat_ref}/grant", **told)
    return bool(hands.client.get(f"{hands.base}/board/state").get_json()["seats"][booked.seat_ref]["finish"] != before)


class Office:
    """A manager at the candidates' pages."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.client: FlaskClient = room.site.signed_in(room.manager)
        self.token = csrf(self.client, "/manage/candidates/new")

    def approve(self, booked: Booked, kind: str, value: int) -> None:
        """Approve an adjustment in force from today."""
        with self.room.site.reading() as conn:
            of_seat = sa.select(t.candidates.c.ref).join(t.seats).where(t.seats.c.id == booked.seat_id)
            ref = conn.execute(of_seat).scalar_one()
        told = {"csrf_token": self.token, "kind": kind, "value": str(value), "first_day": "2026-11-23"}
        assert self.client.post(f"/manage/candidates/{ref}/adjustments", data=told).status_code == 303


@pytest.fixture
def office(room: Room) -> Office:
    return Office(room)


def allowed(room: Room, booked: Booked) -> float:
    """Seconds from Begin to the deadline."""
    held = room.attempt(booked)
    assert held.deadline is not None and held.started_at is not None
    return (held.deadline - held.started_at).total_seconds()


# --- deadline and grace
def test_at_the_deadline_the_paper_goes_and_last_words_are_still_taken(room: Room) -> None:
    _, typist = sitting(room)
    watch = Watch(room)
    pages, left = [], []
    for off in STRIP:
        watch.to(BASE + off)
        page = typist.client.get(f"{typist.base}/scenario/1")
        pages.append((page.status_code, page.headers.get("Location", "").rpartition("/")[2], *beat(typist)))
        left.append(typist.save({typist.questions[0]: f"at {off}"}).get_json()["seconds_left"])
    assert pages == [(200, "", "running", 1), (303, "closing", "running", 0), (303, "closing", "running", 0)]
    assert left == [1, 0, 0]


def test_the_grace_ends_for_saves_state_and_script_at_one_moment(room: Room) -> None:
    booked, typist = sitting(room)
    watch = Watch(room)
    seen = []
    for off in STRIP:
        watch.to(BASE + GRACE + off)
        seen.append((save(typist), beat(typist)[0]))
    assert seen == [(TAKEN, "running"), (TAKEN, "running"), (REFUSED, "expired")]
    assert timekeeping.sweep(room.site.product.database, room.site.now()) == 1
    held = room.attempt(booked)
    assert held.finished_at == held.deadline
    with room.site.reading() as conn:
        assert sorted(conn.scalars(sa.select(t.responses.c.text)))[-1] == "text 1"


def test_a_paper_is_handed_in_to_the_end_of_the_grace_and_finished_at_the_deadline(room: Room) -> None:
    seats = [sitting(room, number) for number in (1, 2, 3)]
    tokens = [csrf(typist.client, f"{typist.base}/review") for _, typist in seats]
    watch = Watch(room)
    statuses = []
    for off, (_, typist), token in zip(STRIP, seats, tokens, strict=True):
        watch.to(BASE + GRACE + off)
        statuses.append(typist.client.post(f"{typist.base}/submit", data={"csrf_token": token}).status_code)
    assert statuses == [303, 303, REFUSED]
    held = [room.attempt(booked) for booked, _ in seats]
    assert [one.closed_as for one in held] == ["submitted", "submitted", None]
    assert [one.finished_at for one in held[:2]] == [one.deadline for one in held[:2]]


# --- pauses
def test_the_window_after_a_pause(room: Room, hands: Hands) -> None:
    booked, typist = sitting(room)
    watch = Watch(room)
    watch.to(1000)
    pause(hands, booked)
    assert typist.client.get(f"{typist.base}/scenario/1").headers["Location"].endswith("/paused")
    assert saves_at(watch, typist, 1000 + WINDOW) == [TAKEN, TAKEN, REFUSED]


def test_the_window_after_a_pause_at_the_end_is_cut_by_deadline_and_grace(room: Room, hands: Hands) -> None:
    booked, typist = sitting(room)
    watch = Watch(room)
    watch.to(BASE - 10)
    pause(hands, booked)
    assert saves_at(watch, typist, BASE + GRACE) == [TAKEN, TAKEN, REFUSED]
    assert beat(typist) == ("paused", 10)


def test_in_the_window_after_a_pause_a_save_tells_the_time_that_the_heartbeat_tells(room: Room, hands: Hands) -> None:
    """The page sets its clock by both."""
    booked, typist = sitting(room)
    watch = Watch(room)
    watch.to(1000)
    pause(hands, booked)
    for off in STRIP:
        watch.to(1010 + off)
        saved = typist.save({typist.questions[0]: f"at {off}"}).get_json()
        told = typist.post("beat", {}).get_json()
        assert (saved["seconds_left"], saved["finish"]) == (told["seconds_left"], told["finish"])


def test_after_a_pause_the_same_strip_stands_later_by_its_length(room: Room, hands: Hands) -> None:
    booked, typist = sitting(room)
    watch = Watch(room)
    watch.to(BASE - 1)
    pause(hands, booked)
    watch.to(BASE - 1 + 600)
    resume(hands, booked)
    assert saves_at(watch, typist, BASE + 600) == [TAKEN, TAKEN, TAKEN]
    assert saves_at(watch, typist, BASE + 600 + GRACE) == [TAKEN, TAKEN, REFUSED]


def test_a_clock_is_stopped_to_the_end_of_the_grace_and_not_after_it(room: Room, hands: Hands) -> None:
    seats = [sitting(room, number) for number in (1, 2, 3)]
    watch = Watch(room)
    for off, (booked, _) in zip(STRIP, seats, strict=True):
        watch.to(BASE + GRACE + off)
        told = {"kind": "incident", "reason": "It froze.", "request": str(uuid.uuid4())}
        hands.press(f"seats/{booked.seat_ref}/pause", **told)
    assert [beat(typist)[0] for _, typist in seats] == ["paused", "paused", "expired"]


def test_no_time_left_before_a_pause_is_none_after_it(room: Room, hands: Hands) -> None:
    booked, typist = sitting(room)
    watch = Watch(room)
    watch.to(BASE)
    pause(hands, booked)
    watch.to(BASE + 600)
    resume(hands, booked)
    assert beat(typist) == ("running", 0)
    assert typist.client.get(f"{typist.base}/scenario/1").headers["Location"].endswith("/closing")
    assert saves_at(watch, typist, BASE + 600 + GRACE) == [TAKEN, TAKEN, REFUSED]


# --- extra minutes
def test_minutes_granted_before_the_end_move_the_whole_strip(room: Room, hands: Hands) -> None:
    booked, typist = sitting(room)
    watch = Watch(room)
    watch.to(BASE - 1)
    assert grant(hands, booked, 10)
    assert saves_at(watch, typist, BASE + 600) == [TAKEN, TAKEN, TAKEN]
    assert saves_at(watch, typist, BASE + 600 + GRACE) == [TAKEN, TAKEN, REFUSED]


def test_minutes_are_granted_to_the_end_of_the_grace_and_not_after_it(room: Room, hands: Hands) -> None:
    seats = [sitting(room, number) for number in (1, 2, 3)]
    watch = Watch(room)
    given = []
    for off, (booked, _) in zip(STRIP, seats, strict=True):
        watch.to(BASE + GRACE + off)
        given.append(grant(hands, booked, 10))
    assert given == [True, True, False]
    assert [allowed(room, booked) - BASE for booked, _ in seats] == [600, 600, 0]
    assert [save(typist) for _, typist in seats] == [TAKEN, TAKEN, REFUSED]


def test_the_end_of_the_booking_cuts_nobody_short(room: Room, hands: Hands) -> None:
    booked, typist = sitting(room)
    watch = Watch(room)
    assert grant(hands, booked, 240) and grant(hands, booked, 60)
    assert saves_at(watch, typist, 6 * 3600) == [TAKEN, TAKEN, TAKEN]  # the sitting is booked to this second
    assert saves_at(watch, typist, 7 * 3600 + GRACE) == [TAKEN, TAKEN, REFUSED]


# --- percentages
def test_a_percentage_approved_around_the_last_minute_counts_whole(room: Room, office: Office) -> None:
    """25% gives 150 of 120."""
    seats = [sitting(room, number) for number in (1, 2, 3)]
    watch = Watch(room)
    for off, (booked, _) in zip(STRIP, seats, strict=True):
        watch.to(BASE + off)
        office.approve(booked, "extra_time_percent", 25)
    assert [allowed(room, booked) for booked, _ in seats] == [150 * 60] * 3
    assert saves_at(watch, seats[1][1], 150 * 60 + GRACE) == [TAKEN, TAKEN, REFUSED]


def test_a_percentage_approved_after_the_grace_opens_nothing_that_is_closed_by_rule(room: Room, office: Office) -> None:
    """Whether the sweep has written it down already must make no difference."""
    seats = [sitting(room, number) for number in (1, 2, 3)]
    watch = Watch(room)
    for off, (booked, _) in zip(STRIP, seats, strict=True):
        watch.to(BASE + GRACE + off)
        office.approve(booked, "extra_time_percent", 25)
    assert [beat(typist)[0] for _, typist in seats] == ["running", "running", "expired"]
    assert [save(typist) for _, typist in seats] == [TAKEN, TAKEN, REFUSED]


# --- rest breaks
def test_the_rest_allowance_stops_the_clock_to_its_last_second(room: Room, hands: Hands, office: Office) -> None:
    booked, typist = sitting(room)
    office.approve(booked, "rest_minutes", 10)
    watch = Watch(room)
    watch.to(1000)
    pause(hands, booked, "rest")
    seen = []
    for off in STRIP:
        watch.to(1000 + 600 + off)
        seen.append(beat(typist))
    assert seen == [("paused", BASE - 1000), ("paused", BASE - 1000), ("paused", BASE - 1001)]


def test_what_a_rest_break_gives_back_is_counted_to_the_second(room: Room, hands: Hands, office: Office) -> None:
    seats = [sitting(room, number) for number in (1, 2, 3)]
    for booked, _ in seats:
        office.approve(booked, "rest_minutes", 10)
    watch = Watch(room)
    watch.to(1000)
    for booked, _ in seats:
        pause(hands, booked, "rest")
    for off, (_, typist) in zip(STRIP, seats, strict=True):
        watch.to(1000 + 600 + off)
        page = f"{typist.base}/paused"
        form = {"csrf_token": csrf(typist.client, page)}
        assert typist.client.post(f"{typist.base}/resume", data=form).status_code == 303
    assert [allowed(room, booked) - BASE for booked, _ in seats] == [599, 600, 600]
    assert saves_at(watch, seats[2][1], BASE + 600 + GRACE) == [TAKEN, TAKEN, REFUSED]
