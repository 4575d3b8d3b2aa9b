"""The proof of a paper: every slot of the blueprint filled once, by a question that fits it, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from item_bank.blueprint import Blueprint, Statement
from item_bank.paper.model import Paper, PaperQuestion


@dataclass(frozen=True)
class Slot:
    """One place for a question: which statements it takes, and which format, where the blueprint says so."""

    name: str
    statements: frozenset[str]
    format: str | None = None

    def takes(self, question: PaperQuestion) -> bool:
        """Whether a question may fill it."""
        return question.statement in self.statements and self.format in (None, question.format)


def slots_of(blueprint: Blueprint, pathway: str) -> dict[str, Slot]:
    """All slots of a paper by name.

    Where scenarios are drawn: a slot for each essential statement (``C4.2``) and one for each drawn statement
    (``drawn 1``). Where questions stand alone: one for each question of a pool (``K3 short-answer 2``).
    """
    if blueprint.layout == "questions":
        found = [
            Slot(pool_slot(code, format_, n), frozenset({code}), format_)
            for code, formats in own_pools(blueprint, pathway).items()
            for format_, many in formats.items()
            for n in range(1, many + 1)
        ]
    else:
        drawable = frozenset(blueprint.drawable(pathway))
        found = [Slot(s.code, frozenset({s.code})) for s in blueprint.essential(pathway)]
        found += [Slot(drawn_slot(n), drawable) for n in range(1, blueprint.slots.drawn + 1)]
    return {slot.name: slot for slot in found}


def pool_slot(statement: str, format_: str, number: int) -> str:
    """The name of a slot in a pool of a statement's questions of one format."""
    return f"{statement} {format_} {number}"


def drawn_slot(number: int) -> str:
    """The name of a slot for a statement that is drawn beside the essential ones."""
    return f"drawn {number}"


def is_drawn(slot: str) -> bool:
    """Whether a slot's name is that of a drawn statement."""
    return slot.startswith("drawn ")


def own_pools(blueprint: Blueprint, pathway: str) -> dict[str, Mapping[str, int]]:
    """How many questions of each format a paper of a pathway asks on each of its statements."""
    own = {s.code for s in blueprint.statements(pathway)}
    return {code: formats for code, formats in blueprint.slots.pools.items() if code in own}


def breaches(paper: Paper, blueprint: Blueprint, pathway: str) -> Iterator[str]:
    """What a paper breaks of its blueprint, a message code each; a valid paper yields nothing.

    ST0087: nine scenarios, one a theme; sixteen questions; each essential statement once; one drawn from
    the rest; exactly three key questions; nothing of the other pathway. In any layout every slot of the
    blueprint is filled exactly once by a question that it takes.
    """
    own = {s.code: s for s in blueprint.statements(pathway)}
    yield from _whole(paper, blueprint, own)
    if blueprint.layout == "scenarios":
        yield from _scenarios(paper, blueprint, pathway)
    if not _slots_filled(paper, slots_of(blueprint, pathway)):
        yield "paper.slots"


def _whole(paper: Paper, blueprint: Blueprint, own: Mapping[str, Statement]) -> Iterator[str]:
    questions, slots = paper.questions, blueprint.slots
    units = slots.scenarios if blueprint.layout == "scenarios" else slots.questions
    if not len({s.scenario for s in paper.scenarios}) == len(paper.scenarios) == units:
        yield "paper.scenarios"
    if len(questions) != slots.questions or len({q.question for q in questions}) < len(questions):
        yield "paper.questions"
    if sum(q.key for q in questions) != slots.keys or any(q.key != _is_key(own, q) for q in questions):
        yield "paper.keys"
    if any(q.statement not in own or own[q.statement].theme != s.theme for s in paper.scenarios for q in s.questions):
        yield "paper.foreign"


def _scenarios(paper: Paper, blueprint: Blueprint, pathway: str) -> Iterator[str]:
    asked = Counter(q.statement for q in paper.questions)
    if sorted(s.theme for s in paper.scenarios) != sorted(blueprint.pathways[pathway].themes):
        yield "paper.themes"
    if any(times > 1 for times in asked.values()):
        yield "paper.doubled"
    if any(asked[s.code] != 1 for s in blueprint.essential(pathway)):
        yield "paper.essential"
    if sum(asked[code] for code in blueprint.drawable(pathway)) != blueprint.slots.drawn:
        yield "paper.drawn"


def _slots_filled(paper: Paper, slots: Mapping[str, Slot]) -> bool:
    filled = Counter(q.slot for q in paper.questions)
    once = set(filled) == set(slots) and all(times == 1 for times in filled.values())
    return once and all(slots[q.slot].takes(q) for q in paper.questions)


def _is_key(own: Mapping[str, Statement], question: PaperQuestion) -> bool:
    return question.statement in own and own[question.statement].key
