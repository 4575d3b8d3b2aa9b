"""Our items and specifications are in our own words: no run of eight words is shared with the source documents.

The documents are not part of the project. They are read where they are: in the folder that ``ITEM_SOURCES`` names,
or in ``../shared/seeds`` beside the project. Where there is none, there is nothing to compare with.
"""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from item_bank.style import words

ROOT = Path(__file__).parent.parent
SOURCES = Path(os.environ.get("ITEM_SOURCES") or ROOT.parent / "shared" / "seeds")
TITLES: list[str] = yaml.safe_load((ROOT / "tests" / "official_titles.yaml").read_text(encoding="utf-8"))
RUN = 8
NAME = re.compile(r"^[ -]*[\w.-]+:(?=\s)", re.MULTILINE)  # of a value in a YAML file: no run goes on over it


def runs(text: str) -> Iterator[str]:
    """Every run of eight words, without letters' case and without signs."""
    said = words(text)
    return (" ".join(said[n : n + RUN]) for n in range(len(said) - RUN + 1))


def theirs(sources: Iterable[str]) -> set[str]:
    """The runs that our texts must not share; those of official titles they may."""
    titles = {run for title in TITLES for run in runs(title)}
    return {run for source in sources for run in runs(source)} - titles


def test_no_run_of_eight_words_is_shared_with_the_sources() -> None:
    sources = [path.read_text(encoding="utf-8", errors="replace") for path in sorted(SOURCES.glob("*.txt"))]
    known = theirs(sources)
    for path in [*(ROOT / "item_bank").rglob("*.yaml"), *(ROOT / "docs").rglob("*.md")]:
        for text in NAME.split(path.read_text(encoding="utf-8")):
            assert known.isdisjoint(runs(text)), path


def test_a_shared_run_is_found_and_an_official_title_is_not_one() -> None:
    known = theirs(["It says: one two three four, five six seven eight nine. " + TITLES[1]])
    assert known.isdisjoint(runs("One two three four five six seven.\n" + TITLES[1]))
    assert not known.isdisjoint(runs("  text: |-\n    TWO three, four\n    five six seven – eight nine"))
