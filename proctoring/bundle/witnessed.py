"""What stands beside the chain, held against the events that tell of it: the paper, notes, messages, files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import rfc8785

from proctoring.bundle.reading import Broken, Numbered
from proctoring.events import text_hash

Told = Mapping[str, Any]
Place = tuple[Hashable, ...]


def shown_digest(scenarios: Sequence[Any], questions: Sequence[Any]) -> str:
    """SHA-256 over a paper as its candidate sees it, from the lines that a bundle has of it.

    The event of the drawing holds it, so that a word changed in the bank's rows is found.
    """
    told = [[s["scenario"], s["title"], text_hash(s["text"])] for s in scenarios]
    asked = [
        [q["position"], q["question"], q["statement"], q["key"], q["format"], text_hash(q["text"]),
         [[option["id"], option["text"]] for option in q["options"]]]
        for q in questions
    ]  # fmt: skip
    return hashlib.sha256(rfc8785.dumps([told, asked])).hexdigest()


def paper(
    papers: Sequence[Numbered],
    scenarios: Sequence[Numbered],
    questions: Sequence[Numbered],
    events: Sequence[Numbered],
    payloads: Sequence[Told],
) -> None:
    """The paper is the one that was drawn last, question by question and word by word; one begun has a paper."""
    drawn = [place for place, payload in enumerate(payloads) if payload["kind"] == "paper_drawn"]
    begun = any(payload["kind"] == "begun" for payload in payloads)
    if drawn and begun and not papers:
        raise Broken(events[drawn[-1]].number, "bundle.event", number=drawn[-1] + 1)
    for line in papers:
        told = payloads[drawn[-1]] if drawn else {}
        if len(papers) > 1 or (line["ref"], line["hash"]) != (told.get("paper"), told.get("hash")):
            raise Broken(line.number, "bundle.paper")
        _same_questions(line, questions)
        if "shown" in told and told["shown"] != shown_digest(scenarios, questions):  # the first events had none
            raise Broken(line.number, "bundle.shown")


def _same_questions(line: Numbered, questions: Sequence[Numbered]) -> None:
    names = ("position", "question", "statement", "key")
    listed = [[one[name] for name in names] for one in line["questions"]]
    if listed != [[one[name] for name in names] for one in questions]:
        raise Broken(line.number, "bundle.paper")


_WITNESSED: Mapping[str, tuple[str, Callable[[Any], Place], Callable[[Told], Place]]] = {
    "jotting": (
        "jotted",
        lambda line: (line["scenario"], line["about"], line["revision"], line["sha256"]),
        lambda told: (told["scenario"], told["of"], told["revision"], told["sha256"]),
    ),
    "message": (
        "message_sent",
        lambda line: (line["message"], line["sha256"]),
        lambda told: (told["message"], told["sha256"]),
    ),
    "file": ("emergency_file", lambda line: (line["sha256"],), lambda told: (told["file"],)),
}


def witnessed(of: Mapping[str, Sequence[Numbered]], payloads: Sequence[Told]) -> None:
    """Each note, message and file stands in its event, and each such event's stands in the bundle."""
    for kind, (event, of_line, of_event) in _WITNESSED.items():
        told = {of_event(payload): place for place, payload in enumerate(payloads) if payload["kind"] == event}
        lines = {of_line(line): line for line in of[kind]}
        for key, line in lines.items():
            if key not in told:
                raise Broken(line.number, "bundle.unwitnessed")
        for key, place in told.items():
            if key not in lines:
                raise Broken(of["event"][place].number, "bundle.event", number=place + 1)
