"""``sjt grade``: past cohorts by the product's own rule; every bad line named, and then nothing graded."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from sjt.rules.grading import grade
from tests.cli.command import PAPER, a_line, refused, sjt
from tests.makers import a_script, st0087


def graded(given: str | bytes) -> Result:
    return sjt("grade", "--spec", "st0087-1.0", "--pathway", "community", given=given)


def outcomes(given: str | bytes) -> list[dict[str, Any]]:
    result = graded(given)
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_an_outcome_has_an_id_reasons_and_words() -> None:
    (found,) = outcomes(a_line("A-1", passed=["C4.2", "CM1.1", "C1.2"]))
    assert found == {
        "id": "A-1",
        "outcome": "fail",
        "reasons": ["count", "key:CM1.3"],
        "words": "Not passed: 3 of 16 questions were passed and 8 are needed; "
        "the key question on CM1.3 (What makes multi-agency practice work) was not passed.",
    }


def test_a_pass_has_no_reason() -> None:
    (found,) = outcomes(a_line("A-1"))
    assert (found["outcome"], found["reasons"]) == ("pass", [])


@pytest.mark.parametrize(
    ("statements", "reasons"),
    [
        (PAPER[:15], ["questions"]),
        ([*PAPER, "C3.2"], ["questions"]),
        ([*PAPER[:15], "C4.2"], ["doubled:C4.2"]),
        ([*PAPER[:15], "RS1.1"], ["foreign:RS1.1"]),
        ([*PAPER[1:], "C3.2"], ["missing:C1.2"]),
        ([], ["questions", *(f"missing:{code}" for code in PAPER[:15])]),
    ],
)
def test_a_paper_that_is_none_is_invalid(statements: list[str], reasons: list[str]) -> None:
    (found,) = outcomes(a_line("A-1", statements=statements))
    assert (found["outcome"], found["reasons"]) == ("invalid", reasons)
    assert found["words"].startswith("This paper cannot be graded: ")


def test_outcomes_come_in_the_order_of_the_lines() -> None:
    ids = ["z", 3, "a", "3", -1, "é “x”"]
    assert [found["id"] for found in outcomes("".join(map(a_line, ids)))] == ids


def test_the_command_grades_as_the_product_does() -> None:
    patterns = range(0, 1 << 16, 331)
    passed = [[code for n, code in enumerate(PAPER) if pattern >> n & 1] for pattern in patterns]
    expected = [grade(st0087(), "community", a_script(PAPER, won)) for won in passed]
    found = outcomes("".join(a_line(n, won) for n, won in zip(patterns, passed, strict=True)))
    assert [row["outcome"] for row in found] == [outcome.outcome for outcome in expected]
    assert [row["reasons"] for row in found] == [[reason.short for reason in o.reasons] for o in expected]


def test_blank_lines_and_windows_line_ends_are_no_matter() -> None:
    given = "\n" + a_line("a") + "  \n\r\n" + a_line("b").replace("\n", "\r\n")
    assert [found["id"] for found in outcomes(given)] == ["a", "b"]


def test_a_byte_order_mark_is_no_matter() -> None:
    assert [found["id"] for found in outcomes(b"\xef\xbb\xbf" + a_line("a").encode())] == ["a"]


def test_no_lines_give_no_outcomes() -> None:
    assert outcomes("") == []


def test_scripts_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "scripts.jsonl"
    file.write_text(a_line("a"), encoding="utf-8")
    result = sjt("grade", "--spec", "st0087-1.0", "--pathway", "community", str(file))
    assert json.loads(result.stdout)["id"] == "a"


QUESTION = '{"statement": "C4.2", "passed": true}'
BAD_LINES = {
    "not JSON": ('{"id": 1', "this is not JSON"),
    "words": ("nothing here", "this is not JSON: Expecting value (column 1)"),
    "not UTF-8": (b'{"id": "caf\xe9"}', "this is not JSON"),
    "too deep": ("[" * 100_000, "this is not JSON"),
    "a number without end": (f'{{"id": {"9" * 5000}, "questions": []}}', "this is not JSON"),
    "a name twice": ('{"id": 1, "id": 2, "questions": []}', "the name “id” stands here a second time"),
    "passed and not passed": (
        '{"id": 1, "questions": [{"statement": "C4.2", "passed": false, "passed": true}]}', "“passed” stands here"),
    "a list": ("[1, 2]", "each line must be an object"),
    "null": ("null", "each line must be an object"),
    "no id": ('{"questions": []}', "“id” must be"),
    "an empty id": ('{"id": "", "questions": []}', "“id” must be"),
    "a flag for an id": ('{"id": true, "questions": []}', "“id” must be"),
    "a fraction for an id": ('{"id": 1.5, "questions": []}', "“id” must be"),
    "a list for an id": ('{"id": [1], "questions": []}', "“id” must be"),
    "half a character": ('{"id": "\\ud800", "questions": []}', "“id” must be"),
    "no questions": ('{"id": 1}', "“questions” must be a list"),
    "questions in an object": ('{"id": 1, "questions": {}}', "“questions” must be a list"),
    "a question in words": ('{"id": 1, "questions": ["C4.2"]}', "question 1: it must be"),
    "no statement": ('{"id": 1, "questions": [{"passed": true}]}', "question 1: it must be"),
    "an empty statement": ('{"id": 1, "questions": [{"statement": "", "passed": true}]}', "question 1: it must be"),
    "half a character asked": (
        '{"id": 1, "questions": [{"statement": "\\udc00", "passed": true}]}', "question 1: it must be"),
    "passed in words": ('{"id": 1, "questions": [{"statement": "C4.2", "passed": "yes"}]}', "question 1: it must be"),
    "passed as a number": (
        f'{{"id": 1, "questions": [{QUESTION}, {{"statement": "C4.1", "passed": 1}}]}}', "question 2: it must be"),
    "passed left open": ('{"id": 1, "questions": [{"statement": "C4.2", "passed": null}]}', "question 1: it must be"),
}  # fmt: skip


@pytest.mark.parametrize(("line", "words"), BAD_LINES.values(), ids=BAD_LINES.keys())
def test_a_bad_line_is_named_and_nothing_is_graded(line: str | bytes, words: str) -> None:
    bad = line if isinstance(line, bytes) else line.encode()
    (fault,) = refused(graded(a_line("good").encode() + b"\n" + bad + b"\n" + a_line("also good").encode()))
    assert fault.startswith("line 3")
    assert words in fault


def test_all_bad_lines_are_named_at_once() -> None:
    given = "{\n" + a_line("a") + '{"id": null, "questions": [1, 2]}\n' + a_line("a") + "[]\n"
    lines = refused(graded(given))
    assert [line.partition(":")[0] for line in lines] == [
        "line 1", "line 3", "line 3, question 1", "line 3, question 2", "line 4", "line 5",
    ]  # fmt: skip


def test_an_id_used_twice_says_where_it_was_used_first() -> None:
    assert refused(graded(a_line("a\nb") + a_line("c") + a_line("a\nb"))) == [
        "line 3: the id a b was already used on line 1"
    ]


def test_a_number_and_its_digits_are_two_ids() -> None:
    assert [found["id"] for found in outcomes(a_line(1) + a_line("1"))] == [1, "1"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--spec", "st9999", "--pathway", "community"], "there is no specification “st9999”"),
        (["--spec", "st0087-1.0", "--pathway", "Community"], "no pathway “Community”"),
    ],
)
def test_grading_by_an_unknown_rule_is_one_line(arguments: list[str], words: str) -> None:
    (line,) = refused(sjt("grade", *arguments, given=a_line("a")))
    assert words in line


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    result = sjt("grade", "--spec", "st0087-1.0", "--pathway", "community", str(tmp_path / "absent"))
    assert "No such file" in refused(result)[-1]
