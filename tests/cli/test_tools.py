"""The tools that need no server: data on standard output, faults on standard error, 2 for anything wrong."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from item_bank.shipped import CONTENT
from tests.cli.command import SPEC, a_line, refused, run, sjt
from tests.makers import st0087, st0087_bank


# --- spec -----------------------------------------------------------------------------------------
def test_spec_check_says_that_a_good_file_has_no_fault() -> None:
    result = sjt("spec", "check", str(SPEC))
    assert result.exit_code == 0
    assert result.stdout.startswith("st0087-1.0-sjt-2018-06-29: no fault.")
    assert result.stderr == ""


def spoilt(folder: Path) -> Path:
    """The shipped specification with three mistakes."""
    text = SPEC.read_text(encoding="utf-8").replace("duration_minutes: 120", "duration_minutes: true")
    text = text.replace("statements: 23", "statements: 24").replace("criteria: P-C2a}", "criteria: P-C2b}")
    (folder / "spoilt.yaml").write_text(text, encoding="utf-8")
    return folder / "spoilt.yaml"


def test_spec_check_names_every_fault_in_a_line_of_its_own(tmp_path: Path) -> None:
    file = spoilt(tmp_path)
    lines = refused(sjt("spec", "check", str(file)))
    text = file.read_text(encoding="utf-8").splitlines()
    places = [int(line.removeprefix(f"{file}:").partition(":")[0]) for line in lines]
    assert [text[place - 1].strip().partition(":")[0] for place in places] == [
        "duration_minutes", "expect", "expect", "expect", "P-C2a",
    ]  # fmt: skip


def test_spec_check_writes_the_same_faults_as_json(tmp_path: Path) -> None:
    file = spoilt(tmp_path)
    result = sjt("spec", "check", str(file), "--json")
    rows = json.loads(result.stdout)["faults"]
    assert result.exit_code == 2
    assert {row["file"] for row in rows} == {str(file)}
    assert [row["words"] for row in rows] == result.stderr.splitlines()
    assert [row["code"] for row in rows] == [
        "value.whole", "spec.count", "spec.count", "spec.count", "spec.unused_criteria",
    ]  # fmt: skip


def test_spec_check_writes_no_fault_as_json() -> None:
    result = sjt("spec", "check", str(SPEC), "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == {"id": "st0087-1.0-sjt-2018-06-29", "faults": [], "notes": []}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff", "1: this file is not UTF-8 text"),
        (b"a: [", "1: this is not valid YAML: "),
        (b"a: *b", "1: this is not valid YAML: "),
        (b"- a", "1: the file must be a mapping of names to values"),
        (b"\x00", "1: this is not valid YAML: "),
    ],
)
def test_spec_check_of_something_else_is_one_line(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(content)
    (line,) = refused(sjt("spec", "check", str(file)))
    assert line.startswith(f"{file}:{words}")


@pytest.mark.parametrize("name", ["absent.yaml", "."])
def test_spec_check_of_what_is_no_file_is_one_line(tmp_path: Path, name: str) -> None:
    (line,) = refused(sjt("spec", "check", str(tmp_path / name)))
    assert "cannot be read" in line


def test_what_a_file_holds_never_breaks_a_line(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(SPEC.read_text(encoding="utf-8") + '"two\\nlines": 1\n', encoding="utf-8")
    lines = len(file.read_text(encoding="utf-8").splitlines())
    assert refused(sjt("spec", "check", str(file))) == [f"{file}:{lines}: the name “two lines” is not known here"]


def test_spec_list_names_what_is_shipped() -> None:
    row, *others = json.loads(sjt("spec", "list", "--json").stdout)
    assert [other["name"] for other in others] == ["st0088-sjt", "st0663-kt", "practice-1.0"]
    assert (row["name"], row["id"]) == ("st0087-1.0", "st0087-1.0-sjt-2018-06-29")
    assert row["pathways"] == ["community", "residential"]
    assert sjt("spec", "list").stdout.startswith("st0087-1.0 ")


# --- bank -----------------------------------------------------------------------------------------
def test_bank_check_counts_the_shipped_bank() -> None:
    result = sjt("bank", "check")
    assert (result.exit_code, result.stderr) == (0, "")
    assert len([line for line in result.stdout.splitlines() if not line.startswith("note: ")]) == 11 + 1
    assert result.stdout.endswith("no fault\n")


def test_bank_check_counts_as_json() -> None:
    found = json.loads(sjt("bank", "check", "--json").stdout)
    questions = Counter(q.statement for scenario in st0087_bank().scenarios for q in scenario.questions)
    assert found["faults"] == []
    assert {code: row["questions"] for code, row in found["statements"].items()} == questions
    assert sum(row["scenarios"] for row in found["pools"].values()) == len(st0087_bank().scenarios)


def a_copy(folder: Path, change: Callable[[Path, str], str | None]) -> str:
    """A copy of the shipped bank, each file changed or (None) left out."""
    for file in sorted((CONTENT / "st0087-1.0").rglob("*.yaml")):
        text = change(file, file.read_text(encoding="utf-8"))
        if text is not None:
            copy = folder / file.relative_to(CONTENT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(text, encoding="utf-8")
    return str(folder / "st0087-1.0")


def test_bank_check_names_every_fault_of_every_file(tmp_path: Path) -> None:
    folder = a_copy(tmp_path, lambda file, text: text.replace("sample: true", "sample: maybe"))
    lines = refused(sjt("bank", "check", folder))
    assert len(lines) == len(st0087_bank().scenarios)
    assert all(line.endswith(":6: “sample” must be true or false") for line in lines)


def test_bank_check_names_a_pool_that_cannot_serve(tmp_path: Path) -> None:
    folder = a_copy(tmp_path, lambda file, text: None if file.parent.name == "CM1" else text)
    lines = refused(sjt("bank", "check", folder))
    assert [line.split(":")[0] for line in lines] == ["CM1.1 community", "CM1.3 community"]


def test_bank_check_refuses_a_bank_without_the_drawn_question(tmp_path: Path) -> None:
    """Such a bank has every essential question, and no paper can be drawn from it."""
    drawable = {code for pathway in ("community", "residential") for code in st0087().blueprint.drawable(pathway)}

    def without_drawn(_: Path, text: str) -> str:
        head, *questions = text.partition("\nsources:")[0].split("\n  - question: ")
        kept = [q for q in questions if q.partition("statement: ")[2].partition("\n")[0] not in drawable]
        return "\n  - question: ".join([head, *kept]) + "\n"

    lines = refused(sjt("bank", "check", a_copy(tmp_path, without_drawn)))
    assert {line.split(" ")[0] for line in lines} == drawable


def test_bank_check_of_no_folder_is_one_line(tmp_path: Path) -> None:
    (line,) = refused(sjt("bank", "check", str(tmp_path / "absent")))
    assert line.endswith("there is no scenario file in this folder")


def test_bank_check_writes_faults_as_json(tmp_path: Path) -> None:
    result = sjt("bank", "check", str(tmp_path), "--json")
    assert result.exit_code == 2
    assert [row["code"] for row in json.loads(result.stdout)["faults"]] == ["bank.empty"]


# --- as processes of their own ----------------------------------------------------------------------
def test_the_tools_need_no_environment_and_leave_nothing_behind(tmp_path: Path) -> None:
    where = ["--spec", "st0087-1.0", "--pathway", "community"]
    results = [
        run("spec", "check", str(SPEC), folder=tmp_path),
        run("spec", "list", folder=tmp_path),
        run("bank", "check", folder=tmp_path),
        run("papers", "draw", *where, "--seed", "7", "--json", folder=tmp_path),
        run("grade", *where, folder=tmp_path, given=a_line("é")),
    ]
    assert [result.returncode for result in results] == [0] * 5
    assert json.loads(results[3].stdout)["papers"]
    assert json.loads(results[4].stdout)["id"] == "é"
    assert list(tmp_path.iterdir()) == []


def test_a_thousand_papers_are_the_same_bytes_under_any_hash_seed_in_under_ten_seconds(tmp_path: Path) -> None:
    arguments = ["papers", "draw", "--spec", "st0087-1.0", "--pathway", "residential", "--count", "1000", "--seed", "7"]
    began = time.monotonic()
    first = run(*arguments, "--json", folder=tmp_path, PYTHONHASHSEED="1")
    took = time.monotonic() - began
    second = run(*arguments, "--json", folder=tmp_path, PYTHONHASHSEED="2")
    assert first.returncode == 0
    assert first.stdout == second.stdout
    assert took < 10


def test_faults_come_in_the_same_order_under_any_hash_seed(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    text = SPEC.read_text(encoding="utf-8")
    file.write_text(
        text.replace("criteria:\n  P-C1a:", "criteria: {U1: [x], U2: [x], U3: [x]}\nsets:\n  P-C1a:"), "utf-8"
    )
    said = {run("spec", "check", str(file), folder=tmp_path, PYTHONHASHSEED=str(n)).stderr for n in range(3)}
    assert len(said) == 1
    assert b"U1" in said.pop()


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("sjt")), "papers", "draw", "--spec", "st0087-1.0"]
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run(
        [*command, "--pathway", "community", "--seed", "7", "--json"],
        cwd=tmp_path, env={}, stdout=writer, stderr=subprocess.PIPE, timeout=60,
    )  # fmt: skip
    os.close(writer)
    assert b"Traceback" not in result.stderr
