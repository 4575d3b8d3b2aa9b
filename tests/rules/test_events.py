"""The evidence chain: whole it verifies, and any change is found."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from proctoring.events import Linked, event, first_break, genesis, link

AT = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
REF = "0123456789abcdef0123456789abcdef"


def a_chain(length: int) -> tuple[list[Linked], bytes]:
    head, chain = genesis(REF), []
    for seq in range(1, length + 1):
        made = event("saved", AT + dt.timedelta(seconds=seq), "apprentice", answers=[["q@1", seq, "0" * 64]])
        head = link(head, made.digest)
        chain.append(Linked(seq, made.kind, made.at, made.payload, head))
    return chain, head


@given(st.integers(0, 30))
def test_a_whole_chain_holds(length: int) -> None:
    chain, head = a_chain(length)
    assert first_break(REF, chain, head) is None


@given(st.data())
def test_every_change_is_found(data: st.DataObject) -> None:
    length = data.draw(st.integers(2, 12))
    chain, head = a_chain(length)
    place = data.draw(st.integers(0, length - 1))
    way = data.draw(st.sampled_from(["payload", "missing", "swapped", "doubled"]))
    if way == "payload":
        chain[place] = replace(chain[place], payload=chain[place].payload.replace("apprentice", "somebody"))
    elif way == "missing":
        del chain[place]
    elif way == "doubled":
        chain.insert(place, chain[place])
    else:
        other = (place + 1) % length
        chain[place], chain[other] = chain[other], chain[place]
    assert first_break(REF, chain, head) is not None


def test_a_chain_of_another_attempt_does_not_hold() -> None:
    chain, head = a_chain(3)
    assert first_break("f" * 32, chain, head) == 1


def test_the_payload_is_canonical_and_its_digest_is_its_hash() -> None:
    made = event("granted", AT, "someone", seconds=600, reason="é")
    assert made.payload == (
        '{"at":"2026-11-23T09:00:00.000000+00:00","by":"someone","kind":"granted","reason":"é","seconds":600}'
    )
    assert made.digest == hashlib.sha256(made.payload.encode()).digest()
