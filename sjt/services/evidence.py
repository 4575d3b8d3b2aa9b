"""The evidence of one attempt, put together for an auditor: read only, and checked as it is read."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from proctoring.events import Linked, first_break, genesis
from sjt.rules.access import Role
from sjt.rules.attempt import State, state
from sjt.services.invigilation import Entry, entries
from sjt.stores import attempts, emergency, evidence, jottings, people, scripts
from sjt.stores.attempts import Attempt
from sjt.stores.bank import LANGUAGE
from sjt.stores.emergency import StoredFile
from sjt.stores.evidence import Closing, FinalMark, Grant, Late, Line, PaperFacts, Released, Revision
from sjt.stores.jottings import Jotting
from sjt.stores.scripts import Answer
from sjt.stores.sittings import Sitting

FORMAT = "sjt-attempt-evidence-1"
HOW = (
    "Check the chain: start with sha256('sjt-chain-1/' + attempt) as bytes. For each event in order, "
    "link = sha256(previous link + sha256(payload as UTF-8)). Every link must equal the one stated, and the last "
    "one the head. sha256 of each answer's text (UTF-8) must equal the hash in the event (saved, or "
    "emergency_entered) that names it."
)
SCORERS = frozenset({Role.MARKER, Role.LEAD_MARKER})


@dataclass(frozen=True)
class Happened:
    """An event in its place, its payload read; ``who`` is a name, ``apprentice`` or ``rule``."""

    linked: Linked
    who: str
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class Evidence:
    """Everything that is known of one attempt."""

    attempt: Attempt
    state: State
    closing: Closing
    paper: PaperFacts | None
    lines: tuple[Line, ...]
    answers: Mapping[int, Answer]
    revisions: Mapping[int, tuple[Revision, ...]]
    late: tuple[Late, ...]
    jottings: tuple[Jotting, ...]  # every revision; their texts are for an auditor
    shows_jottings: bool
    files: tuple[StoredFile, ...]  # emergency files, entered or not
    grants: tuple[Grant, ...]
    events: tuple[Happened, ...]
    actors: Mapping[str, str]  # names of people by the public references that events carry
    first_break: int | None
    marks: tuple[FinalMark, ...] | None  # None: kept from someone who may still mark this script
    results: tuple[Released, ...]
    names: Mapping[int, str]

    @property
    def codes(self) -> dict[int, str]:
        """How each question of the paper is named: slug@version, by question version id."""
        return {line.question_id: f"{line.question}@{line.question_version}" for line in self.lines}

    @property
    def newest_jottings(self) -> list[Jotting]:
        """Each note and each scenario's highlights as they stood last."""
        return list({(one.scenario_version_id, one.kind): one for one in self.jottings}.values())

    @property
    def scenarios(self) -> dict[int, str]:
        """How each scenario of the paper is named: slug@version, by scenario version id."""
        return {line.scenario_id: f"{line.scenario}@{line.scenario_version}" for line in self.lines}

    def file_of(self, revision: Revision) -> StoredFile | None:
        """The emergency file that a revision was entered from; None for one that a save brought."""
        return next((file for file in self.files if file.id == revision.file_id), None)


def of_sitting(conn: sa.Connection, sitting: Sitting, now: dt.datetime) -> list[tuple[Entry, State | None]]:
    """The seats of a sitting, each with the state of its attempt."""
    return [(line, state(line.attempt.facts, now) if line.attempt else None) for line in entries(conn, sitting.id)]


def of_attempt(conn: sa.Connection, attempt: Attempt, roles: frozenset[Role], now: dt.datetime) -> Evidence:
    """All evidence of an attempt. Marks stay hidden from one who may still mark it, until it is released."""
    chain = attempts.chain(conn, attempt)
    read = [json.loads(event.payload) for event in chain]
    actors = evidence.names_by_ref(conn, {body["by"] for body in read})
    results = tuple(evidence.released(conn, attempt.id))
    marks = tuple(evidence.final_marks(conn, attempt.id))
    hidden = bool(SCORERS & roles) and not results
    given, closing = tuple(evidence.grants(conn, attempt.id)), evidence.closing(conn, attempt.id)
    ids = {closing.closed_by, closing.opened_by, *(g.granted_by for g in given), *(m.marker_id for m in marks)}
    ids |= {result.released_by for result in results}
    brought = tuple(emergency.of_attempt(conn, attempt.id))
    ids |= {by for file in brought for by in (file.brought_by, file.entered_by)}
    return Evidence(
        attempt=attempt, state=state(attempt.facts, now), closing=closing, paper=evidence.paper(conn, attempt.id),
        lines=tuple(evidence.lines(conn, attempt.id, LANGUAGE)), answers=scripts.current(conn, attempt),
        revisions=_by_question(evidence.revisions(conn, attempt.sitting_id, attempt.id)),
        late=tuple(evidence.late(conn, attempt.id)), jottings=tuple(jottings.every(conn, attempt)),
        shows_jottings=Role.AUDITOR in roles, files=brought, grants=given,
        events=_happened(read, chain, actors), actors=actors,
        first_break=first_break(attempt.ref, chain, attempt.head), marks=None if hidden else marks, results=results,
        names={person.id: person.name for person in people.by_ids(conn, {i for i in ids if i is not None}).values()},
    )  # fmt: skip


def _by_question(found: Sequence[Revision]) -> dict[int, tuple[Revision, ...]]:
    grouped: dict[int, tuple[Revision, ...]] = {}
    for revision in found:
        grouped[revision.question_id] = (*grouped.get(revision.question_id, ()), revision)
    return grouped


def _happened(
    read: Sequence[dict[str, Any]], chain: Sequence[Linked], names: Mapping[str, str]
) -> tuple[Happened, ...]:
    return tuple(
        Happened(event, names.get(body["by"], body["by"]), {k: v for k, v in body.items() if k not in _COMMON})
        for event, body in zip(chain, read, strict=True)
    )


_COMMON = frozenset({"kind", "at", "by"})


def bundle(found: Evidence) -> dict[str, Any]:
    """One attempt's evidence as data that anyone can check without this product."""
    attempt, codes = found.attempt, found.codes
    return {
        "format": FORMAT,
        "how_to_check": HOW,
        "attempt": attempt.ref,
        "specification": attempt.spec_id,
        "pathway": attempt.pathway,
        "state": found.state.value,
        "times": {name: iso(getattr(attempt, name)) for name in TIMES},
        "allowance": {
            "base_minutes": attempt.allowance.base_minutes,
            "extra_percents": list(attempt.allowance.extra_percents),
            "granted_seconds": attempt.allowance.granted_seconds,
            "grace_seconds": attempt.grace_seconds,
        },
        "receipt": attempt.receipt,
        "paper": paper_of(found),
        "genesis": genesis(attempt.ref).hex(),
        "head": attempt.head.hex(),
        "events": [
            {"seq": e.linked.seq, "payload": e.linked.payload, "link": e.linked.link.hex()} for e in found.events
        ],
        "answers": [_answer(codes[question], answer) for question, answer in sorted(found.answers.items())],
        "revisions": [
            {"question": codes[question], "revision": r.revision, "sha256": r.text_hash, "event": r.seq,
             "received_at": iso(r.received_at), "emergency_file": _hash_of(found.file_of(r))}
            for question, all_of_it in sorted(found.revisions.items()) for r in all_of_it
        ],
        "late": [
            {"question": codes[one.question_id], "revision": one.revision, "text": one.text,
             "sha256": one.text_hash, "received_at": iso(one.received_at), "why": one.why}
            for one in found.late
        ],
        "jottings": [jotting_of(found, one) for one in found.jottings],
        "emergency_files": [file_of(found, file) for file in found.files],
    }  # fmt: skip


TIMES = ("opened_at", "confirmed_at", "started_at", "deadline", "last_saved_at", "closed_at", "finished_at")


def iso(at: object) -> str | None:
    """A moment in UTC to the microsecond, as files tell it."""
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds") if isinstance(at, dt.datetime) else None


def _hash_of(file: StoredFile | None) -> str | None:
    return file.sha256 if file else None


def file_of(found: Evidence, file: StoredFile) -> dict[str, Any]:
    """A file that a person brought; ``made_at`` and ``typed_at`` are by the device's clock and prove nothing."""
    told = {"sha256": file.sha256, "made_at": iso(file.made_at), "answers": list(file.entries)}
    by = {"brought_at": iso(file.brought_at), "brought_by": found.names[file.brought_by]}
    entered = {"at": iso(file.entered_at), "by": found.names[file.entered_by], "reason": file.entered_reason} if (
        file.entered_by) else None  # fmt: skip
    return {**told, **by, "entered": entered}


def _answer(code: str, answer: Answer) -> dict[str, Any]:
    told = {"question": code, "revision": answer.revision, "text": answer.text, "sha256": answer.text_hash}
    return {**told, "received_at": iso(answer.received_at)}


def jotting_of(found: Evidence, one: Jotting) -> dict[str, Any]:
    """A note or highlights; the text is for those who may read it."""
    told = {"scenario": found.scenarios[one.scenario_version_id], "kind": one.kind, "revision": one.revision}
    told |= {"sha256": one.text_hash, "received_at": iso(one.received_at)}
    return {**told, "text": one.body} if found.shows_jottings else told


def paper_of(found: Evidence) -> dict[str, Any] | None:
    """How the paper was drawn, and what stands where in it."""
    if found.paper is None:
        return None
    return {
        "ref": found.paper.ref,
        "hash": found.paper.hash,
        "seed": found.paper.seed,
        "assembler": found.paper.assembler,
        "drawn_from": found.paper.drawn_from,
        "questions": [
            {"position": line.position, "scenario": f"{line.scenario}@{line.scenario_version}",
             "question": f"{line.question}@{line.question_version}", "statement": line.statement, "key": line.key,
             "slot": line.slot, "options": line.options}
            for line in found.lines
        ],
    }  # fmt: skip
