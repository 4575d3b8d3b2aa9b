"""``sjt marking``: tools for those who answer for marking."""

from __future__ import annotations

import datetime as dt
import json

import click

from sjt.cli.bank import today
from sjt.clock import HeldClock
from sjt.services.files import find_specification, require_pathway
from sjt.services.grading import require_counted
from sjt.services.simulation import Wanted, simulate

SHARE = click.FloatRange(0, 1)


@click.group()
def marking() -> None:
    """What a marking policy costs and buys."""


@marking.command("simulate")
@click.option("--spec", "name", required=True, help="Short name or full id of the specification.")
@click.option("--pathway", required=True, help="The pathway, such as community.")
@click.option("--candidates", type=click.IntRange(1, 2_000), default=200, show_default=True)
@click.option("--ability", type=SHARE, default=0.8, show_default=True, help="True chance to pass a question.")
@click.option(
    "--marker-error",
    "error",
    type=SHARE,
    default=0.05,
    show_default=True,
    help="Chance that a judgement of a question is wrong, either way.",
)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def simulated(
    name: str, pathway: str, candidates: int, ability: float, error: float, seed: int, as_json: bool
) -> None:  # fmt: skip
    """Take a simulated cohort from submission to release, in a throw-away database, and count what came of it."""
    specification = find_specification(name, today())
    require_counted(specification)
    require_pathway(specification, pathway)
    clock = HeldClock(dt.datetime.combine(today(), dt.time(9), dt.UTC))
    wanted = Wanted(specification, pathway, candidates, ability, error, seed)
    found = simulate(wanted, clock, lambda line: click.echo(line, err=True))
    if as_json:
        click.echo(json.dumps(found))
        return
    for title, told in found.items():
        click.echo(f"{title}: {json.dumps(told)}")
