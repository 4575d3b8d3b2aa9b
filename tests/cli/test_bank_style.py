"""``sjt bank check`` on style and on the record of readings; ``sjt bank table``."""

import json
import shutil
from pathlib import Path

import pytest

from item_bank.shipped import CONTENT
from tests.cli.command import refused, sjt

SPEC, TEST = "st0087-1.0", "st0663-kt"
ENTRY = (
    "schema: readings/1\nspec: st0087-1.0\nreadings:\n  - scenario: all-green\n    version: 1\n    read: 2026-11-01\n"
)


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    for name in (SPEC, TEST):
        shutil.copytree(CONTENT / name, tmp_path / name)
    return tmp_path


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file} has changed: choose another part of it"
    file.write_text(text.replace(old, new), encoding="utf-8")


def line_of(file: Path, text: str, nth: int = 0) -> int:
    return [n for n, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1) if text in line][nth]


def block(file: Path, begins: str, nth: int = 0) -> str:
    """A value of several lines, from the line that begins so to the next one that stands no deeper."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    start = [n for n, line in enumerate(lines) if line.lstrip().startswith(begins)][nth]
    depth = len(lines[start]) - len(lines[start].lstrip())
    ends = (n for n, line in enumerate(lines) if n > start and line.strip() and len(line) - len(line.lstrip()) <= depth)
    return "".join(lines[start : next(ends, len(lines))])


def test_four_faults_made_on_purpose_are_named_each_at_its_file_and_line(copies: Path) -> None:
    bank, test = copies / SPEC, copies / TEST
    guide, unasked = bank / "C3" / "the-lone-visit.yaml", bank / "C2" / "the-closed-door.yaml"
    first, repeated = bank / "C5" / "the-house-purse.yaml", bank / "C5" / "the-van-on-thursdays.yaml"
    doubled = test / "K9" / "k9-naming-the-stage.yaml"
    change(guide, block(guide, "P-C3a.2:"), "")
    told = next(line for line in block(unasked, "text:", 2).splitlines(keepends=True) if "ethical questions" in line)
    change(unasked, told, "")
    change(repeated, block(repeated, "text:", 1), block(first, "text:", 1))
    change(doubled, "  key: b\n", "  key: [b, c]\n")

    one, two, three = refused(sjt("bank", "check", str(bank)))
    assert one.startswith(f"{unasked}:{line_of(unasked, 'text: |-', 2)}: no sentence of this question asks for P-C2b.2")
    assert two.startswith(f"{guide}:{line_of(guide, 'guide:')}: the guide has nothing for P-C3a.2")
    assert three.startswith(f"{repeated}:{line_of(repeated, 'text: |-', 1)}: this question repeats the one at {first}:")
    (four,) = refused(sjt("bank", "check", str(test), "--spec", TEST))
    assert four.startswith(f"{doubled}:{line_of(doubled, 'key:')}: The key names 2 options")
    found = json.loads(sjt("bank", "check", str(bank), "--json").stdout)["faults"]
    assert [row["code"] for row in found] == ["style.unasked", "bank.no_guide", "style.repeated"]
    assert all(row["file"].endswith(".yaml") and row["line"] > 1 for row in found)


def test_a_note_of_style_says_where(copies: Path) -> None:
    file = copies / SPEC / "C1" / "phones-at-nine.yaml"
    change(file, "title: Phones at nine", "title: The hard to reach")
    result = sjt("bank", "check", str(copies / SPEC))
    assert (result.exit_code, f"note: {file}:5: “hard to reach”: " in result.stdout) == (0, True)


def test_the_record_of_readings_is_checked_with_the_bank(copies: Path) -> None:
    bank, file = copies / SPEC, copies / SPEC / "readings" / "st0087-1.0.yaml"
    assert "second reading" not in sjt("bank", "check", str(bank)).stdout
    file.parent.mkdir()
    file.write_text(ENTRY + "    asked: [How old is Lewis]\n    changed: []\n", encoding="utf-8")
    units = len(list(bank.rglob("*.yaml"))) - 1
    assert f"{units - 1} of {units} items have no second reading on record (" in sjt("bank", "check", str(bank)).stdout
    file.write_text(file.read_text(encoding="utf-8").replace("all-green", "all-red"), encoding="utf-8")
    assert refused(sjt("bank", "check", str(bank))) == [f"{file}:4: there is no scenario “all-red” in this bank"]


def test_a_table_of_the_bank_in_markdown() -> None:
    head, rule, first, *rest = sjt("bank", "table").stdout.splitlines()
    assert head == "| Title | Pool | Words | Grade | Tags | Sources with a date |"
    assert rule == "| --- | --- | --- | --- | --- | --- |"
    assert first.split(" | ")[1] == "C1" and len(rest) + 1 == len(list((CONTENT / SPEC).rglob("*.yaml")))
    alone = sjt("bank", "table", "--spec", TEST).stdout.splitlines()
    assert alone[2].split(" | ")[1] == "K10 short-answer" and len(alone) == 162
