"""``sjt papers``: draw papers from the files of a bank."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import click

from item_bank.paper import Paper
from sjt.cli.bank import today
from sjt.services.files import find_specification, require_pathway, shipped_bank
from sjt.services.papers import as_json, draw_many, prepare


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
@click.option("--json", "json_", is_flag=True, help="Write the papers for a machine.")
def draw(name: str, pathway: str, count: int, seed: str, json_: bool) -> None:
    """Draw COUNT papers, each checked against the blueprint."""
    specification = find_specification(name, today())
    require_pathway(specification, pathway)
    drawer = prepare(specification, pathway, shipped_bank(specification))
    drawn = list(_with_progress(draw_many(drawer, specification, seed, count), count))
    if json_:
        head = {"spec": specification.id, "pathway": pathway, "seed": seed}
        rows = [as_json(identity, paper) for identity, paper in drawn]
        click.echo(json.dumps({**head, "papers": rows}, ensure_ascii=False, separators=(",", ":")))
        return
    for identity, paper in drawn:
        click.echo(identity)
        for scenario in paper.scenarios:
            asked = ", ".join(q.statement + (" (key)" if q.key else "") for q in scenario.questions)
            click.echo(f"  {scenario.theme:<4} {scenario.scenario} v{scenario.version}: {asked}")


def _with_progress(drawn: Iterator[tuple[str, Paper]], count: int) -> Iterator[tuple[str, Paper]]:
    with click.progressbar(drawn, length=count, label="Drawing papers", file=sys.stderr) as bar:
        yield from bar
