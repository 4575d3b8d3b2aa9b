"""Small builders for tests: each gives something valid, and takes only what a test wants to be different."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from item_bank.blueprint import Blueprint, CriteriaSet, Pathway, Point, Slots, Statement, Theme
from item_bank.formats import EXTENDED_ANSWER
from item_bank.scenarios import Bank, Guidance, Question, Scenario
from sjt.rules.grading import Marked
from sjt.rules.pass_rules import CountAndKeys
from sjt.rules.plan import Specification
from sjt.services.files import shipped_bank, shipped_specifications

KEY, ESSENTIAL, OTHER = "key", "essential", "other"
SMALL = {"A.1": KEY, "A.2": ESSENTIAL, "A.3": OTHER, "B.1": ESSENTIAL, "B.2": OTHER}


def a_blueprint(
    statements: Mapping[str, str] = SMALL, *, drawn: int = 1, weights: Mapping[str, int] | None = None
) -> Blueprint:
    """A blueprint with one pathway, ``main``, over these statements; a statement's code begins with its theme's."""
    made = [a_statement(code, kind) for code, kind in statements.items()]
    themes = {code: tuple(s for s in made if s.theme == code) for code in dict.fromkeys(s.theme for s in made)}
    essential, keys = sum(s.essential for s in made), sum(s.key for s in made)
    return Blueprint(
        pathways={"main": Pathway("main", "The only pathway", tuple(themes))},
        themes={code: Theme(code, f"Theme {code}", own) for code, own in themes.items()},
        criteria={s.criteria: CriteriaSet(s.criteria, (Point(f"{s.criteria}.1", "Knows it"),)) for s in made},
        slots=Slots(len(themes), essential + drawn, keys, drawn, dict(weights or {})),
    )


def a_statement(code: str, kind: str = ESSENTIAL) -> Statement:
    """A statement of the theme before the point of its code, with a criteria set of its own."""
    return Statement(code, f"Statement {code}", code.partition(".")[0], kind != OTHER, kind == KEY, f"P-{code}")


def a_specification(
    statements: Mapping[str, str] = SMALL, *, drawn: int = 1, passes_needed: int = 2, name: str = "small-1.0"
) -> Specification:
    """A small specification in force since 2020."""
    return Specification(
        name=name,
        id=f"{name}-2020-01-01",
        in_force_from=dt.date(2020, 1, 1),
        in_force_until=None,
        standard="ST0000",
        title="A small standard",
        test_title="A small test",
        duration_minutes=60,
        grace_seconds=5,
        pass_rule=CountAndKeys(passes_needed, "Enough questions and every key question"),
        blueprint=a_blueprint(statements, drawn=drawn),
        edge_cases=(),
        open_questions=(),
        file=f"{name}.yaml",
    )


def a_question(slug: str, statement: str, *, version: int = 1) -> Question:
    """A question on a statement, with a guide for the one point of its criteria set."""
    guide = {f"P-{statement}.1": Guidance("- Says what it is", "- Says nothing")}
    return Question(slug, version, statement, EXTENDED_ANSWER, f"What about {statement}?", guide)


def a_scenario(slug: str, statements: Iterable[str], *, theme: str = "", version: int = 1) -> Scenario:
    """A scenario that asks these statements, a question each; its theme is that of the first."""
    asked = list(statements)
    return Scenario(
        slug=slug,
        version=version,
        theme=theme or asked[0].partition(".")[0],
        title=slug.replace("-", " ").capitalize(),
        text="Something happens in a home. " * 25,
        sample=True,
        questions=tuple(a_question(f"{slug}-{code.lower().replace('.', '-')}", code) for code in asked),
    )


def a_bank(blueprint: Blueprint, *, each: int = 2) -> Bank:
    """A bank with ``each`` scenarios a theme, every one asking every statement of its theme."""
    return Bank(
        tuple(
            a_scenario(f"{code.lower()}-{n}", [s.code for s in theme.statements], theme=code)
            for code, theme in blueprint.themes.items()
            for n in range(1, each + 1)
        )
    )


def a_script(statements: Sequence[str], passed: Iterable[str]) -> list[Marked]:
    """A script over these statements with some of them passed."""
    won = set(passed)
    return [Marked(code, code in won) for code in statements]


def two_a_theme(bank: Bank) -> Bank:
    """A bank that stays as small while the one it is taken from grows: two scenarios a theme, and no enemies."""
    kept: dict[str, Scenario] = {}
    themes: Counter[str] = Counter()
    for scenario in bank.scenarios:
        apart = set(scenario.enemies) & set(kept) or any(scenario.slug in other.enemies for other in kept.values())
        if themes[scenario.theme] < 2 and not apart:
            kept[scenario.slug] = replace(scenario, enemies=())
            themes[scenario.theme] += 1
    return Bank(tuple(kept.values()))


@cache
def st0087() -> Specification:
    """The shipped specification, read once."""
    return next(s for s in shipped_specifications() if s.name == "st0087-1.0")


@cache
def st0087_bank() -> Bank:
    """The shipped bank, read once."""
    return shipped_bank(st0087())
