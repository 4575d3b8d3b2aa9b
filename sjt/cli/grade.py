"""``sjt grade``: grade past cohorts by the product's own rule."""

from __future__ import annotations

import json
import sys
from typing import BinaryIO

import click

from sjt.cli.bank import today
from sjt.services.files import find_specification, require_pathway
from sjt.services.grading import graded, read_scripts, require_counted


@click.command()
@click.option("--spec", "name", required=True, help="Short name or full id of the specification.")
@click.option("--pathway", required=True, help="The pathway, such as community.")
@click.argument("file", type=click.File("rb"), default="-")
def grade(name: str, pathway: str, file: BinaryIO) -> None:
    """Read scripts as JSON lines from FILE or standard input; write outcomes as JSON lines.

    Nothing is written when any line has a fault: every fault is named instead.
    """
    specification = find_specification(name, today())
    require_counted(specification)
    require_pathway(specification, pathway)
    scripts = read_scripts(file)
    with click.progressbar(scripts, label="Grading", file=sys.stderr) as bar:
        for script in bar:
            click.echo(json.dumps(graded(specification, pathway, script), ensure_ascii=False))
