"""The session report: register, times, acts and incidents of a sitting; its ledgers add up to the second."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import uuid

import pytest

from proctoring.replay import replay
from sjt.rules.access import Role
from sjt.services import documents
from sjt.stores import attempts
from tests.saved import Room
from tests.saved_invigilation import Hands, attempt_at, running, saved_seats, small_room
from tests.site import Site


@pytest.fixture
def room(site: Site) -> Room:
    return small_room(site)


def rows(hands: Hands) -> list[dict[str, str]]:
    text = hands.client.get(f"{hands.base}/session.csv").get_data().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))


def assert_adds_up(site: Site, ref: str, lines: list[dict[str, str]]) -> None:
    """The lines of one seat add up to its deadline, which the evidence alone gives as well."""
    with site.reading() as conn:
        attempt = attempt_at(site, ref)
        replayed = replay(json.loads(event.payload) for event in attempts.chain(conn, attempt))
    since = next(line for line in lines if line["what"] == "The clock starts")
    total = next(line for line in lines if line["what"] == "In all, and the deadline")
    given = [int(line["seconds"]) for line in lines if line["seconds"] and line is not total]
    assert sum(given) == int(total["seconds"])
    assert moment(since["at"]) + dt.timedelta(seconds=sum(given)) == moment(total["until"])
    assert replayed.deadline is not None and replayed.deadline.replace(microsecond=0) == moment(total["until"])


def test_the_times_add_up_to_the_second_and_agree_with_the_evidence(room: Room) -> None:
    refs = saved_seats(room, ["Ann One", "Bea Two"], percent=25)
    room.site.clock.advance(seconds=0.75)
    running(room, refs)
    hands = Hands(room, room.invigilator)
    for broken in (10.4, 20.3, 30.7):
        hands.press(f"seats/{refs[0]}/pause", kind="incident", reason="Noise", request=str(uuid.uuid4()))
        room.site.clock.advance(seconds=broken)
        hands.press(f"seats/{refs[0]}/resume")
        room.site.clock.advance(seconds=60.2)
    hands.press(f"seats/{refs[0]}/grant", minutes="7", reason="A slow start", request=str(uuid.uuid4()))
    hands.press(f"seats/{refs[1]}/end", reason="Unwell", sure="y")
    found = rows(hands)
    for number, ref in enumerate(refs, 1):
        mine = [line for line in found if line["section"] == "time" and line["seat"] == str(number)]
        assert_adds_up(room.site, ref, mine)
    paused = [int(line["seconds"]) for line in found if line["what"] == "Pause given back"]
    assert len(paused) == 3 and sum(paused) in (61, 62)
    assert ("act", "Ended by staff", "Unwell") in {(one["section"], one["what"], one["detail"]) for one in found}
    assert any(line["what"].startswith("Extra time") for line in found if line["section"] == "adjustment")


def test_the_page_the_pdf_and_the_csv_tell_of_the_same_sitting(room: Room) -> None:
    refs = saved_seats(room, ["Ann One", "=HYPERLINK(1)"])
    running(room, refs[:1])
    hands = Hands(room, room.invigilator)
    hands.after("presence/in")
    assert "Not yet: this report may still change" in hands.see("session")
    hands.press(f"seats/{refs[0]}/end", reason="Finished", sure="y")
    hands.after("sign-off", sure="y")
    page = hands.see("session")
    assert all(words in page for words in ("Ann One", "Finished", "In the room", room.invigilator.name))
    assert "may still change" not in page
    found = rows(hands)
    assert any(line["section"] == "sign_off" and line["by"] == room.invigilator.name for line in found)
    assert any(line["name"] == "'=HYPERLINK(1)" and line["what"] == "Absent" for line in found)
    made = hands.client.get(f"{hands.base}/session.pdf")
    assert made.data.startswith(b"%PDF") if documents.available() else made.status_code == 503


def test_who_is_not_named_for_a_sitting_does_not_read_its_report(room: Room) -> None:
    saved_seats(room, ["Ann One"])
    stranger, marker = room.site.person(Role.INVIGILATOR), room.site.person(Role.MARKER)
    auditor = room.site.person(Role.AUDITOR)
    for form in ("session", "session.csv", "session.pdf"):
        for person in (stranger, marker):
            answer = room.site.signed_in(person).get(f"/invigilation/{room.sitting[1]}/{form}")
            assert answer.status_code == 403
    assert Hands(room, auditor).see("session") and "Sign off" not in Hands(room, auditor).see("session")
