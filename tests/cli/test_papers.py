"""Papers drawn from files: the same bytes from a seed, every one proved again here, sharing as little as can be."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.cli.command import refused, sjt
from tests.makers import st0087, st0087_bank

BOTH = pytest.mark.parametrize("pathway", ["community", "residential"])


def drawn(pathway: str = "community", count: int = 20, seed: str = "7") -> Result:
    return sjt(
        "papers", "draw", "--spec", "st0087-1.0", "--pathway", pathway, "--count", str(count), "--seed", seed, "--json"
    )


@BOTH
def test_papers_are_drawn_as_json(pathway: str) -> None:
    found = json.loads(drawn(pathway).stdout)
    assert (found["spec"], found["pathway"], found["seed"]) == ("st0087-1.0-sjt-2018-06-29", pathway, "7")
    assert len({paper["id"] for paper in found["papers"]}) == 20
    for paper in found["papers"]:
        assert_a_paper(paper, pathway)


def assert_a_paper(paper: dict[str, Any], pathway: str) -> None:
    """Nine scenarios, one a theme; sixteen questions, each essential statement once; three keys; all as named."""
    plan, scenarios = st0087().blueprint, paper["scenarios"]
    questions = [question for scenario in scenarios for question in scenario["questions"]]
    assert paper.keys() == {"id", "repeats", "scenarios"}
    assert paper["repeats"] == []
    assert {frozenset(s) for s in scenarios} == {frozenset({"scenario", "version", "theme", "questions"})}
    assert {frozenset(q) for q in questions} == {frozenset({"question", "version", "statement", "key", "slot"})}
    assert sorted(s["theme"] for s in scenarios) == sorted(plan.pathways[pathway].themes)
    asked = [q["statement"] for q in questions]
    assert len(set(asked)) == len(asked) == 16
    assert {s.code for s in plan.essential(pathway)} < set(asked)
    assert {q["statement"] for q in questions if q["key"]} == {s.code for s in plan.keys(pathway)}


def mean_overlap(papers: list[dict[str, Any]]) -> float:
    """How many scenarios two of these papers share on average, over all pairs."""
    used = Counter(scenario["scenario"] for paper in papers for scenario in paper["scenarios"])
    return sum(n * (n - 1) for n in used.values()) / (len(papers) * (len(papers) - 1))


def least_overlap(pathway: str) -> float:
    """The least that two papers can share on average: each theme's scenarios used alike."""
    plan, bank = st0087().blueprint, st0087_bank()
    return sum(1 / len(bank.pool(theme)) for theme in plan.pathways[pathway].themes)


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.long)], ids=["300", "10000"])
@pytest.mark.parametrize("pathway", ["community", "residential"])
def test_papers_of_one_room_share_as_little_as_the_bank_allows(pathway: str, count: int) -> None:
    """Every paper's proof is checked again here; the mean of all pairs is within a tenth of the least."""
    found = json.loads(drawn(pathway, count=count).stdout)["papers"]
    for paper in found:
        assert_a_paper(paper, pathway)
        slots = {q["slot"]: q["statement"] for s in paper["scenarios"] for q in s["questions"]}
        (extra,) = slots.keys() - {s.code for s in st0087().blueprint.essential(pathway)}
        assert extra == "drawn 1" and len(slots) == 16
        assert all(slot in (statement, "drawn 1") for slot, statement in slots.items())
    assert mean_overlap(found) <= 1.1 * least_overlap(pathway)


def test_sitting_after_sitting_shares_no_scenario_while_the_bank_allows(tmp_path: Path) -> None:
    met: list[str] = []
    for sitting in range(3):
        (tmp_path / "met.json").write_text(json.dumps(met))
        result = sjt(
            "papers", "draw", "--spec", "st0087-1.0", "--pathway", "community", "--seed", f"{sitting}",
            "--met", str(tmp_path / "met.json"), "--json",
        )  # fmt: skip
        (paper,) = json.loads(result.stdout)["papers"]
        slugs = [scenario["scenario"] for scenario in paper["scenarios"]]
        least = [theme for theme in pools() if len(set(pools()[theme]) - set(met)) == 0]
        assert len(paper["repeats"]) == len(set(slugs) & set(met)) == len(least)
        met += slugs


def pools() -> dict[str, list[str]]:
    themes = st0087().blueprint.pathways["community"].themes
    return {theme: [s.slug for s in st0087_bank().pool(theme)] for theme in themes}


def test_a_scenario_that_the_bank_does_not_hold_is_named_and_counts_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "met.json").write_text('["long-gone"]')
    result = sjt(
        "papers", "draw", "--spec", "st0087-1.0", "--pathway", "community", "--seed", "1",
        "--met", str(tmp_path / "met.json"),
    )  # fmt: skip
    assert result.exit_code == 0
    assert "long-gone" in result.stderr


@pytest.mark.parametrize("held", ["{", '{"a": 1}', "[1]", '"slug"', "\xff"])
def test_a_list_of_what_was_met_that_is_none_is_refused_in_one_line(tmp_path: Path, held: str) -> None:
    (tmp_path / "met.json").write_bytes(held.encode("latin-1"))
    result = sjt(
        "papers", "draw", "--spec", "st0087-1.0", "--pathway", "community", "--seed", "1",
        "--met", str(tmp_path / "met.json"),
    )  # fmt: skip
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)


def test_the_same_seed_draws_the_same_bytes_and_another_draws_others() -> None:
    assert drawn().stdout_bytes == drawn().stdout_bytes
    assert json.loads(drawn(seed="7").stdout)["papers"] != json.loads(drawn(seed="8").stdout)["papers"]


def test_a_longer_draw_begins_with_the_shorter_one() -> None:
    assert json.loads(drawn(count=8).stdout)["papers"] == json.loads(drawn(count=20).stdout)["papers"][:8]


def test_the_full_id_draws_the_same_as_the_short_name() -> None:
    full = sjt("papers", "draw", "--spec", st0087().id, "--pathway", "community", "--seed", "7", "--json")
    assert full.stdout == drawn(count=1).stdout


def test_papers_are_shown_to_people_too() -> None:
    result = sjt("papers", "draw", "--spec", "st0087-1.0", "--pathway", "community", "--seed", "7")
    lines = result.stdout.splitlines()
    assert lines[0] == "st0087-1.0-community-7-1"
    assert len(lines) == 1 + 9
    assert result.stdout.count("(key)") == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["--spec", "st9999", "--pathway", "community", "--seed", "7"],
            "no specification “st9999”; known are: st0087-1.0",
        ),
        (
            ["--spec", "st0087-1.0", "--pathway", "sea", "--seed", "7"],
            "no pathway “sea”; it has: community, residential",
        ),
        (["--spec", "st0087-1.0\nx", "--pathway", "sea", "--seed", "7"], "no specification “st0087-1.0 x”"),
    ],
)
def test_an_unknown_specification_or_pathway_is_one_line(arguments: list[str], words: str) -> None:
    (line,) = refused(sjt("papers", "draw", *arguments))
    assert words in line


@pytest.mark.parametrize("wrong", [["--count", "0"], ["--count", "-1"], ["--count", "many"], ["--seed", "\udcff"]])
def test_a_wrong_option_is_refused(wrong: list[str]) -> None:
    arguments = ["--spec", "st0087-1.0", "--pathway", "community", "--seed", "7", *wrong]
    assert f"Invalid value for '{wrong[0]}'" in refused(sjt("papers", "draw", *arguments))[-1]
