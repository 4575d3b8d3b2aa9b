"""Bank files: a folder of scenarios in; every fault out at once, at its file and line."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from item_bank.blueprint import Blueprint
from item_bank.exchange import LONGEST_TEXT, read_bank, word_count
from item_bank.scenarios import Bank
from item_bank.sources import LARGEST_FILE, Fault
from sjt.words import say_fault
from tests.makers import a_blueprint, st0087_bank

WORDS = "Something happens in the home today. " * 25  # 150 words
SCENARIO = f"""\
schema: scenario/1
scenario: the-open-gate
version: 1
theme: A
title: The open gate
sample: true
text: {WORDS}
questions:
  - question: the-open-gate-1
    version: 1
    statement: A.1
    format: extended-answer
    text: What would you do?
    guide:
      P-A.1.1:
        meets: Says what and why
        falls_short: Says neither
  - question: the-open-gate-2
    version: 3
    statement: A.2
    format: extended-answer
    text: And then?
    guide:
      P-A.2.1:
        meets: Looks ahead
        falls_short: Stops there
sources:
  - A regulation
"""
OTHER_SCENARIO = SCENARIO.replace("the-open-gate", "the-shut-gate")


def read(files: Mapping[str, str | bytes], blueprint: Blueprint | None = None) -> tuple[Bank, list[Fault]]:
    """Read a bank of these files."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).parent.mkdir(exist_ok=True, parents=True)
            (Path(folder) / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_bank(Path(folder), blueprint or a_blueprint(), "bank")


def faults_of(content: str | bytes) -> list[tuple[int, str]]:
    return [(fault.place.line, fault.code) for fault in read({"gate.yaml": content})[1]]


def line_with(words: str, text: str) -> int:
    (found,) = [number for number, line in enumerate(text.splitlines(), 1) if words in line]
    return found


# --- what is read ---------------------------------------------------------------------------------
def test_a_scenario_is_read_as_it_stands() -> None:
    bank, faults = read({"A/gate.yaml": SCENARIO})
    (scenario,) = bank.scenarios
    assert faults == []
    assert (scenario.slug, scenario.version, scenario.theme, scenario.sample) == ("the-open-gate", 1, "A", True)
    assert [(q.slug, q.version, q.statement) for q in scenario.questions] == [
        ("the-open-gate-1", 1, "A.1"),
        ("the-open-gate-2", 3, "A.2"),
    ]
    assert scenario.questions[0].guide["P-A.1.1"].meets == "Says what and why"


def test_scenarios_come_from_every_folder() -> None:
    bank, _ = read({"A/gate.yaml": SCENARIO, "A/more/gate.yml": OTHER_SCENARIO, "notes.txt": "no: scenario"})
    assert {scenario.slug for scenario in bank.scenarios} == {"the-open-gate", "the-shut-gate"}


def test_sources_may_be_left_out() -> None:
    assert faults_of(SCENARIO.replace("sources:\n  - A regulation\n", "")) == []


@pytest.mark.parametrize(("words", "allowed"), [(119, False), (120, True), (250, True), (251, False)])
def test_a_scenario_has_120_to_250_words(words: int, allowed: bool) -> None:
    text = SCENARIO.replace(WORDS, "word " * words)
    assert faults_of(text) == ([] if allowed else [(7, "bank.length")])


@given(st.lists(st.text(st.characters(categories=["L", "N", "P"]), min_size=1), max_size=20), st.sampled_from(" \n\t"))
def test_words_are_counted_between_white_space(words: list[str], blank: str) -> None:
    assert word_count(blank.join(words)) == len(words)


def test_the_shipped_bank_is_all_samples() -> None:
    assert all(scenario.sample for scenario in st0087_bank().scenarios)


# --- one mistake at a time ------------------------------------------------------------------------
GUIDE = "      P-A.2.1:\n        meets: Looks ahead\n        falls_short: Stops there\n"
MISTAKES = {
    "another schema": ("schema: scenario/1", "schema: scenario/2", "schema", "value.one_of"),
    "no title": ("title: The open gate\n", "", "schema", "value.text"),
    "an unknown name": ("sample: true", "sample: true\nsamples: true", "samples", "value.unknown_key"),
    "a flag in words": ("sample: true", "sample: probably", "sample", "value.flag"),
    "a version of nought": ("version: 3", "version: 0", "version: 0", "value.whole"),
    "an unknown theme": ("theme: A", "theme: Z", "theme: Z", "value.one_of"),
    "a slug in capitals": ("scenario: the-open-gate\n", "scenario: The-Gate\n", "The-Gate", "bank.slug"),
    "a slug that is a path": ("scenario: the-open-gate\n", "scenario: ../gate\n", "../gate", "bank.slug"),
    "a slug twice in one file": ("gate-2", "gate-1 ", "gate-1 ", "bank.doubled_slug"),
    "a question named as its scenario": ("the-open-gate-2", "'the-open-gate '", "'the-open", "bank.doubled_slug"),
    "an unknown statement": ("statement: A.2", "statement: A.9", "A.9", "value.one_of"),
    "a statement of another theme": ("statement: A.2", "statement: B.1", "B.1", "value.one_of"),
    "an unknown format": ("answer\n    text: And", "choice\n    text: And", "extended-choice", "value.one_of"),
    "no question text": ("text: And then?", "text: ' '", "text: ' '", "value.text"),
    "a question text without end": ("And then?", "x" * (LONGEST_TEXT + 1), "xxx", "bank.text_too_long"),
    "no guide at all": (f"    guide:\n{GUIDE}", "", "question: the-open-gate-2", "bank.no_guide"),
    "an empty guide": (GUIDE, "", "    guide:", "bank.no_guide"),
    "a guide with half a point": ("        meets: Looks ahead\n", "", "P-A.2.1", "value.text"),
    "a guide with a stray name": ("meets: Looks ahead", "meets: x\n        meet: x", "meet: x", "value.unknown_key"),
    "a name twice": ("version: 3", "version: 3\n    version:  3", "version:  3", "file.doubled_key"),
    "sources in one text": ("sources:\n  - A regulation", "sources: A regulation", "sources", "value.list"),
    "a blank source": ("- A regulation", "- ''", "- ''", "value.text"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words", "code"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_named_at_its_line(old: str, new: str, words: str, code: str) -> None:
    assert SCENARIO.count(old) == 1
    text = SCENARIO.replace(old, new)
    ((line, found),) = faults_of(text)
    assert found == code
    assert words in text.splitlines()[line - 1]


def test_a_point_that_is_not_the_statements_is_named_beside_the_one_that_is_missing() -> None:
    text = SCENARIO.replace("P-A.2.1", "P-A.2.7")
    guide = line_with("P-A.2.7", text) - 1
    assert faults_of(text) == [(guide, "bank.no_guide"), (guide + 1, "value.unknown_key")]


def test_a_doubled_statement_is_named_at_its_second_question() -> None:
    text = SCENARIO.replace("statement: A.2", "statement:  A.1").replace("P-A.2.1", "P-A.1.1")
    assert faults_of(text) == [(line_with("statement:  A.1", text), "bank.doubled_statement")]


def test_a_slug_used_in_another_file_says_where() -> None:
    _, faults = read({"a.yaml": SCENARIO, "b.yaml": OTHER_SCENARIO.replace("the-shut-gate-2", "the-open-gate-2")})
    line = line_with("the-open-gate-2", SCENARIO)
    assert [say_fault(fault) for fault in faults] == [
        f"bank/b.yaml:{line}: “the-open-gate-2” is already used at bank/a.yaml:{line}"
    ]


@pytest.mark.parametrize("question", ["only words", "[]", "null", "{}"])
def test_what_is_no_question_is_a_fault(question: str) -> None:
    text = SCENARIO.partition("questions:")[0] + f"questions:\n  - {question}\n"
    assert {line for line, _ in faults_of(text)} == {9}


@pytest.mark.parametrize("questions", ["", " []", " none", " {}"])
def test_a_scenario_without_questions_is_a_fault(questions: str) -> None:
    text = SCENARIO.partition("questions:")[0] + f"questions:{questions}\n"
    assert faults_of(text) == [(8, "value.list")]


# --- many mistakes and many files -------------------------------------------------------------------
def test_faults_of_all_files_come_at_once_in_order() -> None:
    faults = read(
        {
            "b.yaml": "- a list\n",
            "a.yaml": SCENARIO.replace("theme: A", "theme: Z").replace("sample: true", "sample: 1"),
            "c.yaml": b"title: caf\xe9\n",
            "d.yaml": "title: [\n",
            "e.yaml": b"#" * (LARGEST_FILE + 1),
        }
    )[1]
    assert [(fault.place.file, fault.place.line, fault.code) for fault in faults] == [
        ("bank/a.yaml", 4, "value.one_of"),
        ("bank/a.yaml", 6, "value.flag"),
        ("bank/b.yaml", 1, "file.not_mapping"),
        ("bank/c.yaml", 1, "file.not_utf8"),
        ("bank/d.yaml", 2, "file.not_yaml"),
        ("bank/e.yaml", 1, "file.too_large"),
    ]


def test_a_name_twice_hides_no_other_fault() -> None:
    text = SCENARIO.replace("version: 3", "version: 3\n    version: 3").replace("sample: true", "sample: 1")
    assert {code for _, code in faults_of(text)} == {"file.doubled_key", "value.flag"}


def test_an_empty_folder_is_a_fault() -> None:
    assert [fault.code for fault in read({})[1]] == ["bank.empty"]


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    assert [fault.code for fault in read_bank(tmp_path / "absent", a_blueprint())[1]] == ["bank.empty"]


def test_a_folder_in_a_files_place_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").mkdir()
    assert [fault.code for fault in read_bank(tmp_path, a_blueprint())[1]] == ["file.unreadable"]


LINES = SCENARIO.splitlines()


@given(st.data())
@settings(max_examples=40)
def test_whatever_happens_to_its_lines_the_check_says_so_in_faults(data: st.DataObject) -> None:
    lines = LINES.copy()
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(lines) - 1))
        lines[place : place + 1] = data.draw(
            st.sampled_from([[], [lines[place]] * 2, ["  " + lines[place]], [lines[place][2:]], [lines[place][:-1]]])
            | st.text(max_size=20).map(lambda text: [text])
        )
    bank, faults = read({"gate.yaml": "\n".join(lines).encode(errors="replace")})
    assert all(say_fault(fault).isprintable() for fault in faults)
    assert faults or [q.statement for s in bank.scenarios for q in s.questions] in (["A.1", "A.2"], ["A.1"], ["A.2"])
