"""The answer protocol (docs/protocol.md) attacked over HTTP: whatever comes, nothing is lost and nothing falls over."""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
import random
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import itsdangerous
import pytest
import rfc8785
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sjt.services.delivery import answers
from sjt.stores import saving, scripts
from sjt.stores import tables as t
from sjt.stores.saving import Item
from tests.at_once import at_once
from tests.saved import Booked, Room, Typist, saved_room
from tests.saved_invigilation import Hands
from tests.site import Site, csrf

SEED = 20_261_123
JSON = "application/json"
Journal = dict[tuple[str, int], str]  # question and revision -> text


@pytest.fixture
def room(site: Site) -> Room:
    return saved_room(site)


@pytest.fixture
def booked(room: Room) -> Booked:
    return room.seat()


class Page(Typist):
    """A typist who need not turn every page to know what the paper asks."""

    def __init__(self, room: Room, client: FlaskClient, attempt_ref: str) -> None:
        self.client, self.base, self.attempt_ref = client, f"/sit/{attempt_ref}", attempt_ref
        page = client.get(f"{self.base}/scenario/1").get_data(as_text=True)
        self.token = page.partition('data-csrf="')[2].partition('"')[0]
        with room.site.reading() as conn:
            self.questions = list(answers.sat(conn, attempt_ref).questions)
        self.revisions = dict.fromkeys(self.questions, 0)
        self.lease = self.post("lease", {}).get_json()["lease"]


def page_of(room: Room, booked: Booked) -> Page:
    """The page of a candidate whose clock runs."""
    return Page(room, room.begun(booked), booked.attempt_ref)


@pytest.fixture
def typist(room: Room, booked: Booked) -> Page:
    return page_of(room, booked)


def journal(site: Site, attempt_ref: str) -> Journal:
    """Every answer that stands in the journal of an attempt."""
    q, v, a = t.questions.c, t.question_versions.c, t.answers.c
    query = (
        sa.select(q.slug, v.number, a.revision, a.text, a.text_hash)
        .select_from(t.answers)
        .join(t.attempts, t.attempts.c.id == a.attempt_id)
        .join(t.question_versions, v.id == a.question_version_id)
        .join(t.questions, q.id == v.question_id)
        .where(t.attempts.c.ref == attempt_ref)
    )
    with site.reading() as conn:
        rows = conn.execute(query).all()
    assert all(sha256(row.text) == row.text_hash for row in rows)
    return {(f"{row.slug}@{row.number}", row.revision): row.text for row in rows}


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def send(typist: Typist, raw: bytes, path: str = "save", **headers: str) -> TestResponse:
    """Send bytes as they are."""
    told = {"X-CSRFToken": typist.token, "Accept": JSON, "Content-Type": JSON, **headers}
    return typist.client.post(f"{typist.base}/{path}", data=raw, headers=told)


# --- whatever comes: a sound save with something done to it, drawn at random and the same again from its seed
ODD: list[Any] = [
    None, True, False, -1, 0, 1.5, 2, 2**31 - 1, 2**31, 2**63 - 1, 2**63, 2**64, 10**30, 1e308, -(2**63) - 1, 1_000_001,
    "", "1", "x", "\0", "\ud800", "\U0001f44d", "٣", "' OR 1=1 --", "../..", "%s", [], [[]], {}, {"$gt": 0}, [None],
]  # fmt: skip
TEXTS = [
    "", " ", "plain", "👩\u200d👩\u200d👧", "שלום", "a\r\nb\rc\n", "e\u0301 é", "\u202eabc\u202c", "\ufeffx", "\uffff",
    "trailing \t ", "a\0b", "\ud83d", "x" * 20_000, "x" * 20_001, "\U0001f44d" * 20_000, "\\u0000", '"}],"lease":0',
]  # fmt: skip
CONTENT_TYPES = [
    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x", "",
    "application/json; charset=utf-16", "application/octet-stream", "\u00e9", "application/json; charset=nonsense",
]  # fmt: skip
Sound = dict[str, Any]
Change = Callable[[random.Random, Sound], Any]
Damage = Callable[[random.Random, bytes], bytes]


def sound(chance: random.Random, typist: Typist) -> Sound:
    """A save as the page would send it, or nearly: its revisions may be old, taken or far ahead."""
    answers = [
        {
            "question": code,
            "revision": max(1, typist.revisions[code] + chance.choice([1, 1, 1, 1, 0, -1, 2, 50])),
            "text": chance.choice(TEXTS[:6]) + str(chance.random()),
        }
        for code in chance.sample(typist.questions, chance.randint(1, 4))
    ]
    return {"attempt": typist.attempt_ref, "lease": typist.lease, "answers": answers}


def an_odd_value(chance: random.Random, body: Sound) -> Sound:
    place = chance.choice([body, chance.choice(body["answers"])])
    place[chance.choice(sorted(place))] = chance.choice(ODD)
    return body


def an_odd_text(chance: random.Random, body: Sound) -> Sound:
    chance.choice(body["answers"])["text"] = chance.choice(TEXTS)
    return body


def a_missing_key(chance: random.Random, body: Sound) -> Sound:
    place = chance.choice([body, chance.choice(body["answers"])])
    del place[chance.choice(sorted(place))]
    return body


def another_key(chance: random.Random, body: Sound) -> Sound:
    chance.choice([body, body["answers"][0]])[chance.choice(["extra", "", "__proto__", "Lease"])] = chance.choice(ODD)
    return body


def a_foreign_question(chance: random.Random, body: Sound) -> Sound:
    answer = chance.choice(body["answers"])
    slug, _, number = answer["question"].partition("@")
    answer["question"] = chance.choice([slug, f"{slug}@0", f"{slug}@{number}0", f"{slug}@{number} ", slug.upper(), "1"])
    return body


def too_many(chance: random.Random, body: Sound) -> Sound:
    body["answers"] = (body["answers"] * 50)[: chance.choice([2, 40, 41, 50])]
    return body


def something_else(chance: random.Random, body: Sound) -> Any:
    return chance.choice([*ODD, body["answers"], [body], json.dumps(body)])


def unchanged(_: random.Random, body: Sound) -> Sound:
    return body


CHANGES: list[Change] = [
    an_odd_value, an_odd_value, an_odd_text, an_odd_text, a_missing_key, another_key, a_foreign_question, too_many,
    something_else, unchanged, unchanged, unchanged,
]  # fmt: skip


def cut(chance: random.Random, raw: bytes) -> bytes:
    return raw[: chance.randrange(len(raw))]


def a_flipped_bit(chance: random.Random, raw: bytes) -> bytes:
    place = chance.randrange(len(raw))
    return raw[:place] + bytes([raw[place] ^ (1 << chance.randrange(8))]) + raw[place + 1 :]


def no_utf8(chance: random.Random, raw: bytes) -> bytes:
    """Bytes that are none, half a sequence, an overlong one, a surrogate's and one beyond Unicode."""
    place = chance.randrange(len(raw))
    bad = chance.choice([b"\xff", b"\xc3", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\0", b"\x80"])
    return raw[:place] + bad + raw[place:]


def a_doubled_key(chance: random.Random, raw: bytes) -> bytes:
    return chance.choice(
        [
            raw.replace(b'"lease":', b'"lease": 0, "lease":', 1),
            raw.replace(b'"text":', b'"text": "the first of two", "text":', 1),
            raw.replace(b'"attempt":', b'"attempt": "x", "attempt":', 1),
            raw.replace(b'"answers":', b'"answers": [], "answers":', 1),
        ]
    )


def deep(chance: random.Random, raw: bytes) -> bytes:
    nest = chance.choice([b"[", b'{"a":', b'{"answers":['])
    return chance.choice([b"", b'{"lease":', b'{"answers":[', b'{"x":', raw]) + nest * chance.choice(
        [50, 2_000, 50_000]
    )


def a_huge_number(chance: random.Random, raw: bytes) -> bytes:
    number = chance.choice(
        [b"9" * 5_000, b"1e999", b"-1e400", b"1" + b"0" * 40, b"0.1", b"-0", b"NaN", b"Infinity", b"01"]
    )
    key = chance.choice([b'"lease": ', b'"revision": '])
    return raw.replace(key, key + number + b', "x": ', 1) if chance.random() < 0.2 else _number(raw, key, number)


def _number(raw: bytes, key: bytes, number: bytes) -> bytes:
    before, found, after = raw.partition(key)
    return before + found + number + after.lstrip(b"-0123456789") if found else raw


def another_encoding(chance: random.Random, raw: bytes) -> bytes:
    return raw.decode().encode(chance.choice(["utf-16", "utf-32", "utf-8-sig", "cp037", "utf-7"]))


def no_json(chance: random.Random, raw: bytes) -> bytes:
    return chance.choice([b"", b" ", b"\0", b"null", raw + raw, raw + b"x", b"'" + raw + b"'", chance.randbytes(300)])


DAMAGES: list[Damage] = [
    cut, a_flipped_bit, a_flipped_bit, no_utf8, a_doubled_key, deep, a_huge_number, another_encoding, no_json,
]  # fmt: skip


def drawn(chance: random.Random, typist: Typist) -> tuple[bytes, dict[str, str]]:
    """A body and its headers. Surrogates and NUL go out escaped; what is not escaped goes out as UTF-8."""
    changed = chance.choice(CHANGES)(chance, copy.deepcopy(sound(chance, typist)))
    raw = json.dumps(changed).encode()
    if chance.random() < 0.4:
        raw = chance.choice(DAMAGES)(chance, raw)
    headers = {"Content-Type": chance.choice(CONTENT_TYPES)} if chance.random() < 0.1 else {}
    return raw, headers


class Attack:
    """Sends bodies, and notes what was acknowledged and what went wrong."""

    def __init__(self, typist: Typist) -> None:
        self.typist = typist
        self.acknowledged: Journal = {}
        self.faults: list[tuple[int, int, bytes]] = []
        self.taken = self.refused = 0

    def go(self, bodies: int) -> None:
        for number in range(bodies):
            raw, headers = drawn(random.Random(SEED + number), self.typist)
            response = send(self.typist, raw, **headers)
            if response.status_code == 200:
                self.taken += 1
                self._note(json.loads(raw), response)
            elif 400 <= response.status_code < 500:
                self.refused += 1
            else:
                self.faults.append((number, response.status_code, raw[:300]))

    def _note(self, sent: Sound, response: TestResponse) -> None:
        texts = {answer["question"]: answer["text"] for answer in sent["answers"]}
        for kept in response.get_json()["kept"]:
            self.typist.revisions[kept["question"]] = max(self.typist.revisions[kept["question"]], kept["revision"])
            if kept["status"] == "saved":
                self.acknowledged[kept["question"], kept["revision"]] = texts[kept["question"]]
                assert kept["sha256"] == sha256(texts[kept["question"]])
            else:
                assert self.acknowledged[kept["question"], kept["revision"]] == kept["text"]


@pytest.mark.parametrize("bodies", [400, pytest.param(10_000, marks=pytest.mark.long)])
def test_whatever_comes_is_taken_or_refused_and_the_journal_holds_what_was_acknowledged(
    room: Room, typist: Typist, bodies: int
) -> None:
    attack = Attack(typist)
    attack.go(bodies)
    assert attack.faults == [], f"{len(attack.faults)} of {bodies} bodies; each is drawn from seed {SEED} + its number"
    assert attack.taken > bodies // 8 < attack.refused  # the attack reached both sides
    assert journal(room.site, typist.attempt_ref) == attack.acknowledged


NUMBERS = [2**31, 2**63 - 1, 2**63, 2**64 - 1, -(2**63), -1]


def test_a_lease_of_any_size_is_refused_and_is_no_fault(room: Room, typist: Typist) -> None:
    statuses = {lease: typist.save({typist.questions[0]: "x"}, lease=lease).status_code for lease in NUMBERS}
    assert {lease: status for lease, status in statuses.items() if not 400 <= status < 500} == {}
    assert journal(room.site, typist.attempt_ref) == {}


def test_a_body_of_any_depth_is_refused_and_is_no_fault(typist: Typist) -> None:
    raw = b'{"x":' + b"[" * 100_000
    statuses = {path: send(typist, raw, path).status_code for path in ("save", "flag", "beat")}
    assert statuses == dict.fromkeys(statuses, 400)


def test_of_a_key_that_stands_twice_the_last_one_counts(room: Room, typist: Typist) -> None:
    code = typist.questions[0]
    answer = f'{{"question": "{code}", "revision": 1, "text": "first", "text": "last"}}'
    raw = f'{{"attempt": "{typist.attempt_ref}", "lease": -1, "lease": {typist.lease}, "answers": [{answer}]}}'
    assert send(typist, raw.encode()).get_json()["kept"][0]["sha256"] == sha256("last")
    assert journal(room.site, typist.attempt_ref) == {(code, 1): "last"}


def test_more_than_two_million_bytes_are_refused_unread(room: Room, typist: Typist) -> None:
    assert send(typist, b" " * 2_000_001).status_code == 413
    assert journal(room.site, typist.attempt_ref) == {}


# --- whose it is
def test_a_body_that_disagrees_with_its_address_lands_nowhere(room: Room, typist: Typist) -> None:
    other = room.seat("Ben Castellane", 2)
    theirs = page_of(room, other)
    refused = typist.save({typist.questions[0]: "x"}, attempt=other.attempt_ref, lease=theirs.lease)
    assert (refused.status_code, refused.get_json()["error"]) == (400, "save.other_attempt")
    assert journal(room.site, typist.attempt_ref) == journal(room.site, other.attempt_ref) == {}


def test_a_foreign_attempt_does_not_exist_for_any_of_the_five(room: Room, typist: Typist) -> None:
    other = room.seat("Ben Castellane", 2)
    theirs = page_of(room, other)
    before = room.attempt(other)
    theirs.client, theirs.token = typist.client, typist.token
    assert theirs.save({theirs.questions[0]: "x"}).status_code == 404
    for path, body in {"lease": {}, "beat": {}, "flag": {"question": theirs.questions[0], "flagged": True}}.items():
        assert theirs.post(path, body).status_code == 404, path
    assert theirs.client.post(f"{theirs.base}/submit", data={"csrf_token": typist.token}).status_code == 404
    assert room.attempt(other) == before
    theirs.base = f"/sit/{'0' * 32}"
    assert theirs.post("save", {}).status_code == 404


def test_a_browser_whose_seat_went_to_another_cannot_write_by_counting_leases(room: Room, booked: Booked) -> None:
    """A lease is a small number that anybody can count up; the device cookie is not."""
    old = page_of(room, booked)
    new = room.enter(booked)
    asked = room.attempt(booked).device_asking_at
    assert asked is not None
    Hands(room, room.invigilator).after(f"seats/{booked.seat_ref}/release", asked=asked.isoformat())
    new.post("/sit/", data={"csrf_token": csrf(new, "/sit/"), "keycode": booked.keycode})
    lease = Page(room, new, booked.attempt_ref).lease
    statuses = [old.save({old.questions[0]: "x"}, lease=old.lease + n).status_code for n in range(4)]
    assert old.lease < lease <= old.lease + 3
    assert 200 not in statuses
    assert journal(room.site, booked.attempt_ref) == {}


# --- revisions
def test_a_revision_below_the_newest_is_never_called_saved(room: Room, typist: Typist) -> None:
    """Also where nothing stands under that very number: the script would hold another text than the page was told."""
    code = typist.questions[0]
    typist.save({}, answers=[{"question": code, "revision": 5, "text": "newest"}])
    [kept] = typist.save({}, answers=[{"question": code, "revision": 3, "text": "older"}]).get_json()["kept"]
    assert (kept["status"], kept["revision"], kept.get("text")) == ("newer", 5, "newest")


def test_a_lost_reply_is_given_again_after_newer_ones_too(room: Room, booked: Booked, typist: Typist) -> None:
    code = typist.questions[0]
    first = typist.save({code: "one"}).get_json()["kept"]
    typist.save({code: "two"})
    typist.revisions[code] = 0
    assert typist.save({code: "one"}).get_json()["kept"] == first
    with room.site.reading() as conn:
        assert [held.text for held in scripts.current(conn, room.attempt(booked)).values()] == ["two"]


def test_a_conflict_that_meets_another_one_is_decided_again_and_is_no_fault(
    room: Room, booked: Booked, typist: Typist, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at what stands and the second try, the same page's own resend may be faster."""
    known, new = typist.questions[:2]
    typist.save({known: "one"})
    look = saving.standing

    def overtaken(conn: sa.Connection, attempt_id: int, items: Sequence[Item]) -> dict[int, saving.Standing]:
        found = look(conn, attempt_id, items)
        monkeypatch.setattr(saving, "standing", look)
        here, resent = answers.sat(conn, booked.attempt_ref), [answers.Typed(new, 1, "two")]
        at_once(lambda: answers.save(room.site.product, here, typist.lease, resent, room.site.now()))
        return found

    monkeypatch.setattr(saving, "standing", overtaken)
    typist.revisions[known] = 0
    response = typist.save({known: "one", new: "two"})
    assert (response.status_code, journal(room.site, booked.attempt_ref)) == (200, {(known, 1): "one", (new, 1): "two"})


# --- byte for byte
NASTY = [
    "\U0001f44d" * 20_000,  # 80,000 bytes
    "x" * 20_000,
    "\u05e9\u05dc\u05d5\u05dd \u202egnp.exe\u202c \u0645\u0631\u062d\u0628\u0627",  # right to left, and overrides
    "one\r\ntwo\rthree\nfour\r\n",
    "trailing blanks   \t \n \n",
    "  \u00a0leading",
    "e\u0301 is not \u00e9, and \u1e9b\u0323 is not \u1e69",  # nothing is normalised
    "Z\u0351\u036b\u0343\u036a\u0302a\u0321\u034e\u0332l\u0334g\u0338o",
    "\ufeffa mark in front, \u200b\u200d\u2060 and nothing within",
    "\x01\x02\x1b[31m\x7f\x85\u2028\u2029",
    "\ufffe\uffff\ufdd0\U0010ffff",  # no characters, and Unicode all the same
    "\\ \\\\ \\n \\u0000 %s {} $1 <b>&amp;</b> ' \" ` --",
    "👩🏽\u200d⚕️🏳️\u200d🌈🇬🇧",
    " ",
    "",
    "\u3000",
]


def test_every_text_is_in_journal_and_script_byte_for_byte(room: Room, booked: Booked, typist: Typist) -> None:
    texts = dict(zip(typist.questions, NASTY, strict=True))
    told = {kept["question"]: kept["sha256"] for kept in typist.save(texts).get_json()["kept"]}
    assert told == {code: sha256(text) for code, text in texts.items()}
    assert journal(room.site, booked.attempt_ref) == {(code, 1): text for code, text in texts.items()}
    hand_in(typist)
    with room.site.reading() as conn:
        script = conn.execute(sa.select(t.responses.c.text).order_by(t.responses.c.position)).scalars().all()
    assert [text.encode() for text in script] == [text.encode() for text in NASTY]


def hand_in(typist: Typist) -> None:
    form = {"csrf_token": csrf(typist.client, f"{typist.base}/review")}
    assert typist.client.post(f"{typist.base}/submit", data=form).status_code == 303


def test_what_arrives_after_the_submission_is_evidence_and_in_no_script(
    room: Room, booked: Booked, typist: Typist
) -> None:
    hand_in(typist)
    refused = typist.save({typist.questions[0]: "too late"})
    assert (refused.status_code, refused.get_json()["error"]) == (409, "save.submitted")
    assert journal(room.site, booked.attempt_ref) == {}
    with room.site.reading() as conn:
        late = conn.execute(sa.select(t.late_answers.c.text, t.late_answers.c.why)).all()
        assert [tuple(row) for row in late] == [("too late", "save.submitted")]
        assert set(conn.scalars(sa.select(t.responses.c.text))) == {""}


# --- receipts
def test_receipts_are_what_the_protocol_says_they_are(room: Room, booked: Booked, typist: Typist) -> None:
    room.site.clock.advance(seconds=61.000001)
    told = {kept["question"]: kept for kept in typist.save({typist.questions[3]: "an answer"}).get_json()["kept"]}
    key = room.site.product.key("answer receipt")
    said = f"{booked.attempt_ref}/{typist.questions[3]}/1/{sha256('an answer')}/2026-11-23T09:01:01.000001+00:00"
    assert told[typist.questions[3]]["receipt"] == hmac.new(key, said.encode(), hashlib.sha256).hexdigest()[:32]
    hand_in(typist)
    held = {typist.questions[3]: (1, "an answer")}
    script = []
    for code in typist.questions:
        revision, text = held.get(code, (0, ""))
        script.append({"question": code, "revision": revision, "sha256": sha256(text)})
    digest = hashlib.sha256(rfc8785.dumps({"attempt": booked.attempt_ref, "script": script})).hexdigest().upper()  # type: ignore[dict-item]
    assert room.attempt(booked).receipt == "-".join(digest[n : n + 5] for n in (0, 5, 10, 15))


# --- four hours idle
def test_tokens_outlive_four_idle_hours(
    room: Room, booked: Booked, typist: Typist, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cookies and form tokens are signed with the machine's own time, which is moved as well."""
    grant = {"minutes": "240", "reason": "Power cut", "request": str(uuid.uuid4())}
    Hands(room, room.invigilator).after(f"seats/{booked.seat_ref}/grant", **grant)
    token = csrf(typist.client, f"{typist.base}/review")
    stamp = itsdangerous.TimestampSigner.get_timestamp
    monkeypatch.setattr(itsdangerous.TimestampSigner, "get_timestamp", lambda signer: stamp(signer) + 4 * 3600)
    room.site.clock.advance(hours=4)
    with monkeypatch.context() as hour:  # what an hour's limit would do: the clocks are really moved
        hour.setitem(room.site.app.config, "WTF_CSRF_TIME_LIMIT", 3600)
        assert typist.save({typist.questions[0]: "x"}).status_code == 400
    assert typist.post("beat", {}).get_json()["seconds_left"] == 2 * 3600
    assert typist.save({typist.questions[0]: "still here"}).status_code == 200
    assert typist.client.post(f"{typist.base}/submit", data={"csrf_token": token}).status_code == 303
    assert journal(room.site, booked.attempt_ref) == {(typist.questions[0], 1): "still here"}
