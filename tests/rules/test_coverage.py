"""What a bank offers to a blueprint, and what is missing to draw a paper."""

import pytest

from item_bank.coverage import Shortage, pools, shortages, statements
from item_bank.scenarios import Bank
from tests.makers import ESSENTIAL, OTHER, a_bank, a_blueprint, a_scenario, st0087, st0087_bank


def missing(bank: Bank, *, drawn: int = 1) -> dict[str, tuple[int, int]]:
    """Statement: how many are live and how many are needed."""
    return {s.statement: (s.live, s.needed) for s in shortages(bank, a_blueprint(drawn=drawn), "main")}


def test_an_empty_pool_is_counted_as_empty() -> None:
    bank = Bank((a_scenario("one", ["A.1"]), a_scenario("two", ["A.1"])))
    assert pools(bank, a_blueprint()) == {"A": 2, "B": 0}


def test_questions_are_counted_by_statement_and_format() -> None:
    bank = Bank((a_scenario("one", ["A.1", "A.2"]), a_scenario("two", ["A.1"])))
    counts = statements(bank, a_blueprint())
    assert {code: dict(formats) for code, formats in counts.items()} == {
        "A.1": {"extended-answer": 2},
        "A.2": {"extended-answer": 1},
        "A.3": {},
        "B.1": {},
        "B.2": {},
    }


def test_a_full_bank_lacks_nothing() -> None:
    assert missing(a_bank(a_blueprint(), each=1)) == {}


def test_an_essential_statement_that_nothing_asks_is_named_alone() -> None:
    assert missing(Bank((a_scenario("a", ["A.1", "A.3"]), a_scenario("b", ["B.1", "B.2"])))) == {"A.2": (0, 1)}


def test_essential_statements_that_no_scenario_asks_together_are_all_named() -> None:
    bank = Bank((a_scenario("a", ["A.1", "A.3"]), a_scenario("o", ["A.2", "A.3"]), a_scenario("b", ["B.1"])))
    assert missing(bank) == {"A.1": (1, 2), "A.2": (1, 2)}


def test_an_empty_bank_lacks_every_essential_statement() -> None:
    assert missing(Bank(())) == {"A.1": (0, 1), "A.2": (0, 1), "B.1": (0, 1)}


def test_a_bank_with_nothing_to_draw_is_short_of_every_drawable_statement() -> None:
    assert missing(Bank((a_scenario("a", ["A.1", "A.2"]), a_scenario("b", ["B.1"])))) == {"A.3": (0, 1), "B.2": (0, 1)}


def test_a_drawable_question_beside_no_essential_ones_does_not_count() -> None:
    bank = Bank((a_scenario("a", ["A.1", "A.2"]), a_scenario("x", ["A.3"]), a_scenario("b", ["B.1"])))
    assert missing(bank) == {"A.3": (0, 1), "B.2": (0, 1)}


def test_as_many_as_are_drawn_must_be_asked_together() -> None:
    one = Bank((a_scenario("a", ["A.1", "A.2", "A.3"]), a_scenario("b", ["B.1"])))
    both = Bank((a_scenario("a", ["A.1", "A.2", "A.3"]), a_scenario("b", ["B.1", "B.2"])))
    assert missing(one, drawn=2) == {"A.3": (1, 2), "B.2": (0, 1)}
    assert missing(both, drawn=2) == {}


def test_two_that_no_scenario_asks_together_cannot_both_be_drawn() -> None:
    blueprint = a_blueprint({"A.1": ESSENTIAL, "A.2": OTHER, "A.3": OTHER}, drawn=2)
    apart = Bank((a_scenario("a", ["A.1", "A.2"]), a_scenario("b", ["A.1", "A.3"])))
    assert shortages(apart, blueprint, "main") == [Shortage("main", "A.2", 1, 2), Shortage("main", "A.3", 1, 2)]


@pytest.mark.parametrize("pathway", ["community", "residential"])
def test_the_shipped_bank_lacks_nothing(pathway: str) -> None:
    assert shortages(st0087_bank(), st0087().blueprint, pathway) == []


def test_the_shipped_bank_has_two_scenarios_a_theme_at_least() -> None:
    assert min(pools(st0087_bank(), st0087().blueprint).values()) >= 2


def test_every_shipped_scenario_asks_each_statement_of_its_theme_once() -> None:
    for scenario in st0087_bank().scenarios:
        own = [s.code for s in st0087().blueprint.themes[scenario.theme].statements]
        assert sorted(q.statement for q in scenario.questions) == sorted(own), scenario.slug
