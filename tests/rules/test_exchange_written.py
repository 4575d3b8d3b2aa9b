"""Banks written as files: what is read back is what was written, and the bytes are the same each time."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from item_bank.blueprint import Blueprint
from item_bank.exchange import bank_files, read_files, scenario_file, to_yaml
from item_bank.scenarios import Bank, Scenario
from item_bank.sources import loads
from tests import banks
from tests.makers import a_scenario, st0087, st0087_bank

BLUEPRINTS = {"scenarios": banks.scenarios_blueprint(), "questions": banks.questions_blueprint()}
VALUES = st.recursive(
    banks.TEXT | st.integers(-99, 99) | st.booleans() | st.just(""),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(banks.TEXT, inner, max_size=3),
    max_leaves=8,
)


def as_bytes(bank: Bank) -> dict[str, bytes]:
    return {name: text.encode() for name, text in bank_files(bank).items()}


@given(st.dictionaries(banks.TEXT | st.sampled_from(["text", "meets"]), VALUES, min_size=1, max_size=4))
def test_any_value_reads_back_as_it_was(value: dict[str, object]) -> None:
    source, faults = loads(to_yaml(value), "file")
    assert (source.data, faults) == (value, [])


@given(banks.WILD)
def test_any_text_reads_back_as_it_was(text: str) -> None:
    source, faults = loads(to_yaml({"text": text, "line": text}), "file")
    assert (source.data, faults) == ({"text": text, "line": text}, [])


@pytest.mark.parametrize("blueprint", BLUEPRINTS.values(), ids=BLUEPRINTS)
@given(st.data())
@settings(max_examples=40)
def test_a_bank_of_any_formats_reads_back_as_it_was(blueprint: Blueprint, data: st.DataObject) -> None:
    bank = data.draw(banks.any_bank(blueprint))
    files = as_bytes(bank)
    read = read_files(files, blueprint, "bank")
    assert read.faults == ()
    assert sorted(read.bank.scenarios, key=lambda s: s.slug) == sorted(bank.scenarios, key=lambda s: s.slug)
    assert as_bytes(read.bank) == files


def test_the_shipped_bank_reads_back_as_it_was() -> None:
    read = read_files(as_bytes(st0087_bank()), st0087().blueprint, "bank")
    assert read.faults == ()
    assert {s.slug: s for s in read.bank.scenarios} == {s.slug: s for s in st0087_bank().scenarios}


def test_a_file_is_written_as_people_write_it() -> None:
    scenario = a_scenario("the-open-gate", ["A.1"])
    assert scenario_file(scenario) == (
        "schema: scenario/1\nscenario: the-open-gate\nversion: 1\ntheme: A\ntitle: The open gate\nsample: true\n"
        f"text: |-\n  {scenario.text.strip()}\n"
        "questions:\n  - question: the-open-gate-a-1\n    version: 1\n    statement: A.1\n    format: extended-answer\n"
        "    text: |-\n      What about A.1?\n    guide:\n      P-A.1.1:\n"
        "        meets: |-\n          - Says what it is\n        falls_short: |-\n          - Says nothing\n"
    )


def test_a_draft_without_text_or_questions_is_written_all_the_same() -> None:
    empty = Bank((Scenario("begun", 1, "A", "Begun", "", False, ()),))
    (text,) = bank_files(empty).values()
    assert loads(text, "file")[0].data["questions"] == []
