"""At the door: the document of the gateway, eligibility once more, who is late, and the notice of a remote sitting."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from proctoring.events import first_break
from sjt.services.delivery import remote_notice
from sjt.stores import attempts
from sjt.stores import tables as t
from tests.saved import Room, saved_room
from tests.saved_invigilation import Hands, attempt_at, saved_seats, small_room
from tests.site import Site, csrf


@pytest.fixture
def room(site: Site) -> Room:
    return small_room(site)


def change(room: Room, table: sa.Table, **values: object) -> None:
    with room.site.writing() as conn:
        conn.execute(table.update().values(**values))


def stored(room: Room, *columns: sa.Column[object]) -> tuple[object, ...]:
    with room.site.reading() as conn:
        return tuple(conn.execute(sa.select(*columns)).one())


def test_the_document_is_compared_with_the_kind_seen_at_the_gateway(room: Room) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    change(room, t.candidates, photo_id="passport")
    hands = Hands(room, room.invigilator)
    assert "Seen at the gateway: passport" in hands.see("register")
    words = hands.after(f"seats/{ref}/identity", document="work_card")
    assert "At the gateway it was another kind (Passport)" in words and "Another kind than at the gateway" in words
    assert stored(room, t.seats.c.identity_document, t.seats.c.identity_result) == ("work_card", "another")
    hands.after(f"seats/{ref}/undo", step="undo_identity")
    assert stored(room, t.seats.c.identity_result) == (None,)
    hands.after(f"seats/{ref}/identity", document="passport")
    assert stored(room, t.seats.c.identity_result) == ("as_recorded",)


def test_what_the_booking_stood_on_is_looked_at_again_before_anybody_is_admitted(room: Room) -> None:
    (ref,) = saved_seats(room, ["Amina Yusuf"])
    hands = Hands(room, room.invigilator)
    hands.after(f"seats/{ref}/identity", document="passport")
    change(room, t.candidates, gateway_complete_at=None, gateway_by=None)
    assert "their gateway was taken back" in hands.after(f"seats/{ref}/admit")
    change(room, t.candidates, gateway_complete_at=room.site.now(), gateway_by=room.manager.id, pathway="residential")
    assert "their paper was drawn for community" in hands.after(f"seats/{ref}/admit")
    change(room, t.candidates, pathway="community")
    room.site.clock.advance(hours=7)
    late = Hands(room, room.invigilator)
    assert "the sitting is over" in late.after(f"seats/{ref}/admit")
    assert stored(room, t.seats.c.admitted_at) == (None,)


def test_whoever_is_late_has_the_full_time_and_very_late_is_kept_for_the_report(room: Room) -> None:
    late, very_late = saved_seats(room, ["Amina Yusuf", "Ben Okoro"])  # the writing was to start 40 minutes ago
    hands = Hands(room, room.invigilator)
    for ref in (late, very_late):
        hands.after(f"seats/{ref}/identity", document="passport")
    assert "They came 40 min after the start and have their full time." in hands.after(f"seats/{late}/admit")
    room.site.clock.advance(minutes=21)
    assert "very late: 61 min after the start" in hands.after(f"seats/{very_late}/admit")
    with room.site.reading() as conn:
        kept = conn.execute(sa.select(t.incidents.c.kind, t.incidents.c.attempt_id, t.incidents.c.words)).all()
    assert [(one.kind, one.attempt_id) for one in kept] == [("late", attempt_at(room.site, very_late).id)]
    assert "within 7 working days" in kept[0].words
    assert attempt_at(room.site, very_late).allowance.base_minutes == 120


def test_a_candidate_of_a_remote_sitting_reads_and_accepts_the_notice_before_the_waiting_room(site: Site) -> None:
    room = saved_room(site)
    change(room, t.sittings, remote=True, meeting="https://call.example.org/2")
    booked = room.seat()
    client, hands = room.enter(booked), Hands(room, room.invigilator)
    page, register = f"/sit/{booked.attempt_ref}", "https://call.example.org/2"
    assert register in hands.see("register")
    hands.after(f"seats/{booked.seat_ref}/identity", document="passport")
    assert "have not accepted the notice" in hands.after(f"seats/{booked.seat_ref}/admit")
    client.post(f"{page}/confirm", data={"csrf_token": csrf(client, f"{page}/confirm")})
    assert client.get(f"{page}/waiting").headers["Location"] == f"{page}/notice"
    notice = client.get(f"{page}/notice").text
    assert "Nothing of the call is recorded" in notice and "in a room or on paper instead" in notice
    token = csrf(client, f"{page}/notice")
    refused = client.post(f"{page}/notice", data={"csrf_token": token})
    assert refused.status_code == 400 and "Tick this to go on" in refused.text
    for _ in range(2):
        answered = client.post(f"{page}/notice", data={"csrf_token": token, "agreed": "y"})
        assert answered.headers["Location"] == f"{page}/waiting"
    assert client.get(f"{page}/waiting").status_code == 200 and "You agreed at" in client.get(f"{page}/notice").text
    assert "is admitted" in hands.after(f"seats/{booked.seat_ref}/admit")
    version, at, digest = stored(
        room, t.notices_accepted.c.version, t.notices_accepted.c.accepted_at, t.notices_accepted.c.sha256
    )
    assert (version, at, digest) == (remote_notice.VERSION, site.now(), remote_notice.sha256())
    with site.reading() as conn:
        attempt = room.attempt(booked)
        chain = attempts.chain(conn, attempt)
    assert [one.kind for one in chain].count("notice_accepted") == 1
    assert first_break(attempt.ref, chain, attempt.head) is None


def test_a_sitting_in_a_room_asks_for_no_notice(site: Site) -> None:
    room = saved_room(site)
    booked = room.seat()
    assert room.enter(booked).get(f"/sit/{booked.attempt_ref}/waiting").status_code == 200
