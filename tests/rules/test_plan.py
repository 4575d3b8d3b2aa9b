"""Specification files: every fault at once, each at its line, and nothing that a file can hold breaks the check."""

import copy
import datetime as dt
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from item_bank.paper import Drawer, breaches
from item_bank.shipped import SPECS
from item_bank.sources import Fault, Reader, Source, loads
from sjt.rules.grading import edge_case_faults
from sjt.rules.pass_rules import CountAndKeys
from sjt.rules.plan import Specification, _specification, resolve
from sjt.services.files import check_specification
from sjt.words import say_fault
from tests.makers import a_bank, a_specification, st0087

SHIPPED = (SPECS / "st0087-1.0.yaml").read_text(encoding="utf-8")


def checked(content: str | bytes) -> tuple[Specification, list[Fault]]:
    """Check a file with this content, through the same function as the command."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "plan.yaml"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return check_specification(file, "plan.yaml")


def faults_of(content: str | bytes) -> list[tuple[int, str]]:
    return [(fault.place.line, fault.code) for fault in checked(content)[1]]


# --- the shipped file -----------------------------------------------------------------------------
def test_the_shipped_file_has_no_fault() -> None:
    assert faults_of(SHIPPED) == []


def test_the_shipped_file_is_read_as_it_stands() -> None:
    plan = st0087()
    assert (plan.name, plan.id) == ("st0087-1.0", "st0087-1.0-sjt-2018-06-29")
    assert (plan.standard, plan.in_force_from, plan.in_force_until) == ("ST0087", dt.date(2018, 6, 29), None)
    assert (plan.duration_minutes, plan.grace_seconds) == (120, 5)
    assert isinstance(plan.pass_rule, CountAndKeys) and plan.pass_rule.passes_needed == 8


def test_every_open_question_says_whether_it_was_inferred_or_recommended() -> None:
    assert {question.basis for question in st0087().open_questions} == {"inferred", "recommended"}


# --- one mistake at a time ------------------------------------------------------------------------
@dataclass(frozen=True)
class Mistake:
    """A change of the shipped file, and the faults it must give, each on the line that holds some words."""

    what: str
    old: str
    new: str
    faults: tuple[tuple[str, str], ...]

    def made_in(self, text: str) -> str:
        assert text.count(self.old) == 1, f"{self.what}: {text.count(self.old)} places"
        return text.replace(self.old, self.new)

    def expected(self, text: str) -> list[tuple[int, str]]:
        return sorted((line_with(words, text), code) for words, code in self.faults)


def line_with(words: str, text: str) -> int:
    """The number of the one line that holds these words; with ``^`` in front, that begins with them."""
    match = str.startswith if words.startswith("^") else str.__contains__
    (found,) = [n for n, line in enumerate(text.splitlines(), 1) if match(line, words.removeprefix("^"))]
    return found


COMMUNITY = "[C1, C2, C3, C4, C5, C6, C7, CM1, CM2]"
MISTAKES = [
    Mistake("a name removed", "  duration_minutes: 120\n", "", (("^test:", "value.whole"),)),
    Mistake("a section removed", "pass_rule:", "pass_rules:", (
        ("pass_rules:", "value.unknown_key"), ("^schema", "value.whole"), ("^schema", "value.text"))),
    Mistake("a name misspelt", "grace_seconds:", "grace_second:", (
        ("grace_second:", "value.unknown_key"), ("^test:", "value.whole"))),
    Mistake("an optional name misspelt", "  from: 2018-06-29\n", "  from: 2018-06-29\n  untill: 2019-01-01\n", (
        ("untill", "value.unknown_key"),)),
    Mistake("another schema", "schema: specification/1", "schema: specification/2", (("^schema", "value.one_of"),)),
    Mistake("a day that is none", "from: 2018-06-29", "from: soon", (("from: soon", "value.date"),)),
    Mistake("an id of another name", "id: st0087", "id: st0088", (("^id:", "spec.id"),)),
    Mistake("a flag for a number", "duration_minutes: 120", "duration_minutes: true", (
        ("duration_minutes", "value.whole"),)),
    Mistake("a number out of bounds", "duration_minutes: 120", "duration_minutes: 0", (
        ("duration_minutes", "value.whole"),)),
    Mistake("a word for a flag", "drive\", essential: true", "drive\", essential: always", (
        ("C1.2: {title", "value.flag"),)),
    Mistake("an unknown basis", "{value: closed, basis: recommended}", "{value: closed, basis: guessed}", (
        ("basis: guessed", "value.one_of"),)),
    Mistake("an unknown theme", COMMUNITY, COMMUNITY.replace("CM2", "CM9"), (
        ("CM9", "spec.unknown_theme"), ("^  CM2:", "spec.unused_theme"))),
    Mistake("a theme twice", COMMUNITY, COMMUNITY.replace("CM2", "CM1"), (
        ("C7, CM1, CM1", "spec.doubled_theme"), ("^  CM2:", "spec.unused_theme"),
        ("statements: 23", "spec.count"), ("^  keys: 3", "spec.slots"), ("statements: 23", "spec.count"))),
    Mistake("an unknown criteria set", "criteria: P-C2a}", "criteria: P-C2z}", (
        ("P-C2z", "spec.unknown_criteria"), ("^  P-C2a:", "spec.unused_criteria"))),
    Mistake("a criteria set that nothing uses", "criteria:\n  P-C1a:", "criteria:\n  P-C0:\n    - Nothing\n  P-C1a:", (
        ("P-C0", "spec.unused_criteria"),)),
    Mistake("a criteria set without a point", "  P-C7a:\n    - Evaluates their own and others' practice through more "
            "than one frame of reference\n    - Looks ahead to what should happen next\n", "  P-C7a: []\n", (
        ("^  P-C7a", "value.list"),)),
    Mistake("a name twice", "key: true, criteria: P-C4b", "key: true, key: true, criteria: P-C4b", (
        ("P-C4b}", "file.doubled_key"),)),
    Mistake("a wrong count", "statements: 23", "statements: 24", (("statements: 24", "spec.count"),)),
    Mistake("a count left out", "statements: 23, ", "", (
        ("themes: 9, essential: 15, key: 3, criteria_sets: 21", "value.whole"),)),
    Mistake("a statement under another theme", "C5.1: {", "C6.9: {", (("C6.9", "spec.statement_misplaced"),)),
    Mistake("a key that is not essential", "work, essential: true, key: true", "work, essential: false, key: true", (
        ("CM1.3: {title", "spec.key_not_essential"), ("statements: 23", "spec.count"),
        ("^  questions: 16", "spec.slots"))),
    Mistake("a key too few", "regulators\", essential: true, key: true", "regulators\", essential: true, key: false", (
        ("statements: 23", "spec.count"), ("statements: 22", "spec.count"),
        ("^  keys: 3", "spec.slots"), ("^  keys: 3", "spec.slots"))),
    Mistake("a weight for no statement", "{C1.3: 0, C6.2: 0}", "{C1.3: 0, C6.3: 0}", (
        ("C6.3: 0", "spec.unknown_statement"),)),
    Mistake("slots that do not add up", "drawn: {value: 1", "drawn: {value: 2", (
        ("^  questions: 16", "spec.slots"), ("^  questions: 16", "spec.slots"))),
    Mistake("a pass that nobody can reach", "passes_needed: 8", "passes_needed: 17", (
        ("passes_needed", "spec.unreachable"),)),
    Mistake("an edge case that the rule contradicts", "others_passed: 4, outcome: fail, reason: count",
            "others_passed: 4, outcome: pass", (
        ("seven, all keys", "spec.edge_case"), ("seven, all keys", "spec.edge_case"))),
    Mistake("an edge case with another reason", "others_passed: 4, outcome: fail, reason: count",
            "others_passed: 4, outcome: fail, reason: key", (
        ("seven, all keys", "spec.edge_case"), ("seven, all keys", "spec.edge_case"))),
    Mistake("an edge case with more keys than there are", "keys_passed: 3, others_passed: 13",
            "keys_passed: 4, others_passed: 13", (
        ("everything passed", "value.whole"),)),
    Mistake("an edge case without an outcome", "others_passed: 13, outcome: pass}", "others_passed: 13}", (
        ("everything passed", "value.one_of"),)),
    Mistake("a list for a mapping", "in_force:\n  from: 2018-06-29\n", "in_force: [2018-06-29]\n", (
        ("^in_force", "value.date"),)),
]  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.what)
def test_a_mistake_is_named_at_its_line(mistake: Mistake) -> None:
    text = mistake.made_in(SHIPPED)
    assert faults_of(text) == mistake.expected(text)


APART = [
    "a name removed", "an optional name misspelt", "an id of another name", "an unknown basis",
    "an unknown criteria set", "a name twice", "a count left out", "a statement under another theme",
    "a weight for no statement", "an edge case that the rule contradicts", "an edge case without an outcome",
]  # fmt: skip


def test_many_mistakes_are_all_named_at_once() -> None:
    """Mistakes in every part of the file; none hides another."""
    made = [mistake for mistake in MISTAKES if mistake.what in APART]
    text = SHIPPED
    for mistake in made:
        text = mistake.made_in(text)
    assert faults_of(text) == sorted(fault for mistake in made for fault in mistake.expected(text))
    assert len(made) == len(APART)


def test_a_mistake_at_the_top_hides_no_count_further_down() -> None:
    text = SHIPPED.replace("statements: 23", "statements: 24").replace("name: st0087-1.0\n", "")
    assert {code for _, code in faults_of(text)} == {"value.text", "spec.count"}


def test_a_fault_says_what_was_expected_and_what_was_found() -> None:
    (fault,) = checked(SHIPPED.replace("statements: 23", "statements: 24"))[1]
    assert say_fault(fault).endswith("“statements” should be 24, and this file lists 23")


# --- not a specification at all -------------------------------------------------------------------
def test_a_file_that_is_not_yaml_has_one_fault_at_its_line() -> None:
    text = SHIPPED.replace("modes: [online, paper]", "modes: [online, paper")
    assert faults_of(text) == [(line_with("book: {value", text), "file.not_yaml")]


def test_a_file_that_is_not_utf8_has_one_fault_at_its_line() -> None:
    content = SHIPPED.encode().replace(b"Quality assurance", b"Qualit\xe9")
    assert faults_of(content) == [(line_with("C4.2: {title", SHIPPED), "file.not_utf8")]


@pytest.mark.parametrize("text", ["- schema: specification/1\n", "specification\n", "42\n"])
def test_a_file_that_is_no_mapping_has_one_fault(text: str) -> None:
    assert faults_of(text) == [(1, "file.not_mapping")]


def test_an_empty_file_lacks_every_part_and_nothing_more() -> None:
    found = checked("")[1]
    assert {fault.path[0] for fault in found} >= {"schema", "name", "id", "pass_rule", "slots", "pathways", "themes"}
    assert {fault.code.partition(".")[0] for fault in found} == {"value"}


# --- nothing breaks the check -----------------------------------------------------------------------
@cache
def shipped_data() -> tuple[Any, Any]:
    """The shipped file's data and lines, read once."""
    source, _ = loads(SHIPPED, "plan.yaml")
    return source.data, source.lines


def paths(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield (*here, key)
        yield from paths(inner, (*here, key))


PATHS = sorted(paths(yaml.safe_load(SHIPPED)), key=str)
JUNK = st.one_of(
    st.sampled_from([None, True, False, 0, 1, 2, 17, -1, 10**40, 0.5, "", "x", "C1.1", "C1", "P-C1a", "pass", "key"]),
    st.sampled_from([[], {}, [[]], [None], ["C1"], {"C1": {}}, {"x": 1}, [{"x": 1}], dt.date(2020, 1, 1)]),
)


def spoil(data: Any, path: tuple[Any, ...], junk: Any, *, delete: bool) -> None:
    """Delete or replace what stands at a path, if it is still there."""
    for step in path[:-1]:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return
    if isinstance(data, dict) and path[-1] in data or isinstance(data, list) and path[-1] in range(len(data)):
        if delete:
            del data[path[-1]]
        else:
            data[path[-1]] = copy.deepcopy(junk)


@given(st.lists(st.tuples(st.sampled_from(PATHS), JUNK, st.booleans()), min_size=1, max_size=4))
def test_whatever_stands_in_a_file_there_is_a_fault_or_a_usable_specification(
    spoilt: list[tuple[tuple[Any, ...], Any, bool]],
) -> None:
    data, lines = copy.deepcopy(shipped_data()[0]), shipped_data()[1]
    for path, junk, delete in spoilt:
        spoil(data, path, junk, delete=delete)
    reader = Reader(Source("plan.yaml", data, lines))
    plan = _specification(reader)
    faults = [*reader.faults, *edge_case_faults(plan, reader.faults)]
    assert all(say_fault(fault).isprintable() for fault in faults)
    if not faults:
        assert_usable(plan)


def assert_usable(plan: Specification) -> None:
    """With a bank that asks everything, every pathway has its papers."""
    for pathway in plan.blueprint.pathways:
        paper = Drawer(plan.blueprint, pathway, a_bank(plan.blueprint, each=1)).draw("seed")
        assert list(breaches(paper, plan.blueprint, pathway)) == []


@given(st.data())
@settings(max_examples=15)
def test_whatever_happens_to_its_lines_the_check_says_so_in_faults(data: st.DataObject) -> None:
    lines = SHIPPED.splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(lines) - 1))
        lines[place : place + 1] = data.draw(
            st.sampled_from([[], [lines[place]] * 2, ["  " + lines[place]], [lines[place][2:]], [lines[place][:-1]]])
            | st.text(max_size=20).map(lambda text: [text])
        )
    _, faults = checked("\n".join(lines).encode(errors="replace"))
    assert all(say_fault(fault).isprintable() for fault in faults)


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode(errors="replace")))
def test_any_bytes_at_all_are_faults(content: bytes) -> None:
    assert checked(content)[1]


# --- which version governs --------------------------------------------------------------------------
OLD = replace(a_specification(), id="small-1.0-2020-01-01", in_force_until=dt.date(2021, 12, 31))
NEW = replace(a_specification(), id="small-1.0-2022-01-01", in_force_from=dt.date(2022, 1, 1))
CORRECTED = replace(a_specification(), id="small-1.0-2023-06-01", in_force_from=dt.date(2023, 6, 1))
KNOWN = [NEW, CORRECTED, OLD]


@pytest.mark.parametrize(
    ("day", "governs"),
    [
        ("2019-12-31", None),
        ("2020-01-01", OLD),
        ("2021-12-31", OLD),
        ("2022-01-01", NEW),
        ("2023-05-31", NEW),
        ("2023-06-01", CORRECTED),
    ],
)
def test_a_short_name_means_the_latest_version_in_force_on_the_day(day: str, governs: Specification | None) -> None:
    assert resolve(KNOWN, "small-1.0", dt.date.fromisoformat(day)) is governs


@given(st.sampled_from(KNOWN), st.dates())
def test_a_full_id_means_itself_on_any_day(plan: Specification, day: dt.date) -> None:
    assert resolve(KNOWN, plan.id, day) is plan


def test_an_unknown_name_means_nothing() -> None:
    assert resolve(KNOWN, "small", dt.date(2022, 1, 1)) is None


@given(st.dates(), st.permutations(KNOWN))
def test_the_order_of_the_files_is_no_matter(day: dt.date, known: list[Specification]) -> None:
    assert resolve(known, "small-1.0", day) is resolve(KNOWN, "small-1.0", day)
