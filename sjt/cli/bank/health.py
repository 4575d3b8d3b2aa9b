"""``sjt bank health``: what is live against what is recommended, possible papers, and how much two papers share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from item_bank.exchange import open_bank
from item_bank.shipped import CONTENT
from sjt.cli.bank.check import today
from sjt.services.files import BadFiles, find_specification
from sjt.words import say_fault

if TYPE_CHECKING:
    from item_bank.health import Health, Overlap
    from sjt.services.bank_health import PathwayHealth


@click.command()
@click.option("--spec", "name", required=True, help="Short name or full id of the specification.")
@click.option("--bank", "path", default=None, type=click.Path(path_type=Path), help="A folder or a .zip file.")
@click.option("--json", "as_json_", is_flag=True, help="Write the result for a machine.")
def health(name: str, path: Path | None, as_json_: bool) -> None:
    """The health of a bank of files (by default the one that comes with the product), unused as yet."""
    from sjt.services.bank_health import as_json, from_files

    specification = find_specification(name, today())
    shown = str(path) if path else f"item_bank/content/{specification.name}"
    read = open_bank(path or CONTENT / specification.name, specification.blueprint, shown)
    if read.faults and not (path is None and [fault.code for fault in read.faults] == ["bank.empty"]):
        raise BadFiles([say_fault(fault) for fault in read.faults])
    click.echo("Drawing papers to measure their overlap", err=True)
    found = from_files(specification, read.bank, today())
    if as_json_:
        click.echo(json.dumps(as_json(specification, found), ensure_ascii=False))
        return
    for pathway in found:
        _print(pathway)


def _print(found: PathwayHealth) -> None:
    shown = found.health
    click.echo(f"{shown.pathway}: {shown.title}")
    for row in shown.coverage:
        few = "  fewer than recommended before launch" if row.live < row.launch else ""
        formats = ", ".join(f"{format_} {count}" for format_, count in row.formats.items())
        click.echo(f"  {row.code:<6} {row.live} of {row.target} aimed at ({formats or 'none'}){few}")
    if shown.possible:
        click.echo(f"  possible papers: {'' if shown.possible.exact else 'at most '}{shown.possible.papers:,}")
    _print_overlaps(shown, found.measured)
    for line in found.short:
        click.echo(f"  {line}")


def _print_overlaps(shown: Health, measured: Overlap | None) -> None:
    for words, overlap in (("expected", shown.expected), ("measured", measured)):
        if overlap:
            on = f" on {overlap.papers:,} papers" if overlap.papers else ""
            figures = f"{overlap.scenarios:.2f} scenarios, {overlap.questions:.2f} questions"
            click.echo(f"  two papers share, {words}{on}: {figures}")
