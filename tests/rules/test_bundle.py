"""A bundle proves itself: intact it passes, and any one change is found."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proctoring import bundle, seals
from proctoring.events import Event, event, genesis, link, text_hash
from proctoring.ledger import ledger
from proctoring.timing import Allowance, deadline
from sjt.words import WORDS

SECRET, OTHER = hashlib.sha256(b"ours").digest(), hashlib.sha256(b"a stranger").digest()
PUBLIC = seals.public_of(SECRET)
START = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
ATTEMPT = "0123456789abcdef0123456789abcdef"
TEXTS = [("c1-q1@1", 1, "I would aszk."), ("c1-q1@1", 2, "I would ask first. Zażółć 🦉"), ("c2-q1@1", 1, "Wait.")]


def an_attempt(secret: bytes = SECRET) -> list[dict[str, Any]]:
    """The lines of a small attempt: begun, two saves, minutes given, handed in; sealed twice."""
    allowance = Allowance(120, (25,), 600)
    until = deadline(START, allowance)
    done = START + dt.timedelta(minutes=100)
    at = [START + dt.timedelta(minutes=n) for n in range(10)]
    told = [[question, revision, text_hash(text)] for question, revision, text in TEXTS]
    begun = Allowance(120, (25,)).told()
    happened = [
        event("gate_opened", at[0], "f00d"), event("begun", START, "apprentice", deadline="x", **begun),
        event("saved", at[2], "apprentice", answers=told[:1]), event("granted", at[3], "f00d", seconds=600, reason="x"),
        event("saved", at[4], "apprentice", answers=told[1:]),
        event("submitted", done, "apprentice", finished_at=done.isoformat(), receipt="abc"),
    ]  # fmt: skip
    chained, links = _chained(happened)
    keys = {seals.key_number(public): public.hex() for public in [seals.public_of(secret)]}
    head = {
        "kind": "head", "format": bundle.FORMAT, "attempt": ATTEMPT, "keys": keys, "closed_as": "submitted",
        "receipt": "abc", "seq": len(links), "head": links[-1].hex(),
        "times": {"deadline": until.isoformat(), "finished_at": done.isoformat()},
    }  # fmt: skip
    answers = [
        {"kind": "answer", "question": question, "revision": revision, "event": 3 if place == 0 else 5,
         "sha256": text_hash(text), **({"text": text} if place else {})}
        for place, (question, revision, text) in enumerate(TEXTS)
    ]  # fmt: skip
    book = [
        {"kind": "ledger", "what": e.what, "microseconds": round(e.seconds * 1_000_000), "began": None, "ended": None}
        for e in ledger(START, allowance).entries
    ]
    sealed = [_sealed(secret, seq, links[seq - 1], at[seq]) for seq in (3, 5)]
    return [head, *answers, *book, *chained, *sealed]


def _chained(happened: list[Event]) -> tuple[list[dict[str, Any]], list[bytes]]:
    links, previous = [], genesis(ATTEMPT)
    for one in happened:
        previous = link(previous, one.digest)
        links.append(previous)
    lines = [
        {"kind": "event", "seq": n, "payload": one.payload, "link": made.hex()}
        for n, (one, made) in enumerate(zip(happened, links, strict=True), 1)
    ]
    return lines, links


def _sealed(secret: bytes, seq: int, head: bytes, at: dt.datetime) -> dict[str, Any]:
    one = seals.seal(secret, ATTEMPT, seq, head, at)
    told = {"kind": "seal", "seq": seq, "head": head.hex(), "at": at.isoformat(), "key": one.key}
    return {**told, "signature": one.signature.hex()}


WHOLE = bundle.write(SECRET, an_attempt())


def broken(data: bytes, trusted: tuple[bytes, ...] = (PUBLIC,)) -> bundle.Broken:
    with pytest.raises(bundle.Broken) as found:
        bundle.verify(data, trusted)
    assert found.value.code in WORDS
    return found.value


def test_an_intact_bundle_passes_and_names_its_unsealed_tail() -> None:
    assert bundle.verify(WHOLE, [PUBLIC]) == bundle.Verdict(ATTEMPT, 6, 5, seals.key_number(PUBLIC), True)


def test_without_a_key_the_signer_is_unknown() -> None:
    assert not bundle.verify(WHOLE).is_trusted


@settings(max_examples=1_000, deadline=None)
@given(st.data())
def test_any_one_change_is_found(data: st.DataObject) -> None:
    lines = WHOLE.splitlines(keepends=True)
    changed = data.draw(st.sampled_from([_flipped, _cut, _without_line, _swapped, _doubled, _put_in]))(data, lines)
    if changed != WHOLE:
        broken(changed)


def _flipped(data: st.DataObject, lines: list[bytes]) -> bytes:
    bits = bytearray(WHOLE)
    place = data.draw(st.integers(0, 8 * len(bits) - 1))
    bits[place // 8] ^= 1 << place % 8
    return bytes(bits)


def _cut(data: st.DataObject, lines: list[bytes]) -> bytes:
    return WHOLE[: data.draw(st.integers(0, len(WHOLE) - 1))]


def _without_line(data: st.DataObject, lines: list[bytes]) -> bytes:
    place = data.draw(st.integers(0, len(lines) - 1))
    return b"".join(lines[:place] + lines[place + 1 :])


def _swapped(data: st.DataObject, lines: list[bytes]) -> bytes:
    one, other = data.draw(st.tuples(st.integers(0, len(lines) - 1), st.integers(0, len(lines) - 1)))
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def _doubled(data: st.DataObject, lines: list[bytes]) -> bytes:
    place = data.draw(st.integers(0, len(lines) - 1))
    return b"".join([*lines[: place + 1], *lines[place:]])


def _put_in(data: st.DataObject, lines: list[bytes]) -> bytes:
    place, byte = data.draw(st.integers(0, len(WHOLE))), data.draw(st.binary(min_size=1, max_size=3))
    return WHOLE[:place] + byte + WHOLE[place:]


# ------------------------------------------------------------------- somebody who signs what they changed
Change = Callable[[list[dict[str, Any]]], object]


def _signed_anew(change: Change, secret: bytes = SECRET) -> bytes:
    lines = an_attempt(secret)
    change(lines)
    return bundle.write(secret, lines)


def _of(lines: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [line for line in lines if line["kind"] == kind]


@pytest.mark.parametrize(
    ("change", "code", "number"),
    [
        (lambda lines: _of(lines, "event")[3].update(payload='{"kind":"granted"}'), "bundle.event", 4),
        (lambda lines: lines.remove(_of(lines, "event")[2]), "bundle.event", 3),
        (lambda lines: lines.remove(_of(lines, "event")[5]), "bundle.head", 6),
        (lambda lines: _of(lines, "answer")[1].update(text="I would shout."), "bundle.text", None),
        (lambda lines: lines.remove(_of(lines, "answer")[0]), "bundle.event", 3),
        (lambda lines: _of(lines, "answer")[2].pop("text"), "bundle.answer", None),
        (lambda lines: lines[0].update(receipt="other"), "bundle.times", None),
        (lambda lines: lines[0]["times"].update(deadline=START.isoformat()), "bundle.times", None),
        (lambda lines: _of(lines, "ledger")[1].update(microseconds=1), "bundle.ledger", None),
        (lambda lines: lines.remove(_of(lines, "ledger")[1]), "bundle.ledger_short", None),
        (lambda lines: _of(lines, "seal")[0].update(at=START.isoformat()), "bundle.seal", 3),
        (lambda lines: _of(lines, "seal")[1].update(seq=4), "bundle.seal", 4),
        (lambda lines: lines[0].pop("times"), "bundle.field", None),
        (lambda lines: lines[0].update(keys=[]), "bundle.odd", None),
        (lambda lines: _of(lines, "answer")[0].update(kind="answers"), "bundle.unknown_kind", None),
    ],
)
def test_a_change_that_is_signed_anew_is_named(change: Change, code: str, number: int | None) -> None:
    found = broken(_signed_anew(change))
    assert found.code == code
    assert found.params.get("number") == number


def test_a_bundle_signed_with_another_key_fails_against_ours_and_has_an_unknown_signer_alone() -> None:
    stranger = bundle.write(OTHER, an_attempt(OTHER))
    assert broken(stranger).code == "bundle.stranger"
    assert not bundle.verify(stranger).is_trusted


def test_seals_of_a_stranger_are_found_under_our_own_signature() -> None:
    lines = an_attempt()
    theirs = seals.public_of(OTHER)
    lines[0]["keys"][seals.key_number(theirs)] = theirs.hex()
    seal = _of(lines, "seal")[0]
    seal.update(_sealed(OTHER, 3, bytes.fromhex(seal["head"]), START))
    assert broken(bundle.write(SECRET, lines)).code == "bundle.stranger"


@pytest.mark.parametrize("data", [b"", b"\n", b"{}\n", b"null\n", b"[" * 5000 + b"\n", b"\xff\n", b'{"kind":"end"}\n'])
def test_what_is_no_bundle_is_refused_in_words(data: bytes) -> None:
    assert broken(data).line >= 1
