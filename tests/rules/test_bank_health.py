"""The health of a bank: possible papers against brute force, overlap against papers drawn, alarms and dates."""

import datetime as dt
from dataclasses import replace
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from item_bank.dates import months_after
from item_bank.health import Facts, drawn_sets, health, measured, thin_pools
from item_bank.paper import Drawer
from item_bank.paper.pools import enemies_of, fitting, pools_of
from item_bank.possible import possible_papers
from item_bank.scenarios import Bank, Scenario
from tests import banks
from tests.makers import SMALL, a_bank, a_blueprint, a_scenario, st0087, st0087_bank, two_a_theme

TODAY = dt.date(2026, 11, 23)


def counted(bank: Bank, drawn: int) -> int:
    """Every set of questions that a paper may hold, counted one by one."""
    blueprint = a_blueprint(drawn=drawn)
    pools = pools_of(bank, blueprint, "main")
    enemies = enemies_of(bank.scenarios)
    found = 0
    for extra in combinations(sorted(blueprint.drawable("main")), drawn):
        fits = [fitting(pool, set(extra) & pool.drawable) for pool in pools.values()]
        for chosen in product(*fits):
            slugs = [unit.slug for unit in chosen]
            found += not any(b in enemies.get(a, ()) for a, b in combinations(slugs, 2))
    return found


@given(st.data(), st.integers(0, 2))
@settings(max_examples=60)
def test_possible_papers_are_those_that_can_be_counted(data: st.DataObject, drawn: int) -> None:
    made: list[Scenario] = []
    for theme in ("A", "B"):
        codes = [code for code in SMALL if code.startswith(theme)]
        for n in range(data.draw(st.integers(0, 4))):
            asked = data.draw(st.lists(st.sampled_from(codes), min_size=1, unique=True))
            slug = f"{theme.lower()}-{n}"
            enemies = data.draw(st.lists(st.sampled_from([s.slug for s in made]), unique=True)) if made else []
            made.append(replace(a_scenario(slug, asked, theme=theme), enemies=tuple(enemies)))
    bank = Bank(tuple(made))
    found = possible_papers(pools_of(bank, a_blueprint(drawn=drawn), "main"), drawn)
    assert found.exact and found.papers == counted(bank, drawn)


def test_where_questions_stand_alone_pools_are_chosen_from() -> None:
    blueprint = banks.questions_blueprint()
    pools = {"A.1 rank": {"rank": 2}}
    one = replace(blueprint, slots=replace(blueprint.slots, pools={"A.1": pools["A.1 rank"]}))
    units = []
    for n in range(5):
        scenario = a_scenario(f"q-{n}", ["A.1"])
        question = replace(scenario.questions[0], slug=f"q-{n}", format="rank", guide={}, body=banks.BODIES["rank"])
        units.append(replace(scenario, text="", questions=(question,)))
    units[0] = replace(units[0], enemies=("q-1",))
    found = possible_papers(pools_of(Bank(tuple(units)), one, "main"), 0)
    assert (found.papers, found.exact) == (10 - 1, True)


def test_too_many_enemies_are_left_out_and_said() -> None:
    blueprint = a_blueprint({f"{theme}.1": "essential" for theme in "ABCDEFGH"}, drawn=0)
    bank = a_bank(blueprint, each=8)
    slugs = [s.slug for s in bank.scenarios]
    tangled = Bank(tuple(replace(s, enemies=(slugs[(n + 9) % 64],)) for n, s in enumerate(bank.scenarios)))
    found = possible_papers(pools_of(tangled, blueprint, "main"), 0)
    assert (found.papers, found.exact) == (8**8, False)


@pytest.mark.parametrize("pathway", ["community", "residential"])
def test_the_expected_overlap_is_what_drawn_papers_share(pathway: str) -> None:
    bank = two_a_theme(st0087_bank())
    found = health(bank, st0087().blueprint, pathway, Facts(TODAY))
    drawer = Drawer(st0087().blueprint, pathway, bank)
    shared = measured(drawer.draw(f"seed {n}") for n in range(400))
    assert found.expected is not None and found.possible is not None
    assert found.expected.scenarios == pytest.approx(9 / 2)
    assert shared.scenarios == pytest.approx(found.expected.scenarios, rel=0.05)
    assert shared.questions == pytest.approx(found.expected.questions, rel=0.05)
    assert found.possible.papers == {"community": 6 * 2**9, "residential": 5 * 2**9}[pathway]


def test_two_equal_papers_share_all() -> None:
    paper = Drawer(st0087().blueprint, "community", st0087_bank()).draw("x")
    assert (measured([paper] * 3).scenarios, measured([paper] * 3).questions) == (9, 16)


def test_statements_are_drawn_by_weight_one_after_the_other() -> None:
    sets = drawn_sets({"a": 3, "b": 1}, 1)
    assert sets == {frozenset("a"): 0.75, frozenset("b"): 0.25}
    assert drawn_sets({"a": 3, "b": 1, "c": 1}, 2) == pytest.approx(
        {frozenset("ab"): 0.3 + 0.15, frozenset("ac"): 0.3 + 0.15, frozenset("bc"): 0.1}, abs=1e-9
    )
    assert drawn_sets({str(n): 1 for n in range(40)}, 20) is None


def test_use_alarms_and_dates() -> None:
    facts = Facts(
        TODAY,
        exposed={"a-1": 12, "a-2": 8, "b-1": 10, "b-2": 10},
        live_since={"a-1": dt.date(2025, 1, 31)},
        reviewed={"a-1": dt.date(2025, 11, 23), "a-2": dt.date(2026, 1, 20), "b-1": dt.date(2026, 5, 1)},
    )
    blueprint = a_blueprint()
    yearly = replace(blueprint, policy=replace(blueprint.policy, review_months=12))
    found = {u.slug: u for u in health(a_bank(blueprint), yearly, "main", facts).units}
    assert (found["a-1"].share, found["a-1"].cap, found["a-1"].alarm) == (0.6, 0.75, True)
    assert [found[slug].due_state for slug in ("a-1", "a-2", "b-1", "b-2")] == ["over", "soon", "", ""]
    assert found["a-1"].due == TODAY and found["b-2"].due is None


def test_a_few_papers_raise_no_alarm() -> None:
    found = health(a_bank(a_blueprint()), a_blueprint(), "main", Facts(TODAY, exposed={"a-1": 5}))
    assert [u.alarm for u in found.units] == [False] * 4


def test_months_end_where_there_is_no_such_day() -> None:
    assert months_after(dt.date(2024, 2, 29), 12) == dt.date(2025, 2, 28)
    assert months_after(dt.date(2026, 11, 30), 3) == dt.date(2027, 2, 28)
    assert months_after(dt.date(2026, 12, 31), 12) == dt.date(2027, 12, 31)


def test_a_bank_below_what_is_recommended_is_noted() -> None:
    blueprint = a_blueprint()
    assert [t.name for t in thin_pools(a_bank(blueprint, each=3), blueprint)] == ["A", "B"]
    assert list(thin_pools(a_bank(blueprint, each=4), blueprint)) == []
    alone = banks.questions_blueprint()
    assert len(list(thin_pools(Bank(()), alone))) == len(alone.by_code()) * len(alone.formats)


def test_a_bank_that_serves_no_paper_has_no_rates() -> None:
    found = health(Bank(()), a_blueprint(), "main", Facts(TODAY))
    assert (found.expected, found.possible.papers if found.possible else None, found.begun) == (None, 0, 0)
