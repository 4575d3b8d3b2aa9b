"""``sjt spec`` on files of every kind: faults end with 2, what a plan leaves out is a note, frameworks stand apart."""

import json
from pathlib import Path

import pytest

from item_bank.framework import shipped_files
from item_bank.shipped import SPECS
from tests.cli.command import refused, sjt

(NOS,) = shipped_files()


@pytest.mark.parametrize("file", sorted(SPECS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_specification_has_no_fault(file: Path) -> None:
    result = sjt("spec", "check", str(file), "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["faults"], len(found["notes"])) == (0, [], 4 if file.stem == "st0088-sjt" else 0)


def test_what_a_plan_leaves_out_is_said_with_file_and_line() -> None:
    file = SPECS / "st0088-sjt.yaml"
    result = sjt("spec", "check", str(file))
    head, *notes = result.stdout.splitlines()
    assert head.startswith("st0088-1.0-sjt-plan-in-seed: no fault.") and "No duration is stated." in head
    text = file.read_text(encoding="utf-8").splitlines()
    lines = [int(note.removeprefix(f"{file}:").partition(":")[0]) for note in notes]
    assert [text[n - 1].strip().partition(":")[0] for n in lines] == [
        "duration_minutes", "pass_rule", "questions", "PC1",
    ]  # fmt: skip
    assert "not stated: ST0088 does not state its duration" in notes[0]


def test_a_framework_is_checked_by_the_same_command(tmp_path: Path) -> None:
    good = sjt("spec", "check", str(NOS))
    assert (good.exit_code, good.stdout.rstrip()) == (0, f"{NOS.stem}: no fault. 160 points in 16 sections.")
    bad = tmp_path / "framework.yaml"
    bad.write_text(NOS.read_text(encoding="utf-8").replace("      K57: Signs", "      K56: Signs"), encoding="utf-8")
    (line,) = refused(sjt("spec", "check", str(bad)))
    assert line.endswith("the name “K56” stands here a second time")


def test_the_list_names_missing_values_and_frameworks_apart() -> None:
    text = sjt("spec", "list").stdout
    tests, _, frameworks = text.partition("\n\n")
    assert "not stated: ST0088 does not state its pass mark" in tests and "nos " not in tests
    assert frameworks.startswith("Frameworks") and "160 points" in frameworks
    rows = {row["name"]: row for row in json.loads(sjt("spec", "list", "--json").stdout)}
    assert len(rows["st0088-sjt"]["missing"]) == 4 and rows["st0087-1.0"]["missing"] == []


def test_every_point_of_a_framework_is_listed() -> None:
    (row,) = json.loads(sjt("spec", "frameworks", "--json").stdout)
    assert (row["name"], len(row["points"])) == ("nos", 160)
    assert "nos.K111" in sjt("spec", "frameworks").stdout


@pytest.mark.parametrize(
    ("name", "pathway", "words"),
    [
        ("st0663-kt", "main", "the sum of marks, 66 at most, gives the grade"),
        ("practice-1.0", "main", "nothing is decided"),
        ("st0088-sjt", "community", "ST0088 does not state its pass mark"),
    ],
)
def test_what_is_not_graded_by_passed_questions_is_refused(name: str, pathway: str, words: str) -> None:
    (line,) = refused(sjt("grade", "--spec", name, "--pathway", pathway, given=""))
    assert line == f"{name} is not graded by passed questions: {words}"
