"""Evidence bundles: one attempt's evidence, sealed and signed, for whoever must check it without this product."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from item_bank.formats import FORMATS
from proctoring import bundle
from proctoring.events import text_hash
from proctoring.ledger import ledger
from proctoring.seals import Seal
from sjt.rules.access import Role
from sjt.services import evidence, sealing
from sjt.services.evidence import Evidence, iso
from sjt.services.product import Product
from sjt.stores import papers, people, seals, seats
from sjt.stores.attempts import Attempt
from sjt.stores.papers import ShownPaper

Line = dict[str, Any]


def export(conn: sa.Connection, product: Product, attempt: Attempt, roles: frozenset[Role], now: dt.datetime) -> bytes:
    """The bundle of an attempt, as far as these roles may read it."""
    found = evidence.of_attempt(conn, attempt, roles, now)
    shown = papers.shown(conn, attempt.id)
    head = _head(product, found, seats.by_id(conn, attempt.seat_id), now)
    return bundle.write(
        sealing.secret(product),
        [head, *_paper(found, shown), *_script(found), *_time(found), *_judged(found), *_events(conn, found)],
    )


def note_export(conn: sa.Connection, attempt: Attempt, by: int | None, reason: str, now: dt.datetime) -> None:
    """Keep who took an attempt's evidence out of the product, and what for."""
    people.record(conn, by, "evidence.exported", "attempt", attempt.ref, now, reason=reason)


def _head(product: Product, found: Evidence, seat: seats.Seat | None, now: dt.datetime) -> Line:
    attempt, keys = found.attempt, sealing.public_keys(product)
    return {
        "kind": "head", "format": bundle.FORMAT, "attempt": attempt.ref, "seat": seat.ref if seat else None,
        "installation": {"id": next(iter(keys)), "kind": product.settings.kind},
        "keys": {number: public.hex() for number, public in keys.items()},
        "specification": attempt.spec_id, "pathway": attempt.pathway, "made_at": iso(now),
        "state": found.state.value, "closed_as": attempt.closed_as, "receipt": attempt.receipt,
        "times": {name: iso(getattr(attempt, name)) for name in evidence.TIMES},
        "seq": attempt.seq, "head": attempt.head.hex(),
    }  # fmt: skip


def _paper(found: Evidence, shown: ShownPaper | None) -> Iterator[Line]:
    """The paper as its candidate saw it: no key, no guide, no reasons."""
    if found.paper is None or shown is None:
        return
    yield {"kind": "paper", "drawn_at": iso(found.paper.drawn_at), **(evidence.paper_of(found) or {})}
    for scenario in shown.scenarios:
        place = {"kind": "scenario", "position": scenario.position, "scenario": scenario.code}
        yield {**place, "title": scenario.title, "text": scenario.text, "sha256": text_hash(scenario.text)}
        for asked in scenario.questions:
            form = FORMATS[asked.format]
            options = [{"id": option.id, "text": option.text} for option in form.options(asked.body)]
            told = {"kind": "question", "position": asked.position, "question": asked.code, "format": asked.format}
            yield {**told, "text": asked.text, "sha256": text_hash(asked.text), "options": options}


def _script(found: Evidence) -> Iterator[Line]:
    """Every revision as it was received; the newest of each question with its text."""
    codes = found.codes
    for question, all_of_it in sorted(found.revisions.items()):
        newest = found.answers[question]
        for one in all_of_it:
            file = found.file_of(one)
            told = {
                "kind": "answer", "question": codes[question], "revision": one.revision, "event": one.seq,
                "received_at": iso(one.received_at), "sha256": one.text_hash, "file": file.sha256 if file else None,
            }  # fmt: skip
            yield {**told, "text": newest.text} if one.revision == newest.revision else told
    for late in found.late:
        told = {"kind": "late", "question": codes[late.question_id], "revision": late.revision, "why": late.why}
        yield {**told, "received_at": iso(late.received_at), "text": late.text, "sha256": late.text_hash}
    for jotting in found.jottings:
        told = evidence.jotting_of(found, jotting)
        yield {**told, "about": told["kind"], "kind": "jotting"}
    for brought in found.files:
        yield {"kind": "file", **evidence.file_of(found, brought)}


def _time(found: Evidence) -> Iterator[Line]:
    if found.attempt.started_at is None:
        return
    book = ledger(found.attempt.started_at, found.attempt.allowance)
    for number, entry in enumerate(book.entries, 1):
        span = {"began": iso(entry.began), "ended": iso(entry.ended)}
        microseconds = round(entry.seconds * 1_000_000)
        yield {"kind": "ledger", "number": number, "what": entry.what, "microseconds": microseconds, **span}


def _judged(found: Evidence) -> Iterator[Line]:
    codes = found.codes
    for mark in found.marks or ():
        points = {code: {"met": met, "reason": reason} for code, (met, reason) in mark.points.items()}
        told = {"kind": "mark", "question": codes[mark.question_id], "turn": mark.turn, "points": points}
        yield {**told, "by": found.names[mark.marker_id], "at": iso(mark.final_at), "comment": mark.comment}
    for result in found.results:
        told = {"kind": "result", "version": result.version, "outcome": result.outcome, "passed": result.passed}
        told |= {"of": result.of, "reasons": result.reasons, "released_at": iso(result.released_at)}
        yield {**told, "released_by": found.names[result.released_by], "notified_at": iso(result.notified_at)}


def _events(conn: sa.Connection, found: Evidence) -> Iterator[Line]:
    for ref, name in sorted(found.actors.items()):
        yield {"kind": "person", "ref": ref, "name": name}
    for event in found.events:
        one = event.linked
        yield {"kind": "event", "seq": one.seq, "payload": one.payload, "link": one.link.hex()}
    for seal in seals.of_attempt(conn, found.attempt.id):
        yield _seal(seal)


def _seal(seal: Seal) -> Line:
    told = {"kind": "seal", "seq": seal.seq, "head": seal.head.hex(), "at": iso(seal.at)}
    return {**told, "key": seal.key, "signature": seal.signature.hex()}
