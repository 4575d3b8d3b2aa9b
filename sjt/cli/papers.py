"""``sjt papers``: draw papers from the files of a bank."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from item_bank.paper import Paper
from item_bank.scenarios import Bank
from item_bank.sources import LARGEST_FILE, one_line
from sjt.cli.bank import today
from sjt.services.files import BadFiles, bank_of, find_specification, require_drawable, require_pathway
from sjt.services.papers import as_json, draw_many, prepare
from sjt.words import say


@click.group()
def papers() -> None:
    """Papers."""


def _utf8(_context: click.Context, _option: click.Parameter, value: str) -> str:
    """The seed is written out with the papers, so it must be text that can be written."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise click.BadParameter("it must be UTF-8 text.") from error
    return value


@papers.command()
@click.option("--spec", "name", required=True, help="Short name or full id of the specification.")
@click.option("--pathway", required=True, help="The pathway, such as community.")
@click.option("--count", type=click.IntRange(1, 100_000), default=1, show_default=True)
@click.option("--seed", required=True, callback=_utf8, help="Any text; the same seed draws the same papers.")
@click.option("--met", "met_file", type=click.Path(path_type=Path), help="A JSON list of scenarios met before.")
@click.option("--bank", "folder", type=click.Path(path_type=Path), help="A bank's folder; else the shipped one.")
@click.option("--json", "json_", is_flag=True, help="Write the papers for a machine.")
def draw(
    name: str, pathway: str, count: int, seed: str, met_file: Path | None, folder: Path | None, json_: bool
) -> None:
    """Draw COUNT papers as for one room, each checked against the blueprint.

    With --met every paper is for somebody who has met those scenarios: none of them is used while the bank
    allows it, and as few as possible when it does not.
    """
    specification = find_specification(name, today())
    require_pathway(specification, pathway)
    require_drawable(specification, pathway)
    bank = bank_of(specification, folder)
    drawer = prepare(specification, pathway, bank)
    met = _met(met_file, bank) if met_file else frozenset[str]()
    drawn = list(_with_progress(draw_many(drawer, specification, seed, count, met), count))
    if json_:
        head = {"spec": specification.id, "pathway": pathway, "seed": seed}
        rows = [as_json(identity, paper) for identity, paper in drawn]
        click.echo(json.dumps({**head, "papers": rows}, ensure_ascii=False, separators=(",", ":")))
        return
    for identity, paper in drawn:
        _print(identity, paper)


def _print(identity: str, paper: Paper) -> None:
    click.echo(identity)
    for scenario in paper.scenarios:
        asked = ", ".join(q.statement + (" (key)" if q.key else "") for q in scenario.questions)
        again = "  met before" if scenario.scenario in paper.repeats else ""
        click.echo(f"  {scenario.theme:<4} {scenario.scenario} v{scenario.version}: {asked}{again}")


def _met(path: Path, bank: Bank) -> frozenset[str]:
    """The scenarios in a file. One that the bank does not hold (it may be withdrawn) is named on standard error."""
    try:
        with path.open("rb") as file:
            told = json.loads(file.read(LARGEST_FILE).decode())
    except OSError as error:
        raise BadFiles([say("papers.met_unreadable", file=path, why=error.strerror or "unreadable")]) from error
    except (ValueError, RecursionError) as error:
        raise BadFiles([say("papers.met_list", file=path)]) from error
    if not isinstance(told, list) or not all(isinstance(slug, str) for slug in told):
        raise BadFiles([say("papers.met_list", file=path)])
    known = {scenario.slug for scenario in bank.scenarios}
    for slug in dict.fromkeys(told):
        if slug not in known:
            click.echo(say("papers.met_unknown", file=path, slug=one_line(slug)), err=True)
    return frozenset(told)


def _with_progress(drawn: Iterator[tuple[str, Paper]], count: int) -> Iterator[tuple[str, Paper]]:
    with click.progressbar(drawn, length=count, label="Drawing papers", file=sys.stderr) as bar:
        yield from bar
