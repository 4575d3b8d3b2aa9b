"""Papers drawn from files, without a server: for checking a bank and for looking at a blueprint."""

from __future__ import annotations

from collections.abc import Iterator

from item_bank.paper import BankTooThin, Drawer, Paper, breaches
from item_bank.scenarios import Bank
from sjt.rules.plan import Specification
from sjt.services.files import BadFiles
from sjt.words import say


def prepare(specification: Specification, pathway: str, bank: Bank) -> Drawer:
    """A drawer of papers; BadFiles names every statement that the bank cannot serve."""
    try:
        return Drawer(specification.blueprint, pathway, bank)
    except BankTooThin as thin:
        raise BadFiles([say("bank.short", vars(s)) for s in thin.shortages]) from thin


def draw_many(drawer: Drawer, specification: Specification, seed: str, count: int) -> Iterator[tuple[str, Paper]]:
    """Papers numbered from 1, each from its own seed derived from the given one, each proved."""
    for number in range(1, count + 1):
        identity = f"{specification.name}-{drawer.pathway}-{seed}-{number}"
        paper = drawer.draw(f"{specification.id}/{drawer.pathway}/{seed}/{number}")
        broken = [say(code) for code in breaches(paper, specification.blueprint, drawer.pathway)]
        if broken:
            raise BadFiles([f"{identity}: {words}" for words in broken])
        yield identity, paper


def as_json(identity: str, paper: Paper) -> dict[str, object]:
    """A paper as published: scenarios and questions with versions, in order."""
    return {
        "id": identity,
        "scenarios": [
            {
                "scenario": s.scenario,
                "version": s.version,
                "theme": s.theme,
                "questions": [
                    {"question": q.question, "version": q.version, "statement": q.statement, "key": q.key}
                    for q in s.questions
                ],
            }
            for s in paper.scenarios
        ],
    }
