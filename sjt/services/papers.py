"""Papers drawn from files, without a server: for checking a bank and for looking at a blueprint."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from item_bank.exposure import History
from item_bank.paper import BankTooThin, Drawer, Paper, PaperQuestion, breaches
from item_bank.paper.proof import is_drawn
from item_bank.scenarios import Bank
from sjt.rules.plan import Specification
from sjt.services.files import BadFiles
from sjt.words import say


def prepare(specification: Specification, pathway: str, bank: Bank) -> Drawer:
    """A drawer of papers; BadFiles names every statement that the bank cannot serve."""
    try:
        return Drawer(specification.blueprint, pathway, bank)
    except BankTooThin as thin:
        raise BadFiles(short_lines(thin)) from thin


def short_lines(thin: BankTooThin) -> list[str]:
    """Everything that a bank is short of, a line each."""
    return [say(short.code, short.params) for short in thin.shortages]


def draw_many(
    drawer: Drawer, specification: Specification, seed: str, count: int, met: frozenset[str] = frozenset()
) -> Iterator[tuple[str, Paper]]:
    """Papers numbered from 1, each from its own seed derived from the given one, each proved.

    They are drawn as for one room, each begun before the next is drawn: exposure, the weights of the drawn
    statement and the overlap with the others follow from those before. Each is for somebody who met ``met``.
    """
    used, drawn = Counter[str](), Counter[str]()
    for number in range(1, count + 1):
        identity = f"{specification.name}-{drawer.pathway}-{seed}-{number}"
        known = History(exposed=used, drawn=drawn, beside=used, met=met)
        paper = drawer.draw(f"{specification.id}/{drawer.pathway}/{seed}/{number}", known)
        broken = [say(code) for code in breaches(paper, specification.blueprint, drawer.pathway)]
        if broken:
            raise BadFiles([f"{identity}: {words}" for words in broken])
        yield identity, paper
        used.update(s.scenario for s in paper.scenarios)
        drawn.update(q.statement for q in paper.questions if is_drawn(q.slot))


def as_json(identity: str, paper: Paper) -> dict[str, object]:
    """A paper as published: scenarios and questions with versions, in order, each question with its slot."""
    return {
        "id": identity,
        "repeats": list(paper.repeats),
        "scenarios": [
            {
                "scenario": s.scenario,
                "version": s.version,
                "theme": s.theme,
                "questions": [_question(q) for q in s.questions],
            }
            for s in paper.scenarios
        ],
    }


def _question(q: PaperQuestion) -> dict[str, object]:
    shown = {"question": q.question, "version": q.version, "statement": q.statement, "key": q.key, "slot": q.slot}
    return {**shown, "format": q.format, "options": list(q.options)} if q.options else shown
