"""Emergency files: opened with the right key for the right attempt and not otherwise; every fault at once."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctoring.emergency import (
    FORMAT,
    LARGEST_FILE,
    MAGIC,
    NONCE,
    POINT,
    Line,
    Opened,
    Unopened,
    open_file,
    private_key,
    public_key,
    seal,
)
from sjt.rules.emergency import MOST_ANSWERS, Asked, Bounds, faults

SECRET, OLD_SECRET = b"s" * 32, b"o" * 32
ATTEMPT, OTHER = "a" * 32, "b" * 32
BOUNDS = Bounds(20_000, 1_000_000)
PAPER = {"mine@1": Asked(1), "chosen@2": Asked(2, "single-best", ("a", "b", "c"))}
TYPED = dt.datetime(2026, 11, 23, 9, 1, tzinfo=dt.UTC)


def content(*answers: Any, **changes: Any) -> bytes:
    told = {"format": FORMAT, "attempt": ATTEMPT, "made_at": "2026-11-23T09:02:00.123Z", "answers": list(answers)}
    return json.dumps({**told, **changes}).encode()


def an_answer(text: str = "My answer", **changes: Any) -> dict[str, Any]:
    return {"question": "mine@1", "revision": 2, "text": text, "typed_at": "2026-11-23T09:01:00.000Z", **changes}


def sealed(plain: bytes, secret: bytes = SECRET, attempt: str = ATTEMPT) -> bytes:
    return seal(plain, public_key(secret), attempt)


def refused(data: bytes, attempt: str = ATTEMPT, secrets: tuple[bytes, ...] = (SECRET,)) -> str:
    with pytest.raises(Unopened) as told:
        open_file(data, secrets, attempt)
    return told.value.code


# ------------------------------------------------------------------------------------------------------ opening
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_what_was_sealed_is_opened_byte_for_byte(text: str) -> None:
    opened = open_file(sealed(content(an_answer(text))), (SECRET,), ATTEMPT)
    assert opened.lines == (Line("mine@1", 2, text, TYPED),)
    assert (opened.attempt, opened.broken) == (ATTEMPT, ())
    assert opened.made_at == TYPED.replace(minute=2, microsecond=123_000)


SAMPLE = sealed(content(an_answer("Zażółć 🦉\r\nשלום")))


@given(st.integers(0, len(SAMPLE) - 1), st.integers(1, 255))
def test_a_file_with_any_byte_changed_is_refused(place: int, change: int) -> None:
    altered = bytearray(SAMPLE)
    altered[place] ^= change
    refused(bytes(altered))


def test_every_single_bit_is_covered() -> None:
    for place in range(len(SAMPLE)):
        altered = bytearray(SAMPLE)
        altered[place] ^= 1 << (place % 8)
        assert refused(bytes(altered)) == ("emergency.no_such_file" if place < len(MAGIC) else "emergency.sealed")


def test_the_other_point_with_the_same_secret_is_refused() -> None:
    """A point and its negative give the same shared secret; the salt tells them apart."""
    start = len(MAGIC) + 33
    prime = 2**256 - 2**224 + 2**192 + 2**96 - 1
    y = int.from_bytes(SAMPLE[start : start + 32], "big")
    negated = SAMPLE[:start] + (prime - y).to_bytes(32, "big") + SAMPLE[start + 32 :]
    assert refused(negated) == "emergency.sealed"


@given(st.integers(0, len(SAMPLE) - 1))
def test_a_file_that_was_cut_or_grew_is_refused(length: int) -> None:
    refused(SAMPLE[:length])
    refused(SAMPLE + SAMPLE[: length + 1])


@given(st.binary(max_size=400))
def test_no_bytes_whatever_bring_the_opening_down(data: bytes) -> None:
    refused(data)
    refused(MAGIC + data)


def test_only_this_attempt_and_this_installation_open_it() -> None:
    assert refused(SAMPLE, attempt=OTHER) == "emergency.sealed"
    assert refused(SAMPLE, secrets=(OLD_SECRET,)) == "emergency.sealed"
    assert open_file(SAMPLE, (OLD_SECRET, SECRET), ATTEMPT).lines  # after a change of the secret key


def test_a_file_beyond_the_cap_is_not_even_looked_at() -> None:
    assert refused(MAGIC + b"x" * LARGEST_FILE) == "emergency.too_large"
    assert refused(b"") == "emergency.no_such_file"
    assert refused(MAGIC + b"x" * (POINT + NONCE)) == "emergency.no_such_file"


@pytest.mark.parametrize(
    "plain", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"format": "' + FORMAT.encode() + b'"}']
)
def test_what_is_not_the_format_is_refused(plain: bytes) -> None:
    assert refused(sealed(plain)) == "emergency.no_such_file"


def test_a_later_format_is_refused_and_not_misread() -> None:
    assert refused(sealed(content(an_answer(), format="sjt-emergency-2"))) == "emergency.no_such_file"


def test_a_clock_that_is_wrong_refuses_nothing() -> None:
    for wrong in ("never", "+012345-01-01T00:00:00.000Z", "2026-11-23T09:01:00", ""):
        opened = open_file(sealed(content(an_answer(typed_at=wrong), made_at=wrong)), (SECRET,), ATTEMPT)
        assert (opened.made_at, opened.lines[0].typed_at) == (None, None)


def test_the_key_is_a_key_whatever_the_secret() -> None:
    for secret in (b"\0" * 32, b"\xff" * 32):
        assert private_key(secret).key_size == 256


# ------------------------------------------------------------------------------------------------------- faults
def codes(*lines: Line, attempt: str = ATTEMPT, broken: tuple[int, ...] = ()) -> list[str]:
    found = faults(Opened(attempt, None, lines, broken), ATTEMPT, PAPER, BOUNDS)
    return [code for code, _ in found]


def a_line(text: str = "My answer", question: str = "mine@1", revision: int = 1) -> Line:
    return Line(question, revision, text, None)


def test_a_sound_file_has_no_fault() -> None:
    assert codes(a_line("x" * 20_000, revision=1_000_000), a_line('{"best":"b"}', "chosen@2")) == []
    assert codes(a_line("", "chosen@2")) == []


def test_every_fault_is_told_at_once() -> None:
    wrong = [
        a_line("\0", revision=0),
        a_line("x" * 20_001, "theirs@1"),
        a_line("z", "chosen@2"),
        a_line('{"best":"b"}', "chosen@2"),
    ]
    assert codes(*wrong, attempt=OTHER, broken=(4,)) == [
        "emergency.other_attempt", "emergency.not_understood", "emergency.twice", "emergency.revision",
        "emergency.unstorable", "emergency.foreign", "emergency.too_long", "emergency.choice",
    ]  # fmt: skip


def test_a_file_of_nothing_or_of_too_much() -> None:
    assert codes() == ["emergency.empty"]
    assert codes(*[a_line(question=f"q{n}@1") for n in range(MOST_ANSWERS + 1)]) == ["emergency.too_many"]


def test_a_name_from_a_file_is_shown_harmless_and_short() -> None:
    file = Opened(ATTEMPT, None, (a_line(question="\u202e\n" + "x" * 500),))
    ((_, params),) = faults(file, ATTEMPT, PAPER, BOUNDS)
    shown = str(params["question"])
    assert len(shown) == 80 and shown.startswith("??x")


@given(st.integers())
def test_only_revisions_in_bounds_pass(revision: int) -> None:
    assert (codes(a_line(revision=revision)) == []) == (1 <= revision <= 1_000_000)


def test_answers_that_are_not_understood_are_counted_by_their_place() -> None:
    plain = content(an_answer(), {"question": 1}, [], an_answer(question="chosen@2", text="a"), None)
    opened = open_file(sealed(plain), (SECRET,), ATTEMPT)
    assert opened.broken == (2, 3, 5)
    assert [line.question for line in opened.lines] == ["mine@1", "chosen@2"]
