"""From a bundle to a verdict, by the bundle alone and the organisation's public key."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import rfc8785

from proctoring import seals
from proctoring.bundle.writing import FORMAT, KINDS, message_of
from proctoring.events import genesis, link, text_hash
from proctoring.replay import Replayed, replay


@dataclass(frozen=True)
class Verdict:
    """What a whole bundle proves. ``sealed_to``: the last event under a seal; those after it are the unsealed tail.

    ``is_trusted``: the signer is one of those that the reader trusts; without that, whoever changed the bundle could
    have signed it anew.
    """

    attempt: str
    events: int
    sealed_to: int
    signer: str
    is_trusted: bool


class Broken(Exception):
    """The first thing that does not fit: the line, a code with parameters for the words."""

    def __init__(self, line: int, code: str, **params: object) -> None:
        super().__init__(code)
        self.line, self.code, self.params = line, code, params


@dataclass(frozen=True)
class _Numbered:
    number: int
    told: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        try:
            return self.told[name]
        except KeyError as missing:
            raise Broken(self.number, "bundle.field", name=name) from missing


def verify(data: bytes, trusted: Collection[bytes] = ()) -> Verdict:
    """Check a bundle; ``trusted`` are public keys known from elsewhere. Broken names the first thing that does not fit.

    With trusted keys, every signature must be by one of them.
    """
    try:
        return _verified(data, frozenset(trusted))
    except (TypeError, ValueError, KeyError, AttributeError) as odd:  # a value of a kind that no bundle of ours holds
        raise Broken(0, "bundle.odd", why=type(odd).__name__) from odd


def _verified(data: bytes, trusted: frozenset[bytes]) -> Verdict:
    lines = _read(data)
    head, end = _frame(lines)
    of = {kind: [line for line in lines if line["kind"] == kind] for kind in KINDS}
    keys = {number: bytes.fromhex(public) for number, public in head["keys"].items()}
    links = _chain(head, of["event"])
    payloads = [json.loads(line["payload"]) for line in of["event"]]
    _texts(lines)
    _saves(of["answer"], of["event"], payloads)
    _adds_up(head, of["answer"], replay(payloads))
    _ledger(of["ledger"], replay(payloads))
    sealed_to = _seals(head, of["seal"], links, keys)
    _signed(data, end, keys)
    return Verdict(head["attempt"], len(links), sealed_to, end["key"], _trusted(end, of["seal"], keys, trusted))


# ------------------------------------------------------------------------------------------------------- lines
def _read(data: bytes) -> list[_Numbered]:
    *texts, rest = data.split(b"\n")
    if rest or not texts:
        raise Broken(len(texts) + 1, "bundle.cut")
    return [_Numbered(number, _line(number, text)) for number, text in enumerate(texts, 1)]


def _line(number: int, text: bytes) -> Mapping[str, Any]:
    if not _is_canonical(text):
        raise Broken(number, "bundle.not_canonical")
    told = json.loads(text)
    if not isinstance(told, dict) or told.get("kind") not in KINDS:
        raise Broken(number, "bundle.unknown_kind")
    return told


def _is_canonical(text: bytes) -> bool:
    try:
        return bytes(rfc8785.dumps(json.loads(text.decode()))) == text
    except (ValueError, RecursionError):  # no UTF-8, no JSON, a number that has no canonical form
        return False


def _frame(lines: Sequence[_Numbered]) -> tuple[_Numbered, _Numbered]:
    head, end = lines[0], lines[-1]
    if head["kind"] != "head" or head["format"] != FORMAT:
        raise Broken(1, "bundle.no_head")
    if end["kind"] != "end" or any(line["kind"] in ("head", "end") for line in lines[1:-1]):
        raise Broken(end.number, "bundle.cut")
    if end["lines"] != len(lines):
        raise Broken(end.number, "bundle.lines", told=end["lines"], found=len(lines))
    return head, end


# --------------------------------------------------------------------------------------------------- the chain
def _chain(head: _Numbered, events: Sequence[_Numbered]) -> list[bytes]:
    """The links of the events, in order; the last one is what the head says."""
    links, previous = [], genesis(head["attempt"])
    for expected, event in enumerate(events, 1):
        payload = event["payload"].encode()
        previous = link(previous, hashlib.sha256(payload).digest())
        if event["seq"] != expected or event["link"] != previous.hex() or not _is_canonical(payload):
            raise Broken(event.number, "bundle.event", number=expected)
        links.append(previous)
    if head["head"] != previous.hex() or head["seq"] != len(links):
        raise Broken(head.number, "bundle.head", number=len(links) + 1)
    return links


def _seals(head: _Numbered, found: Sequence[_Numbered], links: Sequence[bytes], keys: Mapping[str, bytes]) -> int:
    """Check every seal; the last event that one covers, 0 for none."""
    last = 0
    for line in found:
        at = dt.datetime.fromisoformat(line["at"])
        one = seals.Seal(line["seq"], bytes.fromhex(line["head"]), at, line["key"], bytes.fromhex(line["signature"]))
        fits = 1 <= one.seq <= len(links) and links[one.seq - 1] == one.head
        if not fits or one.key not in keys or not seals.holds(keys[one.key], head["attempt"], one):
            raise Broken(line.number, "bundle.seal", number=line["seq"])
        last = max(last, one.seq)
    return last


# ---------------------------------------------------------------------------------------------- what it adds up to
def _texts(lines: Sequence[_Numbered]) -> None:
    for line in lines:
        if "text" in line.told and "sha256" in line.told and text_hash(line["text"]) != line["sha256"]:
            raise Broken(line.number, "bundle.text")


def _saves(answers: Sequence[_Numbered], events: Sequence[_Numbered], payloads: Sequence[Mapping[str, Any]]) -> None:
    """Every revision stands in the event that brought it, and every event's revisions stand in the bundle."""
    journal = {(a["event"], a["question"], a["revision"]): a for a in answers}
    told = {
        (number, question, revision): (digest, event)
        for number, (event, payload) in enumerate(zip(events, payloads, strict=True), 1)
        for question, revision, digest in payload.get("answers", ())
    }
    for place, answer in journal.items():
        if place not in told or told[place][0] != answer["sha256"]:
            raise Broken(answer.number, "bundle.answer", question=answer["question"], revision=answer["revision"])
    for place, (_, event) in told.items():
        if place not in journal:
            raise Broken(event.number, "bundle.event", number=place[0])


def _adds_up(head: _Numbered, answers: Sequence[_Numbered], again: Replayed) -> None:
    """The events, played again, give the times and the receipt that the head tells, and the texts of the script."""
    times = head["times"]
    same = (
        (again.deadline, _moment(times["deadline"])),
        (again.finished_at, _moment(times["finished_at"])),
        (again.closed_as, head["closed_as"]),
        (again.receipt, head["receipt"]),
    )
    if any(played != told for played, told in same):
        raise Broken(head.number, "bundle.times")
    newest = {(question, revision) for question, (revision, _) in again.script.items()}
    for answer in answers:
        if ((answer["question"], answer["revision"]) in newest) != ("text" in answer.told):
            raise Broken(answer.number, "bundle.answer", question=answer["question"], revision=answer["revision"])


def _ledger(lines: Sequence[_Numbered], again: Replayed) -> None:
    """Every second up to the deadline is in the ledger, as the events give it."""
    entries = again.ledger.entries if again.ledger else ()
    for line, entry in zip_longest(lines, entries):
        if line is None:
            raise Broken(1, "bundle.ledger_short", what=entry.what)
        span = (entry.what, round(entry.seconds * 1_000_000), entry.began, entry.ended) if entry else None
        if span != (line["what"], line["microseconds"], _moment(line["began"]), _moment(line["ended"])):
            raise Broken(line.number, "bundle.ledger")


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


# ------------------------------------------------------------------------------------------------------ signatures
def _signed(data: bytes, end: _Numbered, keys: Mapping[str, bytes]) -> None:
    body = data[: data[:-1].rindex(b"\n") + 1]
    digest = hashlib.sha256(body).hexdigest()
    if end["sha256"] != digest:
        raise Broken(end.number, "bundle.changed")
    public = keys.get(end["key"])
    if public is None or not seals.signed_by(public, message_of(digest), bytes.fromhex(end["signature"])):
        raise Broken(end.number, "bundle.signature")
    for number, key in keys.items():
        if seals.key_number(key) != number:
            raise Broken(1, "bundle.signature")


def _trusted(end: _Numbered, found: Sequence[_Numbered], keys: Mapping[str, bytes], trusted: frozenset[bytes]) -> bool:
    for line in (*found, end):
        if trusted and keys[line["key"]] not in trusted:
            raise Broken(line.number, "bundle.stranger", key=line["key"])
    return bool(trusted)
