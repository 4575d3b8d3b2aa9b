"""Papers: every one proved by a check of its own, the same again from the same seed, and none where none can be."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from item_bank.blueprint import Blueprint
from item_bank.paper import BankTooThin, Drawer, Paper, PaperQuestion, PaperScenario, breaches, new_seed
from item_bank.scenarios import Bank
from item_bank.shipped import SPECS
from tests.makers import ESSENTIAL, KEY, OTHER, a_bank, a_blueprint, a_scenario, st0087, st0087_bank

BOTH = pytest.mark.parametrize("pathway", ["community", "residential"])


# --- a check that shares nothing with the product's own ---------------------------------------------
@cache
def the_plan() -> Any:
    """The specification file as plain data."""
    return yaml.safe_load((SPECS / "st0087-1.0.yaml").read_text(encoding="utf-8"))


@cache
def own_statements(pathway: str) -> dict[str, dict[str, Any]]:
    """The statements of a pathway as the file lists them, each with its theme."""
    plan = the_plan()
    return {
        code: {**statement, "theme": theme}
        for theme in plan["pathways"][pathway]["themes"]
        for code, statement in plan["themes"][theme]["statements"].items()
    }


def check(paper: Paper, pathway: str) -> None:
    """Raise AssertionError unless the paper is one that the plan allows, made of what the bank holds."""
    plan, own = the_plan()["slots"], own_statements(pathway)
    asked = [question.statement for scenario in paper.scenarios for question in scenario.questions]
    assert [len(paper.scenarios), len(asked)] == [plan["scenarios"], plan["questions"]] == [9, 16]
    assert {s.theme for s in paper.scenarios} == set(the_plan()["pathways"][pathway]["themes"])
    essential = {code for code, statement in own.items() if statement["essential"]}
    (drawn,) = (Counter(asked) - Counter(essential)).elements()
    assert Counter(asked) - Counter([drawn]) == Counter(essential)
    assert drawn in own.keys() - essential - {"C1.3", "C6.2"}
    keys = {code for code, statement in own.items() if statement.get("key")}
    assert {q.statement for s in paper.scenarios for q in s.questions if q.key} == keys
    assert len(keys) == plan["keys"] == 3
    slots = {q.slot: q.statement for s in paper.scenarios for q in s.questions}
    assert slots == {**{code: code for code in essential}, "drawn 1": drawn}
    check_against_the_bank(paper, st0087_bank())
    assert all(own[q.statement]["theme"] == s.theme for s in paper.scenarios for q in s.questions)


def check_against_the_bank(paper: Paper, bank: Bank) -> None:
    """Every scenario and question is one of the bank's, in its version and in its order."""
    held = {scenario.slug: scenario for scenario in bank.scenarios}
    for drawn in paper.scenarios:
        scenario = held[drawn.scenario]
        assert (drawn.version, drawn.theme) == (scenario.version, scenario.theme)
        order = [(q.slug, q.version, q.statement) for q in scenario.questions]
        placed = [order.index((q.question, q.version, q.statement)) for q in drawn.questions]
        assert placed == sorted(placed)


# --- drawing --------------------------------------------------------------------------------------
@cache
def a_drawer(pathway: str) -> Drawer:
    return Drawer(st0087().blueprint, pathway, st0087_bank())


@cache
def a_thousand(pathway: str) -> tuple[Paper, ...]:
    return tuple(a_drawer(pathway).draw(f"seed {n}") for n in range(1_000))


@BOTH
def test_a_thousand_papers_are_all_what_the_plan_asks(pathway: str) -> None:
    for paper in a_thousand(pathway):
        check(paper, pathway)


@BOTH
def test_the_products_own_check_finds_nothing_in_them(pathway: str) -> None:
    assert [list(breaches(paper, st0087().blueprint, pathway)) for paper in a_thousand(pathway)] == [[]] * 1_000


@BOTH
def test_every_scenario_of_the_bank_is_used(pathway: str) -> None:
    themes = st0087().blueprint.pathways[pathway].themes
    used = {s.scenario for paper in a_thousand(pathway) for s in paper.scenarios}
    assert used == {scenario.slug for scenario in st0087_bank().scenarios if scenario.theme in themes}


@BOTH
def test_every_statement_that_may_be_drawn_is_drawn_about_as_often_as_the_others(pathway: str) -> None:
    drawable = st0087().blueprint.drawable(pathway)
    drawn = Counter(q.statement for paper in a_thousand(pathway) for q in paper.questions if q.statement in drawable)
    fair = 1_000 / len(drawable)
    assert set(drawn) == set(drawable)
    assert all(0.7 * fair < times < 1.3 * fair for times in drawn.values())


@BOTH
def test_every_theme_comes_first_in_some_paper(pathway: str) -> None:
    first = {paper.scenarios[0].theme for paper in a_thousand(pathway)}
    assert first == set(st0087().blueprint.pathways[pathway].themes)


@BOTH
@given(seed=st.text())
def test_a_seed_draws_the_same_paper_again_from_a_fresh_start(pathway: str, seed: str) -> None:
    seed = seed.encode(errors="replace").decode()
    again = Drawer(st0087().blueprint, pathway, Bank(st0087_bank().scenarios[::-1]))
    assert again.draw(seed) == a_drawer(pathway).draw(seed)


@BOTH
def test_other_seeds_draw_other_papers(pathway: str) -> None:
    assert len(set(a_thousand(pathway))) > 990


def test_a_fresh_seed_is_128_bits_and_never_the_same() -> None:
    seeds = {new_seed() for _ in range(100)}
    assert len(seeds) == 100
    assert {len(bytes.fromhex(seed)) for seed in seeds} == {16}


def test_weights_weigh() -> None:
    blueprint = a_blueprint({"A.1": KEY, "A.2": OTHER, "A.3": OTHER, "A.4": OTHER}, weights={"A.2": 3, "A.4": 0})
    drawer = Drawer(blueprint, "main", a_bank(blueprint))
    drawn = Counter(q.statement for n in range(1_000) for q in drawer.draw(f"{n}").questions if q.statement != "A.1")
    assert 700 < drawn["A.2"] < 800
    assert drawn["A.4"] == 0


def test_an_unknown_pathway_is_an_error() -> None:
    with pytest.raises(KeyError):
        Drawer(a_blueprint(), "sideways", a_bank(a_blueprint()))


# --- any blueprint and any bank -------------------------------------------------------------------
@st.composite
def blueprints(draw: st.DrawFn) -> Blueprint:
    """Up to three themes, each with an essential statement and up to three others; up to three drawn."""
    kinds: dict[str, str] = {}
    for theme in "ABC"[: draw(st.integers(1, 3))]:
        more = draw(st.lists(st.sampled_from([KEY, ESSENTIAL, OTHER, OTHER]), max_size=3))
        kinds |= {f"{theme}.{n}": kind for n, kind in enumerate([draw(st.sampled_from([KEY, ESSENTIAL])), *more], 1)}
    others = [code for code, kind in kinds.items() if kind == OTHER]
    weights = {code: draw(st.sampled_from([0, 1, 1, 5])) for code in others}
    drawable = sum(weight > 0 for weight in weights.values())
    return a_blueprint(kinds, drawn=draw(st.integers(0, min(3, drawable))), weights=weights)


@st.composite
def banks(draw: st.DrawFn, blueprint: Blueprint) -> Bank:
    """Up to three scenarios a theme, each with most of the theme's statements in some order."""
    made = []
    for theme in blueprint.themes.values():
        for n in range(draw(st.sampled_from([0, 1, 2, 2, 3, 3]))):
            others = [s.code for s in theme.statements if not s.essential or draw(st.integers(0, 7)) == 0]
            left_out = draw(st.sets(st.sampled_from(others))) if others else set()
            asked = draw(st.permutations([s.code for s in theme.statements if s.code not in left_out]))
            made.append(a_scenario(f"{theme.code.lower()}-{n}", asked, theme=theme.code))
    return Bank(tuple(made))


def every_paper(blueprint: Blueprint, bank: Bank) -> Iterator[frozenset[str]]:
    """Brute force: what is asked beside the essential statements, for every choice of a scenario for each theme."""
    essential = {s.code for s in blueprint.essential("main")}
    drawable = set(blueprint.drawable("main"))
    for chosen in product(*([s for s in bank.scenarios if s.theme == theme] for theme in blueprint.themes)):
        asked = {q.statement for scenario in chosen for q in scenario.questions}
        if essential <= asked and len(asked & drawable) >= blueprint.slots.drawn:
            yield frozenset(asked & drawable)


@given(st.data())
def test_a_paper_is_drawn_exactly_where_there_is_one(data: st.DataObject) -> None:
    blueprint = data.draw(blueprints())
    bank = data.draw(banks(blueprint))
    possible = list(every_paper(blueprint, bank))
    try:
        drawer = Drawer(blueprint, "main", bank)
    except BankTooThin as thin:
        assert possible == []
        assert thin.shortages
        return
    for paper in (drawer.draw(f"{n}") for n in range(5)):
        asked = Counter(q.statement for q in paper.questions)
        drawn = asked - Counter(s.code for s in blueprint.essential("main"))
        assert (drawn.total(), max(asked.values())) == (blueprint.slots.drawn, 1)
        assert any(set(drawn) <= others for others in possible)
        assert {s.theme for s in paper.scenarios} == set(blueprint.themes)
        check_against_the_bank(paper, bank)
        assert list(breaches(paper, blueprint, "main")) == []


def test_a_first_draw_never_bars_the_second() -> None:
    """A.2 stands alone; a paper of two drawn statements must leave it out, whatever it weighs."""
    blueprint = a_blueprint(
        {"A.1": ESSENTIAL, "A.2": OTHER, "A.3": OTHER, "A.4": OTHER}, drawn=2, weights={"A.2": 1_000}
    )
    bank = Bank((a_scenario("a", ["A.1", "A.2"]), a_scenario("b", ["A.1", "A.3", "A.4"])))
    asked = {q.statement for n in range(20) for q in Drawer(blueprint, "main", bank).draw(f"{n}").questions}
    assert asked == {"A.1", "A.3", "A.4"}


def test_a_thin_bank_names_what_is_missing() -> None:
    with pytest.raises(BankTooThin, match=r"main A\.2: 0 live, 1 needed"):
        Drawer(a_blueprint(), "main", Bank((a_scenario("a", ["A.1", "A.3"]), a_scenario("b", ["B.1"]))))


# --- the product's own check ----------------------------------------------------------------------
def a_paper() -> Paper:
    """A paper of the small blueprint: A asks A.1 (key) and A.2, B asks B.1 and B.2 (drawn)."""
    return Paper(
        (
            PaperScenario("a", 1, "A", (_asked("q1", "A.1", key=True), _asked("q2", "A.2"))),
            PaperScenario("b", 1, "B", (_asked("q3", "B.1"), _asked("q4", "B.2", "drawn 1"))),
        )
    )


def _asked(slug: str, statement: str, slot: str = "", *, key: bool = False) -> PaperQuestion:
    return PaperQuestion(slug, 1, statement, key, slot or statement)


def with_question(place: int, **changes: Any) -> Paper:
    """The paper with its question at a place (0 to 3) changed."""
    scenarios = list(a_paper().scenarios)
    questions = list(scenarios[place // 2].questions)
    questions[place % 2] = replace(questions[place % 2], **changes)
    scenarios[place // 2] = replace(scenarios[place // 2], questions=tuple(questions))
    return Paper(tuple(scenarios))


def with_scenario(place: int, change: Callable[[PaperScenario], PaperScenario]) -> Paper:
    scenarios = list(a_paper().scenarios)
    scenarios[place] = change(scenarios[place])
    return Paper(tuple(scenarios))


MORE = PaperQuestion("q5", 1, "A.3", False)
BROKEN = {
    "nothing at all": (Paper(()), "paper.scenarios"),
    "a scenario left out": (Paper(a_paper().scenarios[:1]), "paper.themes"),
    "a scenario doubled": (Paper((*a_paper().scenarios, a_paper().scenarios[0])), "paper.themes"),
    "one scenario in two places": (with_scenario(1, lambda s: replace(s, scenario="a")), "paper.scenarios"),
    "a scenario under another theme": (with_scenario(1, lambda s: replace(s, theme="A")), "paper.themes"),
    "a question left out": (with_scenario(0, lambda s: replace(s, questions=s.questions[:1])), "paper.questions"),
    "a question too many": (with_scenario(0, lambda s: replace(s, questions=(*s.questions, MORE))), "paper.questions"),
    "two drawn statements": (with_question(2, statement="A.3"), "paper.essential"),
    "a statement doubled": (with_question(3, statement="B.1"), "paper.doubled"),
    "a question in another's slot": (with_question(3, slot="B.1"), "paper.slots"),
    "a question in no slot": (with_question(3, slot=""), "paper.slots"),
    "slots changed for each other": (with_scenario(0, lambda s: replace(s, questions=(
        replace(s.questions[0], slot="A.2"), replace(s.questions[1], slot="A.1")))), "paper.slots"),
    "a question doubled": (with_question(3, question="q3"), "paper.questions"),
    "nothing drawn": (with_scenario(1, lambda s: replace(s, questions=s.questions[:1])), "paper.drawn"),
    "a foreign statement": (with_question(3, statement="Z.1"), "paper.foreign"),
    "a statement of another theme": (with_question(3, statement="A.3"), "paper.foreign"),
    "a key not marked as one": (with_question(0, key=False), "paper.keys"),
    "a key too many": (with_question(1, key=True), "paper.keys"),
    "the wrong key": (with_scenario(0, lambda s: replace(s, questions=(
        replace(s.questions[0], key=False), replace(s.questions[1], key=True)))), "paper.keys"),
}  # fmt: skip


def test_the_paper_that_is_broken_below_is_whole() -> None:
    assert list(breaches(a_paper(), a_blueprint(), "main")) == []


@pytest.mark.parametrize(("paper", "code"), BROKEN.values(), ids=BROKEN.keys())
def test_a_breach_is_named(paper: Paper, code: str) -> None:
    assert code in set(breaches(paper, a_blueprint(), "main"))


@BOTH
@given(data=st.data())
def test_no_other_statement_can_take_a_questions_place_unseen(pathway: str, data: st.DataObject) -> None:
    """But for the drawn one, under another drawable statement of its own theme."""
    plan, paper = st0087().blueprint, a_thousand(pathway)[data.draw(st.integers(0, 50))]
    place = data.draw(
        st.sampled_from([(s, q) for s, held in enumerate(paper.scenarios) for q in range(len(held.questions))])
    )
    scenario, question = place
    old = paper.scenarios[scenario].questions[question]
    new = data.draw(st.sampled_from([s.code for theme in plan.themes.values() for s in theme.statements]))
    questions = list(paper.scenarios[scenario].questions)
    questions[question] = replace(old, statement=new)
    scenarios = list(paper.scenarios)
    scenarios[scenario] = replace(scenarios[scenario], questions=tuple(questions))
    drawable = plan.drawable(pathway)
    theme = own_statements(pathway)[old.statement]["theme"]
    harmless = new == old.statement or (
        {old.statement, new} <= set(drawable) and own_statements(pathway)[new]["theme"] == theme
    )
    assert (list(breaches(Paper(tuple(scenarios)), plan, pathway)) == []) == harmless


@BOTH
def test_a_paper_of_the_other_pathway_is_none_of_this_one(pathway: str) -> None:
    (other,) = {"community", "residential"} - {pathway}
    assert "paper.foreign" in set(breaches(a_thousand(other)[0], st0087().blueprint, pathway))
