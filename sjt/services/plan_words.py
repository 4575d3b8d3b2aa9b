"""A specification told in words: facts, paper, pass rule and policy, each with the basis of what was taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from item_bank.blueprint import QUESTIONS, Statement
from item_bank.formats import FORMATS
from sjt.rules.pass_rules import CountAndKeys, EdgeCase, Marks, MarksCase, Unstated
from sjt.rules.plan import Specification
from sjt.services.specifications import not_schedulable
from sjt.words import say


@dataclass(frozen=True)
class Told:
    """A sentence about a specification, and the bases (in words) of the values in it that the plan does not state."""

    words: str
    bases: tuple[str, ...] = ()


def state(specification: Specification) -> tuple[str, str]:
    """What can be done with it, as the kind of a badge and its words."""
    if specification.practice:
        return "info", say("plan.state.practice")
    if specification.missing or any(theme.lost for theme in specification.blueprint.themes.values()):
        return "warn", say("plan.state.missing")
    if not_schedulable(specification):
        return "neutral", say("plan.state.undecided")
    return "good", say("plan.state.ready")


def told(specification: Specification, words: str, *names: str) -> Told:
    """A sentence with the bases of the values that it speaks of."""
    found = dict.fromkeys(specification.bases[name] for name in names if name in specification.bases)
    return Told(words, tuple(say(f"basis.{basis}") for basis in found))


def modes(specification: Specification) -> Told:
    """Online, on paper, or both."""
    words = ", ".join(say(f"plan.mode.{mode}") for mode in specification.modes).capitalize()
    return told(specification, words, "test.modes")


def book(specification: Specification) -> Told:
    """Whether books and notes may be used."""
    return told(specification, say(f"plan.book.{specification.book}"), "test.book")


def grace(specification: Specification) -> Told:
    """How long the last save may travel."""
    return told(specification, say("plan.grace", seconds=specification.grace_seconds), "test.grace_seconds")


def permitted(specification: Specification) -> Told:
    """What a candidate may have on the desk."""
    return told(specification, "; ".join(specification.permitted), "test.permitted")


def invigilators(specification: Specification) -> Told:
    """Who may invigilate."""
    return told(specification, "; ".join(specification.invigilators), "test.invigilation.who")


def late_entry(specification: Specification) -> Told:
    """What becomes of those who come late; only asked where the file says it."""
    params = vars(specification.late_entry) if specification.late_entry else {}
    names = ("test.late_entry.very_late_minutes", "test.late_entry.report_working_days")
    return told(specification, say("plan.late_entry", params), *names)


def ratio(specification: Specification) -> Told:
    """How many candidates one invigilator may have, when the plan says so."""
    params = vars(specification.ratio) if specification.ratio else {"candidates": 0, "clause": ""}
    return told(specification, say("plan.ratio", params), "test.invigilation.candidates_at_most")


def formats(specification: Specification) -> str:
    """The formats that questions may have."""
    return ", ".join(FORMATS[name].title.lower() for name in specification.blueprint.formats)


def paper(specification: Specification) -> list[Told]:
    """How a paper is made up."""
    questions = specification.blueprint.layout == QUESTIONS
    return list(_pools(specification) if questions else _scenarios(specification))


def _scenarios(specification: Specification) -> Iterator[Told]:
    slots = specification.blueprint.slots
    yield told(specification, say("plan.paper.scenarios", count=slots.scenarios), "slots.scenarios")
    if not slots.questions:
        yield Told(say("plan.paper.no_count"))
        return
    counts = {"questions": slots.questions, "essential": slots.questions - slots.drawn, "drawn": slots.drawn}
    yield told(specification, say("plan.paper.essential", counts), "slots.questions", "slots.drawn")
    if slots.keys:
        yield told(specification, say("plan.paper.keys", count=slots.keys), "slots.keys")
    never = [code for code, weight in slots.weights.items() if not weight]
    if never:
        yield told(specification, say("plan.paper.never", codes=", ".join(never)), "slots.weights")


def _pools(specification: Specification) -> Iterator[Told]:
    slots = specification.blueprint.slots
    yield told(specification, say("plan.paper.questions", count=slots.questions), "slots.questions")
    counts = {name: slots.of_format(name) for name in specification.blueprint.formats}
    yield told(specification, say("plan.paper.formats", formats=_counted(counts)), "formats")


def pool(specification: Specification, statement: Statement) -> str:
    """How many questions of which format a paper asks on a statement."""
    return _counted(specification.blueprint.slots.pools.get(statement.code, {}))


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(
        say("plan.format_count", count=count, title=FORMATS[name].title.lower()) for name, count in counts.items()
    )


def pass_rule(specification: Specification) -> tuple[str, str]:
    """The pass rule in words, and the plan's clause for it."""
    rule, slots = specification.pass_rule, specification.blueprint.slots
    if isinstance(rule, Unstated):
        return say("plan.pass.unstated", words=rule.words), ""
    if isinstance(rule, CountAndKeys):
        params = {"needed": rule.passes_needed, "of": slots.questions, "keys": slots.keys}
        return say("plan.pass.count", params), rule.clause
    if isinstance(rule, Marks):
        return say("plan.pass.marks", total=rule.total, each=_each(specification, rule)), rule.clause
    return say("plan.pass.none"), rule.clause


def _each(specification: Specification, rule: Marks) -> str:
    slots = specification.blueprint.slots
    return ", ".join(
        say("plan.pass.each", each=each, count=slots.of_format(name), title=FORMATS[name].title.lower())
        for name, each in rule.each.items()
    )


def case(of: EdgeCase | MarksCase) -> str:
    """What an edge case supposes."""
    if isinstance(of, MarksCase):
        return say("plan.case.marks", marks=of.marks)
    return say("plan.case.count", keys=of.keys_passed, others=of.others_passed)


def policy(specification: Specification) -> list[Told]:
    """How the bank is kept fit."""
    held = specification.blueprint.policy
    if held.review_months is None:
        review = Told(say("plan.policy.no_review"))
    else:
        words = say("plan.policy.review", months=held.review_months, days=held.warn_days)
        review = told(specification, words, "bank_policy.review_months", "bank_policy.warn_days")
    limits = {"floor": round(held.exposure_floor * 100), "spread": f"{held.exposure_spread:g}"}
    exposure = say("plan.policy.exposure", limits)
    return [review, told(specification, exposure, "bank_policy.exposure_floor", "bank_policy.exposure_spread")]
