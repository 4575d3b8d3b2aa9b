"""The framework of tags: every point once, in words that are not the source's, every fault at its line."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from item_bank.framework import Framework, framework_points, read_framework, shipped_files, shipped_frameworks
from item_bank.sources import Fault
from sjt.words import say_fault
from tests.rules.test_plan import Mistake

(FILE,) = shipped_files()
TEXT = FILE.read_text(encoding="utf-8")
(NOS,) = shipped_frameworks()


def checked(text: str) -> tuple[Framework, list[Fault]]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "framework.yaml"
        file.write_text(text, encoding="utf-8")
        return read_framework(file, "framework.yaml")


def test_the_shipped_framework_has_no_fault() -> None:
    assert checked(TEXT)[1] == []


def test_it_has_every_point_of_the_standard_once() -> None:
    """49 of performance under 3 headings, 111 of knowledge under 13."""
    wanted = [f"nos.P{n}" for n in range(1, 50)] + [f"nos.K{n}" for n in range(1, 112)]
    assert list(NOS.points) == wanted
    assert framework_points() == set(wanted)
    assert [s.kind for s in NOS.sections] == ["performance"] * 3 + ["knowledge"] * 13


def test_its_texts_are_short_and_each_its_own() -> None:
    texts = [point.text for point in NOS.points.values()]
    assert len(set(texts)) == 160
    assert max(len(text.split()) for text in texts) <= 16


MISTAKES = [
    Mistake("another schema", "framework/1", "framework/2", (("^schema", "value.one_of"),)),
    Mistake("a name misspelt", "source: >-", "sauce: >-", (("^sauce", "value.unknown_key"), ("^schema", "value.text"))),
    Mistake("an id of another name", "id: nos-child", "id: nosy-child", (("^id", "spec.id"),)),
    Mistake("a point without words", "K1: \"Law and house rules on equality, diversity, discrimination and rights\"",
            "K1: ''", (("      K1: ''", "value.text"),)),
    Mistake("a point twice in a section", "      K57: Signs", "      K56: Signs", (
        ("K56: Signs", "file.doubled_key"),)),
    Mistake("a point in two sections", "      K53: What the law", "      K52: What the law", (
        ("K52: What the law", "file.doubled_key"),)),
    Mistake("a kind nobody knows", "title: Rights\n    kind: knowledge", "title: Rights\n    kind: lore", (
        ("kind: lore", "value.one_of"),)),
    Mistake("a wrong count", "knowledge: 111", "knowledge: 112", (("^expect", "spec.count"),)),
]  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.what)
def test_a_mistake_is_named_at_its_line(mistake: Mistake) -> None:
    text = mistake.made_in(TEXT)
    assert [(f.place.line, f.code) for f in checked(text)[1]] == mistake.expected(text)


def test_a_section_without_points_is_a_fault() -> None:
    head, _, rest = TEXT.partition("      K53: ")
    text = head + rest.partition("\n")[2].partition("\n")[2]
    assert [fault.code for fault in checked(text)[1]] == ["value.mapping"]


@given(st.data())
@settings(max_examples=15)
def test_whatever_happens_to_its_lines_the_check_says_so_in_faults(data: st.DataObject) -> None:
    lines = TEXT.splitlines()
    place = data.draw(st.integers(0, len(lines) - 1))
    lines[place : place + 1] = data.draw(
        st.sampled_from([[], [lines[place]] * 2, ["  " + lines[place]], [lines[place][2:]], ["- x"], ["x: {y: 1}"]])
    )
    _, faults = checked("\n".join(lines))
    assert all(say_fault(fault).isprintable() for fault in faults)
