"""``sjt bank table``: the bank as a Markdown table, for the page of the documentation that describes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from item_bank.exchange import word_count
from item_bank.scenarios import Scenario
from sjt.cli.bank.check import today
from sjt.services.files import bank_of, find_specification

HEAD = ("Title", "Pool", "Words", "Grade", "Tags", "Sources with a date")
YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--spec", "name", default="st0087-1.0", show_default=True, help="Short name or full id.")
def table(path: Path | None, name: str) -> None:
    """Write a Markdown table of the bank in PATH, a folder (by default the one that comes with the product).

    Words and grade are those of the situation, or of the question where it stands alone; the grade is an estimate.
    """
    specification = find_specification(name, today())
    themes = list(specification.blueprint.themes)
    units = sorted(bank_of(specification, path).scenarios, key=lambda unit: (themes.index(unit.theme), unit.slug))
    click.echo(_line(HEAD))
    click.echo(_line("---" for _ in HEAD))
    for unit in units:
        click.echo(_line(_cells(unit)))


def _cells(unit: Scenario) -> Iterator[str]:
    from item_bank.style import reading_grade

    question = unit.questions[0]
    text = question.text if unit.stands_alone else unit.text
    yield unit.title
    yield f"{question.statement} {question.format}" if unit.stands_alone else unit.theme
    yield str(word_count(text))
    yield f"{reading_grade(text):.1f}"
    yield ", ".join(unit.tags)
    yield "; ".join(source for source in unit.sources if YEAR.search(source))


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
