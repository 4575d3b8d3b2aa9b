"""Assembly with history and enemies, against brute force: the least is given up, and what is impossible is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.blueprint import Blueprint
from item_bank.exposure import History, cap, capped, weights
from item_bank.formats import SHORT_ANSWER, SINGLE_BEST
from item_bank.paper import BankTooThin, Drawer, Paper, breaches
from item_bank.scenarios import Bank, Question, Scenario
from tests.makers import ESSENTIAL, OTHER, a_bank, a_blueprint, a_scenario, st0087, st0087_bank

BOTH = pytest.mark.parametrize("pathway", ["community", "residential"])
Choice = tuple[Scenario, ...]


# --- brute force ------------------------------------------------------------------------------------
def every_choice(blueprint: Blueprint, bank: Bank) -> Iterator[Choice]:
    """A scenario for each theme: all that is essential is asked, enough can be drawn, and none are enemies."""
    essential, drawable = {s.code for s in blueprint.essential("main")}, set(blueprint.drawable("main"))
    for chosen in product(*([s for s in bank.scenarios if s.theme == theme] for theme in blueprint.themes)):
        asked = {q.statement for scenario in chosen for q in scenario.questions}
        at_war = any(b.slug in a.enemies or a.slug in b.enemies for a, b in combinations(chosen, 2))
        if essential <= asked and len(asked & drawable) >= blueprint.slots.drawn and not at_war:
            yield chosen


@st.composite
def banks(draw: st.DrawFn, blueprint: Blueprint) -> Bank:
    """Up to three scenarios a theme, most statements asked, and up to four pairs of enemies."""
    made: list[Scenario] = []
    for theme in blueprint.themes.values():
        for n in range(draw(st.sampled_from([1, 2, 2, 3, 3]))):
            others = [s.code for s in theme.statements if not s.essential]
            left_out = draw(st.sets(st.sampled_from(others))) if others else set()
            asked = [s.code for s in theme.statements if s.code not in left_out]
            made.append(a_scenario(f"{theme.code.lower()}-{n}", asked, theme=theme.code))
    pairs = list(combinations(sorted(s.slug for s in made), 2))
    enemies = draw(st.lists(st.sampled_from(pairs), max_size=4)) if pairs else []
    return Bank(tuple(replace(s, enemies=tuple(b for a, b in enemies if a == s.slug)) for s in made))


def histories(bank: Bank) -> st.SearchStrategy[History]:
    slugs = [s.slug for s in bank.scenarios]
    counts = st.dictionaries(st.sampled_from(slugs), st.integers(0, 5))
    return st.builds(History, counts, st.just({}), counts, st.frozensets(st.sampled_from(slugs)))


BLUEPRINT = a_blueprint(
    {"A.1": ESSENTIAL, "A.2": OTHER, "B.1": ESSENTIAL, "B.2": OTHER, "C.1": ESSENTIAL, "C.2": OTHER}, drawn=1
)


@given(st.data())
def test_assembly_gives_a_valid_paper_or_names_a_real_shortage(data: st.DataObject) -> None:
    bank = data.draw(banks(BLUEPRINT))
    possible = list(every_choice(BLUEPRINT, bank))
    try:
        drawer = Drawer(BLUEPRINT, "main", bank)
    except BankTooThin as thin:
        assert possible == []
        assert_real(thin, bank)
        return
    history = data.draw(histories(bank))
    for n in range(4):
        paper = drawer.draw(f"{n}", history)
        slugs = {s.scenario for s in paper.scenarios}
        assert any(slugs == {s.slug for s in choice} for choice in possible)
        assert list(breaches(paper, BLUEPRINT, "main")) == []


def assert_real(thin: BankTooThin, bank: Bank) -> None:
    """What is named is missing: a bank that had it would serve, or the pairs named are indeed enemies."""
    for short in thin.shortages:
        if not short.barred:
            assert short.live < short.needed
            continue
        at_war = {frozenset((s.slug, other)) for s in bank.scenarios for other in s.enemies}
        assert {frozenset(pair.split(" and ")) for pair in short.barred} <= at_war
        peace = Bank(tuple(replace(s, enemies=()) for s in bank.scenarios))
        assert list(every_choice(BLUEPRINT, peace))


@given(st.data())
def test_no_paper_repeats_more_than_the_bank_forces(data: st.DataObject) -> None:
    bank = data.draw(banks(BLUEPRINT))
    possible = list(every_choice(BLUEPRINT, bank))
    if not possible:
        return
    history = data.draw(histories(bank))
    least = min(sum(s.slug in history.met for s in choice) for choice in possible)
    paper = Drawer(BLUEPRINT, "main", bank).draw("seed", history)
    again = {s.scenario for s in paper.scenarios} & history.met
    assert len(again) == least
    assert set(paper.repeats) == again


@given(st.data())
def test_no_cap_is_passed_and_no_neighbour_met_while_the_bank_allows_better(data: st.DataObject) -> None:
    """Among the papers with the same drawn statement and as few repeats, none gives up less; but for a later resit."""
    bank = data.draw(banks(BLUEPRINT))
    possible = list(every_choice(BLUEPRINT, bank))
    if not possible:
        return
    history = data.draw(histories(bank))
    paper = Drawer(BLUEPRINT, "main", bank).draw("seed", history)
    (drawn,) = [q.statement for q in paper.questions if q.slot == "drawn 1"]
    price = prices(bank, history)
    fits = [c for c in possible if any(s.question_on(drawn) for s in c)]
    own = [s.scenario for s in paper.scenarios]
    assert total(price, own)[:2] == min(total(price, [s.slug for s in c])[:2] for c in fits)  # repeats, then caps
    if total(price, own) != min(total(price, [s.slug for s in c]) for c in fits):
        met = history.met.union(own)
        left = min(sum(s.slug not in met for s in bank.pool(theme)) for theme in BLUEPRINT.themes)
        assert history.met and left and may_follow(possible, met, left)


def may_follow(possible: Iterable[Choice], met: frozenset[str], many: int) -> bool:
    """Whether so many of the possible papers may follow, one after the other, without a repeat."""
    choices = [{s.slug for s in choice} for choice in possible]
    fresh = [choice for choice in choices if not choice & met]
    return many == 0 or any(may_follow(possible, met | choice, many - 1) for choice in fresh)


def prices(bank: Bank, history: History) -> dict[str, tuple[int, int, int]]:
    """What using a scenario gives up: a repeat, a cap, overlap with the room."""
    over: set[str] = set()
    for theme in BLUEPRINT.themes:
        pool = {s.slug: history.exposed.get(s.slug, 0) for s in bank.pool(theme)}
        used = sum(pool.values())
        over |= {slug for slug, n in pool.items() if used and n / used >= max(0.25, 1.5 / len(pool))}
    slugs = [s.slug for s in bank.scenarios]
    return {slug: (slug in history.met, slug in over, history.beside.get(slug, 0)) for slug in slugs}


def total(price: Mapping[str, tuple[int, int, int]], slugs: list[str]) -> tuple[int, ...]:
    return tuple(sum(price[slug][part] for slug in slugs) for part in range(3))


@given(st.data())
def test_a_paper_is_the_same_again_from_the_same_history(data: st.DataObject) -> None:
    bank = data.draw(banks(BLUEPRINT))
    if not list(every_choice(BLUEPRINT, bank)):
        return
    history = data.draw(histories(bank))
    turned = Bank(bank.scenarios[::-1])
    assert Drawer(BLUEPRINT, "main", bank).draw("s", history) == Drawer(BLUEPRINT, "main", turned).draw("s", history)


# --- what is named ------------------------------------------------------------------------------------
def test_enemies_in_every_combination_are_named() -> None:
    a = replace(a_scenario("a", ["A.1", "A.2", "A.3"]), enemies=("b-1", "b-2"))
    bank = Bank((a, a_scenario("b-1", ["B.1", "B.2"]), a_scenario("b-2", ["B.1", "B.2"])))
    with pytest.raises(BankTooThin) as thin:
        Drawer(a_blueprint(), "main", bank)
    (short,) = thin.value.shortages
    assert (short.code, short.statement, short.barred) == ("bank.enemies", "A and B", ("a and b-1", "a and b-2"))


def test_a_theme_that_enemies_do_not_touch_is_not_blamed() -> None:
    blueprint = a_blueprint({"A.1": ESSENTIAL, "B.1": ESSENTIAL, "C.1": ESSENTIAL}, drawn=0)
    bank = Bank((a_scenario("c", ["C.1"]), replace(a_scenario("a", ["A.1"]), enemies=("b",)), a_scenario("b", ["B.1"])))
    with pytest.raises(BankTooThin) as thin:
        Drawer(blueprint, "main", bank)
    assert [short.statement for short in thin.value.shortages] == ["A and B"]


# --- exposure -----------------------------------------------------------------------------------------
def test_the_cap_is_a_quarter_or_half_as_much_again_as_fair() -> None:
    assert [cap(n, a_blueprint()) for n in (1, 2, 4, 6, 10)] == [1.5, 0.75, 0.375, 0.25, 0.25]


def test_at_its_cap_a_scenario_is_capped() -> None:
    assert capped({"a": 3, "b": 1}, 0.75) == {"a"}
    assert capped({"a": 0, "b": 0}, 0.75) == frozenset()


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 9), min_size=1),
    st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 10_000)),
)
def test_weights_fall_with_use_and_never_reach_nothing(published: dict[str, int], drawn: dict[str, int]) -> None:
    now = weights(published, drawn)
    assert all(weight / 4 <= now[code] <= weight * 4 for code, weight in published.items())
    for one, other in combinations(published, 2):
        if published[one] == published[other] and drawn.get(one, 0) > drawn.get(other, 0):
            assert now[one] <= now[other]


def test_unused_the_published_weights_stand() -> None:
    assert weights({"a": 3, "b": 1}, {}) == {"a": 3.0, "b": 1.0}


# --- one candidate, one room --------------------------------------------------------------------------
@BOTH
def test_sitting_after_sitting_shares_nothing_while_the_bank_allows(pathway: str) -> None:
    """Three scenarios a theme serve three sittings; the fourth repeats, and says all of what it repeats."""
    bank = a_bank(st0087().blueprint, each=3)
    drawer, met = Drawer(st0087().blueprint, pathway, bank), frozenset[str]()
    for sitting in range(3):
        paper = drawer.draw(f"{sitting}", History(met=met))
        slugs = {s.scenario for s in paper.scenarios}
        assert (slugs & met, paper.repeats) == (set(), ())
        met |= slugs
    assert len(drawer.draw("again", History(met=met)).repeats) == 9


@BOTH
def test_a_room_shares_as_little_as_it_can(pathway: str) -> None:
    """Mean overlap of all pairs against the least that counting allows: each pool's uses as even as can be."""
    drawer, used, papers = Drawer(st0087().blueprint, pathway, st0087_bank()), Counter[str](), list[Paper]()
    for n in range(30):
        papers.append(drawer.draw(f"{n}", History(beside=used)))
        used.update(s.scenario for s in papers[-1].scenarios)
    for theme in st0087().blueprint.pathways[pathway].themes:
        counts = [used[s.slug] for s in st0087_bank().pool(theme)]
        assert max(counts) - min(counts) <= 1


# --- questions that stand alone -----------------------------------------------------------------------
def questions_blueprint() -> Blueprint:
    """Two statements, of each one single choice and two short answers."""
    blueprint = a_blueprint({"A.1": ESSENTIAL, "B.1": ESSENTIAL}, drawn=0)
    each = {SINGLE_BEST: 1, SHORT_ANSWER: 2}
    slots = replace(blueprint.slots, questions=6, pools={"A.1": each, "B.1": each})
    return replace(blueprint, layout="questions", formats=(SINGLE_BEST, SHORT_ANSWER), slots=slots)


def alone(slug: str, statement: str, format_: str, *, enemies: tuple[str, ...] = ()) -> Scenario:
    body = {"option_a": "One", "option_b": "Two", "option_c": "Three", "key": "a"} if format_ == SINGLE_BEST else {}
    question = Question(slug, 1, statement, format_, "What now?", {}, body)
    return Scenario(slug, 1, statement.partition(".")[0], slug, "", True, (question,), enemies=enemies)


def questions_bank(each: int = 2) -> Bank:
    made = [
        alone(f"{code.lower().replace('.', '')}-{kind}-{n}", code, format_)
        for code in ("A.1", "B.1")
        for kind, format_, many in (("one", SINGLE_BEST, each), ("short", SHORT_ANSWER, 2 * each))
        for n in range(many)
    ]
    return Bank(tuple(made))


def test_a_paper_of_questions_fills_every_slot_by_format() -> None:
    drawer = Drawer(questions_blueprint(), "main", questions_bank())
    for n in range(50):
        paper = drawer.draw(f"{n}")
        assert list(breaches(paper, questions_blueprint(), "main")) == []
        assert [q.format for q in paper.questions] == [SINGLE_BEST] * 2 + [SHORT_ANSWER] * 4
        assert {q.slot for q in paper.questions if q.format == SINGLE_BEST} == {
            "A.1 single-best 1", "B.1 single-best 1",
        }  # fmt: skip
        assert Counter(q.statement for q in paper.questions) == {"A.1": 3, "B.1": 3}


def test_options_stand_in_an_order_of_the_papers_own() -> None:
    drawer = Drawer(questions_blueprint(), "main", questions_bank())
    orders = {q.options for n in range(50) for q in drawer.draw(f"{n}").questions if q.format == SINGLE_BEST}
    assert len(orders) == 6
    assert {frozenset(order) for order in orders} == {frozenset("abc")}


def test_a_thin_pool_is_named_with_its_format() -> None:
    bank = Bank(tuple(s for s in questions_bank(1).scenarios if s.slug != "b1-short-1"))
    with pytest.raises(BankTooThin) as thin:
        Drawer(questions_blueprint(), "main", bank)
    (short,) = thin.value.shortages
    assert (short.statement, short.format, short.live, short.needed) == ("B.1", SHORT_ANSWER, 1, 2)


def test_questions_met_before_are_left_out_and_enemies_kept_apart() -> None:
    scenarios = [
        replace(s, enemies=("a1-short-1",)) if s.slug == "a1-short-0" else s for s in questions_bank().scenarios
    ]
    drawer = Drawer(questions_blueprint(), "main", Bank(tuple(scenarios)))
    met = frozenset({"a1-one-0", "b1-short-0", "b1-short-1"})
    for n in range(30):
        paper = drawer.draw(f"{n}", History(met=met))
        slugs = {s.scenario for s in paper.scenarios}
        assert not slugs & met
        assert not {"a1-short-0", "a1-short-1"} <= slugs
